"""The forms in which a question names one period, and the days of each: "en 2026", "hier". Pure.

A month, a quarter or a half-year without its year is the last one that has begun. What no calendar
has raises ValueError, or WrongFigures outside the years 1 to 9999.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date

from assistant.calculators.amounts import add_days, add_months
from assistant.question.language import fold_text
from ingestion.french import month_names

MONTHS = {fold_text(name): number for number, name in enumerate(month_names("fr"), 1)}
_RANKS = {"premier": 1, "1er": 1, "1": 1, "deuxieme": 2, "second": 2, "2e": 2, "2eme": 2, "2": 2}
_RANKS |= {"troisieme": 3, "3e": 3, "3eme": 3, "3": 3, "quatrieme": 4, "4e": 4, "4eme": 4, "4": 4}
_LENGTHS = {"jour": 1, "semaine": 7}
COUNTS = {"deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8}
COUNTS |= {"neuf": 9, "dix": 10, "douze": 12, "quinze": 15, "vingt": 20, "trente": 30}
_WORDS = {"un": 1, "une": 1, **COUNTS}

_SINCE = r"depuis(?: (?:le )?debut(?: de)?)?"
_NAME = rf"(?P<{{0}}>{'|'.join(MONTHS)})"
_DAY = (
    r"(?P<d{0}>\d{{1,2}})(?:er)? (?P<m{0}>" + "|".join(MONTHS) + r")(?: (?P<y{0}>\d{{4}}))?"
    r"|(?P<iso{0}>\d{{4}}-\d\d-\d\d)|(?P<sd{0}>\d{{1,2}})/(?P<sm{0}>\d{{1,2}})/(?P<sy{0}>\d{{4}})"
)
YEAR = r"(?P<year>20\d\d)(?! ?(?:€|k€|euros?\b)|[\w%/-])"
_RANK = rf"(?P<rank>{'|'.join(_RANKS)})"
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(_WORDS)})"
_IN = r"(?:en|de|d'|du|au|sur|pour|dans|pendant|au mois de|du mois de|courant|sur le|sur la|sur l')"


Bounds = tuple[date | None, date | None]


def _written(match: re.Match[str], which: int, today: date) -> date:
    parts = match.groupdict()
    if iso := parts[f"iso{which}"]:
        return date.fromisoformat(iso)
    if day := parts[f"sd{which}"]:
        return date(int(parts[f"sy{which}"]), int(parts[f"sm{which}"]), int(day))
    month, day = MONTHS[parts[f"m{which}"]], int(parts[f"d{which}"])
    if year := parts[f"y{which}"]:
        return date(int(year), month, day)
    found = date(today.year, month, day)
    return found if found <= today else date(today.year - 1, month, day)


def _between(match: re.Match[str], today: date) -> Bounds:
    last = _written(match, 2, today)
    first = _written(match, 1, today)
    if not (match["y1"] or match["iso1"] or match["sd1"]):
        first = first.replace(
            year=last.year if first.replace(year=last.year) <= last else last.year - 1
        )
    return first, last


def _since(match: re.Match[str], today: date) -> Bounds:
    day = _written(match, 1, today)
    last = today if match["since"] and day <= today else None
    return (add_days(day, 1) if match["after"] else day), last


def _before(match: re.Match[str], today: date) -> Bounds:
    day = _written(match, 1, today)
    return None, add_days(day, -1) if match["side"] == "avant" else day


def _up_to(match: re.Match[str], today: date) -> Bounds:
    """The days from today until one that is to come, which is the next one of its name."""
    day = _written(match, 1, today)
    has_year = match["y1"] or match["iso1"] or match["sd1"]
    return today, day if day >= today or has_year else add_months(day, 12)


def _school_year(match: re.Match[str], _: date) -> Bounds:
    first, last = int(match["one"]), int(match["other"])
    if last != first + 1:
        raise ValueError(last)
    return date(first, 9, 1), date(last, 8, 31)


def _on(match: re.Match[str], today: date) -> Bounds:
    day = _written(match, 1, today)
    return day, day


def _days(match: re.Match[str], today: date) -> Bounds:
    """The days of one month, which only the last of them names."""
    last = _written(match, 2, today)
    first = last.replace(day=int(match["from"]))
    return first, last


def _months(match: re.Match[str], today: date) -> Bounds:
    first, last = MONTHS[match["from"] or match["since"]], MONTHS[match["to"]]
    year = int(match["year"]) if match["year"] else last_year(last, today)
    if begun := match["of_first"] or match["of_since"]:
        return whole(int(begun), first, 1)[0], whole(year, last, 1)[1]
    return whole(year if first <= last else year - 1, first, 1)[0], whole(year, last, 1)[1]


def _month(match: re.Match[str], today: date) -> Bounds:
    month = MONTHS.get(match["month"]) or int(match["month"])
    first, last = whole(int(match["year"]) if match["year"] else last_year(month, today), month, 1)
    return (first, today) if match.groupdict().get("since") else (first, last)


def _part(match: re.Match[str], today: date) -> Bounds:
    length = 3 if match["unit"].startswith("t") else 6
    month = (_RANKS[match["rank"]] - 1) * length + 1
    if month > 12:
        raise ValueError(month)
    return whole(int(match["year"]) if match["year"] else last_year(month, today), month, length)


def _first_ones(match: re.Match[str], today: date) -> Bounds:
    """The first months, quarters or half-years of a year."""
    length = {"m": 1, "t": 3, "s": 6}[match["unit"][0]]
    count = _counted(match) if match["count"] else 1
    return whole(int(match["year"] or today.year), 1, length * count)


def _year(match: re.Match[str], today: date) -> Bounds:
    first, last = whole(int(match["year"]), 1, 12)
    return (first, today) if match["since"] else (first, last)


def _years(match: re.Match[str], _: date) -> Bounds:
    return date(int(match["one"]), 1, 1), date(int(match["other"]), 12, 31)


def _current(match: re.Match[str], today: date) -> Bounds:
    return _around(match["unit"], today)


def _previous(match: re.Match[str], today: date) -> Bounds:
    return _around(match["unit"], add_days(_around(match["unit"], today)[0], -1))


def _begun(match: re.Match[str], today: date) -> Bounds:
    return _around(match["unit"], today)[0], today


def _next(match: re.Match[str], today: date) -> Bounds:
    return _around(match["unit"], add_days(_around(match["unit"], today)[1], 1))


def _ending(match: re.Match[str], today: date) -> Bounds:
    return today, _around(match["unit"], today)[1]


def _coming(match: re.Match[str], today: date) -> Bounds:
    """The days from today, itself included."""
    return today, _away(today, _counted(match), match["unit"] or match["other"])


def _past(match: re.Match[str], today: date) -> Bounds:
    """The days until today, itself included."""
    return _away(today, -_counted(match), match["unit"]), today


def _ago(match: re.Match[str], today: date) -> Bounds:
    """The days that are more, or fewer, days ago than said."""
    day = _away(today, -_counted(match), match["unit"])
    return (None, add_days(day, -1)) if match["side"] == "plus" else (add_days(day, 1), today)


def _counted(match: re.Match[str]) -> int:
    return _WORDS.get(match["count"]) or int(match["count"])


def _away(day: date, count: int, unit: str) -> date:
    """The day so many days, weeks, months or years after."""
    name = unit.rstrip("s")
    if name in _LENGTHS:
        return add_days(day, count * _LENGTHS[name])
    return add_months(day, count * (1 if name == "moi" else 12))


def _today(_: re.Match[str], today: date) -> Bounds:
    return today, today


def _yesterday(_: re.Match[str], today: date) -> Bounds:
    day = add_days(today, -1)
    return day, day


def _year_before(_: re.Match[str], today: date) -> Bounds:
    return whole(today.year - 1, 1, 12)


def _around(unit: str, day: date) -> tuple[date, date]:
    """The week, month, quarter, half-year or year of a day."""
    if unit.startswith("semaine"):
        first = add_days(day, -day.weekday())
        return first, add_days(first, 6)
    length = {"m": 1, "t": 3, "s": 6, "a": 12}[unit[0]]
    return whole(day.year, (day.month - 1) // length * length + 1, length)


def whole(year: int, month: int, length: int) -> tuple[date, date]:
    """So many whole months from the first day of one."""
    last = month + length - 1
    return date(year, month, 1), date(year, last, monthrange(year, last)[1])


def last_year(month: int, today: date) -> int:
    """The year in which this month last began."""
    return today.year if month <= today.month else today.year - 1


TODAY = "aujourd'hui"
_UNIT = r"(?P<unit>semaine|mois|trimestre|semestre|annee|an)"
FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Bounds]], ...] = tuple(
    (re.compile(rf"\b{pattern}(?!\w)"), read)
    for pattern, read in (
        (rf"(?:entre le|du) (?:{_DAY.format(1)}) (?:et le|au) (?:{_DAY.format(2)})", _between),
        (rf"(?:entre le|du) (?P<from>\d{{1,2}})(?:er)? (?:et le|au) (?:{_DAY.format(2)})", _days),
        (
            r"(?:(?P<after>apres)|(?P<since>depuis)|a partir|a compter)(?: le| du)? "
            rf"(?:{_DAY.format(1)})",
            _since,
        ),
        (
            rf"(?:d'ici|entre (?:{TODAY}|maintenant) et)(?: a| au| le)? (?:{_DAY.format(1)})",
            _up_to,
        ),
        (
            rf"(?:{_IN} )?(?:la |l')?annee scolaire (?P<one>20\d\d) ?[-/] ?(?P<other>20\d\d)",
            _school_year,
        ),
        (rf"(?P<side>avant|jusqu'au|jusqu'a)(?: le)? (?:{_DAY.format(1)})", _before),
        # "au 31 décembre" is what was true that day, which is no period of the rows.
        (rf"(?<!\bau )(?:le |du )?(?:{_DAY.format(1)})", _on),
        (
            # "de janvier et mars" is of two months: "et" joins the ends of a range after "entre".
            rf"(?:(?:de|d'|depuis) ?{_NAME.format('from')}(?: (?P<of_first>20\d\d))? "
            rf"(?:a|jusqu'a|jusqu'en)|entre {_NAME.format('since')}(?: (?P<of_since>20\d\d))? et) "
            rf"{_NAME.format('to')}"
            rf"(?: {YEAR})?",
            _months,
        ),
        (rf"(?:{_IN} ?|(?P<since>{_SINCE}) )?{_NAME.format('month')}(?: {YEAR})?", _month),
        (rf"{_IN} (?P<month>0?[1-9]|1[0-2])/{YEAR}", _month),
        (
            rf"(?:{_IN} |le )?{_RANK} (?P<unit>trimestre|semestre)"
            rf"(?:(?: de l'annee| de| d'| en)? {YEAR})?",
            _part,
        ),
        (rf"(?:{_IN} |le )?(?P<unit>t|s)(?P<rank>[1-4])(?:[ /-]?(?:de )?{YEAR})?", _part),
        (rf"(?:{_IN} |le )?(?P<rank>[1-4])(?:er|e|eme)? ?(?P<unit>t)(?:[ /-]?{YEAR})?", _part),
        (
            rf"(?:(?:sur l|dans l|pendant l|au cours d|l|d)es )?(?:{_COUNT} premiers|premier) "
            rf"(?P<unit>mois|trimestres?|semestres?) (?:de |d')?"
            rf"(?:(?:l'annee )?{YEAR}|(?:l'|cette )annee)",
            _first_ones,
        ),
        (r"entre (?P<one>20\d\d) et (?P<other>20\d\d)", _years),
        (
            rf"(?:{_IN} )?(?:(?P<since>{_SINCE}) )?(?:au titre de )?"
            rf"(?:(?:l'|d')?(?:annee|exercice|an)(?: civile?| budgetaire| comptable)? )?{YEAR}",
            _year,
        ),
        (rf"(?:{_IN} )?(?:l'(?:annee|exercice) )?n-1", _year_before),
        (rf"(?:{_IN} )?(?:ce|cette) {_UNIT}(?:-ci)?", _current),
        (rf"(?:{_IN} )?(?:le |l')?{_UNIT} (?:en cours|courante?)", _current),
        (rf"(?:{_IN} )?(?:le |la |l')?{_UNIT} (?:derniere?|precedente?|passee?)", _previous),
        (rf"depuis le debut (?:de l'|du |de la )(?:{_UNIT})", _begun),
        (rf"(?:{_IN} )?(?:le |la |l')?{_UNIT} (?:prochaine?|suivante?|qui vient)", _next),
        (rf"d'ici (?:a )?(?:la )?fin (?:de l'|du |de la )(?:{_UNIT})", _ending),
        (
            r"(?:dans |sous |au cours d|sur )?(?:les |es )?" + _COUNT + " "
            r"(?:prochaine?s (?P<unit>jours?|semaines?|mois)"
            r"|(?P<other>jours?|semaines?|mois) (?:a venir|qui viennent|suivante?s))",
            _coming,
        ),
        (rf"d'ici (?:a )?{_COUNT} (?P<unit>jours?|semaines?|mois|ans?)(?P<other>)", _coming),
        (
            r"(?:termin|achev|expir|finiss|echean|echoi|terme|echue|renouvel)\w*(?: [a-z]+){0,2} "
            rf"(?P<named>(?:dans|sous) (?:les )?{_COUNT} (?P<unit>jours?|semaines?|mois|ans?))"
            r"(?P<other>)",
            _coming,
        ),
        (
            r"(?:depuis|(?:(?:sur|dans|pendant|au cours d|d)(?:es)? )?(?:les|ces|es)?) ?"
            + _COUNT
            + r" (?:derniers |dernieres )"
            r"(?P<unit>jours?|semaines?|mois|ans?|annees?)",
            _past,
        ),
        (
            rf"depuis (?:moins d(?:e |'))?{_COUNT} (?P<unit>jours?|semaines?|mois|ans?|annees?)",
            _past,
        ),
        (
            rf"il y a (?P<side>plus|moins) d(?:e |'){_COUNT} "
            r"(?P<unit>jours?|semaines?|mois|ans?|annees?)",
            _ago,
        ),
        (TODAY, _today),
        (r"hier", _yesterday),
    )
)
