"""Grading: one answer held against what its question expects. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

from assistant.answers import Answer, Citation, Outcome
from assistant.questions import ExpectedPlace, Question
from assistant.turn import Result
from ingestion.pieces import find_piece
from ingestion.references import find_references

_PAGES = re.compile(r"\bp\. (\d+)(?:-(\d+))?(?=$|, (?:aussi p\.|et à))")
_WORD = re.compile(r"\w+")


class FaultKind(StrEnum):
    """What makes an answer wrong."""

    FALSE_REFUSAL = "Refus à tort"
    MISSED_REFUSAL = "Refus manqué"
    MISSING_FACT = "Fait absent"
    FORBIDDEN = "Affirmation interdite"


@dataclass(frozen=True, slots=True)
class Fault:
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
    result: Result
    faults: tuple[Fault, ...]
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
    def refused(self) -> bool:
        """Whether nothing was answered."""
        return self.result.answer.outcome is Outcome.ABSTAINED


def grade(question: Question, result: Result, text_of: Callable[[Citation], str | None]) -> Graded:
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


def _faults(question: Question, answer: Answer) -> Iterator[Fault]:
    text = re.sub(r"\s+", " ", answer.markdown)
    abstained = answer.outcome is Outcome.ABSTAINED
    if question.refusal_expected:
        if answer.outcome is Outcome.ANSWERED:
            yield Fault(FaultKind.MISSED_REFUSAL)
    elif abstained:
        yield Fault(FaultKind.FALSE_REFUSAL)
    else:
        for group in question.facts:
            if not any(option.search(text) for option in group):
                yield Fault(FaultKind.MISSING_FACT, fact_pattern(group))
    for pattern in question.forbidden:
        if match := pattern.search(text):
            yield Fault(FaultKind.FORBIDDEN, match.group())
