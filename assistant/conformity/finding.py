"""Findings: what a review shows, with the words of the dossier and those of the law. Values."""

from dataclasses import dataclass
from enum import StrEnum

from assistant.calculators.calculation import Ground
from ingestion.passages import Passage


class Unchecked(Exception):
    """A rule cannot be applied; the message says why, in French, to follow "Non contrôlé :"."""


class Severity(StrEnum):
    """How much a finding matters, highest first; the value is the French word.

    UNCHECKED is a rule that could not be applied, which is said rather than passed over.
    """

    GRAVE = "grave"
    CORRECT = "à corriger"
    CHECK = "à vérifier"
    UNCHECKED = "non contrôlé"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to check: a French sentence, what it rests on, and how it was found.

    `places` are the very words of the dossier, each with its locator and the offsets of its
    document; they are empty where a mention is missing. `comparison` is short: "7 % > 5 %".
    `to_check` are the conditions that nothing in the dossier settles, each after an implied "si".
    """

    rule: str
    label: str
    severity: Severity
    sentence: str
    places: tuple[Passage, ...] = ()
    grounds: tuple[Ground, ...] = ()
    comparison: str = ""
    to_check: tuple[str, ...] = ()
