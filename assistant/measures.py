"""Measures of graded answers, as the contract for programs defines them. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.answers import Answer, Sentence
from assistant.checking import Support
from assistant.confidence import Estimate, average, resampled, share
from assistant.grading import Graded

_WORD = re.compile(r"\w+(?:['’-]\w+)*")


class Measure(StrEnum):
    """What is measured, as it is called in tables."""

    CORRECT = "réponses correctes"
    ANSWERED = "questions répondues"
    RECALL = "articles attendus cités"
    PRECISION = "articles cités à propos"
    PAGES = "pages attendues citées"
    SUPPORTED = "phrases vérifiées"
    EXACT = "citations exactes"
    REFUSAL_PRECISION = "refus faits à raison"
    REFUSAL_RECALL = "refus attendus faits"
    REFUSAL_F1 = "F1 des refus"
    FALSE_REFUSALS = "refus à tort"


class Step(StrEnum):
    """What a turn has done once so many seconds have passed."""

    EVIDENCE = "passages affichés"
    FIRST = "première phrase"
    TOTAL = "réponse entière"


Estimates = Mapping[Measure, Estimate | None]


@dataclass(frozen=True, slots=True)
class Length:
    """Words of an answer, and those of them that are not quoted from a text."""

    words: int
    own: int


def estimates(graded: Sequence[Graded]) -> Estimates:
    """Every measure of a set, None where it has nothing to measure."""
    refused = [item for item in graded if item.refused]
    due = [item for item in graded if item.question.refusal_expected]
    rightly = sum(item.question.refusal_expected for item in refused)
    standing = [
        _stands(sentence, item.result.answer)
        for item in graded
        for sentence in item.result.answer.sentences
    ]
    quotes = [exact for item in graded for exact in item.exact_quotes]
    paged = [place for item in graded for place in item.question.places if place.page]
    missed = [place for item in graded for place in item.unplaced if place.page]
    return {
        Measure.CORRECT: share(sum(item.correct for item in graded), len(graded)),
        Measure.ANSWERED: share(len(graded) - len(refused), len(graded)),
        Measure.RECALL: average([item.recall for item in graded]),
        Measure.PRECISION: average([item.precision for item in graded]),
        Measure.PAGES: share(len(paged) - len(missed), len(paged)),
        Measure.SUPPORTED: share(sum(standing), len(standing)),
        Measure.EXACT: share(sum(quotes), len(quotes)),
        Measure.REFUSAL_PRECISION: share(rightly, len(refused)),
        Measure.REFUSAL_RECALL: share(rightly, len(due)),
        Measure.REFUSAL_F1: resampled(
            [(item.refused, item.question.refusal_expected) for item in graded], _f1
        ),
        Measure.FALSE_REFUSALS: share(len(refused) - rightly, len(graded) - len(due)),
    }


def seconds(graded: Sequence[Graded]) -> dict[Step, tuple[float, ...]]:
    """How long each step took, where it happened."""
    taken = [item.result.seconds for item in graded]
    return {
        Step.EVIDENCE: tuple(each.evidence for each in taken),
        Step.FIRST: tuple(each.first_token for each in taken if each.first_token is not None),
        Step.TOTAL: tuple(each.total for each in taken),
    }


def lengths(graded: Sequence[Graded]) -> tuple[Length, ...]:
    """The length of each answer that is no refusal, its notice included."""
    return tuple(_length(item.result.answer) for item in graded if not item.refused)


def removals(graded: Sequence[Graded]) -> list[tuple[str, int]]:
    """The reasons for which sentences were removed, the most frequent first.

    What a reason says of the one sentence, after a colon, is left out.
    """
    reasons = (
        removed.reason.partition(" : ")[0]
        for item in graded
        for removed in item.result.answer.removed
    )
    return Counter(reasons).most_common()


def grouped(
    graded: Sequence[Graded], label: Callable[[Graded], str]
) -> list[tuple[str, list[Graded]]]:
    """The answers by label, the label of most questions first."""
    groups: dict[str, list[Graded]] = {}
    for item in graded:
        groups.setdefault(label(item), []).append(item)
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))


def _stands(sentence: Sentence, answer: Answer) -> bool:
    """Whether what supports a sentence, without which there is none, is cited with it."""
    cited = {citation.n for citation in answer.citations}
    return bool(sentence.citations) and cited.issuperset(sentence.citations)


def _f1(flags: Sequence[tuple[bool, bool]]) -> float | None:
    """F1 of what was refused (first flag) against what should have been (second)."""
    rightly = flags.count((True, True))
    wrong = flags.count((True, False)) + flags.count((False, True))
    return 2 * rightly / (2 * rightly + wrong) if rightly + wrong else None


def _length(answer: Answer) -> Length:
    own = [each.text for each in answer.sentences if each.support is not Support.VERBATIM]
    shown = [each.text for each in answer.sentences]
    return Length(
        sum(map(_words, [*shown, answer.notice])), sum(map(_words, [*own, answer.notice]))
    )


def _words(text: str) -> int:
    return len(_WORD.findall(text))
