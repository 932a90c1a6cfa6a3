"""Changes: what the versions of the cited articles say about the day of an answer. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from assistant.law.hierarchy import ARTICLES, rank_of
from assistant.question.day import Day, in_figures
from assistant.question.language import Language
from assistant.retrieval.evidence import Evidence
from ingestion.chunking.passages import Passage
from ingestion.readers.documents import Document, is_citable

Versions = Callable[[str], Sequence[Document]]
"""All the versions of an article, by its reference."""


class Aspect(StrEnum):
    """How a change of an article matters to a cited passage."""

    FOLLOWED = "followed"
    ENDED = "ended"
    REPLACED = "replaced"
    OUTRUN = "outrun"


@dataclass(frozen=True, slots=True)
class LawChange:
    """A day from which an article has another text, as it matters to the evidence `number`.

    FOLLOWED: by an indexed version, after the day of the answer. ENDED: the same, by none that is
    indexed. REPLACED: within the month or year asked about. OUTRUN: after `written`, the day as of
    which the cited sheet about this article was checked.
    """

    aspect: Aspect
    number: int
    reference: str
    day: date
    written: date | None = None


_SAID = {
    Language.FRENCH: {
        Aspect.FOLLOWED: "{article} [{number}] change le {day} : l'index contient la version "
        "suivante, demandez le droit à ce jour-là.",
        Aspect.ENDED: "{article} [{number}] n'a plus ce texte à partir du {day} et l'index ne "
        "contient pas ce qui suit : voyez Légifrance.",
        Aspect.REPLACED: "{article} [{number}] a changé le {day}, dans la période demandée : pour "
        "le texte d'avant, demandez le droit au {eve}.",
        Aspect.OUTRUN: "La fiche [{number}], écrite au {written}, est antérieure au changement de "
        "{the_article} du {day} : lisez la version en vigueur.",
    },
    Language.ENGLISH: {
        Aspect.FOLLOWED: "{article} [{number}] changes on {day}: the index has the next version, "
        "ask for the law of that day.",
        Aspect.ENDED: "{article} [{number}] no longer has this text from {day} on and the index "
        "does not have what follows: see Légifrance.",
        Aspect.REPLACED: "{article} [{number}] changed on {day}, within the period asked about: "
        "for the earlier text, ask for the law of {eve}.",
        Aspect.OUTRUN: "Sheet [{number}], written as of {written}, is older than the change of "
        "{the_article} of {day}: read the version in force.",
    },
}


def changes(cited: Sequence[Evidence], versions: Versions, day: Day) -> tuple[LawChange, ...]:
    """What the reader of these passages should know, in their order, each once."""
    found: dict[tuple[Aspect, str, date], LawChange] = {}
    for item in cited:
        for change in _of(item, versions, day):
            found.setdefault((change.aspect, change.reference, change.day), change)
    return tuple(found.values())


def of_the_day(
    evidence: Sequence[Evidence], versions: Versions, as_of: date
) -> tuple[Evidence, ...]:
    """The evidence without the sheets that tell the law of another day than their article does.

    A sheet is left out when an article that it is about has changed between the day it was written
    for and the day of the answer, and the version in force that day is among the evidence; but not
    a statement of it that is known to have been the law since an earlier day.
    """
    articles = {
        reference
        for item in evidence
        if rank_of(item.passage) in ARTICLES
        for reference in item.passage.references
    }
    return tuple(
        item
        for item in evidence
        if rank_of(item.passage) in ARTICLES
        or is_known_on(item.passage, as_of)
        or not any(
            _changed_between(versions(reference), item.passage.state_date, as_of)
            for reference in articles.intersection(item.passage.references)
        )
    )


def is_known_on(passage: Passage, as_of: date) -> bool:
    """Whether a statement is known to be the law of a day before it was written down."""
    first, written = passage.valid_from, passage.state_date
    return first is not None and written is not None and first <= as_of <= written


def _changed_between(known: Sequence[Document], written: date | None, as_of: date) -> bool:
    if written is None:
        return False
    earlier, later = sorted((written, as_of))
    starts = (each.valid_from for each in known if is_citable(each.state, each.valid_to))
    return any(start is not None and earlier < start <= later for start in starts)


def describe_change(change: LawChange, language: Language) -> str:
    """A change in one sentence."""
    is_article = not change.reference.startswith("Annexe")
    if language is Language.FRENCH:
        named = f"article {change.reference}" if is_article else change.reference.lower()
        article, the_article = f"L'{named}", f"l'{named}"
    else:
        named = f"article {change.reference}" if is_article else change.reference
        article, the_article = f"{named[0].upper()}{named[1:]}", named
    return _SAID[language][change.aspect].format(
        number=change.number,
        article=article,
        the_article=the_article,
        day=in_figures(change.day, language),
        eve=in_figures(change.day - timedelta(days=1), language),
        written=change.written and in_figures(change.written, language),
    )


def _of(item: Evidence, versions: Versions, day: Day) -> Iterator[LawChange]:
    for reference in item.passage.references:
        lawful = [each for each in versions(reference) if is_citable(each.state, each.valid_to)]
        if rank_of(item.passage) in ARTICLES:
            known = [each for each in lawful if each.title == item.passage.title]
            yield from _replaced(item, reference, known, day)
            yield from _ahead(item, reference, known, day)
        elif written := item.passage.state_date:
            yield from _outrun(item, reference, written, lawful, day)


def _replaced(
    item: Evidence, reference: str, known: Sequence[Document], day: Day
) -> Iterator[LawChange]:
    starts = [each.valid_from or date.min for each in known]
    for start in starts:
        if day.since < start <= day.as_of and min(starts) < start:
            yield LawChange(Aspect.REPLACED, item.number, reference, start)


def _ahead(
    item: Evidence, reference: str, known: Sequence[Document], day: Day
) -> Iterator[LawChange]:
    """The first change after the day: a later version begins, or the cited one ends."""
    starts = [each.valid_from for each in known if each.valid_from and each.valid_from > day.as_of]
    ends = [item.passage.valid_to] if item.passage.valid_to else []
    if following := min([*starts, *ends], default=None):
        aspect = Aspect.FOLLOWED if following in starts else Aspect.ENDED
        yield LawChange(aspect, item.number, reference, following)


def _outrun(
    item: Evidence, reference: str, written: date, known: Sequence[Document], day: Day
) -> Iterator[LawChange]:
    """The last change since a sheet was written; nothing where two codes have the article."""
    starts = [each.valid_from for each in known if each.valid_from]
    missed = [start for start in starts if written < start <= day.as_of]
    if missed and len({each.title for each in known}) == 1:
        yield LawChange(Aspect.OUTRUN, item.number, reference, max(missed), written)
