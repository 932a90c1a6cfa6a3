"""Hierarchy and validity: the rank of a text among the texts, and when a sentence applies. Pure."""

import re
from datetime import date
from enum import StrEnum

from assistant.question.language import Language, fold_text
from ingestion.chunking.passages import Passage
from ingestion.french import DayRange, days_in_words, month_names
from ingestion.index.store import Manifest
from ingestion.legislation.general_clauses import CCAG, GeneralText, edition_on, general_text_of
from ingestion.readers.documents import Kind
from ingestion.tenders.pieces import PieceKind, find_piece

# Validity of a sentence: what it says of when it applies, against the day of a question. Pure.

_MONTHS = tuple(map(fold_text, month_names("fr")))
_MONTH = "|".join(_MONTHS)
_DAY = (
    rf"(?:le\s+)?(?:(\d{{1,2}})(?:er)?\s+({_MONTH})\s+(\d{{4}})"
    r"|(\d{1,2})/(\d{1,2})/(\d{4}))\b"
)
_FROM_TO = rf"du\s+\d{{1,2}}(?:(?:er)?\s+(?:{_MONTH})(?:\s+\d{{4}})?|/\d{{1,2}}(?:/\d{{4}})?)\s+au"
_BEFORE = re.compile(rf"\bavant\s+{_DAY}")
_UNTIL = re.compile(rf"\b(?:jusqu'(?:au|a)|{_FROM_TO})\s+{_DAY}")
_SINCE = re.compile(
    rf"\b(?:depuis|a\s+(?:compter|partir)\s+du|des(?=\s+le\b)|(?={_FROM_TO})du)\s+{_DAY}"
)


def applies(sentence: str, as_of: date) -> bool:
    """Whether a sentence, by the dates that it gives itself, speaks of the law of that day.

    "Avant le 1er avril 2026, …" does not from that day on, "jusqu'au 31 mars 2026" not from the
    next day on, "depuis le 1er avril 2026" not before it. A sentence without such words applies.
    Accents do not count: many texts leave them out of capitals.
    """
    said = fold_text(sentence)
    before, until, since = (_date(at.search(said)) for at in (_BEFORE, _UNTIL, _SINCE))
    ended = (before is not None and as_of >= before) or (until is not None and as_of > until)
    return not ended and (since is None or as_of >= since)


def speaks_for(passage: Passage, sentence: str, as_of: date) -> bool:
    """Whether a sentence of a passage may answer for that day: what is no rule may for any.

    A clause that runs "à compter du 1er mars 2027" is the clause before that day as well.
    """
    return passage.kind is not Kind.RULES or applies(sentence, as_of)


def _date(match: re.Match[str] | None) -> date | None:
    """The day found; None for a day that no calendar has, which texts do contain."""
    if match is None:
        return None
    day, month, year = filter(None, match.groups())
    number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None


# Hierarchy: the rank of a passage among the texts, from the law down to our own sheets. Pure.


class Rank(StrEnum):
    """What kind of text a passage is; the first three are articles, highest first."""

    LAW = "law"
    DECREE = "decree"
    ORDER = "order"
    GENERAL_CLAUSE = "general clause"
    CLAUSE = "clause"
    OFFER = "offer"
    SHEET = "sheet"
    RULING = "ruling"


ARTICLES = frozenset({Rank.LAW, Rank.DECREE, Rank.ORDER})

LABELS = {
    Language.FRENCH: {
        Rank.LAW: "loi",
        Rank.DECREE: "décret",
        Rank.ORDER: "arrêté ou avis annexé",
        Rank.GENERAL_CLAUSE: "CCAG, si le marché y renvoie",
        Rank.CLAUSE: "pièce du marché",
        Rank.OFFER: "écrit par un candidat",
        Rank.SHEET: "fiche, sans valeur juridique",
        Rank.RULING: "décision de justice, pas la règle",
    },
    Language.ENGLISH: {
        Rank.LAW: "law",
        Rank.DECREE: "decree",
        Rank.ORDER: "order or annexed notice",
        Rank.GENERAL_CLAUSE: "CCAG, where the contract refers to it",
        Rank.CLAUSE: "contract document",
        Rank.OFFER: "written by a tenderer",
        Rank.SHEET: "sheet, without legal value",
        Rank.RULING: "court decision, not the rule",
    },
}
"""A rank in a few words for the reader."""

_OF_LETTER = {"L": Rank.LAW, "R": Rank.DECREE, "D": Rank.DECREE, "A": Rank.ORDER}
"""Of an article, by its first letter; "Annexe 2" is an order or a notice annexed to a code."""


def rank_of(passage: Passage) -> Rank | None:
    """The rank of a passage; None where nothing tells, as for invoices and undated guides.

    An article is located by its own reference alone; a sheet says when its author checked it.
    """
    if passage.piece is PieceKind.OFFER:
        return Rank.OFFER
    if passage.kind is Kind.TENDER:
        return Rank.CLAUSE
    if passage.kind is Kind.RULINGS:
        return Rank.RULING
    if passage.kind is not Kind.RULES:
        return None
    named = passage.references[0] if passage.references else passage.locator
    if named.startswith(CCAG) and "fiche «" not in passage.locator:
        return Rank.GENERAL_CLAUSE
    if passage.references == (passage.locator.removeprefix("art. "),):
        return _OF_LETTER.get(passage.references[0][0])
    return Rank.SHEET if passage.state_date else None


def general_text(passage: Passage) -> GeneralText | None:
    """The CCAG that a passage is a clause of, with its edition where its title or days tell it."""
    if rank_of(passage) is not Rank.GENERAL_CLAUSE:
        return None
    named = general_text_of(passage.title)
    family = named.family if named else find_piece(passage.locator) or CCAG
    edition = named.edition if named else None
    if edition is None and passage.valid_from:
        edition = edition_on(passage.valid_from, family)
    return GeneralText(family, edition)


# State dates: as of which days the texts of an index were said to be right. Pure.


def state_range(manifest: Manifest) -> str:
    """In French: "au 23/08/2026", "de mi-2025 au 23/08/2026", and that some have no date."""
    known = [(first, last) for first, last, _ in manifest.state_ranges]
    known += [(day, day) for day, _ in manifest.state_dates if day]
    if not known and manifest.state_date:
        known = [(manifest.state_date, manifest.state_date)]
    if not known:
        return "date non indiquée"
    first, last = min(known), max(known, key=lambda days: (days[1], days[0]))
    told = _at(last, "au") if first == last else f"{_at(first, 'du')} {_at(last, 'au')}"
    undated = dict(manifest.state_dates).get(None, 0)
    return f"{told}, et {undated} sans date" if undated else told


def _at(days: DayRange, article: str) -> str:
    """A day with its article, or a part of a year, which takes none or another."""
    said = days_in_words(*days)
    if days[0] == days[1]:
        return f"{article} {said}"
    return f"de {said}" if article == "du" else f"à {said}"


def state_counts(manifest: Manifest) -> tuple[tuple[str, int], ...]:
    """Each day in figures, part of a year, or "sans date", with how many texts were right then."""
    ranges = [((first, last), count) for first, last, count in manifest.state_ranges]
    dates = [((day, day), count) for day, count in manifest.state_dates if day]
    undated = dict(manifest.state_dates).get(None, 0)
    return (
        *((days_in_words(*days), count) for days, count in sorted(ranges + dates)),
        *((("sans date", undated),) if undated else ()),
    )
