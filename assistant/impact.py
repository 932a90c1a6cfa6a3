"""Impact: what articles that changed touch: sheets, terms of the glossary, past answers."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ingestion.documents import Document, Kind
from ingestion.glossary import Term
from ingestion.references import find_references, normalise

Article = tuple[str, str]
"""Title and reference."""

Recorded = tuple[Mapping[str, Any], Mapping[str, Any] | None]
"""An entry of the journal and its body, None when nobody may read it any more, or here."""


@dataclass(frozen=True, slots=True)
class TouchedSheet:
    """A text of the rules that names articles that changed."""

    title: str
    source: str
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TouchedAnswer:
    """An answer of the journal that cites articles that changed; the first answer has number 1.

    `asked_on` is the day on this machine.
    """

    number: int
    question: str
    asked_on: date
    record_id: str
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """Everything that should be read again; each names the articles for which it should."""

    sheets: tuple[TouchedSheet, ...] = ()
    terms: tuple[Term, ...] = ()
    answers: tuple[TouchedAnswer, ...] = ()


def impact_of(
    touched: Set[Article],
    documents: Iterable[Document],
    terms: Iterable[Term],
    answers: Iterable[Recorded],
) -> Impact:
    """What names or cites one of the articles; the answers are those of the journal. Pure.

    Sheets and the glossary give numbers without a code: a number meets the articles of every code.
    """
    numbers = {reference for _, reference in touched}
    return Impact(
        tuple(_sheets(numbers, documents)),
        tuple(Term(term.words, both) for term in terms if (both := _both(term.articles, numbers))),
        tuple(_answers(touched, answers)),
    )


def _sheets(numbers: Set[str], documents: Iterable[Document]) -> Iterator[TouchedSheet]:
    for document in documents:
        if document.reference is None and document.kind is Kind.RULES:
            named = (found.key for found in find_references(document.text))
            if articles := _both(named, numbers):
                yield TouchedSheet(document.title, document.source, articles)


def _answers(touched: Set[Article], answers: Iterable[Recorded]) -> Iterator[TouchedAnswer]:
    for number, (entry, body) in enumerate(answers, 1):
        if body is None:
            continue
        cited = (
            a
            for each in body.get("citations", ())
            for a in articles_touched(each["title"], each["locator"], touched)
        )
        if articles := tuple(dict.fromkeys(cited)):
            asked_on = datetime.fromisoformat(entry["at"]).astimezone().date()
            yield TouchedAnswer(number, body["question"], asked_on, entry["hash"][:16], articles)


def articles_touched(title: str, locator: str, touched: Set[Article]) -> Iterator[str]:
    """Which of the articles a citation names: the law has the title of its code, a sheet its own.

    `locator` says where the citation stands, under `title`. Pure.
    """
    is_law = normalise(locator) != locator or locator.startswith("Annexe")
    for found in find_references(locator):
        titles = {each for each, reference in touched if reference == found.key}
        if titles and (title in titles or not is_law):
            yield found.key


def _both(named: Iterable[str], numbers: Set[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reference for reference in named if reference in numbers))
