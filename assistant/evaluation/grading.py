"""Grading: answers held against what is expected, and their measures by the contract."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from statistics import fmean
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.answering.answer import (
    Answer,
    Citation,
    Outcome,
    Removed,
    Seconds,
    Sentence,
    TurnResult,
)
from assistant.citations.checker import Support
from assistant.confidence import Estimate, average, resampled, share
from assistant.errors import WrongResults
from assistant.evaluation.questions import ExpectedPlace, Question
from assistant.question.day import DaySource
from ingestion.documents.pieces import find_piece
from ingestion.documents.references import find_references

# Result files: the lines that `eval` writes, read back. Pure but for reading the file.

_sentences = TypeAdapter(tuple[Sentence, ...])
_citations = TypeAdapter(tuple[Citation, ...])
_removed = TypeAdapter(tuple[Removed, ...])
_seconds = TypeAdapter(Seconds)


def read_results(path: Path) -> dict[str, TurnResult]:
    """The results of a file by the `id` of their question; raises WrongResults naming the line.

    What the contract does not hold is not known: `evidence` is empty.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongResults(f"Le fichier de résultats {path} est illisible : {error}") from error
    found = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            found[str(row["id"])] = result_of(row)
        except (ValueError, KeyError, TypeError) as error:
            told = error.errors()[0]["msg"] if isinstance(error, ValidationError) else repr(error)
            raise WrongResults(
                f"{path}, ligne {number} n'est pas un résultat de « sourcier eval » : {told}"
            ) from error
    return found


def result_of(row: Mapping[str, Any]) -> TurnResult:
    """The result that an object of the contract says, without its evidence.

    Raises ValueError, KeyError or TypeError when it is not one.
    """
    return TurnResult(
        record_id=row["record_id"],
        question=row["question"],
        standalone=row["question"],
        as_of=date.fromisoformat(row["as_of"]),
        day_source=DaySource(row["as_of_source"]),
        answer=_answer(row),
        evidence=(),
        route=row["route"],
        model=row["model"],
        generation=row["generation"],
        seconds=_seconds.validate_python(row["seconds"]),
        dossier=row.get("dossier"),
        dossier_generation=row.get("dossier_generation"),
        embedder=row.get("embedder", ""),
    )


def _answer(row: Mapping[str, Any]) -> Answer:
    """The answer; its preface and notice are what the text says around the sentences."""
    sentences = Answer(
        Outcome(row["outcome"]),
        _sentences.validate_python(row["sentences"]),
        _citations.validate_python(row["citations"]),
        _removed.validate_python(row["removed"]),
    )
    text = str(row["answer"])
    if not sentences.sentences:
        return replace(sentences, notice=text)
    before, said, after = text.partition(sentences.markdown)
    if not said:
        raise ValueError("« answer » n'a pas les phrases de « sentences »")
    return replace(sentences, preface=before.strip(), notice=after.strip())


# Grading: one answer held against what its question expects. Pure.

_PAGES = re.compile(r"\bp\. (\d+)(?:-(\d+))?(?=$|, (?:aussi p\.|et à))")
_WORD = re.compile(r"\w+")


class FaultKind(StrEnum):
    """What makes an answer wrong."""

    FALSE_REFUSAL = "Refus à tort"
    MISSED_REFUSAL = "Refus manqué"
    MISSING_FACT = "Fait absent"
    FORBIDDEN = "Affirmation interdite"


@dataclass(frozen=True, slots=True)
class GradingFault:
    """A reason why an answer is wrong; `detail` is the pattern without match, or the match."""

    kind: FaultKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Graded:
    """One question with its result and what was found right or wrong in it.

    `uncited` and `unplaced` are the expected articles and places that no citation names, which
    alone does not make an answer wrong. `recall` and `precision` are of articles, None where the
    question expects none, or nothing was cited. `exact_quotes` has one flag a citation whose text
    is known.
    """

    question: Question
    result: TurnResult
    faults: tuple[GradingFault, ...]
    uncited: tuple[str, ...]
    unplaced: tuple[ExpectedPlace, ...]
    recall: float | None
    precision: float | None
    exact_quotes: tuple[bool, ...]

    @property
    def correct(self) -> bool:
        """Whether the answer has all the facts and nothing forbidden, or is the refusal due."""
        return not self.faults

    @property
    def told(self) -> tuple[str, ...]:
        """Each fault in words."""
        return tuple(" : ".join(filter(None, (each.kind, each.detail))) for each in self.faults)

    @property
    def refused(self) -> bool:
        """Whether nothing was answered."""
        return self.result.answer.outcome is Outcome.ABSTAINED


def unread(citation: Citation) -> str | None:
    """The text of what is cited, where no index is at hand: none."""
    return None


def grade(
    question: Question, result: TurnResult, text_of: Callable[[Citation], str | None]
) -> Graded:
    """Compare one answer with what is expected.

    `text_of` gives the text of the document cited, None where it is no longer what it was.
    """
    answer = result.answer
    cited = cited_articles(answer)
    right = {*question.articles, *question.useful}
    texts = [(citation, text_of(citation)) for citation in answer.citations]
    return Graded(
        question,
        result,
        tuple(_faults(question, answer)),
        tuple(article for article in question.articles if article not in cited),
        tuple(place for place in question.places if not _is_cited(place, answer)),
        fmean(each in cited for each in set(question.articles)) if question.articles else None,
        fmean(article in right for article in cited) if cited and question.articles else None,
        tuple(
            text[citation.start : citation.end] == citation.quote
            for citation, text in texts
            if text is not None
        ),
    )


def cited_articles(answer: Answer) -> set[str]:
    """The legal references of the cited locators, normalised."""
    return {
        reference.key
        for citation in answer.citations
        for reference in find_references(citation.locator)
    }


def fact_pattern(group: Sequence[re.Pattern[str]]) -> str:
    """An expected fact as one pattern."""
    return "|".join(option.pattern for option in group)


def stands_at(locator: str, place: ExpectedPlace) -> bool:
    """Whether "CCAP, art. 12.3, p. 7-8" names a piece and has its page.

    A document that is no usual piece is named by the initials of its title: "QR" is
    "Questions-Réponses pour candidats".
    """
    title = locator.partition(",")[0]
    named = find_piece(title)
    initials = "".join(word[0] for word in _WORD.findall(title)).upper()
    if named != place.piece if named else not initials.startswith(place.piece):
        return False
    pages = _PAGES.search(locator)
    if place.page is None or pages is None:
        return place.page is None
    return int(pages[1]) <= place.page <= int(pages[2] or pages[1])


def _is_cited(place: ExpectedPlace, answer: Answer) -> bool:
    return any(stands_at(citation.locator, place) for citation in answer.citations)


def _faults(question: Question, answer: Answer) -> Iterator[GradingFault]:
    text = re.sub(r"\s+", " ", answer.markdown)
    abstained = answer.outcome is Outcome.ABSTAINED
    if question.refusal_expected:
        if answer.outcome is Outcome.ANSWERED:
            yield GradingFault(FaultKind.MISSED_REFUSAL)
    elif abstained:
        yield GradingFault(FaultKind.FALSE_REFUSAL)
    else:
        for group in question.facts:
            if not any(option.search(text) for option in group):
                yield GradingFault(FaultKind.MISSING_FACT, fact_pattern(group))
    for pattern in question.forbidden:
        if match := pattern.search(text):
            yield GradingFault(FaultKind.FORBIDDEN, match.group())


# Measures of graded answers, as the contract for programs defines them. Pure.

_WORD_IN_ANSWER = re.compile(r"\w+(?:['’-]\w+)*")


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


class TurnStep(StrEnum):
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
    standing = [stands for item in graded for stands in _standing(item.result.answer)]
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


def seconds(graded: Sequence[Graded]) -> dict[TurnStep, tuple[float, ...]]:
    """How long each step took, where it happened."""
    taken = [item.result.seconds for item in graded]
    return {
        TurnStep.EVIDENCE: tuple(each.evidence for each in taken),
        TurnStep.FIRST: tuple(each.first_token for each in taken if each.first_token is not None),
        TurnStep.TOTAL: tuple(each.total for each in taken),
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


def _standing(answer: Answer) -> Iterator[bool]:
    """Whether what supports each sentence, without which there is none, is cited with it."""
    cited = {citation.n for citation in answer.citations}
    return (bool(each.citations) and cited.issuperset(each.citations) for each in answer.sentences)


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
    return len(_WORD_IN_ANSWER.findall(text))
