"""Measures against the recommendations R1 to R35 of ANSSI, and what each claim rests on."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistant.homologation.content import content


class State(StrEnum):
    """How a recommendation stands; the value is what the file says."""

    MET = "tenue"
    UNMET = "non tenue"
    NOT_APPLICABLE = "sans objet"
    BODY = "dépend de l'organisme"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is claimed of a recommendation ("R8"), why, and by which evidence.

    A piece of evidence is a file of the project, a test in one, or a setting ("réglage:writing").
    """

    name: str
    title: str
    state: State
    why: str
    evidence: tuple[str, ...]


Holds = Callable[[str], bool]
"""Whether something that a claim needs is so: a module of the program, or a fact of the machine."""


def measures(holds: Holds) -> tuple[Measure, ...]:
    """Every recommendation with the claim that holds on this machine, R1 first."""
    return tuple(_measure(row, holds) for row in content("mesures")["measure"])


def count(found: Sequence[Measure]) -> Mapping[State, int]:
    """How many recommendations stand so, for each state."""
    counted = Counter(each.state for each in found)
    return {state: counted[state] for state in State}


def _measure(row: Mapping[str, Any], holds: Holds) -> Measure:
    claim = row if all(map(holds, row.get("needs", ()))) else row["otherwise"]
    return Measure(
        f"R{row['number']}",
        row["title"],
        State[claim["state"].upper()],
        claim["why"],
        tuple(claim["evidence"]),
    )
