"""What is shown of a number, by the code of its format: "#,##0.00 €", "d/m/yyyy". Pure.

Only what changes the meaning is followed: days, times, percentages, decimals, thousands, units.
"""

import re
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
_DIGITS = re.compile(r"[0#?][0#?,]*(?:\.([0#?]*))?(,*)")
_ELAPSED = re.compile(r"\[h+\]", re.IGNORECASE)
_PADDED = re.compile(r"0{2,}")
_FIRST_SURE_DAY = 61  # the 1900 of spreadsheets has a 29 February
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Format:
    """`decimals` is None where all are shown; `scale` multiplies the number.

    `width` is how many digits always stand, as in a postcode; elapsed hours may be more than a day.
    """

    decimals: int | None = None
    scale: Decimal = Decimal(1)
    unit: str = ""
    has_day: bool = False
    has_time: bool = False
    is_elapsed: bool = False
    width: int = 0


def shown(value: str, code: str, epoch: date) -> str:
    """A number as its cell shows it, in French; what is no number is left as it is.

    `epoch` is the day zero of the workbook.
    """
    style = _format(code)
    try:
        number = Decimal(value)
        if style.is_elapsed:
            hours, minutes = divmod(round(number * 24 * 60), 60)
            return f"{hours}:{minutes:02}"
        if style.width:
            return f"{round(number):0{style.width}}"
        if style.has_day or style.has_time:
            return _moment(number, style, epoch)
        text = written_number(number * style.scale, style.decimals)
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


@cache
def _format(code: str) -> _Format:
    section = _CURRENCY.sub(r'"\1"', code.split(";")[0])
    if _ELAPSED.search(section):
        return _Format(is_elapsed=True)
    if _PADDED.fullmatch(section):
        return _Format(width=len(section))
    section = _NOT_SHOWN.sub("", section)
    bare = _LITERAL.sub("", section).lower()
    if code == GENERAL or "general" in bare or "@" in bare:
        return _Format()
    has_day = "y" in bare or "d" in bare or ("m" in bare and not re.search("[hs]", bare))
    has_time = "h" in bare or "s" in bare
    digits = _DIGITS.search(section)
    if has_day or has_time or not digits:
        return _Format(has_day=has_day, has_time=has_time)
    if re.search(r"e[+-]|/", bare):
        return _Format()
    return _of_number(section, digits)


def _of_number(section: str, digits: re.Match[str]) -> _Format:
    around = section[: digits.start()], section[digits.end() :]
    before, after = (" ".join(_LITERAL.sub(r"\1\2", text).split()) for text in around)
    is_share = "%" in _LITERAL.sub("", section)
    thousands = len(digits[0]) - len(digits[0].rstrip(","))
    scale = Decimal(100 if is_share else 1).scaleb(-3 * thousands)
    return _Format(len(digits[1] or ""), scale, after or before.strip("-+() "))
