"""How often the checker is wrong, by kind: `python -m tests.studies.claims`.

Each collection holds one sentence a line with the passage it is held against and what is true of
it (`stands`). `claims` was built with the checker, by hand or by changing words of the sheets after
rules (`origin`); `fresh_claims` was written by someone who had not read it, `pressed_claims` by
someone who had, against what it then allowed, `held_out_claims` after its last change. When the
checker was reduced, several smaller ones were compared on all four; the smallest was taken.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.citations.checker import check_sentence

DATA = Path(__file__).parents[1] / "data"
COLLECTIONS = ("claims", "fresh_claims", "pressed_claims", "held_out_claims")


@dataclass(frozen=True, slots=True)
class Trial:
    """A sentence of a collection and whether the checker accepted it."""

    sentence: str
    kind: str
    stands: bool
    accepted: bool

    @property
    def is_wrong(self) -> bool:
        """Whether an altered sentence was accepted or a faithful one refused."""
        return self.accepted != self.stands


def trials(collection: str) -> tuple[Trial, ...]:
    """Check every sentence of a collection against its passage."""
    passages = {str(line["id"]): str(line["text"]) for line in _lines("claim_passages")}
    return tuple(
        Trial(
            str(line["sentence"]),
            str(line["kind"]),
            bool(line["stands"]),
            check_sentence(str(line["sentence"]), [passages[str(line["passage"])]]).support
            is not None,
        )
        for line in _lines(collection)
    )


def rates(trials: Sequence[Trial]) -> tuple[float, float]:
    """Return the shares of altered sentences accepted and of faithful ones refused."""
    altered = [trial.is_wrong for trial in trials if not trial.stands]
    faithful = [trial.is_wrong for trial in trials if trial.stands]
    return sum(altered) / len(altered), sum(faithful) / len(faithful)


def table(collection: str, trials: Sequence[Trial]) -> Iterator[str]:
    """Yield the lines of a collection's table: both rates, then each kind with its errors."""
    yield f"\n{collection}"
    for stands, label in ((False, "altered, accepted"), (True, "faithful, refused")):
        group = [trial for trial in trials if trial.stands is stands]
        yield _row(label, group)
        for kind in sorted({trial.kind for trial in group}):
            yield _row(f"  {kind}", [trial for trial in group if trial.kind == kind])


def _row(label: str, trials: Sequence[Trial]) -> str:
    wrong = sum(trial.is_wrong for trial in trials)
    return f"{label:<24}{wrong:>5} of {len(trials):>4}{wrong / len(trials):>8.1%}"


def _lines(name: str) -> Iterator[dict[str, object]]:
    with (DATA / f"{name}.jsonl").open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)


if __name__ == "__main__":
    for each in COLLECTIONS:
        sys.stdout.write("\n".join(table(each, trials(each))) + "\n")
