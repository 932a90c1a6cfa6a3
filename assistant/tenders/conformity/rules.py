"""Rules: what a review looks for, in which clauses, and what it shows (corpus/conformite.toml)."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

from assistant.calculators.calculation import Ground
from assistant.question.language import fold_text
from assistant.question.topics import phrase_pattern
from assistant.tenders.canonical import without_accents
from ingestion.chunking.passages import Passage
from ingestion.documents.pieces import PieceKind
from ingestion.library.corpus import CORPUS

# Findings: what a review shows, with the words of the dossier and those of the law. Values.


class Unchecked(Exception):
    """A rule cannot be applied; each argument is a reason, in French, with what to state where.

    A reason follows "Non contrôlé (…) :" and has no full stop at its end.
    """


class FindingSeverity(StrEnum):
    """How much a finding matters, highest first; the value is the French word.

    UNCHECKED is a rule that could not be applied, which is said rather than passed over.
    """

    GRAVE = "grave"
    CORRECT = "à corriger"
    CHECK = "à vérifier"
    UNCHECKED = "non contrôlé"


@dataclass(frozen=True, slots=True)
class ConformityFinding:
    """Something to check: a French sentence, what it rests on, and how it was found.

    `places` are the very words of the dossier, each with its locator and the offsets of its
    document; they are empty where a mention is missing. `comparison` is short: "7 % > 5 %".
    `to_check` are the conditions that nothing in the dossier settles, each after an implied "si".
    `also` are the other rules that could not be applied for the same reason.
    """

    rule: str
    label: str
    severity: FindingSeverity
    sentence: str
    places: tuple[Passage, ...] = ()
    grounds: tuple[Ground, ...] = ()
    comparison: str = ""
    to_check: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def rules(self) -> frozenset[str]:
        """The names of the rules that it tells of."""
        return frozenset((self.rule, *self.also))


Patterns = tuple[re.Pattern[str], ...]


class Check(StrEnum):
    """How a rule looks; the value is its word in the file."""

    VALUE = "value"
    SUM = "sum"
    MISSING = "missing"
    PRESENT = "present"
    DIFFERENCE = "difference"
    INTERVAL = "interval"
    UNLISTED = "derogation not listed"
    UNNAMED = "derogation not named"
    UNKNOWN = "article unknown"
    CHANGED = "article changed"


class Side(StrEnum):
    """On which side of the limit a value is found fault with."""

    ABOVE = "above"
    BELOW = "below"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Where:
    """The clauses that are looked at: of which pieces, under which heading or saying what.

    Without `heading` and `about`, every clause of the pieces.
    """

    pieces: tuple[PieceKind, ...]
    heading: Patterns = ()
    about: Patterns = ()


@dataclass(frozen=True, slots=True)
class RuleValue:
    """A quantity, day or name that pieces state, in a unit of the calculators' constants.

    `described` is where the description of a dossier has it, if it does. Of one that is `highest`,
    a piece states the highest only, and what is `numbered` one of them tells that there are as many
    at least: "lot 3". What a pattern captures as `each` is added as many `times`. One that is
    `unique` has one value in a whole dossier, and what is `moved` tells the one that stands for
    all that are stated. What is `titled` is said under one of the `titles` alone.
    """

    name: str
    label: str
    unit: str
    where: Where
    says: Patterns
    numbered: Patterns = ()
    moved: Patterns = ()
    titles: Patterns = ()
    titled: Patterns = ()
    described: str = ""
    highest: bool = False
    unique: bool = False
    unless: Patterns = ()
    """What says of a value that it is that of a part of the contract: of a year, of a lot."""


@dataclass(frozen=True, slots=True)
class RuleFact:
    """What decides whether a rule applies: true, false or unknown.

    `condition` and `contrary` tell it in French after "si", where it is unknown. `yes` and `no` are
    looked for in the description of the dossier, then in the clauses; where both are silent the
    fact is `silent`. A fact with a value is instead that value above, or from, the constant of the
    law.
    """

    name: str
    condition: str
    contrary: str
    where: Where
    yes: Patterns = ()
    no: Patterns = ()
    silent: bool | None = None
    value: str = ""
    above: str = ""
    least: str = ""


@dataclass(frozen=True, slots=True)
class ConformityRule:
    """What is looked for, when it applies, and the French sentence of its findings.

    `constants` are the words of the law that it rests on, the first one its limit. `when` are
    facts, those after "!" have to be false. `since` is the day from which contracts must follow it.
    `says` is looked for, or tells apart the things that a value is stated of, and `unless` excuses
    a place that says it, as it does the sentence of a value that two pieces state differently;
    said anywhere, it excuses an absence and what is beyond a limit. `value` is compared with the
    limit, which the value of `times` multiplies, unless the highest of `under` would do as well;
    one that is a day, by the days from it to `until`, which are enough where those from a later
    day, `after`, are. What `is_counted_back` ends with no later working day (règlement n°
    1182/71, article 3, paragraphe 4).
    """

    name: str
    label: str
    check: Check
    severity: FindingSeverity
    sentence: str
    where: Where
    constants: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    since: date | None = None
    says: Patterns = ()
    unless: Patterns = ()
    value: str = ""
    until: str = ""
    after: str = ""
    side: Side = Side.ABOVE
    times: str = ""
    under: str = ""
    is_counted_back: bool = False


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """What questions about a dossier are answered by its review, and by which of its checks."""

    name: str
    asked: re.Pattern[str]
    unless: re.Pattern[str]
    checks: frozenset[Check] = frozenset(Check)

    def is_made_by(self, question: str) -> bool:
        """Whether a question asks for it. Pure."""
        written = fold_text(question)
        return bool(self.asked.search(written)) and not self.unless.search(written)


# The rule book: corpus/conformite.toml.
#
# A pattern is a regular expression for a canonical text. `{euro}`, `{percent}`, `{day}`, `{hour}`,
# `{month}`, `{times}`, `{point}`, `{count}` and `{date}` stand for the quantity that it captures,
# `<name>` for any of the words of that name.

Row = Mapping[str, Any]
_Named = TypeVar("_Named", RuleValue, RuleFact, ConformityRule)
_value, _fact = TypeAdapter(RuleValue), TypeAdapter(RuleFact)
_rule = TypeAdapter(ConformityRule)

_UNITS = ("euro", "percent", "day", "hour", "month", "times", "point", "count")
_CAPTURES = {
    f"{{{unit}}}": rf"\{{(?P<value>[\d/]+) {'ratio' if unit == 'percent' else unit}\}}"
    for unit in _UNITS
} | {"{date}": r"\{(?P<value>\d{4}-\d\d-\d\d) date\}"}
_NAMED = re.compile(r"(?<!\?P)<(\w+)>")


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Everything that the file holds, each by its name and in its order."""

    values: Mapping[str, RuleValue]
    facts: Mapping[str, RuleFact]
    rules: tuple[ConformityRule, ...]
    requests: tuple[ReviewRequest, ...]

    def request(self, question: str) -> ReviewRequest | None:
        """What of a review answers a question about a dossier, None where the pieces do. Pure."""
        return next((each for each in self.requests if each.is_made_by(question)), None)

    def checked_by(self, request: ReviewRequest) -> frozenset[str]:
        """The names of the rules whose findings answer a request. Pure."""
        return frozenset(each.name for each in self.rules if each.check in request.checks)


@cache
def rule_book() -> RuleBook:
    """The file, read once."""
    table = tomllib.loads((CORPUS / "conformite.toml").read_text(encoding="utf-8"))
    reader = _Reader(table["words"], table["pieces"])
    values = (reader.read(_value, row) for row in table["value"])
    facts = (reader.read(_fact, row) for row in table["fact"])
    return RuleBook(
        {value.name: value for value in values},
        {fact.name: fact for fact in facts},
        tuple(reader.read(_rule, row) for row in table["rule"]),
        tuple(map(_request, table["request"])),
    )


def _request(row: Row) -> ReviewRequest:
    return ReviewRequest(
        row["name"],
        phrase_pattern(row["asked"]),
        phrase_pattern(row["unless"]),
        frozenset(map(Check, row.get("checks", Check))),
    )


class _Reader:
    """Reads rows of the file, with the words and the groups of pieces that they name."""

    def __init__(
        self, words: Mapping[str, Sequence[str]], pieces: Mapping[str, Sequence[str]]
    ) -> None:
        self._words = {name: f"(?:{'|'.join(each)})" for name, each in words.items()}
        self._pieces = {name: tuple(map(PieceKind, each)) for name, each in pieces.items()}

    def read(self, kind: TypeAdapter[_Named], row: Row) -> _Named:
        names = ("says", "numbered", "moved", "titles", "titled", "unless", "yes", "no")
        patterns = {name: self._patterns(row, name) for name in names}
        side = row.get("is", Side.ABOVE)
        return kind.validate_python({**row, **patterns, "where": self._where(row), "side": side})

    def _where(self, row: Row) -> Where:
        return Where(
            self._pieces[row.get("in", "pièces")],
            self._patterns(row, "heading"),
            self._patterns(row, "about"),
        )

    def _patterns(self, row: Row, name: str) -> Patterns:
        written = (without_accents(self._expanded(each)) for each in row.get(name, ()))
        return tuple(re.compile(each, re.MULTILINE) for each in written)

    def _expanded(self, pattern: str) -> str:
        while _NAMED.search(pattern):
            pattern = _NAMED.sub(lambda name: self._words[name[1]], pattern)
        for placeholder, capture in _CAPTURES.items():
            pattern = pattern.replace(placeholder, capture)
        return pattern
