"""Data flows, as rows of a table and as a drawing. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import hypot

from assistant.homologation.content import content
from assistant.homologation.measures import Holds
from assistant.page.markup import Html, element, joined

ACROSS, DOWN = 190, 105
WIDTH, HEIGHT = 145, 44
MARGIN, SAYING = 22, 14
"""Units of the drawing: from one place to the next, the size of a place, what is left around and
for the words below."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where data stand; `inside` the machine that runs the program or not."""

    label: str
    column: int
    row: int
    inside: bool

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle in the drawing."""
        return MARGIN + self.column * ACROSS + WIDTH / 2, MARGIN + self.row * DOWN + HEIGHT / 2


@dataclass(frozen=True, slots=True)
class Flow:
    """What goes from one place to another, how it is protected, and whose work makes it go."""

    number: int
    start: Place
    end: Place
    data: str
    protection: str
    when: str


def flows(holds: Holds) -> tuple[Flow, ...]:
    """The flows that there are, numbered from 1 as in the drawing."""
    table = content("flux")
    places = {
        row["name"]: Place(row["label"], row["column"], row["row"], row["inside"])
        for row in table["place"]
    }
    found = [row for row in table["flow"] if all(map(holds, row.get("needs", ())))]
    return tuple(
        Flow(n, places[row["from"]], places[row["to"]], row["data"], row["protection"], row["when"])
        for n, row in enumerate(found, 1)
    )


def drawing(found: tuple[Flow, ...]) -> Html:
    """The places and the flows between them as SVG; a frame shows what stands on the machine."""
    places = tuple(dict.fromkeys(place for each in found for place in (each.start, each.end)))
    right = max(place.middle[0] for place in places) + WIDTH / 2 + MARGIN
    bottom = max(place.middle[1] for place in places) + HEIGHT / 2 + MARGIN + SAYING
    return element(
        "svg",
        element("title", "Flux de données", id="flux"),
        element("desc", "Les flux numérotés sont ceux du tableau.", id="flux-dit"),
        _frame([place for place in places if place.inside], bottom),
        *(_arrow(each) for each in found),
        *(_box(place) for place in places),
        *(_number(each) for each in found),
        role="img",
        aria_labelledby="flux flux-dit",
        viewBox=f"0 0 {right:g} {bottom:g}",
        font_family="var(--sans)",
        font_size=12,
    )


def _frame(inside: Sequence[Place], bottom: float) -> Html:
    left = min(place.middle[0] for place in inside) - WIDTH / 2 - 12
    right = max(place.middle[0] for place in inside) + WIDTH / 2 + 12
    rect = element(
        "rect",
        x=f"{left:g}",
        y=4,
        width=f"{right - left:g}",
        height=f"{bottom - 8:g}",
        rx=8,
        fill="none",
        stroke="var(--quiet)",
        stroke_dasharray="5 4",
    )
    return joined([rect, _text(left + 8, bottom - 12, "machine de l'organisme", "start")])


def _box(place: Place) -> Html:
    across, down = place.middle
    rect = element(
        "rect",
        x=f"{across - WIDTH / 2:g}",
        y=f"{down - HEIGHT / 2:g}",
        width=WIDTH,
        height=HEIGHT,
        rx=5,
        fill="var(--sheet)",
        stroke="var(--accent)" if place.inside else "var(--quiet)",
    )
    return joined([rect, _text(across, down + 4, place.label, "middle")])


def _arrow(flow: Flow) -> Html:
    """A line from edge to edge, with its head."""
    (x, y), (left, top) = _edges(flow)
    length = hypot(left - x, top - y)
    along, aside = (left - x) / length * 8, (top - y) / length * 8
    head = " ".join(
        f"{a:g},{b:g}"
        for a, b in (
            (left, top),
            (left - along - aside / 2, top - aside + along / 2),
            (left - along + aside / 2, top - aside - along / 2),
        )
    )
    line = element(
        "line", x1=f"{x:g}", y1=f"{y:g}", x2=f"{left:g}", y2=f"{top:g}", stroke="var(--ink)"
    )
    return joined([line, element("polygon", points=head, fill="var(--ink)")])


def _number(flow: Flow) -> Html:
    (x, y), (left, top) = _edges(flow)
    across, down = (x + left) / 2, (y + top) / 2
    disc = element(
        "circle", cx=f"{across:g}", cy=f"{down:g}", r=10, fill="var(--paper)", stroke="var(--rule)"
    )
    return joined([disc, _text(across, down + 4, str(flow.number), "middle")])


def _edges(flow: Flow) -> Iterator[tuple[float, float]]:
    """Where the line leaves the first place and where it reaches the second."""
    yield _edge(flow.start, flow.end)
    yield _edge(flow.end, flow.start)


def _edge(place: Place, towards: Place) -> tuple[float, float]:
    (x, y), (left, top) = place.middle, towards.middle
    across, down = left - x, top - y
    share = min(WIDTH / 2 / abs(across) if across else 1.0, HEIGHT / 2 / abs(down) if down else 1.0)
    return x + across * share, y + down * share


def _text(x: float, y: float, text: str, anchor: str) -> Html:
    return element("text", text, x=f"{x:g}", y=f"{y:g}", text_anchor=anchor, fill="var(--ink)")
