"""The day whose law is asked about: given, else named by the question, else today. Pure.

A question about a dossier is about the day of the dossier, which its pieces tell.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from unicodedata import normalize

from assistant.question.language import Language
from assistant.question.quantities import MONTHS

EARLIEST = 1990
"""First year that is read as one: older texts are named, not asked about."""

FARTHEST = 5
"""Years ahead of today beyond which a number is no day to ask about."""


class DaySource(StrEnum):
    """Where the day of the law comes from."""

    GIVEN = "given"
    QUESTION = "question"
    DOSSIER = "dossier"
    TODAY = "today"


@dataclass(frozen=True, slots=True)
class NamedPeriod:
    """A day, month or year that a question names: its first and last day, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Day:
    """The day whose law is asked about.

    `since` is the first day of the month or year that it stands for, itself where one day is meant.
    """

    as_of: date
    source: DaySource
    since: date


_MONTH = rf"(?P<month>{'|'.join(MONTHS)})"
_YEAR = r"(?P<year>[12]\d{3})(?![\w€%]|\s*[€%]|\s+euros?\b|\s\d{3}\b|[-/.,]\d)"
_ORDINAL = r"(?:er|st|nd|rd|th)?"
_DURING = (
    r"\b(?:en|in|fin|end of|courant|during|avant|before|(?:de )?l'année|the year|au mois de|"
    r"(?:the month|fin) (?:de|of))\s+"
)
_WRITTEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\w/.-])(?P<year>[12]\d{3})-(?P<month>\d\d)-(?P<day>\d\d)(?![\w/-])",
        rf"(?<![\w/.-])(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})/{_YEAR}",
        rf"(?<![\w/.,-])(?P<day>\d{{1,2}}){_ORDINAL}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}",
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}}){_ORDINAL},?\s+{_YEAR}",
        rf"{_DURING}{_MONTH}\s+{_YEAR}",
        rf"{_DURING}{_YEAR}",
    )
)
_END = re.compile(r"\b(?:fin|end of)\s+(?:de (?:l'année\s+)?)?$", re.IGNORECASE)
_TODAY = re.compile(r"\b(?:aujourd'hui|actuellement|à ce jour|today|currently)\b", re.IGNORECASE)

# What stands just before a day and says what it is the day of.
_TEXT_NAME = re.compile(
    r"\b(?:lois?|décrets?|arrêtés?|ordonnances?|directives?|règlements?|circulaires?|avis|JO|JORF|"
    r"journal officiel|laws?|acts?|decrees?|ordinances?|regulations?)"
    r"(?:\s+(?:organique|de finances|belge|(?:inter)?ministériel|modifiée?|délégué|européen(?:ne)?|"
    r"d'application|\(?(?:UE|CE|EU)\)?|(?:n\s?[°ºo]\.?\s?|no\.? )?\d[\w./-]*))*"
    r",?\s+(?:en date )?(?:du|of)\s+$"
    # "la loi Climat et résilience du", "le CCAG Travaux du"; no contract's day stands between.
    r"|\b(?:lois?|décrets?|arrêtés?|ordonnances?|circulaires?|CCAG[\w-]*)"
    r"(?:\s+(?!notifi|publi|conclu|sign|lanc|pass|march|contrat|consult|factur|offre|accord)"
    r"[^\W\d][\w'’-]*){1,6}?\s+du\s+$|\bCCAG[\w-]*\s+du\s+$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\b(?:après|after)\s+(?:le\s+)?$", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?:avant|before)\s+(?:le\s+)?$", re.IGNORECASE)
_SINCE = re.compile(
    r"\b(?:depuis(?: le)?|since|from|à (?:partir|compter) d[ue])\s+$", re.IGNORECASE
)
_OF_CONTRACT = re.compile(
    r"\b(?:marchés?|accords?-cadres?|contrats?|consultations?|procédures?|contracts?|tenders?)\b"
    r"[^.;?!]{0,40}?\b(?:lancé|notifié|publié|conclu|signé|passé|engagé)e?s?\s+(?:le|en|fin)?\s*$"
    r"|\b(?:contracts?|tenders?|procedures?)\b[^.;?!]{0,40}?"
    r"\b(?:launched|notified|published|concluded|signed|awarded)\s+(?:on|in)?\s*$"
    r"|\b(?:as of|droit (?:au|du)|en vigueur (?:le|au|en)|in force (?:on|in))\s+$",
    re.IGNORECASE,
)


def day_asked(texts: Sequence[str], given: date | None, today: date) -> Day:
    """The day given, else the one that the first of the texts to name one names, else today."""
    if given is not None:
        return Day(given, DaySource.GIVEN, given)
    period = next((found for text in texts if (found := named(text, today))), None)
    if period is None or period == NamedPeriod(today, today):
        return Day(today, DaySource.TODAY, today)
    as_of = today if period.first <= today <= period.last else period.last
    return Day(as_of, DaySource.QUESTION, period.first)


def in_figures(day: date, language: Language) -> str:
    """A day as each language writes it: "01/04/2026", "2026-04-01"."""
    return f"{day:%d/%m/%Y}" if language is Language.FRENCH else day.isoformat()


def named(question: str, today: date) -> NamedPeriod | None:
    """The only day, month or year that a question names, or that of the contract it names.

    "Avant le 1er avril" means the day before, "depuis le 1er avril" means today; the date of a law
    or a decree is part of its name.
    """
    plain = normalize("NFC", question).replace("’", "'")
    found = list(_named(plain, today))
    of_contract = {period for period, is_of_contract in found if is_of_contract}
    periods = of_contract or {period for period, _ in found}
    return periods.pop() if len(periods) == 1 else None


def _named(text: str, today: date) -> Iterator[tuple[NamedPeriod, bool]]:
    """Every period of a text, and whether it is said to be that of the contract."""
    if _TODAY.search(text):
        yield NamedPeriod(today, today), False
    for pattern in _WRITTEN:
        for match in pattern.finditer(text):
            before = text[: min(match.start(part) for part in match.groupdict())]
            period = _period(match)
            if period and _END.search(before):
                period = NamedPeriod(period.last, period.last)
            if period and _BEFORE.search(before):
                eve = period.first - timedelta(days=1)
                period = NamedPeriod(eve, eve)
            if period and _is_asked(period, before, today):
                yield period, bool(_OF_CONTRACT.search(before))


def _is_asked(period: NamedPeriod, before: str, today: date) -> bool:
    horizon = (today.year + FARTHEST, today.month, today.day)
    last = period.last
    if last.year < EARLIEST or (last.year, last.month, last.day) > horizon:
        return False
    if _SINCE.search(before) and period.first <= today:
        return False
    return not (_TEXT_NAME.search(before) or _AFTER.search(before))


def _period(match: re.Match[str]) -> NamedPeriod | None:
    """The days written; None for a day that no calendar has."""
    parts = match.groupdict()
    year, written = int(parts["year"]), parts.get("month")
    try:
        month = written and (MONTHS.get(written.lower()) or int(written))
        if not month:
            return NamedPeriod(date(year, 1, 1), date(year, 12, 31))
        if parts.get("day"):
            day = date(year, month, int(parts["day"]))
            return NamedPeriod(day, day)
        return NamedPeriod(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    except ValueError:
        return None
