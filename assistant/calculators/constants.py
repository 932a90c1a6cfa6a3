"""Constants of the law, each tied to the words that state it: corpus/constantes/*.toml.

The file knows the value of each period; the indexed text in force that day has to state it.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache

from assistant.checking.atoms import plain
from assistant.checking.quantities import find_quantities
from assistant.checking.sentences import Span, units
from assistant.validity import applies
from ingestion.builtin import CORPUS

WITHOUT_FIGURE = Decimal(0)
"""Value of a constant that is a rule without figure."""

_PERCENT = "percent"
_VALUE = "{value}"


@dataclass(frozen=True, slots=True)
class Constant:
    """A value by period, the article that states it, and how the article says it.

    `unit` is euro, percent, day, month, times or count; empty for a rule without figure, which has
    no values. `says` are regular expressions, one of which must match a quotable unit of the
    article in lower case, where every quantity is written `{60000 euro}` whatever its form;
    `{value}` stands for the constant's own, and a line break for the next unit, as in the tables
    of an annexe. A unit that says itself that it applied at another time is not read.
    """

    name: str
    label: str
    article: str
    unit: str
    says: tuple[str, ...]
    values: tuple[tuple[date, Decimal], ...] = ()

    def on(self, day: date) -> Decimal | None:
        """The known value of a day, None before the first period. Pure."""
        known = [value for begins, value in self.values if begins <= day]
        return known[-1] if known else None

    def found_in(self, text: str, day: date) -> Span | None:
        """The characters of a text that state the value of that day. Pure."""
        value = self.on(day)
        if self.values and value is None:
            return None
        own = re.escape(_token(_key(value, self.unit))) if value is not None else ""
        patterns = [said.replace(_VALUE, own) for said in self.says]
        cut, read = _read(text)
        for pattern in patterns:
            for first, last in _runs(len(cut), pattern.count("\n") + 1):
                span = Span(cut[first].start, cut[last].end)
                is_said = re.search(pattern, "\n".join(read[first : last + 1]))
                if is_said and applies(text[span.start : span.end], day):
                    return span
        return None


@lru_cache(maxsize=512)
def _read(text: str) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    """The units of a text, and each as it is compared; the same text is read for many days."""
    cut = units(text)
    return cut, tuple(canonical(text[unit.start : unit.end]) for unit in cut)


def canonical(text: str) -> str:
    """A text in lower case, each of its quantities written as `{value unit}`. Pure."""
    read, written, position = plain(text), [], 0
    for quantity in find_quantities(read):
        written += [read[position : quantity.start], _token(quantity.key)]
        position = quantity.end
    return "".join([*written, read[position:]])


@cache
def constants() -> dict[str, Constant]:
    """Every constant of the files, by name."""
    found: dict[str, Constant] = {}
    for path in sorted((CORPUS / "constantes").glob("*.toml")):
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["constant"]:
            values = tuple((each["from"], Decimal(each["is"])) for each in row.get("values", ()))
            found[row["name"]] = Constant(
                row["name"],
                row["label"],
                row["article"],
                row.get("unit", ""),
                tuple(row["says"]),
                values,
            )
    return found


def _runs(size: int, length: int) -> Iterator[tuple[int, int]]:
    """First and last index of every run of `length` among `size`."""
    return ((first, first + length - 1) for first in range(size - length + 1))


def _token(key: str) -> str:
    return f"{{{key}}}"


def _key(value: Decimal, unit: str) -> str:
    if unit == _PERCENT:
        return f"{Fraction(value) / 100} ratio"
    return f"{Fraction(value)} {unit}"
