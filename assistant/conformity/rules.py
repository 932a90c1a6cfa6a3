"""Rules: what a review looks for, in which clauses, and when. Values."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assistant.conformity.finding import Severity
from ingestion.piece_kinds import PieceKind

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
    UNMADE = "derogation not made"
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
class Value:
    """A quantity, day or name that pieces state, in a unit of the calculators' constants.

    `described` is where the description of a dossier has it, if it does. Of one that is `highest`,
    a piece states the highest only: "lot 1", "lot 2". One that is `unique` has one value in a whole
    dossier.
    """

    name: str
    label: str
    unit: str
    where: Where
    says: Patterns
    described: str = ""
    highest: bool = False
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
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
class Rule:
    """What is looked for, when it applies, and the French sentence of its findings.

    `constants` are the words of the law that it rests on, the first one its limit. `when` are
    facts, those after "!" have to be false. `since` is the day from which contracts must follow it.
    `says` is looked for, `unless` excuses it. `value` is read, up to `until` when it is a day,
    against the limit, which the value of `times` multiplies.
    """

    name: str
    label: str
    check: Check
    severity: Severity
    sentence: str
    where: Where
    constants: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    since: date | None = None
    says: Patterns = ()
    unless: Patterns = ()
    value: str = ""
    until: str = ""
    side: Side = Side.ABOVE
    times: str = ""
