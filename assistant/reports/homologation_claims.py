"""What the homologation file claims, as kept by hand: measures, sovereignty, data flows."""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import hypot
from typing import Any

from assistant.reports.markup import Html, render
from ingestion.library.corpus import CORPUS

FOLDER = CORPUS / "homologation"


@cache
def load_content(name: str) -> dict[str, Any]:
    """One file of the folder, by its name without suffix."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


# Measures against the recommendations R1 to R35 of ANSSI, and what each claim rests on.


class MeasureState(StrEnum):
    """How a recommendation stands; the value is what the file says."""

    MET = "tenue"
    UNMET = "non tenue"
    NOT_APPLICABLE = "sans objet"
    BODY = "dépend de l'organisme"


@dataclass(frozen=True, slots=True)
class SecurityMeasure:
    """What is claimed of a recommendation ("R8"), why, and by which evidence.

    A piece of evidence is a file of the project, a test in one, or a setting ("réglage:writing").
    """

    name: str
    title: str
    state: MeasureState
    why: str
    evidence: tuple[str, ...]


Holds = Callable[[str], bool]
"""Whether something that a claim needs is so: a module of the program, or a fact of the machine."""


def measures(holds: Holds) -> tuple[SecurityMeasure, ...]:
    """Every recommendation with the claim that holds on this machine, R1 first."""
    return tuple(_measure(row, holds) for row in load_content("mesures")["measure"])


def count(found: Sequence[SecurityMeasure]) -> Mapping[MeasureState, int]:
    """How many recommendations stand so, for each state."""
    counted = Counter(each.state for each in found)
    return {state: counted[state] for state in MeasureState}


def _stands(row: Mapping[str, Any], holds: Holds) -> bool:
    return all(map(holds, row.get("needs", ()))) and not any(map(holds, row.get("unless", ())))


def _measure(row: Mapping[str, Any], holds: Holds) -> SecurityMeasure:
    claim = row if _stands(row, holds) else row["otherwise"]
    return SecurityMeasure(
        f"R{row['number']}",
        row["title"],
        MeasureState[claim["state"].upper()],
        claim["why"],
        tuple(claim["evidence"]),
    )


# Sovereignty: who holds what, and of what the service depends.


@dataclass(frozen=True, slots=True)
class SovereigntyStatement:
    """A question that an authority asks, what is told of this machine, and on which evidence."""

    what: str
    told: str
    evidence: tuple[str, ...]


def sovereignty(holds: Holds) -> tuple[SovereigntyStatement, ...]:
    """The sheet, with what holds on this machine."""
    return tuple(
        SovereigntyStatement(
            row["what"],
            row["told" if _stands(row, holds) else "otherwise"],
            tuple(row["evidence"]),
        )
        for row in load_content("souverainete")["statement"]
    )


def described(holds: Holds) -> Iterator[tuple[str, str]]:
    """The properties of the offer on this machine, in the terms of Gaia-X."""
    for row in load_content("souverainete")["property"]:
        yield row["name"], row["value" if _stands(row, holds) else "otherwise"]


# Data flows, as rows of a table and as a drawing. Pure.

ACROSS, DOWN = 190, 105
WIDTH, HEIGHT = 145, 44
MARGIN, SAYING = 22, 14
"""Units of the drawing: from one place to the next, the size of a place, what is left around and
for the words below."""


Point = tuple[float, float]
"""Across from the left and down from the top."""


@dataclass(frozen=True, slots=True)
class DataPlace:
    """Where data stand; `inside` the machine that runs the program or not."""

    label: str
    column: int
    row: int
    inside: bool

    @property
    def corner(self) -> Point:
        """Its upper left corner in the drawing."""
        return MARGIN + self.column * ACROSS, MARGIN + self.row * DOWN

    def edge(self, towards: "DataPlace") -> Point:
        """Where the line to another place leaves this one."""
        (x, y), (left, top) = self.corner, towards.corner
        across, down = left - x, top - y
        sides = (
            WIDTH / 2 / abs(across) if across else 1.0,
            HEIGHT / 2 / abs(down) if down else 1.0,
        )
        share = min(sides)
        return x + WIDTH / 2 + across * share, y + HEIGHT / 2 + down * share


@dataclass(frozen=True, slots=True)
class Flow:
    """What goes from one place to another, how it is protected, and whose work makes it go."""

    number: int
    start: DataPlace
    end: DataPlace
    data: str
    protection: str
    when: str

    @property
    def line(self) -> tuple[Point, Point]:
        """From the edge of the first place to that of the second."""
        return self.start.edge(self.end), self.end.edge(self.start)

    @property
    def head(self) -> tuple[Point, Point, Point]:
        """The three corners of its arrow."""
        (x, y), (left, top) = self.line
        length = hypot(left - x, top - y)
        along, aside = (left - x) / length * 8, (top - y) / length * 8
        return (
            (left, top),
            (left - along - aside / 2, top - aside + along / 2),
            (left - along + aside / 2, top - aside - along / 2),
        )


def flows(holds: Holds) -> tuple[Flow, ...]:
    """The flows that there are, numbered from 1 as in the drawing."""
    table = load_content("flux")
    places = {
        row["name"]: DataPlace(row["label"], row["column"], row["row"], row["inside"])
        for row in table["place"]
    }
    found = [row for row in table["flow"] if _stands(row, holds)]
    return tuple(
        Flow(n, places[row["from"]], places[row["to"]], row["data"], row["protection"], row["when"])
        for n, row in enumerate(found, 1)
    )


def drawing(found: tuple[Flow, ...]) -> Html:
    """The places and the flows between them as SVG; a frame shows what stands on the machine."""
    places = tuple(dict.fromkeys(place for each in found for place in (each.start, each.end)))
    columns = [place.corner[0] for place in places if place.inside]
    return render(
        "flows.html",
        flows=found,
        places=places,
        box=(WIDTH, HEIGHT),
        inside=(min(columns) - 12, max(columns) + WIDTH + 12),
        right=max(place.corner[0] for place in places) + WIDTH + MARGIN,
        bottom=max(place.corner[1] for place in places) + HEIGHT + MARGIN + SAYING,
    )
