"""The day whose law is asked about: given, else named by the question, else today. Pure.

A question about a dossier is about the day of the dossier, which its pieces tell.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from unicodedata import normalize

from assistant.question.language import Language
from assistant.question.quantities import MONTHS, find_quantities, fold_same_length

EARLIEST = 1990
"""First year that is read as one: older texts are named, not asked about."""

FARTHEST = 5
"""Years ahead of today beyond which a number is no day to ask about."""

_CENTURY = 2000
"""Of a year in two figures: "05/05/24"."""


class DaySource(StrEnum):
    """Where the day of the law comes from."""

    GIVEN = "given"
    QUESTION = "question"
    DOSSIER = "dossier"
    TODAY = "today"


@dataclass(frozen=True, slots=True)
class NamedPeriod:
    """A day, month, part of a year or year that a question names: first and last day included."""

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
_PLACES = {
    "premier": 1, "first": 1, "deuxième": 2, "second": 2, "troisième": 3, "third": 3,
    "quatrième": 4, "fourth": 4,
}  # fmt: skip
_LAST = ("dernier", "last")
_PLACE = rf"(?P<place>[1-4]|{'|'.join([*_PLACES, *_LAST])})(?:e|ème|{_ORDINAL})"
_DURING = (
    r"(?:\b(?:en|in|fin|end of|d[ée]but|beginning of|dès|depuis|since|from|courant|during|avant|"
    r"before|[àa] (?:partir|compter) de|(?:de )?l'année|the year|au mois de|milieu|"
    r"seuils?(?: européens?)?|(?:the month|fin|d[ée]but|milieu|middle) (?:de|of))\s+|\bd'|"
    r"(?<!CCAG.)\bmid?[-‐‑\s])"
)
_WRITTEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\w/.-])(?P<year>[12]\d{3})-(?P<month>\d\d)-(?P<day>\d\d)(?![\w/-])",
        rf"(?<![\w/.-])(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})/{_YEAR}",
        r"(?<![\w/.-])(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d\d)(?![\w€%/.-])",
        rf"(?<![\w/.-])(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.{_YEAR}",
        rf"(?<![\w/.,-])(?P<day>\d{{1,2}}|premier){_ORDINAL}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}",
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}}){_ORDINAL},?\s+{_YEAR}",
        rf"(?<![\w/.-]){_PLACE}\s+(?P<part>trimestre|semestre|quarter|half)\s+(?:de\s+|of\s+)?{_YEAR}",
        rf"\b(?P<part>[TQS])(?P<place>[1-4])\s+{_YEAR}",
        rf"{_DURING}{_MONTH}\s+{_YEAR}",
        rf"{_DURING}{_YEAR}",
    )
)
_BEGINNING = re.compile(r"\b(?:d[ée]but|beginning of)\s+(?:de (?:l'année\s+)?)?$", re.IGNORECASE)
_MIDDLE = re.compile(
    r"\b(?:mid?[-‐‑\s]|(?:milieu|middle of)\s+(?:de (?:l'année\s+)?)?)$", re.IGNORECASE
)
_END = re.compile(r"\b(?:fin|end of)\s+(?:de (?:l'année\s+)?)?$", re.IGNORECASE)
_TODAY = re.compile(r"\b(?:aujourd'hui|actuellement|à ce jour|today|currently)\b", re.IGNORECASE)

# Words that tell of the facts of a case within a question, and name a day at one end of it.
_AT_PRESENT = "(?:maintenant|à présent|désormais|en ce moment|cette année|now|this year)"
_NOW = re.compile(
    rf"^\W*(?:(?:et|mais|and|but)\s+)?{_AT_PRESENT}\b|\b{_AT_PRESENT}\W*$"
    r"|^\W*(?:(?:et|and)\s+)?(?:depuis|since)\W*$",
    re.IGNORECASE,
)

# What tells a day by how long ago it was: the day of a case, unless the law of then is asked.
_LAST_YEAR = re.compile(
    r"\b(?:l'an(?:née)? (?:derni(?:er|ère)|passée?)|last year)\b", re.IGNORECASE
)
_AGO = re.compile(r"\bil y a (?:environ )?$", re.IGNORECASE)
_IS_AGO = re.compile(r" ago\b", re.IGNORECASE)
_OF_SOMETHING = re.compile(r" (?:d['e]|qu['e])", re.IGNORECASE)
_COUNT = re.compile(r"\d{1,4}")
_PAST = (
    r"(?:quel(?:le)?s?(?:\s+[\w'-]+){0,8}?\s+étai(?:en)?t\b|s'appliquai(?:en)?t\b"
    r"|(?:fallait|devait|pouvait|était|existait)-(?:il|elle|on|ce)\b|what w(?:as|ere)\b)"
)
_ASKED_BEFORE = re.compile(
    rf"\b{_PAST}|\b(?:en vigueur|applicables?|in force|seuils?(?: européens?)?(?: de)?)\s+$",
    re.IGNORECASE,
)
_ASKED_AFTER = re.compile(rf"\W*{_PAST}", re.IGNORECASE)
_AND = re.compile(r"^\W*(?:et|and)\s+(?:(?:pour|in)\s+)?$", re.IGNORECASE)
_UNTOLD = re.compile(
    rf"\b{_PAST}.*\b(?:à l'époque|à ce moment-là|à cette (?:époque|date)|autrefois|jadis"
    r"|auparavant|il y a (?:longtemps|quelques|plusieurs|des)|le mois dernier"
    r"|at th(?:e|at) time|back then|years ago|last month)\b",
    re.IGNORECASE | re.DOTALL,
)

# What stands just before a day and says what it is the day of.
_TEXT_NAME = re.compile(
    r"\b(?:lois?|décrets?|arrêtés?|ordonnances?|directives?|règlements?|circulaires?|avis|JO|JORF|"
    r"journal officiel|laws?|acts?|decrees?|ordinances?|regulations?)"
    r"(?:\s+(?:organique|de finances|belge|(?:inter)?ministériel|modifiée?|délégué|européen(?:ne)?|"
    r"d'application|\(?(?:UE|CE|EU)\)?|(?:n\s?[°ºo]\.?\s?|no\.? )?\d[\w./-]*))*"
    r",?\s+(?:en date )?(?:du|of)\s+$"
    # "la loi Climat et résilience du", "le CCAG Travaux du"; no day of a contract or purchase does.
    r"|\b(?:lois?|décrets?|arrêtés?|ordonnances?|circulaires?|CCAG[\w-]*)"
    r"(?:\s+(?!notifi|publi|conclu|sign|lanc|pass|march|contrat|consult|factur|offre|accord"
    r"|achats?\b(?! (?:innovants|durables))|command\w*\b(?! publique)|devis|bons?\b|avenant"
    r"|(?:s')?appli)"
    r"[^\W\d][\w'’-]*){1,6}?\s+du\s+$|\bCCAG[\w-]*\s+du\s+$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\b(?:après|after)\s+(?:le\s+)?$", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?:avant|before)\s+(?:le\s+)?$", re.IGNORECASE)
_SINCE = re.compile(
    r"\b(?:(?:depuis(?: le)?|since|from|dès(?: le)?|[àa] (?:partir|compter) d[ue])\s+"
    r"|[àa] (?:partir|compter) d')$",
    re.IGNORECASE,
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

    "Avant le 1er avril" means the day before; "maintenant" means today, as "depuis le 1er avril"
    does once it is past, where nothing else names a day. The date of a law or a decree is part of
    its name.
    """
    plain = normalize("NFC", question).replace("’", "'")
    found = list(_named(plain, today))
    surest = max((sureness for _, sureness in found), default=_Sureness.LOOSE)
    periods = {period for period, sureness in found if sureness is surest}
    return periods.pop() if len(periods) == 1 else None


def is_of_untold_day(question: str, today: date) -> bool:
    """Whether a question asks what the law was on a day that it does not tell: "à l'époque"."""
    plain = normalize("NFC", question).replace("’", "'")
    return _UNTOLD.search(plain) is not None and named(question, today) is None


class _Sureness(IntEnum):
    """How surely a period is the one meant: the surest that a question has decides."""

    LOOSE = 0
    NAMED = 1
    OF_CONTRACT = 2


def _named(text: str, today: date) -> Iterator[tuple[NamedPeriod, _Sureness]]:
    """Every period of a text, and how surely it is meant."""
    at_present = NamedPeriod(today, today)
    if _TODAY.search(text):
        yield at_present, _Sureness.NAMED
    if _NOW.search(text):
        yield at_present, _Sureness.LOOSE
    yield from _recalled(text, today)
    for period, before in _written(text):
        if not _may_be_asked(period, before, today):
            continue
        if _is_past_beginning(period, before, today):
            yield at_present, _Sureness.LOOSE
        elif not _AFTER.search(before):
            is_of_contract = _OF_CONTRACT.search(before)
            yield period, _Sureness.OF_CONTRACT if is_of_contract else _Sureness.NAMED


def _recalled(text: str, today: date) -> Iterator[tuple[NamedPeriod, _Sureness]]:
    """Last year, or the day two years ago, where its law is asked or a contract is of then."""
    for period, start, end in _past(text, today):
        before, after = text[:start], text[end:]
        if _SINCE.search(before) or not _may_be_asked(period, before, today):
            continue
        if _OF_CONTRACT.search(before):
            yield period, _Sureness.OF_CONTRACT
        elif _is_law_asked(before, after):
            yield period, _Sureness.NAMED


def _is_law_asked(before: str, after: str) -> bool:
    """Whether the law of a past time is asked, by the words around it: "quel était … alors ?"."""
    if not before.strip():
        return _ASKED_AFTER.match(after) is not None
    is_all = not re.search(r"\w", after)
    return bool(_ASKED_BEFORE.search(before) or (is_all and _AND.search(before)))


def _past(text: str, today: date) -> Iterator[tuple[NamedPeriod, int, int]]:
    """Every period told by how long ago it was, and the half-open characters that tell it."""
    for match in _LAST_YEAR.finditer(text):
        yield _year(today.year - 1), match.start(), match.end()
    folded = fold_same_length(text)
    for each in find_quantities(folded):
        if each.unit not in {"month", "day"} or not _COUNT.fullmatch(each.value):
            continue
        french, english = _AGO.search(folded[: each.start]), _IS_AGO.match(folded, each.end)
        if english or (french and not _OF_SOMETHING.match(folded, each.end)):
            day = _before(today, int(each.value), each.unit)
            start = french.start() if french else each.start
            yield NamedPeriod(day, day), start, english.end() if english else each.end


def _before(today: date, count: int, unit: str) -> date:
    """The day so many months or days before; the last of its month where that has no such day."""
    if unit == "day":
        return today - timedelta(days=count)
    year, month = divmod(today.year * 12 + today.month - 1 - count, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def _written(text: str) -> Iterator[tuple[NamedPeriod, str]]:
    """Every day, month and year written in a text, and what stands before it."""
    for pattern in _WRITTEN:
        for match in pattern.finditer(text):
            before = text[: min(match.start(part) for part in match.groupdict())]
            if period := _period(match):
                yield _narrowed(period, before), before


def _narrowed(period: NamedPeriod, before: str) -> NamedPeriod:
    """The one day that is meant of a period, where what stands before it says which."""
    if _END.search(before):
        return NamedPeriod(period.last, period.last)
    if _BEGINNING.search(before):
        return NamedPeriod(period.first, period.first)
    if _MIDDLE.search(before):
        is_month = period.first.month == period.last.month
        middle = period.first.replace(day=15) if is_month else date(period.first.year, 7, 1)
        return NamedPeriod(middle, middle)
    if _BEFORE.search(before):
        eve = period.first - timedelta(days=1)
        return NamedPeriod(eve, eve)
    return period


def _may_be_asked(period: NamedPeriod, before: str, today: date) -> bool:
    horizon = (today.year + FARTHEST, today.month, today.day)
    first = period.first
    is_near = period.last.year >= EARLIEST and (first.year, first.month, first.day) <= horizon
    return is_near and not _TEXT_NAME.search(before)


def _is_past_beginning(period: NamedPeriod, before: str, today: date) -> bool:
    """Whether what is asked about began then and goes on today."""
    if _SINCE.search(before):
        return period.first <= today
    return bool(_AFTER.search(before)) and period.last < today


def _year(year: int) -> NamedPeriod:
    return NamedPeriod(date(year, 1, 1), date(year, 12, 31))


def _part(year: int, place: str, months: int) -> NamedPeriod | None:
    """The quarter or the half of a year, of so many months; None where it has not so many."""
    last = 12 if place in _LAST else months * (_PLACES.get(place) or int(place))
    if last > 12:
        return None
    first = date(year, last - months + 1, 1)
    return NamedPeriod(first, date(year, last, monthrange(year, last)[1]))


def _period(match: re.Match[str]) -> NamedPeriod | None:
    """The days written; None for a day that no calendar has."""
    parts = match.groupdict()
    year, written = int(parts["year"]), parts.get("month")
    year += _CENTURY if len(parts["year"]) == 2 else 0
    if part := parts.get("part"):
        return _part(year, parts["place"].lower(), 3 if part.lower()[0] in "tq" else 6)
    try:
        month = written and (MONTHS.get(written.lower()) or int(written))
        if not month:
            return _year(year)
        if number := parts.get("day"):
            day = date(year, month, int(number) if number.isdigit() else 1)
            return NamedPeriod(day, day)
        return NamedPeriod(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    except ValueError:
        return None
