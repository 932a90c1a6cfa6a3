"""Texts of a table or a record into typed values: numbers, days, identifiers. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import Enum, StrEnum
from hashlib import sha256
from re import compile as pattern
from typing import Any, get_args

from ingestion.ledger.records import Comment, RecordValue, warned
from ingestion.ledger.rows import Lineage, TableRow

# Numbers that identify companies and accounts, however they are spaced. Pure.

SIREN_DIGITS = 9
_SIRET_DIGITS = 14


def digits(text: str) -> str:
    """The digits of a number that has no letters, "" for any other text."""
    bare = "".join(text.split())
    return bare if bare.isdecimal() and bare.isascii() else ""


def siren_of(siret: str) -> str:
    """The company of an establishment, "" when the number is no SIRET."""
    number = digits(siret)
    return number[:SIREN_DIGITS] if len(number) == _SIRET_DIGITS else ""


def has_luhn_key(number: str) -> bool:
    """Whether the last digit is the key of the others, as in every SIREN."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0


def account_digest(account: str) -> str:
    """What tells an account from another without naming it: hexadecimal sha256 of the number."""
    return sha256("".join(account.split()).upper().encode()).hexdigest()


# How a table writes numbers and days: understood from the whole column, or refused. Pure.

_SPACES = re.compile(r"[\s'’_\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}]")
_NUMBER = re.compile(r"(?P<head>[-+(]?)(?P<body>[0-9][0-9.,]*|[.,][0-9]+)(?P<tail>[-)]?)")
_GROUPS = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})*")
_WORDS = {"€": "EUR", "£": "GBP", "$": "USD", "EURO": "EUR", "EUROS": "EUR"}
_CURRENCY = re.compile(r"[€£$]|euros?|[A-Z]{3}", re.IGNORECASE)
_ISO_4217 = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN "
    "BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL "
    "GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF "
    "KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN "
    "MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD "
    "SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH "
    "UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"
)
_CODES = frozenset(_ISO_4217.split())
"""The currencies that are paid in: what else stands beside a number (TTC) makes it none."""

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*|Z|[-+]\d\d:\d\d)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[T ].*)?")


class DecimalMark(StrEnum):
    """What stands before the decimals."""

    COMMA = ","
    POINT = "."


class _Ambiguous(Enum):
    THREE_DIGITS = "1.234 may be a thousand or decimals"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two values of a column that no single mark explains; twice the same if it is ambiguous."""

    first: RecordValue
    second: RecordValue

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
    """Take a number apart from its currency; None when there is anything else.

    None as well where digits stand on both sides of the currency: those of "12€50" together are
    another number.
    """
    bare = _SPACES.sub("", text).replace("\N{MINUS SIGN}", "-")
    said = {each.upper() for each in _CURRENCY.findall(bare)}
    currencies = {_WORDS.get(each, each) for each in said}
    pieces = _CURRENCY.split(bare)
    number = "".join(pieces)
    is_cut = sum(bool(each.strip("+-()")) for each in pieces) > 1
    if is_cut or len(currencies) > 1 or not currencies <= _CODES:
        return None
    return Amount(number, next(iter(currencies), None)) if _NUMBER.fullmatch(number) else None


def column_mark(values: Iterable[RecordValue]) -> DecimalMark | Disagreement | None:
    """The mark that explains all the numbers of a column; None when none of them needs one.

    What is no number is passed over: it is refused where it stands.
    """
    found: dict[DecimalMark, RecordValue] = {}
    doubtful: RecordValue | None = None
    for value in values:
        match _evidence(value.text):
            case DecimalMark() as mark:
                found.setdefault(mark, value)
            case _Ambiguous.THREE_DIGITS:
                doubtful = doubtful or value
    match list(found.items()):
        case [(mark, _)]:
            return mark
        case [(_, first), (_, second)]:
            return Disagreement(first, second)
    return Disagreement(doubtful, doubtful) if doubtful else None


def parse_number(text: str, mark: DecimalMark | None) -> Decimal | None:
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


def _evidence(text: str) -> DecimalMark | _Ambiguous | None:
    """What a number says of the mark of its decimals."""
    found = amount(text)
    parts = _NUMBER.fullmatch(found.number) if found else None
    marks = [letter for letter in parts["body"] if letter in ".,"] if parts else []
    if parts is None or not marks:
        return None
    last = DecimalMark(marks[-1])
    other = DecimalMark.POINT if last is DecimalMark.COMMA else DecimalMark.COMMA
    if len(set(marks)) > 1:
        return last
    if len(marks) > 1:
        return other
    before, _, after = parts["body"].partition(last)
    if len(after) != 3 or len(before) > 3 or before in ("", "0"):
        return last
    return _Ambiguous.THREE_DIGITS


# The texts of a record into the typed values of a row, each fault said. Pure.

_DECIMAL = pattern(r"-?\d{1,30}(?:\.\d{1,30})?")
_SCALES = {"quantity": 6, "unit_price": 6, "vat_rate": 4, "rate": 4}
_CENTS = 2
_DIGITS = {"vat_rate": 7, "rate": 7}  # those that schema.sql gives to columns
_MOST_DIGITS = 18
_LARGEST = 2**31 - 1
_KINDS: dict[str, dict[str, type]] = {
    table.table: {each.name: (get_args(each.type) or (each.type,))[0] for each in fields(table)}
    for table in get_args(TableRow)
}
"""The type of each column, whether or not it may be absent."""


@dataclass(slots=True)
class Cells:
    """What the texts of a row become, with the faults met and where each value was read."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)

    def lineage(self, table: str, row: str, file: str) -> Iterator[Lineage]:
        """One a value."""
        for column, place in self.places.items():
            yield Lineage(table, row, column, file, place)


def cells(table: type[TableRow], texts: Iterable[RecordValue], place: str) -> Cells:
    """The values of the columns of a table; one that cannot be read is left out, and said."""
    found = Cells()
    for value in texts:
        read = _read(_KINDS[table.table][value.column], value, place, found.comments)
        if read is not None:
            found.values[value.column] = read
            found.places[value.column] = value.place
    return found


def _read(kind: type, value: RecordValue, place: str, comments: list[Comment]) -> object:
    """A typed value, None for a text that is none of its type."""
    if kind is str:
        return value.text
    read: object = day(value.text) if kind is date else _number(value, place, comments)
    if kind is int and isinstance(read, Decimal):
        is_whole = read == read.to_integral_value() and abs(read) <= _LARGEST
        read = int(read) if is_whole else None
    if read is None:
        what = "une date" if kind is date else "un nombre"
        said = f"« {value.text} » n'est pas {what} ({value.place}) : laissé vide."
        comments.append(warned("VALEUR", said, place))
    return read


def _number(value: RecordValue, place: str, comments: list[Comment]) -> Decimal | None:
    """A number with the decimals of its column, and a comment when that rounds it."""
    if not _DECIMAL.fullmatch(value.text):
        return None
    exact = Decimal(value.text)
    digits, decimals = _DIGITS.get(value.column, _MOST_DIGITS), _SCALES.get(value.column, _CENTS)
    step = Decimal(1).scaleb(-decimals)
    if exact.adjusted() >= digits - decimals:
        return None
    rounded = exact.quantize(step, ROUND_HALF_UP)
    if rounded != exact:
        said = f"{value.text} est arrondi à {rounded} ({value.place})."
        comments.append(warned("ARRONDI", said, place))
    return rounded
