"""Measures of answers against a question set, as the contract for programs defines them. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean, quantiles

from assistant.answers import Answer, Outcome
from assistant.questions import Question
from assistant.turn import Result
from ingestion.references import find_references


@dataclass(frozen=True, slots=True)
class Graded:
    """One question with its result and what was found right or wrong in it.

    `recall` and `precision` are None where the question expects no article, or nothing was cited.
    """

    question: Question
    result: Result
    correct: bool
    recall: float | None
    precision: float | None
    exact_quotes: float | None


def grade(question: Question, result: Result, text_of: Callable[[str], str]) -> Graded:
    """Compare one answer with what is expected; `text_of` gives a document's text by id."""
    answer = result.answer
    cited = cited_articles(answer)
    expected = set(question.articles)
    right = expected | set(question.useful)
    return Graded(
        question,
        result,
        is_correct(question, answer),
        mean(article in cited for article in expected) if expected else None,
        mean(article in right for article in cited) if cited and expected else None,
        mean(
            text_of(citation.document)[citation.start : citation.end] == citation.quote
            for citation in answer.citations
        )
        if answer.citations
        else None,
    )


def is_correct(question: Question, answer: Answer) -> bool:
    """Whether an answer has all the facts and nothing forbidden, or is the refusal expected."""
    text = re.sub(r"\s+", " ", answer.markdown)
    forbidden = any(pattern.search(text) for pattern in question.forbidden)
    if question.refusal_expected:
        abstained = answer.outcome is Outcome.ABSTAINED
        return (abstained or answer.outcome is Outcome.PARTIAL) and not forbidden
    facts = all(any(option.search(text) for option in group) for group in question.facts)
    return answer.outcome is not Outcome.ABSTAINED and facts and not forbidden


def cited_articles(answer: Answer) -> set[str]:
    """The legal references of the cited locators, normalised."""
    return {
        reference.key
        for citation in answer.citations
        for reference in find_references(citation.locator)
    }


def table(graded: Sequence[Graded]) -> list[tuple[str, str]]:
    """The measures of a set, as (name, value) in words."""
    refused = [item for item in graded if item.result.answer.outcome is Outcome.ABSTAINED]
    to_refuse = [item for item in graded if item.question.refusal_expected]
    rightly = [item for item in refused if item.question.refusal_expected]
    sentences = [item for each in graded for item in each.result.answer.sentences]
    lines = [
        ("questions", str(len(graded))),
        ("correct", _share([item.correct for item in graded])),
        ("answered", _ratio(len(graded) - len(refused), len(graded))),
        ("gold recall", _mean([item.recall for item in graded])),
        ("gold precision", _mean([item.precision for item in graded])),
        ("supported", _share([sentence.support is not None for sentence in sentences])),
        ("exact quotes", _mean([item.exact_quotes for item in graded])),
        ("refusal precision", _ratio(len(rightly), len(refused))),
        ("refusal recall", _ratio(len(rightly), len(to_refuse))),
        ("refusal F1", _ratio(2 * len(rightly), len(refused) + len(to_refuse))),
        ("removed sentences", str(sum(len(item.result.answer.removed) for item in graded))),
    ]
    for name, seconds in (
        ("evidence", [item.result.seconds.evidence for item in graded]),
        ("first token", [item.result.seconds.first_token for item in graded]),
        ("total", [item.result.seconds.total for item in graded]),
    ):
        lines.append((f"seconds {name}, p50 / p95", _percentiles(seconds)))
    return lines


def _share(flags: Sequence[bool]) -> str:
    return _ratio(sum(flags), len(flags))


def _ratio(part: int, whole: int) -> str:
    return f"{part / whole:.2f} ({part}/{whole})" if whole else "–"


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{mean(known):.2f}" if known else "–"


def _percentiles(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return "–"
    cuts = quantiles(known, n=100, method="inclusive")
    return f"{cuts[49]:.2f} / {cuts[94]:.2f}"
