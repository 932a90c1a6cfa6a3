"""The rule book: corpus/conformite.toml.

A pattern is a regular expression for a canonical text. `{euro}`, `{percent}`, `{day}`, `{hour}`,
`{month}`, `{times}`, `{point}`, `{count}` and `{date}` stand for the quantity that it captures,
`<name>` for any of the words of that name.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from assistant.conformity.finding import Severity
from assistant.conformity.rules import Check, Fact, Patterns, Rule, Side, Value, Where
from ingestion.builtin import CORPUS
from ingestion.piece_kinds import PieceKind

Row = Mapping[str, Any]

_UNITS = ("euro", "percent", "day", "hour", "month", "times", "point", "count")
_CAPTURES = {
    f"{{{unit}}}": rf"\{{(?P<value>[\d/]+) {'ratio' if unit == 'percent' else unit}\}}"
    for unit in _UNITS
} | {"{date}": r"\{(?P<value>\d{4}-\d\d-\d\d) date\}"}
_NAMED = re.compile(r"(?<!\?P)<(\w+)>")


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Everything that the file holds, each by its name and in its order."""

    values: Mapping[str, Value]
    facts: Mapping[str, Fact]
    rules: tuple[Rule, ...]


@cache
def rule_book() -> RuleBook:
    """The file, read once."""
    table = tomllib.loads((CORPUS / "conformite.toml").read_text(encoding="utf-8"))
    reader = _Reader(table["words"], table["pieces"])
    return RuleBook(
        {row["name"]: reader.value(row) for row in table["value"]},
        {row["name"]: reader.fact(row) for row in table["fact"]},
        tuple(map(reader.rule, table["rule"])),
    )


class _Reader:
    """Reads rows of the file, with the words and the groups of pieces that they name."""

    def __init__(
        self, words: Mapping[str, Sequence[str]], pieces: Mapping[str, Sequence[str]]
    ) -> None:
        self._words = {name: f"(?:{'|'.join(each)})" for name, each in words.items()}
        self._pieces = {name: tuple(map(PieceKind, each)) for name, each in pieces.items()}

    def value(self, row: Row) -> Value:
        return Value(
            row["name"],
            row["label"],
            row["unit"],
            self._where(row),
            self._patterns(row, "says"),
            row.get("described", ""),
            row.get("highest", False),
            row.get("unique", False),
        )

    def fact(self, row: Row) -> Fact:
        return Fact(
            row["name"],
            row["condition"],
            row["contrary"],
            self._where(row),
            self._patterns(row, "yes"),
            self._patterns(row, "no"),
            row.get("silent"),
            row.get("value", ""),
            row.get("above", ""),
            row.get("least", ""),
        )

    def rule(self, row: Row) -> Rule:
        return Rule(
            row["name"],
            row["label"],
            Check(row["check"]),
            Severity(row["severity"]),
            row["sentence"],
            self._where(row),
            tuple(row.get("constants", ())),
            tuple(row.get("when", ())),
            row.get("since"),
            self._patterns(row, "says"),
            self._patterns(row, "unless"),
            row.get("value", ""),
            row.get("until", ""),
            Side(row.get("is", Side.ABOVE)),
            row.get("times", ""),
        )

    def _where(self, row: Row) -> Where:
        return Where(
            self._pieces[row.get("in", "pièces")],
            self._patterns(row, "heading"),
            self._patterns(row, "about"),
        )

    def _patterns(self, row: Row, name: str) -> Patterns:
        written = (self._expanded(each) for each in row.get(name, ()))
        return tuple(re.compile(each, re.MULTILINE) for each in written)

    def _expanded(self, pattern: str) -> str:
        pattern = _NAMED.sub(lambda name: self._words[name[1]], pattern)
        for placeholder, capture in _CAPTURES.items():
            pattern = pattern.replace(placeholder, capture)
        return pattern
