"""Constants of the law, each tied to the words that state it: corpus/constantes/*.toml.

The file knows the value of each period; the indexed text in force that day has to state it.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache

from assistant.checking.atoms import plain
from assistant.checking.quantities import find_quantities
from assistant.checking.sentences import Span, units
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
    `{value}` stands for the constant's own.
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
        """The characters of the unit of a text that states the value of that day. Pure."""
        value = self.on(day)
        if self.values and value is None:
            return None
        own = re.escape(_token(_key(value, self.unit))) if value is not None else ""
        patterns = [re.compile(said.replace(_VALUE, own)) for said in self.says]
        for unit in units(text):
            read = canonical(text[unit.start : unit.end])
            if any(pattern.search(read) for pattern in patterns):
                return unit
        return None


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


def _token(key: str) -> str:
    return f"{{{key}}}"


def _key(value: Decimal, unit: str) -> str:
    if unit == _PERCENT:
        return f"{Fraction(value) / 100} ratio"
    return f"{Fraction(value)} {unit}"
