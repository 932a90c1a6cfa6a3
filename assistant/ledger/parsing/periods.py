"""Periods as a question names them: "en 2026", "avant juillet", "en mai et juin". Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.calculators.amounts import add_days, add_months
from assistant.errors import WrongFigures
from assistant.ledger.parsing.period_forms import FORMS, MONTHS, Bounds, last_year, whole


@dataclass(frozen=True, slots=True)
class PeriodSpan:
    """Days, both included and None without bound, and the half-open characters that name them."""

    first: date | None
    last: date | None
    start: int
    end: int

    @property
    def bounds(self) -> Bounds:
        """The first and the last day."""
        return self.first, self.last


def find_period(text: str, today: date) -> PeriodSpan | None:
    """The first period that a text, in lower case without accents, names."""
    return min(_spans(text, today), key=lambda span: (span.start, -span.end), default=None)


_GLOSS = re.compile(r" ?\( ?(?:soit )?(?P<said>[^()]+?) ?\)")


def gloss_of(text: str, period: PeriodSpan, today: date) -> PeriodSpan | None:
    """The same period said again in brackets, more precisely: "ces 3 derniers mois (avril à juin)".

    None where there is none, or one that is not within it.
    """
    match = _GLOSS.match(text, period.end)
    for said in (match["said"], f"de {match['said']}") if match else ():
        found = find_period(said, today)
        if match and found and (found.start, found.end) == (0, len(said)):
            kept = PeriodSpan(found.first, found.last, period.start, match.end())
            return kept if _is_within(found, period) else None
    return None


def _is_within(one: PeriodSpan, other: PeriodSpan) -> bool:
    """Whether the days of a period, which both have a first and a last one, are of another."""
    if not (one.first and one.last and other.first and other.last):
        return False
    return other.first <= one.first <= one.last <= other.last


def period_ending(text: str, today: date) -> PeriodSpan | None:
    """The period that the last words of a text name."""
    ends = (span for span in _spans(text, today) if span.end == len(text))
    return min(ends, key=lambda span: span.start, default=None)


def is_yearless(text: str) -> bool:
    """Whether a period is named by a month or a quarter, of which the year is not said."""
    return bool(units(text)) and not HAS_YEAR.search(text) and not _RELATIVE.search(text)


def is_beside(text: str) -> bool:
    """Whether a period is counted from another one: "le mois précédent"."""
    return _BESIDE.search(text) is not None


def is_relative(text: str) -> bool:
    """Whether a period is counted from today or from another one: "l'an dernier"."""
    return _RELATIVE.search(text) is not None or is_beside(text) or "n-1" in text


def are_alike(one: Bounds, other: Bounds) -> bool:
    """Whether two periods are as long as each other, but for the calendar."""
    lengths = [last - first for first, last in (one, other) if first and last]
    return len(lengths) == 2 and abs(lengths[0] - lengths[1]) < timedelta(days=4)


def units(text: str) -> list[str]:
    """The months and quarters that a text names, by whatever name."""
    return _NAMED.findall(text)


def _spans(text: str, today: date) -> Iterator[PeriodSpan]:
    yield from _plain(text, today)
    yield from _sided(text, today)
    yield from _listed(text, today)
    yield from _until_today(text, today)


def _plain(text: str, today: date) -> Iterator[PeriodSpan]:
    for pattern, read in FORMS:
        for match in pattern.finditer(text):
            try:
                first, last = read(match, today)
            except (ValueError, WrongFigures):  # a day that no calendar has
                continue
            named = "named" if "named" in pattern.groupindex else 0
            yield PeriodSpan(first, last, match.start(named), match.end())


_NAMED = re.compile(rf"\b(?:{'|'.join(MONTHS)}|[ts][1-4]|trimestre|semestre)\b")
_RELATIVE = re.compile(r"\b(?:cet?|cette|dernier|precedent|passe|en cours|courant|prochain)\b")
_BESIDE = re.compile(r"\b(?:precedent|suivant)")
HAS_YEAR = re.compile(r"\b20\d\d\b")
_SIDE = re.compile(
    r"\b(?:(?P<before>avant)|(?P<until>jusqu'(?:en|au?|aux)(?: (?:la )?fin(?: d[eu]| de l')?)?)|"
    r"(?P<after>apres)|(?P<coming>(?:d'ici(?: a)?|entre (?:aujourd'hui|maintenant) et) "
    r"(?:la )?fin(?: d[eu]| de l')?)|"
    r"(?P<since>depuis)|(?:a partir|a compter)(?: d[eu'](?: l')?)?)(?: l[ea] | l'| (?=\w)|(?<='))"
)


def _sided(text: str, today: date) -> Iterator[PeriodSpan]:
    """What is before, after or from a period on: "avant juillet", "jusqu'à fin mars"."""
    for match in _SIDE.finditer(text):
        rest = text[match.end() :]
        spans = [span for span in _plain(rest, today) if span.start == 0]
        span = max(spans, key=lambda each: each.end, default=None)
        if span is None or span.first is None or span.last is None:
            continue
        last = span.last
        try:
            if match["coming"] and last < today and is_yearless(rest[: span.end]):
                last = add_days(add_months(add_days(last, 1), 12), -1)
            bounds = _on_side(match.lastgroup, span.first, last, today)
        except WrongFigures:  # beyond the calendar
            continue
        yield PeriodSpan(*bounds, match.start(), match.end() + span.end)


def _on_side(side: str | None, first: date, last: date, today: date) -> Bounds:
    match side:
        case "before":
            return None, add_days(first, -1)
        case "until":
            return None, last
        case "after":
            return add_days(last, 1), None
        case "coming":
            return today, last
        case "since":
            return first, today
        case _:
            return first, None


_TO_DATE = re.compile(r" (?:a|jusqu'a) (?:ce jour|aujourd'hui|date)(?!\w)")


def is_to_date(text: str, period: PeriodSpan, today: date) -> bool:
    """Whether "à ce jour" follows a period that today is not in."""
    is_now = (period.first or today) <= today <= (period.last or today)
    return _TO_DATE.match(text, period.end) is not None and not is_now


_FROM = re.compile(r"d[eu] |d'|depuis ")


def _until_today(text: str, today: date) -> Iterator[PeriodSpan]:
    """From the first day of a period on: "d'avril à ce jour"."""
    for span in _plain(text, today):
        to_date = _TO_DATE.match(text, span.end)
        if to_date and span.first and span.first <= today and _FROM.match(text, span.start):
            yield PeriodSpan(span.first, today, span.start, to_date.end())


_MONTH = "|".join(MONTHS)
_PERIODS_IN = r"(?:(?:en|d[eu]|au|sur|pour|aux mois d[eu]|les mois d[eu]) |d')?"
_ALSO = r"(?:,| et| ou)(?: en| d[eu]| au| le)? ?(?:d')?"
_LISTS = tuple(
    (
        re.compile(rf"\b{_PERIODS_IN}(?P<list>(?:{unit})(?:{_ALSO}(?:{unit}))+){year}"),
        re.compile(unit),
    )
    for unit, year in (
        (_MONTH, r"(?: (?P<year>20\d\d))?(?!\w)"),
        (r"t[1-4]", r"(?: (?P<year>20\d\d))?(?!\w)"),
        (r"20\d\d", r"(?P<year>)(?! ?(?:€|k€|euros?\b)|[\w%/-])"),
    )
)


def _listed(text: str, today: date) -> Iterator[PeriodSpan]:
    """Months, quarters or years that follow each other, as one: "janvier, février et mars"."""
    for pattern, unit in _LISTS:
        for match in pattern.finditer(text):
            names = unit.findall(match["list"])
            ranks = [MONTHS.get(each) or int(each.removeprefix("t")) for each in names]
            if ranks != list(range(ranks[0], ranks[0] + len(ranks))):
                continue
            try:
                first, last = _together(names[0], ranks, match["year"], today)
            except ValueError:  # before the calendar
                continue
            yield PeriodSpan(first, last, match.start(), match.end())


def _together(name: str, ranks: Sequence[int], year: str | None, today: date) -> tuple[date, date]:
    """The days from the first to the last of some units, which are those of the name's kind."""
    if name.isdecimal():
        return whole(ranks[0], 1, 12)[0], whole(ranks[-1], 1, 12)[1]
    length = 3 if name.startswith("t") else 1
    month = (ranks[0] - 1) * length + 1
    of = int(year) if year else last_year((ranks[-1] - 1) * length + 1, today)
    return whole(of, month, length * len(ranks))
