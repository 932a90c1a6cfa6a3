"""How a table writes numbers and days: understood from the whole column, or refused. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum, StrEnum

from ingestion.ledger.records import Value

_SPACES = re.compile(r"[\s'’_\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}]")
_NUMBER = re.compile(r"(?P<head>[-+(]?)(?P<body>[0-9][0-9.,]*|[.,][0-9]+)(?P<tail>[-)]?)")
_GROUPS = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})*")
_CURRENCIES = {"€": "EUR", "£": "GBP", "$": "USD"}
_CODE = re.compile(r"[A-Z]{3}", re.IGNORECASE)
_EURO = re.compile(r"euros?", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[T ].*)?")


class Mark(StrEnum):
    """What stands before the decimals."""

    COMMA = ","
    POINT = "."


class _Ambiguous(Enum):
    THREE_DIGITS = "1.234 may be a thousand or decimals"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two values of a column that no single mark explains; twice the same if it is ambiguous."""

    first: Value
    second: Value

    def __str__(self) -> str:
        """In French."""
        if self.first == self.second:
            return f"« {self.first.text} » ({self.first.place}) peut se lire de deux façons"
        return (
            f"« {self.first.text} » ({self.first.place}) et « {self.second.text} » "
            f"({self.second.place}) n'ont pas le même séparateur de décimales"
        )


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as written: what is left when spaces and the currency are taken away."""

    number: str
    currency: str | None


def amount(text: str) -> Amount | None:
    """Take a number apart from its currency; None when there is anything else."""
    bare = _SPACES.sub("", text).replace("\N{MINUS SIGN}", "-")
    currency = None
    for symbol, code in _CURRENCIES.items():
        if symbol in bare:
            bare, currency = bare.replace(symbol, ""), code
    bare = _EURO.sub("EUR", bare)
    if found := _CODE.search(bare):
        if currency not in (None, found[0].upper()):
            return None
        bare, currency = bare.replace(found[0], ""), found[0].upper()
    return Amount(bare, currency) if _NUMBER.fullmatch(bare) else None


def column_mark(values: Iterable[Value]) -> Mark | Disagreement | None:
    """The mark that explains all the numbers of a column; None when none of them needs one.

    What is no number is passed over: it is refused where it stands.
    """
    found: dict[Mark, Value] = {}
    doubtful: Value | None = None
    for value in values:
        match _evidence(value.text):
            case Mark() as mark:
                found.setdefault(mark, value)
            case _Ambiguous.THREE_DIGITS:
                doubtful = doubtful or value
    match list(found.items()):
        case [(mark, _)]:
            return mark
        case [(_, first), (_, second)]:
            return Disagreement(first, second)
    return Disagreement(doubtful, doubtful) if doubtful else None


def number(text: str, mark: Mark | None) -> Decimal | None:
    """The number that a text writes with this mark, None when it writes none."""
    found = amount(text)
    parts = _NUMBER.fullmatch(found.number) if found else None
    if parts is None:
        return None
    whole, _, decimals = parts["body"].partition(mark) if mark else (parts["body"], "", "")
    if not _is_grouped(whole) or not (decimals.isdecimal() or not decimals):
        return None
    is_negative = "-" in parts["head"] + parts["tail"] or parts["head"] + parts["tail"] == "()"
    try:
        plain = Decimal(f"{whole.replace('.', '').replace(',', '') or '0'}.{decimals or '0'}")
    except InvalidOperation:
        return None
    return -plain if is_negative else plain


def day(text: str) -> date | None:
    """The day that a text writes, the day before the month unless the year comes first."""
    bare = text.strip()
    if found := _ISO.fullmatch(bare) or _COMPACT.fullmatch(bare):
        year, month, number_ = map(int, found.groups())
    elif found := _DAY_FIRST.fullmatch(bare):
        number_, month, year = map(int, found.groups())
        year += 2000 if year < 100 else 0
    else:
        return None
    try:
        return date(year, month, number_)
    except ValueError:
        return None


def _is_grouped(whole: str) -> bool:
    """Whether the part before the decimals is digits, or digits in groups of three."""
    return not whole or whole.isdecimal() or _GROUPS.fullmatch(whole) is not None


def _evidence(text: str) -> Mark | _Ambiguous | None:
    """What a number says of the mark of its decimals."""
    found = amount(text)
    parts = _NUMBER.fullmatch(found.number) if found else None
    marks = [letter for letter in parts["body"] if letter in ".,"] if parts else []
    if parts is None or not marks:
        return None
    last = Mark(marks[-1])
    other = Mark.POINT if last is Mark.COMMA else Mark.COMMA
    if len(set(marks)) > 1:
        return last
    if len(marks) > 1:
        return other
    before, _, after = parts["body"].partition(last)
    if len(after) != 3 or len(before) > 3 or before in ("", "0"):
        return last
    return _Ambiguous.THREE_DIGITS
