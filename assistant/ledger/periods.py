"""Periods as a question names them: "en 2026", "au premier trimestre", "depuis 30 jours". Pure.

A month, a quarter or a half-year without its year is the last one that has begun.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.calculators.calendar import add_months

_MONTHS = {
    **{"janvier": 1, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6},
    **{"juillet": 7, "aout": 8, "septembre": 9, "octobre": 10, "novembre": 11, "decembre": 12},
}
_RANKS = {"premier": 1, "1er": 1, "1": 1, "deuxieme": 2, "second": 2, "2e": 2, "2eme": 2, "2": 2}
_RANKS |= {"troisieme": 3, "3e": 3, "3eme": 3, "3": 3, "quatrieme": 4, "4e": 4, "4eme": 4, "4": 4}
_LENGTHS = {"jour": 1, "semaine": 7}

_NAME = rf"(?P<{{0}}>{'|'.join(_MONTHS)})"
_DAY = (
    r"(?P<d{0}>\d{{1,2}})(?:er)? (?P<m{0}>" + "|".join(_MONTHS) + r")(?: (?P<y{0}>\d{{4}}))?"
    r"|(?P<iso{0}>\d{{4}}-\d\d-\d\d)|(?P<sd{0}>\d{{1,2}})/(?P<sm{0}>\d{{1,2}})/(?P<sy{0}>\d{{4}})"
)
_YEAR = r"(?P<year>20\d\d)(?! ?(?:€|k€|euros?\b)|[\w%/-])"
_RANK = rf"(?P<rank>{'|'.join(_RANKS)})"
_IN = r"(?:en|de|d'|du|au|sur|pour|dans|pendant|au mois de|du mois de|courant|sur le|sur la|sur l')"


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both included and None without bound, and the half-open characters that name them."""

    first: date | None
    last: date | None
    start: int
    end: int


def find_period(text: str, today: date) -> Span | None:
    """The first period that a text, in lower case without accents, names."""
    return min(_spans(text, today), key=lambda span: (span.start, -span.end), default=None)


def period_ending(text: str, today: date) -> Span | None:
    """The period that the last words of a text name."""
    ends = (span for span in _spans(text, today) if span.end == len(text))
    return min(ends, key=lambda span: span.start, default=None)


def _spans(text: str, today: date) -> Iterator[Span]:
    for pattern, read in _FORMS:
        for match in pattern.finditer(text):
            try:
                first, last = read(match, today)
            except ValueError:  # a day that no calendar has
                continue
            yield Span(first, last, match.start(), match.end())


_Bounds = tuple[date | None, date | None]


def _written(match: re.Match[str], which: int, today: date) -> date:
    parts = match.groupdict()
    if iso := parts[f"iso{which}"]:
        return date.fromisoformat(iso)
    if day := parts[f"sd{which}"]:
        return date(int(parts[f"sy{which}"]), int(parts[f"sm{which}"]), int(day))
    month, day = _MONTHS[parts[f"m{which}"]], int(parts[f"d{which}"])
    if year := parts[f"y{which}"]:
        return date(int(year), month, day)
    found = date(today.year, month, day)
    return found if found <= today else date(today.year - 1, month, day)


def _between(match: re.Match[str], today: date) -> _Bounds:
    last = _written(match, 2, today)
    first = _written(match, 1, today)
    if not (match["y1"] or match["iso1"] or match["sd1"]):
        first = first.replace(
            year=last.year if first.replace(year=last.year) <= last else last.year - 1
        )
    return first, last


def _since(match: re.Match[str], today: date) -> _Bounds:
    day = _written(match, 1, today)
    last = today if match["since"] and day <= today else None
    return (day + timedelta(days=1) if match["after"] else day), last


def _before(match: re.Match[str], today: date) -> _Bounds:
    day = _written(match, 1, today)
    return None, day - timedelta(days=1) if match["side"] == "avant" else day


def _on(match: re.Match[str], today: date) -> _Bounds:
    day = _written(match, 1, today)
    return day, day


def _months(match: re.Match[str], today: date) -> _Bounds:
    first, last = _MONTHS[match["from"]], _MONTHS[match["to"]]
    year = int(match["year"]) if match["year"] else _last_year(last, today)
    return _whole(year if first <= last else year - 1, first, 1)[0], _whole(year, last, 1)[1]


def _month(match: re.Match[str], today: date) -> _Bounds:
    month = _MONTHS[match["month"]]
    first, last = _whole(
        int(match["year"]) if match["year"] else _last_year(month, today), month, 1
    )
    return (first, today) if match["since"] else (first, last)


def _part(match: re.Match[str], today: date) -> _Bounds:
    length = 3 if match["unit"].startswith("t") else 6
    month = (_RANKS[match["rank"]] - 1) * length + 1
    if month > 12:
        raise ValueError(month)
    return _whole(int(match["year"]) if match["year"] else _last_year(month, today), month, length)


def _year(match: re.Match[str], today: date) -> _Bounds:
    first, last = _whole(int(match["year"]), 1, 12)
    return (first, today) if match["since"] else (first, last)


def _years(match: re.Match[str], _: date) -> _Bounds:
    return date(int(match["one"]), 1, 1), date(int(match["other"]), 12, 31)


def _current(match: re.Match[str], today: date) -> _Bounds:
    return _around(match["unit"], today)


def _previous(match: re.Match[str], today: date) -> _Bounds:
    return _around(match["unit"], _around(match["unit"], today)[0] - timedelta(days=1))


def _begun(match: re.Match[str], today: date) -> _Bounds:
    return _around(match["unit"], today)[0], today


def _next(match: re.Match[str], today: date) -> _Bounds:
    return _around(match["unit"], _around(match["unit"], today)[1] + timedelta(days=1))


def _ending(match: re.Match[str], today: date) -> _Bounds:
    return today, _around(match["unit"], today)[1]


def _coming(match: re.Match[str], today: date) -> _Bounds:
    """The days from today, itself included."""
    count, unit = int(match["count"]), (match["unit"] or match["other"]).rstrip("s")
    if unit in _LENGTHS:
        return today, today + timedelta(days=count * _LENGTHS[unit])
    return today, add_months(today, count)


def _past(match: re.Match[str], today: date) -> _Bounds:
    """The days until today, itself included."""
    count, unit = int(match["count"]), match["unit"].rstrip("s")
    if unit in _LENGTHS:
        return today - timedelta(days=count * _LENGTHS[unit]), today
    return add_months(today, -count * (1 if unit == "moi" else 12)), today


def _today(_: re.Match[str], today: date) -> _Bounds:
    return today, today


def _around(unit: str, day: date) -> tuple[date, date]:
    """The week, month, quarter, half-year or year of a day."""
    if unit.startswith("semaine"):
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    length = {"m": 1, "t": 3, "s": 6, "a": 12}[unit[0]]
    return _whole(day.year, (day.month - 1) // length * length + 1, length)


def _whole(year: int, month: int, length: int) -> tuple[date, date]:
    """So many whole months from the first day of one."""
    last = month + length - 1
    return date(year, month, 1), date(year, last, monthrange(year, last)[1])


def _last_year(month: int, today: date) -> int:
    return today.year if month <= today.month else today.year - 1


_UNIT = r"(?P<unit>semaine|mois|trimestre|semestre|annee|an)"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], _Bounds]], ...] = tuple(
    (re.compile(rf"\b{pattern}(?!\w)"), read)
    for pattern, read in (
        (rf"(?:entre le|du) (?:{_DAY.format(1)}) (?:et le|au) (?:{_DAY.format(2)})", _between),
        (
            r"(?:(?P<after>apres)|(?P<since>depuis)|a partir|a compter)(?: le| du)? "
            rf"(?:{_DAY.format(1)})",
            _since,
        ),
        (rf"(?P<side>avant|jusqu'au|jusqu'a)(?: le)? (?:{_DAY.format(1)})", _before),
        # "au 31 décembre" is what was true that day, which is no period of the rows.
        (rf"(?<!\bau )(?:le |du )?(?:{_DAY.format(1)})", _on),
        (
            rf"(?:de|d'|entre) ?{_NAME.format('from')} (?:a|et) {_NAME.format('to')}"
            rf"(?: {_YEAR})?",
            _months,
        ),
        (rf"(?:{_IN} ?|(?P<since>depuis) )?{_NAME.format('month')}(?: {_YEAR})?", _month),
        (
            rf"(?:{_IN} |le )?{_RANK} (?P<unit>trimestre|semestre)"
            rf"(?:(?: de l'annee| de| d'| en)? {_YEAR})?",
            _part,
        ),
        (rf"(?:{_IN} |le )?(?P<unit>t|s)(?P<rank>[1-4])(?: (?:de )?{_YEAR})?", _part),
        (r"entre (?P<one>20\d\d) et (?P<other>20\d\d)", _years),
        (rf"(?:{_IN} )?(?:(?P<since>depuis) )?(?:l'annee )?{_YEAR}", _year),
        (rf"(?:{_IN} )?(?:ce|cette) {_UNIT}(?:-ci)?", _current),
        (rf"(?:{_IN} )?(?:le |l')?{_UNIT} (?:en cours|courante?)", _current),
        (
            rf"(?:{_IN} )?(?:le |la |l')?{_UNIT} (?:derniere?|precedente?|passee?)",
            _previous,
        ),
        (rf"depuis le debut (?:de l'|du |de la )(?:{_UNIT})", _begun),
        (rf"(?:{_IN} )?(?:le |la |l')?{_UNIT} (?:prochaine?|suivante?|qui vient)", _next),
        (rf"d'ici (?:a )?(?:la )?fin (?:de l'|du |de la )(?:{_UNIT})", _ending),
        (
            r"(?:dans |sous |au cours d|sur )?(?:les |es )?(?P<count>\d{1,3}) "
            r"(?:prochaine?s (?P<unit>jours?|semaines?|mois)"
            r"|(?P<other>jours?|semaines?|mois) (?:a venir|qui viennent|suivante?s))",
            _coming,
        ),
        (r"d'ici (?:a )?(?P<count>\d{1,3}) (?P<unit>jours?|semaines?|mois)(?P<other>)", _coming),
        (
            r"(?:depuis|(?:(?:sur|dans|pendant|au cours d|d)(?:es)? )?(?:les|ces|es)?) ?"
            r"(?P<count>\d{1,3}) (?:derniers |dernieres )"
            r"(?P<unit>jours?|semaines?|mois|ans?|annees?)",
            _past,
        ),
        (r"depuis (?:moins de )?(?P<count>\d{1,3}) (?P<unit>jours?|semaines?|mois|ans?)", _past),
        (r"aujourd'hui", _today),
    )
)
