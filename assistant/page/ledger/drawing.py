"""What an exhibit looks like: its table drawn in the shape that it says. Pure."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal

from assistant.amount_charts import Bar, Part, Stack, ageing, ranks, timeline
from assistant.ledger.exhibit import Exhibit, Shape
from assistant.ledger.stages import BRACKETS, is_late
from assistant.ledger.table import Cell, Format, Table, written
from assistant.page.markup import Html

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


def drawn(exhibit: Exhibit) -> Html | None:
    """The drawing of an exhibit; None where it has no shape or too few rows to compare."""
    table = exhibit.table
    if exhibit.shape is None or len(table.rows) < _FEWEST:
        return None
    match exhibit.shape:
        case Shape.TIME:
            return Html(timeline(table.title, _bars(table, table.rows), _scale(table)))
        case Shape.RANKING:
            return Html(ranks(table.title, _bars(table, table.rows[:_MOST])))
        case Shape.SHARES:
            return Html(ranks(table.title, _shares(table)))
        case Shape.AGEING:
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


def _bars(table: Table, rows: Sequence[Sequence[Cell]]) -> list[Bar]:
    form = table.columns[1].format
    return [
        Bar(written(row[0], Format.TEXT), float(_value(row[1])), written(row[1], form))
        for row in rows
    ]


def _shares(table: Table) -> list[Bar]:
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


def _ageing(table: Table) -> str:
    """Each stage as a bar of its brackets, the latest first."""
    amounts: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for stage, bracket, _, amount, _ in table.rows:
        amounts[str(stage)][str(bracket)] = _value(amount)
    brackets = [each for each in BRACKETS if any(each in held for held in amounts.values())]
    parts = [Part(each, is_late(each)) for each in brackets]
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


def _scale(table: Table) -> Callable[[float], str]:
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
