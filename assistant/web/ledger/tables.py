"""Tables of the ledger as they are shown, drawn in the shape that they say. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.ledger.addresses import piece_address
from assistant.ledger.query.plan import Population, rows_of
from assistant.ledger.query.sums import UNKNOWN, WHOLE
from assistant.ledger.stages import BRACKETS, is_late
from assistant.ledger.tables import (
    Cell,
    DrawingShape,
    Format,
    LedgerExhibit,
    LedgerTable,
    TableColumn,
    written,
)
from assistant.reports.charts import Bar, Chart, ChartPart, Stack, ageing, ranks, timeline
from assistant.reports.page_language import in_page_language
from assistant.web.ledger.frame import LedgerAddress

_OUR_OWN = frozenset(
    {UNKNOWN, WHOLE, *rows_of(Population.INVOICES).fields["status"].words.values()}
)
"""What stands among the values that files say and is our own word."""


def spoken(table: LedgerTable) -> LedgerTable:
    """The table with its own words in the language of the page; what files say stays as it is."""
    columns = tuple(replace(each, heading=in_page_language(each.heading)) for each in table.columns)
    return replace(
        table,
        title=in_page_language(table.title),
        columns=columns,
        rows=tuple(
            tuple(_spoken(cell, column) for cell, column in zip(row, table.columns, strict=True))
            for row in table.rows
        ),
        notes=tuple(map(in_page_language, table.notes)),
    )


def _spoken(cell: Cell, column: TableColumn) -> Cell:
    is_ours = isinstance(cell, str) and (column.format is Format.WORDS or cell in _OUR_OWN)
    return in_page_language(str(cell), column.heading) if is_ours else cell


# What an exhibit looks like: its table drawn in the shape that it says. Pure.

_MOST = 15
_FEWEST = 2
_UNITS = ((Decimal(10**9), "Md"), (Decimal(10**6), "M"), (Decimal(10**3), "k"))


def drawn(exhibit: LedgerExhibit) -> Chart | None:
    """The drawing of an exhibit; None where it has no shape or too few rows to compare."""
    table = exhibit.table
    if exhibit.shape is None or len(table.rows) < _FEWEST:
        return None
    title = in_page_language(table.title)
    match exhibit.shape:
        case DrawingShape.TIME:
            return timeline(title, _bars(table, table.rows), _scale(table))
        case DrawingShape.RANKING:
            return ranks(title, _bars(table, table.rows[:_MOST]))
        case DrawingShape.SHARES:
            return ranks(title, _shares(table))
        case DrawingShape.AGEING:
            return _ageing(title, table)


def _bars(table: LedgerTable, rows: Sequence[Sequence[Cell]]) -> list[Bar]:
    label, value = table.columns[:2]
    return [
        Bar(
            written(_spoken(row[0], label), label.format),
            float(_value(row[1])),
            written(row[1], value.format),
        )
        for row in rows
    ]


def _shares(table: LedgerTable) -> list[Bar]:
    """The first values, each with its share in all of them."""
    whole = sum((_value(row[1]) for row in table.rows), Decimal(0))
    bars = _bars(table, table.rows[:_MOST])
    if whole <= 0:
        return bars
    shares = (100 * Decimal(bar.value) / whole for bar in bars)
    return [
        Bar(bar.label, bar.value, f"{bar.said} · {share:.1f} %".replace(".", ","))
        for bar, share in zip(bars, shares, strict=True)
    ]


def _ageing(title: str, table: LedgerTable) -> Chart:
    """Each stage as a bar of its brackets, the latest first."""
    amounts: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for stage, bracket, _, amount, _ in table.rows:
        amounts[str(stage)][str(bracket)] = _value(amount)
    brackets = [each for each in BRACKETS if any(each in held for held in amounts.values())]
    parts = [ChartPart(in_page_language(each), is_late(each)) for each in brackets]
    stacks = [
        Stack(
            in_page_language(stage),
            tuple(float(held.get(each, 0)) for each in brackets),
            written(sum(held.values(), Decimal(0)), Format.EUROS),
        )
        for stage, held in amounts.items()
    ]
    return ageing(title, parts, stacks)


def _value(cell: Cell) -> Decimal:
    """The number of a cell, 0 where there is none."""
    return Decimal(cell) if isinstance(cell, int | Decimal) else Decimal(0)


def _scale(table: LedgerTable) -> Callable[[float], str]:
    """How the vertical scale writes a value: "20 k€"."""
    unit = " €" if table.columns[1].format is Format.EUROS else ""

    def scaled(value: float) -> str:
        exact = Decimal(str(value))
        for size, letter in _UNITS:
            if abs(exact) >= size:
                return f"{_short(exact / size)} {letter}{unit.strip()}"
        return f"{_short(exact)}{unit}"

    return scaled


def _short(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


SHOWN = 25
"""Rows of a table that stands among others; a table of its own shows more."""

ON_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class TableView:
    """Rows of the table of this number of a place from one on, and what leads on from them.

    `count` is how many rows the whole table has. `lead` is what it comes to, and `chart` its
    drawing, where there are such.
    """

    place: LedgerAddress
    number: int
    table: LedgerTable
    count: int
    first: int = 0
    lead: str = ""
    chart: Chart | None = None

    @property
    def pages(self) -> int:
        """How many pages the whole table has."""
        return -(-self.count // ON_A_PAGE)

    @property
    def heads(self) -> list[tuple[str, str | None]]:
        """The heading of each column, and on which side its cells are aligned."""
        return [(each.heading, _side(each.format)) for each in self.table.columns]

    def address(self, below: str = "", **more: int) -> str:
        """The address of the whole table, or of what is below it."""
        return self.place.address(f"/tableau/{self.number}{below}", **more)

    def cells(self, index: int) -> Iterator[tuple[str, str | None, str | None, str]]:
        """The cells of a row: text, heading, side, and where the first one leads."""
        for column, cell in zip(self.table.columns, self.table.rows[index], strict=True):
            side = _side(column.format)
            if cell is None:
                yield "", None, side, ""
                continue
            is_first = column is self.table.columns[0]
            made_of = self._made_of(index) if is_first else ""
            yield written(cell, column.format), column.heading, side, made_of

    def _made_of(self, index: int) -> str:
        """The address of the rows of the ledger that a row is made of, "" where there are none."""
        ids = self.table.rows_of[index] if self.table.rows_of else ()
        if len(ids) == 1:
            return piece_address(self.place.over, ids[0])
        return self.address(f"/lignes/{self.first + index}") if ids else ""


def _side(form: Format) -> str | None:
    if form is Format.DATE:
        return "day"
    return "number" if form.is_number else None
