"""The measure: how many altered sentences pass, how many faithful ones are refused.

`data/claims.jsonl` holds one sentence a line with the passage it is held against: written by hand
(`origin` hand) or made by `alterations.py` and `rewordings.py` from the sheets (generated). Every
fifth line is `held_out`: it is measured apart.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.checking import check

DATA = Path(__file__).parent / "data"
FALSE_ACCEPTANCE = 0.01
FALSE_REJECTION = 0.05


@dataclass(frozen=True, slots=True)
class Trial:
    """A sentence of the collection and what the checker said of it."""

    sentence: str
    stands: bool
    accepted: bool
    origin: str
    held_out: bool


def lines(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)


@pytest.fixture(scope="module")
def trials() -> tuple[Trial, ...]:
    passages = {line["id"]: line["text"] for line in lines("claim_passages.jsonl")}
    return tuple(
        Trial(
            line["sentence"],
            bool(line["stands"]),
            check(line["sentence"], [passages[line["passage"]]]).support is not None,
            line["origin"],
            bool(line["held_out"]),
        )
        for line in lines("claims.jsonl")
    )


def rate(trials: Sequence[Trial], label: str) -> float:
    """Write and return the share of these trials that the checker got wrong."""
    wrong = sum(trial.accepted != trial.stands for trial in trials)
    sys.stdout.write(f"{label}: {wrong} / {len(trials)} = {wrong / len(trials):.1%}\n")
    return wrong / len(trials)


def test_false_acceptance_and_false_rejection(
    trials: tuple[Trial, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        accepted = rate([trial for trial in trials if not trial.stands], "\nfalse acceptance")
        refused = rate([trial for trial in trials if trial.stands], "false rejection")
        groups = sorted({(trial.origin, trial.held_out, trial.stands) for trial in trials})
        for origin, held_out, stands in groups:
            kept = [
                t for t in trials if (t.origin, t.held_out, t.stands) == (origin, held_out, stands)
            ]
            rate(kept, f"  {origin}{', held out' * held_out}{', stands' * stands}")
    assert accepted <= FALSE_ACCEPTANCE
    assert refused <= FALSE_REJECTION


def test_the_collection_is_large_enough(trials: tuple[Trial, ...]) -> None:
    assert sum(not trial.stands for trial in trials) >= 500
    assert sum(trial.stands for trial in trials) >= 300
