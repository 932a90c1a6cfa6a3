"""The verdict of the gate on a candidate, and why. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.baseline import Change, Comparison, Fall, Pair
from assistant.grading import Graded
from ingestion.difference import Revision, difference
from ingestion.documents import Document

NAMED = 5
"""Articles and questions named in a reason; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a gold question became; the faults are French words, none for a right answer."""

    id: str
    question: str
    change: Change
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of a candidate held `against` the index in service.

    `reasons` are French sentences why it is refused, none when it passes. `left_out` are the gold
    questions that the index in service cannot answer either.
    """

    at: datetime
    against: str
    judged: tuple[Judged, ...]
    left_out: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the candidate may be published without force."""
        return not self.reasons

    def of(self, change: Change) -> list[Judged]:
        """The questions with this change, in the order asked."""
        return [each for each in self.judged if each.change is change]


def judged(comparison: Comparison) -> tuple[Judged, ...]:
    """What each question of a comparison became."""
    return tuple(map(_judged, comparison.pairs))


def reasons(
    comparison: Comparison, falls: Sequence[Fall], old: Sequence[Document], new: Sequence[Document]
) -> tuple[str, ...]:
    """Why a candidate is refused, given the texts of the index in service and its own."""
    worse = [f"« {pair.after.question.text} »" for pair in comparison.of(Change.WORSE)]
    return (
        *_told("Articles qui ne sont plus dans le candidat", lost(old, new)),
        *_told(
            "Articles qui perdent plus de la moitié de leur texte à dates égales", cut(old, new)
        ),
        *_told("Questions de contrôle dont la réponse devient fausse", worse),
        *(
            f"En baisse : {each.measure}, {_decimal(each.after)} contre {_decimal(each.before)}."
            for each in falls
        ),
    )


def lost(old: Iterable[Document], new: Iterable[Document]) -> list[str]:
    """Articles of which no version is left."""
    kept = set(map(_name, new))
    return list(dict.fromkeys(name for name in map(_name, old) if name and name not in kept))


def cut(old: Iterable[Document], new: Iterable[Document]) -> list[str]:
    """Articles that have less than half of their words, though their dates say that none changed.

    A law that shortens an article gives the new wording a new date.
    """
    revised = (each for each in difference(old, new).changed if _same_beginning(each))
    return [
        _name(each.after) for each in revised if 2 * len(each.after.text) < len(each.before.text)
    ]


def _same_beginning(revision: Revision) -> bool:
    return revision.before.valid_from == revision.after.valid_from


def _name(document: Document) -> str:
    """What an article is called, "" for what is not one."""
    return f"{document.title}, {document.reference}" if document.reference else ""


def _judged(pair: Pair) -> Judged:
    question = pair.after.question
    return Judged(
        question.id, question.text, pair.change, _faults(pair.before), _faults(pair.after)
    )


def _faults(graded: Graded) -> tuple[str, ...]:
    return tuple(" : ".join(filter(None, (each.kind, each.detail))) for each in graded.faults)


def _told(what: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        rest = len(names) - NAMED
        more = f" ; et {rest} autre{'s' if rest > 1 else ''}" if rest > 0 else ""
        yield f"{what} ({len(names)}) : {' ; '.join(names[:NAMED])}{more}."


def _decimal(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")
