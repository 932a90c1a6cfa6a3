"""What is shown of a number, by the code of its format: "#,##0.00 €", "d/m/yyyy". Pure.

Only what changes the meaning is followed: days, times, percentages, decimals, thousands, units.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from functools import cache

from ingestion.french import written_day, written_number, written_time

GENERAL = "General"
BUILT_IN = {
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 49: "@"},
    **dict.fromkeys((14, 15, 16, 17), "d/m/y"),
    **{**dict.fromkeys((18, 19, 20, 21, 45, 47), "h:m"), 46: "[h]:mm:ss"},
    **{22: "d/m/y h:m", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00"},
}
"""The formats that a workbook names by their number without describing them (ECMA-376, 18.8.30)."""

_CURRENCY = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
_NOT_SHOWN = re.compile(r"\[[^\]]*\]|[_*].")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_DIGITS = re.compile(r"[0#?][0#?,]*(?:\.([0#?]*))?(,*)|general", re.IGNORECASE)
_ELAPSED = re.compile(r"\[h+\]", re.IGNORECASE)
_PADDED = re.compile(r"0{2,}")
_CONDITION = re.compile(r"\[(<=|>=|<>|[<>=])(-?\d+(?:\.\d+)?)\]")
_COMPARED: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    **{"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge},
    **{"=": operator.eq, "<>": operator.ne},
}
_CURRENCIES = ("€", "$", "£", "EUR", "USD", "GBP", "CHF")
_PLACES = range(0xE000, 0xF8FF)
"""Private characters, each of which holds the place of a literal of a code."""

_FIRST_SURE_DAY = 61  # the 1900 of spreadsheets has a 29 February
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Format:
    """`decimals` is None where all are shown; `scale` multiplies the number.

    `width` is how many digits always stand, as in a postcode; elapsed hours may be more than a day.
    `before` and `unit` are what stands around the number, `words` what stands in its place.
    """

    decimals: int | None = None
    scale: Decimal = Decimal(1)
    before: str = ""
    unit: str = ""
    has_day: bool = False
    has_time: bool = False
    is_elapsed: bool = False
    width: int = 0
    words: str = ""


def shown(value: str, code: str, epoch: date) -> str:
    """A number as its cell shows it, in French; what is no number is left as it is.

    `epoch` is the day zero of the workbook.
    """
    try:
        number = Decimal(value)
        style = _format(_section(code, number))
        if any(map(str.isalnum, style.words)):
            return style.words
        if style.is_elapsed:
            hours, minutes = divmod(round(number * 24 * 60), 60)
            return f"{hours}:{minutes:02}"
        if style.width:
            return f"{round(number):0{style.width}}"
        if style.has_day or style.has_time:
            return _moment(number, style, epoch)
        text = style.before + written_number(number * style.scale, style.decimals)
    except (DecimalException, OverflowError, ValueError):
        return value
    return f"{text} {style.unit}" if style.unit else text


def _moment(number: Decimal, style: _Format, epoch: date) -> str:
    if style.has_day and number < _FIRST_SURE_DAY:
        return written_number(number)
    start = datetime.combine(epoch, time())
    moment = start + round(timedelta(days=float(number)) / _MINUTE) * _MINUTE
    parts = [written_day(moment)] if style.has_day else []
    return " ".join([*parts, written_time(moment.time())] if style.has_time else parts)


def _section(code: str, number: Decimal) -> str:
    """The part of a code that is for this number (18.8.31); the fourth one is for words."""
    sections = code.split(";")[:3]
    conditions = [_CONDITION.search(section) for section in sections]
    if any(conditions):
        parts = zip(sections, conditions, strict=True)
        met = (part for part, said in parts if said is None or _is_met(said, number))
        return next(met, sections[0])
    if number < 0 and len(sections) > 1:
        return sections[1]
    return sections[2] if number == 0 and len(sections) > 2 else sections[0]


def _is_met(condition: re.Match[str], number: Decimal) -> bool:
    return _COMPARED[condition[1]](number, Decimal(condition[2]))


@cache
def _format(section: str) -> _Format:
    section = _CURRENCY.sub(r'"\1"', section)
    if _ELAPSED.search(section):
        return _Format(is_elapsed=True)
    if _PADDED.fullmatch(section):
        return _Format(width=len(section))
    section = _NOT_SHOWN.sub("", section)
    literals = [found[1] or found[2] or "" for found in _LITERAL.finditer(section)]
    said = dict(zip(map(chr, _PLACES), literals, strict=False))
    places = iter(said)
    section = _LITERAL.sub(lambda _: next(places), section)
    bare = section.translate(str.maketrans("", "", "".join(said))).lower()
    if "@" in bare:
        return _Format()
    has_day = "y" in bare or "d" in bare or ("m" in bare and not re.search("[hs]", bare))
    has_time = "h" in bare or "s" in bare
    digits = _DIGITS.search(section)
    if has_day or has_time:
        return _Format(has_day=has_day, has_time=has_time)
    if not digits:
        return _Format(words=_around(section, said).strip())
    if re.search(r"e[+-]|/", bare) or _DIGITS.search(section, digits.end()):
        return _Format()
    return _of_number(section, digits, said)


def _of_number(section: str, digits: re.Match[str], said: Mapping[str, str]) -> _Format:
    before, after = (
        _around(text, said) for text in (section[: digits.start()], section[digits.end() :])
    )
    if before.strip() in _CURRENCIES:
        before, after = "", f"{before} {after}"
    is_share = "%" in section
    thousands = len(digits[0]) - len(digits[0].rstrip(","))
    scale = Decimal(100 if is_share else 1).scaleb(-3 * thousands)
    decimals = None if digits[0].lower() == GENERAL.lower() else len(digits[1] or "")
    return _Format(decimals, scale, before.lstrip(" -"), " ".join(after.split()))


def _around(text: str, said: Mapping[str, str]) -> str:
    """What stands around the digits: words, and signs that are not those of the number."""
    kept = re.sub(r"[-+()#0?.,]", "", text)
    return "".join(said.get(each, each) for each in kept)
