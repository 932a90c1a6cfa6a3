"""Sheets against the articles that they explain: figures, and texts that were reworded since.

What a section says is held against its articles as they are in force on a day.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.law.articles import ArticleSide, ArticlesOfDay
from assistant.law.built_in_sheets import (
    StandingFigure,
    WrittenOn,
    digest_of_words,
    standing_figures,
    written_on,
)
from assistant.law.changes import is_known_on
from assistant.law.figures import FigureKind, figures_in, sentences_and_items
from assistant.law.validity import applies
from assistant.question.quantities import Quantity, may_measure
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Document, Kind
from ingestion.documents.references import find_references
from ingestion.index.publication import open_snapshot
from ingestion.index.store import DisputedFigure


class SheetFaultCause(StrEnum):
    """What is wrong with a section of a sheet."""

    FIGURE = "figure"
    REWRITTEN = "rewritten"
    ENDED = "ended"
    ABSENT = "absent"


CAUSES = {
    SheetFaultCause.FIGURE: "chiffre que l'article ne dit pas",
    SheetFaultCause.REWRITTEN: "article récrit depuis",
    SheetFaultCause.ENDED: "article qui n'est pas en vigueur",
    SheetFaultCause.ABSENT: "article qui n'est pas parmi les textes",
}
"""A cause in a few words of French."""


@dataclass(frozen=True, slots=True)
class SheetFault:
    """Something in which a section of a sheet and its articles disagree.

    FIGURE: none of the articles, nor of those that they refer to, states it. REWRITTEN: the article
    has another text than the one that the section was written on. ENDED: no version of it is in
    force. ABSENT: it is not among the texts, though others of its chapter are. `start` and `end`
    are half-open characters of the sheet, `sentence` the one of the `figure`. `reason` says why the
    figure stands all the same, if anybody has said so.
    """

    cause: SheetFaultCause
    section: Passage
    articles: tuple[ArticleSide, ...]
    start: int
    end: int
    figure: str = ""
    sentence: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SheetsComparison:
    """What came of comparing sheets with the articles of a day.

    `sections` and `figures` were compared; of `unread` sections no article is kept. `explained` are
    the figures that no article states and that stand, each with its reason.
    """

    day: date
    sections: int
    figures: int
    unread: int
    faults: tuple[SheetFault, ...]
    explained: tuple[SheetFault, ...]


def compare_sheets(
    passages: Iterable[Passage],
    documents: Iterable[Document],
    day: date,
    written: WrittenOn,
    standing: Sequence[StandingFigure] = (),
) -> SheetsComparison:
    """Compare each section that names articles with those in force on a day. Pure.

    What a sheet says of the law of other days is left aside, and so are the texts of articles. A
    sentence is held against the articles that it names itself, else against those of its heading.
    """
    articles = ArticlesOfDay(documents, day)
    sections = _sections(passages, articles)
    unread = sum(not any(map(articles.in_force, each.references)) for each in sections)
    figures, found = 0, list[SheetFault]()
    for section in sections:
        found += _texts_compared(section, articles, written)
        for said in _figures_said(section, articles):
            figures += 1
            if not _is_stated(said, articles):
                found.append(_figure_fault(said, articles, standing))
    faults = tuple(each for each in found if not each.reason)
    explained = tuple(each for each in found if each.reason)
    return SheetsComparison(day, len(sections) - unread, figures, unread, faults, explained)


@dataclass(frozen=True, slots=True)
class _Section:
    """The passages of a section of a sheet, and the articles that it names."""

    parts: tuple[Passage, ...]
    references: tuple[str, ...]


def _sections(passages: Iterable[Passage], articles: ArticlesOfDay) -> list[_Section]:
    """Each section that names articles, as far as it tells the law of the day."""
    found: dict[tuple[str, tuple[str, ...]], list[Passage]] = {}
    for each in passages:
        is_of_sheet = each.kind is Kind.RULES and each.document_id not in articles.ids
        begun = each.valid_from is None or each.valid_from <= articles.day
        ended = each.valid_to is not None and each.valid_to <= articles.day
        if is_of_sheet and each.references and begun and not ended:
            found.setdefault((each.document_id, each.headings), []).append(each)
    return [
        _Section(
            tuple(parts), tuple(dict.fromkeys(key for part in parts for key in part.references))
        )
        for parts in found.values()
    ]


def _texts_compared(
    section: _Section, articles: ArticlesOfDay, written: WrittenOn
) -> Iterator[SheetFault]:
    """What is wrong with the articles that a section names, whatever it says of them.

    A statement that is known to have been the law of an earlier day was written on its text.
    """
    first, last = section.parts[0], section.parts[-1]
    undated = [each for each in section.parts if not is_known_on(each, articles.day)]
    for reference in section.references:
        if articles.lacks(reference):
            cause = SheetFaultCause.ABSENT
        elif articles.knows(reference) and not articles.in_force(reference):
            cause = SheetFaultCause.ENDED
        elif undated and _is_rewritten(undated[0], reference, articles, written):
            cause = SheetFaultCause.REWRITTEN
        else:
            continue
        yield SheetFault(cause, first, (articles.side(reference),), first.start, last.end)


def _is_rewritten(
    section: Passage, reference: str, articles: ArticlesOfDay, written: WrittenOn
) -> bool:
    """Whether an article has another text than the one that a section was written on.

    Of the day of the built-in sheets the texts are known; for any other, the days of the versions
    tell, where they are.
    """
    versions = articles.in_force(reference)
    if section.state_date is None or not versions:
        return False
    if section.state_date == written.day and reference in written.digests:
        texts = {digest_of_words(each.text) for each in versions}
        return written.digests[reference] not in texts
    starts = [each.valid_from or date.min for each in versions]
    return min(starts) > section.state_date


@dataclass(frozen=True, slots=True)
class _SaidFigure:
    """A figure of a sheet, where it begins in it, its sentence, and what this is about."""

    part: Passage
    kind: FigureKind
    quantity: Quantity
    start: int
    words: str
    sentence: str
    references: tuple[str, ...]


def _figures_said(section: _Section, articles: ArticlesOfDay) -> Iterator[_SaidFigure]:
    """The figures that a section states for the day, each once, where an article can be read."""
    seen: set[int] = set()
    for part in section.parts:
        if not may_measure(part.text):
            continue
        for lead, first, last in sentences_and_items(part.text):
            sentence = part.text[first:last]
            whole = f"{lead} {sentence}".strip()
            named = dict.fromkeys(each.key for each in find_references(whole))
            in_force = (filter(articles.in_force, each) for each in (named, section.references))
            about = next(filter(None, map(tuple, in_force)), ())
            if not about or not applies(whole, articles.day):
                continue
            for kind, quantity in figures_in(sentence):
                start = part.start + first + quantity.start
                if start not in seen:
                    seen.add(start)
                    words = sentence[quantity.start : quantity.end]
                    yield _SaidFigure(part, kind, quantity, start, words, whole, about)


def _is_stated(said: _SaidFigure, articles: ArticlesOfDay) -> bool:
    """Whether an article that the sentence is about states the figure, or one it refers to."""
    beyond = (other for each in said.references for other in articles.referred_to(each))
    keys = (key for each in (*said.references, *beyond) for _, key, _ in articles.stated(each))
    return said.quantity.key in keys


def _figure_fault(
    said: _SaidFigure, articles: ArticlesOfDay, standing: Sequence[StandingFigure]
) -> SheetFault:
    reasons = (each.reason for each in standing if each.covers(said.part, said.quantity))
    return SheetFault(
        SheetFaultCause.FIGURE,
        said.part,
        tuple(articles.side(each, said.kind) for each in said.references),
        said.start,
        said.start + len(said.words),
        said.words,
        said.sentence,
        next(reasons, ""),
    )


# What an index keeps of it, for its answers.


def disputed_figures(
    passages: Sequence[Passage], documents: Sequence[Document], day: date
) -> tuple[DisputedFigure, ...]:
    """The figures of sheets that no article states and that nobody has explained, from a day on.

    The versions to come are compared as well, from the day of each.
    """
    articles = [each for each in documents if each.reference is not None]
    starts = {each.id: each.valid_from for each in articles}
    bounds = (bound for each in articles for bound in (each.valid_from, each.valid_to))
    firsts = [day, *sorted({bound for bound in bounds if bound and bound > day})]
    found: list[DisputedFigure] = []
    for first, following in zip(firsts, [*firsts[1:], None], strict=True):
        told = compare_sheets(passages, documents, first, written_on(), standing_figures())
        for fault in told.faults:
            if fault.cause is SheetFaultCause.FIGURE:
                begun = [starts.get(each.document) for each in fault.articles]
                since = first if first > day else max(filter(None, begun), default=None)
                about = tuple(each.reference for each in fault.articles)
                part = fault.section.id
                found.append(DisputedFigure(part, fault.figure, about, since, following))
    return tuple(found)


# The sheets of an index against its articles; both as plain JSON for programs.


@lru_cache(maxsize=4)
def compared_sheets(home: Path, generation: str, day: date) -> SheetsComparison:
    """The sheets of a snapshot against its articles; found once, as snapshots never change.

    Raises UnknownSnapshot or DamagedSnapshot.
    """
    store = open_snapshot(home, generation).store
    passages, documents = store.all_passages(), store.documents()
    return compare_sheets(passages, documents, day, written_on(), standing_figures())


def sheets_fields(found: SheetsComparison) -> dict[str, Any]:
    """What came of a comparison."""
    return {
        "as_of": found.day.isoformat(),
        "sections": found.sections,
        "figures": found.figures,
        "unread": found.unread,
        "disagreements": list(map(_fault_fields, found.faults)),
        "explained": list(map(_fault_fields, found.explained)),
    }


def _fault_fields(fault: SheetFault) -> dict[str, Any]:
    return {
        "cause": fault.cause.value,
        "sheet": fault.section.source,
        "section": fault.section.headings[-1],
        "document": fault.section.document_id,
        "start": fault.start,
        "end": fault.end,
        "figure": fault.figure or None,
        "sentence": fault.sentence or None,
        "articles": list(map(asdict, fault.articles)),
        "reason": fault.reason or None,
    }
