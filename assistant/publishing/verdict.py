"""The verdict of the gate on a candidate, and why it is refused. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from assistant.evaluation.questions import Question
from assistant.evaluation.runs import AnswerChange, Fall, Pair, RunComparison
from assistant.publishing.rivals import RivalPair
from assistant.review.gold import FILE
from ingestion.documents.document import Document
from ingestion.documents.versions import difference
from ingestion.french import number

NAMED = 5
"""Articles and questions named in a reason; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a gold question became; the faults are French words, none for a right answer.

    `said_before` and `said_after` are the two answers as they read, "" where not a word changed.
    """

    id: str
    question: str
    change: AnswerChange
    before: tuple[str, ...]
    after: tuple[str, ...]
    said_before: str
    said_after: str


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """What the gate says of a candidate held `against` the index in service.

    `reasons` are French sentences why it is refused, none when it passes. `left_out` are the gold
    questions that the index in service cannot answer either, `rivals` what the candidate newly
    states against itself.
    """

    at: datetime
    against: str
    judged: tuple[Judged, ...]
    left_out: tuple[str, ...]
    rivals: tuple[RivalPair, ...]
    reasons: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the candidate may be published without force."""
        return not self.reasons

    def of(self, change: AnswerChange) -> list[Judged]:
        """The questions with this change, in the order asked."""
        return [each for each in self.judged if each.change is change]


def judged(comparison: RunComparison) -> tuple[Judged, ...]:
    """What each question of a comparison became."""
    return tuple(map(_judged, comparison.pairs))


def _judged(pair: Pair) -> Judged:
    question, is_same = pair.after.question, pair.change is AnswerChange.SAME
    said = ("" if is_same else each.result.answer.markdown for each in (pair.before, pair.after))
    return Judged(question.id, question.text, pair.change, pair.before.told, pair.after.told, *said)


def reasons(
    comparison: RunComparison,
    falls: Sequence[Fall],
    old: Sequence[Document],
    new: Sequence[Document],
    rivals: Sequence[RivalPair],
) -> tuple[str, ...]:
    """Why a candidate is refused, given the texts of the index in service and its own."""
    opposed = [
        f"{each.kind}, « {each.first.title} » contre « {each.second.title} », {each.second.locator}"
        for each in rivals
    ]
    worse = [f"« {_called(pair.after.question)} »" for pair in comparison.of(AnswerChange.WORSE)]
    return (
        *_told("Articles qui ne sont plus dans le candidat", lost(old, new)),
        *_told(
            "Articles qui perdent plus de la moitié de leur texte à dates égales", cut(old, new)
        ),
        *_told("Affirmations contraires que le candidat apporte", opposed),
        *_told("Questions de contrôle dont la réponse devient fausse", worse),
        *(
            f"En baisse : {each.measure}, {number(each.after, 2)} contre {number(each.before, 2)}."
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
    pairs = ((each.before, each.after) for each in difference(old, new).changed)
    return [
        _name(after)
        for before, after in pairs
        if before.valid_from == after.valid_from and 2 * len(after.text) < len(before.text)
    ]


def _name(document: Document) -> str:
    """What an article is called, "" for what is not one."""
    return f"{document.title}, {document.reference}" if document.reference else ""


def _called(question: Question) -> str:
    """Its words; a promoted one has those of somebody, who may have them erased: its identifier."""
    return question.id if Path(question.file).name == FILE else question.text


def _told(what: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        rest = len(names) - NAMED
        more = f" ; et {rest} autre{'s' if rest > 1 else ''}" if rest > 0 else ""
        yield f"{what} ({len(names)}) : {' ; '.join(names[:NAMED])}{more}."
