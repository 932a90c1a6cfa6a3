"""Tables of the ledger as HTML, drawn in the shape that they say. Pure."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.ledger.payments.late import BRACKETS, is_late
from assistant.ledger.replies import piece_address
from assistant.ledger.tables import Cell, DrawingShape, Format, LedgerExhibit, LedgerTable, written
from assistant.reports.charts import Bar, ChartPart, Stack, ageing, ranks, timeline
from assistant.reports.markup import NOTHING, Html, element, group_thousands, set_no_break_spaces
from assistant.web.ledger.frame import PAGE, LedgerAddress

# What an exhibit looks like: its table drawn in the shape that it says. Pure.

_MOST = 15
_FEWEST = 2
_COLOURS = (
    (
        ("ink", "#1c1e23"),
        ("quiet", "#5b606b"),
        ("rule", "#e2ded3"),
        ("accent", "#24508f"),
        ("alert", "#8d2b20"),
    ),
    (
        ("ink", "#e9e7e1"),
        ("quiet", "#a3a8b2"),
        ("rule", "#33373f"),
        ("accent", "#9dbdf0"),
        ("alert", "#f0a79d"),
    ),
)
"""Those of style.css, in light and in dark."""

_UNITS = ((Decimal(10**9), "Md"), (Decimal(10**6), "M"), (Decimal(10**3), "k"))


def drawn(exhibit: LedgerExhibit) -> Html | None:
    """The drawing of an exhibit; None where it has no shape or too few rows to compare."""
    table = exhibit.table
    if exhibit.shape is None or len(table.rows) < _FEWEST:
        return None
    match exhibit.shape:
        case DrawingShape.TIME:
            return Html(timeline(table.title, _bars(table, table.rows), _scale(table)))
        case DrawingShape.RANKING:
            return Html(ranks(table.title, _bars(table, table.rows[:_MOST])))
        case DrawingShape.SHARES:
            return Html(ranks(table.title, _shares(table)))
        case DrawingShape.AGEING:
            return Html(_ageing(table))


def standalone(drawing: Html) -> str:
    """A drawing as an image of its own, which brings the colours that a page would give it."""
    light, dark = (";".join(f"--{name}:{colour}" for name, colour in each) for each in _COLOURS)
    style = (
        f"<style>:root{{{light};--sans:sans-serif}}"
        f"@media(prefers-color-scheme:dark){{:root{{{dark}}}}}</style>"
    )
    opening, rest = drawing.split(">", 1)
    return f"{opening}>{style}{rest}"


def _bars(table: LedgerTable, rows: Sequence[Sequence[Cell]]) -> list[Bar]:
    form = table.columns[1].format
    return [
        Bar(written(row[0], Format.TEXT), float(_value(row[1])), written(row[1], form))
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


def _ageing(table: LedgerTable) -> str:
    """Each stage as a bar of its brackets, the latest first."""
    amounts: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for stage, bracket, _, amount, _ in table.rows:
        amounts[str(stage)][str(bracket)] = _value(amount)
    brackets = [each for each in BRACKETS if any(each in held for held in amounts.values())]
    parts = [ChartPart(each, is_late(each)) for each in brackets]
    stacks = [
        Stack(
            stage,
            tuple(float(held.get(each, 0)) for each in brackets),
            written(sum(held.values(), Decimal(0)), Format.EUROS),
        )
        for stage, held in amounts.items()
    ]
    return ageing(table.title, parts, stacks)


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


# A table of the ledger as HTML: each row leads to what it is made of, each table to its files.

SHOWN = 25
"""Rows of a table that stands among others; a table of its own shows more."""

ON_A_PAGE = 100

Extra = Callable[[int], Html]
"""What is added to the row of this number among those shown."""


@dataclass(frozen=True, slots=True)
class TableView:
    """Rows of the table of this number of a place from one on, and what leads on from them.

    `count` is how many rows the whole table has.
    """

    place: LedgerAddress
    number: int
    table: LedgerTable
    count: int
    first: int = 0

    def section(
        self, exhibit: LedgerExhibit, heading: str = "", extra: Extra | None = None
    ) -> Html:
        """The drawing, the first rows, the notes, and the ways to the rest."""
        drawing = drawn(exhibit)
        return element(
            "section",
            element("h2", set_no_break_spaces(self.table.title)),
            element("p", set_no_break_spaces(exhibit.lead), class_="lead")
            if exhibit.lead
            else NOTHING,
            element("div", drawing, class_="chart") if drawing else NOTHING,
            self.rows(heading, extra) if self.table.rows else element("p", "Rien."),
            self._rest(),
            self.notes(),
            self.downloads() if self.table.rows else NOTHING,
        )

    def page(self) -> Html:
        """One page of the whole table, and the ways to the others."""
        return element(
            "section",
            self.rows() if self.table.rows else element("p", "Rien."),
            self.pager(),
            self.notes(),
            self.downloads() if self.count else NOTHING,
        )

    def rows(self, heading: str = "", extra: Extra | None = None) -> Html:
        """The rows; `heading` names what is added to each."""
        columns = self.table.columns
        heads = [
            element("th", each.heading, scope="col", class_=_side(each.format)) for each in columns
        ]
        heads += [element("th", heading, scope="col")] if extra else []
        body = [
            element("tr", *self._cells(index), element("td", extra(index)) if extra else NOTHING)
            for index in range(len(self.table.rows))
        ]
        table = element("table", element("thead", element("tr", *heads)), element("tbody", *body))
        return element(
            "div", table, class_="wide", tabindex=0, role="region", aria_label=self.table.title
        )

    def notes(self) -> Html:
        """What the rows do not say themselves."""
        if not self.table.notes:
            return NOTHING
        notes = (element("li", set_no_break_spaces(each)) for each in self.table.notes)
        return element("ul", *notes, class_="notes")

    def pager(self) -> Html:
        """Where this page is among those of the table, and the ones before and after."""
        page = self.place.page
        last = -(-self.count // ON_A_PAGE)
        if last < 2:
            return NOTHING
        below = f"/tableau/{self.number}"
        links = [
            element("a", said, href=self.place.address(below, **{PAGE: number}), rel=said_rel)
            for said, number, said_rel in (
                ("Précédente", page - 1, "prev"),
                ("Suivante", page + 1, "next"),
            )
            if 1 <= number <= last
        ]
        here = element("span", f"Page {page} sur {last} ({group_thousands(self.count)} lignes)")
        return element("nav", here, *links, class_="pager", aria_label="Pages du tableau")

    def downloads(self) -> Html:
        """The table whole, as files."""
        below = f"/tableau/{self.number}"
        links = (
            element(
                "a", f"Exporter ({suffix.upper()})", href=self.place.address(f"{below}.{suffix}")
            )
            for suffix in ("csv", "xlsx")
        )
        return element("p", *links, class_="downloads")

    def _rest(self) -> Html:
        if self.count <= len(self.table.rows):
            return NOTHING
        address = self.place.address(f"/tableau/{self.number}")
        return element(
            "p", element("a", f"Voir les {group_thousands(self.count)} lignes", href=address)
        )

    def _cells(self, index: int) -> list[Html]:
        """The cells of a row; the first one leads to what the row is made of."""
        cells = []
        for position, (cell, column) in enumerate(
            zip(self.table.rows[index], self.table.columns, strict=True)
        ):
            text: str = set_no_break_spaces(written(cell, column.format))
            address = self._made_of(index) if position == 0 else ""
            content = element("a", text, href=address) if address else text
            cells.append(
                element("td", content, data_label=column.heading, class_=_side(column.format))
                if cell is not None
                else element("td", class_=_side(column.format))
            )
        return cells

    def _made_of(self, index: int) -> str:
        """The address of the rows of the ledger that a row is made of, "" where there are none."""
        ids = self.table.rows_of[index] if self.table.rows_of else ()
        if len(ids) == 1:
            return piece_address(self.place.over, ids[0])
        if not ids:
            return ""
        return self.place.address(f"/tableau/{self.number}/lignes/{self.first + index}")


def _side(form: Format) -> str | None:
    if form is Format.DATE:
        return "day"
    return "number" if form.is_number else None
