"""Changes: what the versions of the cited articles say about the day of an answer. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from assistant.question.day import Day, in_figures
from assistant.question.language import Language
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.hierarchy import ARTICLES, rank_of
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Document, is_citable
from ingestion.documents.versions import may_apply, sort_versions
from ingestion.legislation.legi import is_fixed

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


@dataclass(frozen=True, slots=True)
class TextDays:
    """The days of the text of an article that the evidence `number` cites.

    `first` is known where an earlier text is, and `end`, the first day of another or of none, where
    it is to come; `is_followed` when the text from then on is indexed.
    """

    number: int
    reference: str
    first: date | None
    end: date | None
    is_followed: bool

    def tells(self, change: LawChange) -> bool:
        """Whether it says that change already."""
        return (change.number, change.reference, change.day) == (
            self.number,
            self.reference,
            self.end,
        )


_DAYS = {
    Language.FRENCH: {
        "since": "{article} a ce texte depuis le {first}, un autre avant.",
        "followed": "{article} a un autre texte à partir du {end}.",
        "ended": "{article} n'a plus ce texte à partir du {end} : voyez Légifrance.",
        "both": "{article} a ce texte du {first} au {last}, un autre avant et après.",
    },
    Language.ENGLISH: {
        "since": "{article} has had this text since {first}, another before.",
        "followed": "{article} has another text from {end} on.",
        "ended": "{article} no longer has this text from {end} on: see Légifrance.",
        "both": "{article} has this text from {first} to {last}, another before and after.",
    },
}


def days_of_text(item: Evidence, versions: Versions, day: Day) -> TextDays | None:
    """Since when the cited article has this text and until when, None where neither is to be told.

    Of a text that begins within the month or year asked about `changes` tells.
    """
    if rank_of(item.passage) not in ARTICLES:
        return None
    [reference] = item.passage.references
    known = _of_title(versions(reference), item.passage.title)
    starts = [each.valid_from or date.min for each in known]
    first, _ = _own_days(item, known)
    if first is None or min(starts, default=first) == first or day.since < first:
        first = None
    ahead = next(_ahead(item, reference, known, day), None)
    if first is None and ahead is None:
        return None
    is_followed = ahead is not None and ahead.aspect is Aspect.FOLLOWED
    return TextDays(item.number, reference, first, ahead.day if ahead else None, is_followed)


def describe_days(days: TextDays, language: Language) -> str:
    """The days of a text in one sentence, without the number of its evidence."""
    article, _ = _named(days.reference, language)
    if days.end is None:
        key = "since"
    elif not days.is_followed:
        key = "ended"
    else:
        key = "both" if days.first else "followed"
    return _DAYS[language][key].format(
        article=article,
        first=days.first and in_figures(days.first, language),
        end=days.end and in_figures(days.end, language),
        last=days.end and in_figures(days.end - timedelta(days=1), language),
    )


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
    starts = (each.valid_from for each in _texts(known))
    return any(start is not None and earlier < start <= later for start in starts)


def describe_change(change: LawChange, language: Language) -> str:
    """A change in one sentence."""
    article, the_article = _named(change.reference, language)
    return _SAID[language][change.aspect].format(
        number=change.number,
        article=article,
        the_article=the_article,
        day=in_figures(change.day, language),
        eve=in_figures(change.day - timedelta(days=1), language),
        written=change.written and in_figures(change.written, language),
    )


def _named(reference: str, language: Language) -> tuple[str, str]:
    """An article as a sentence names it that begins with it, and within one."""
    is_article = not reference.startswith("Annexe")
    if language is Language.FRENCH:
        named = f"article {reference}" if is_article else reference.lower()
        return f"L'{named}", f"l'{named}"
    named = f"article {reference}" if is_article else reference
    return f"{named[0].upper()}{named[1:]}", named


def _of_title(versions: Sequence[Document], title: str) -> list[Document]:
    """The texts that are or were the law, of one code where two have the article."""
    return [each for each in _texts(versions) if each.title == title]


def _texts(versions: Sequence[Document]) -> list[Document]:
    """The versions that are or were the law; those that go on with the same words are one."""
    lawful = [each for each in versions if is_citable(each.state, each.valid_to)]
    texts: list[Document] = []
    for each in sorted(sort_versions(lawful), key=lambda version: version.title):
        if texts and _goes_on(texts[-1], each):
            texts[-1] = replace(each, valid_from=texts[-1].valid_from)
        else:
            texts.append(each)
    return texts


def _goes_on(text: Document, later: Document) -> bool:
    """Whether a later version of an article has the text that stood until it began."""
    is_next = text.valid_to in (None, later.valid_from)
    return is_next and (text.title, text.text) == (later.title, later.text)


def _own_days(item: Evidence, known: Sequence[Document]) -> tuple[date | None, date | None]:
    """The first day of the text that a passage quotes, and that on which it is no longer so."""
    passage = item.passage
    own = [each for each in known if may_apply(each, passage.valid_from or date.min)]
    text = max(own, key=lambda each: each.valid_from or date.min, default=passage)
    return text.valid_from, text.valid_to


def _of(item: Evidence, versions: Versions, day: Day) -> Iterator[LawChange]:
    for reference in item.passage.references:
        if rank_of(item.passage) in ARTICLES:
            known = _of_title(versions(reference), item.passage.title)
            yield from _replaced(item, reference, known, day)
            yield from _ahead(item, reference, known, day)
        elif written := item.passage.state_date:
            yield from _outrun(item, reference, written, _texts(versions(reference)), day)


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
    starts = [
        each.valid_from
        for each in known
        if each.valid_from and each.valid_from > day.as_of and is_fixed(each.valid_from)
    ]
    _, end = _own_days(item, known)
    if following := min([*starts, *([end] if end else [])], default=None):
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
