"""Calculations: what was given, the steps, the result, and the words each rests on. Pure values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Self

from ingestion.chunking.passages import Passage


@dataclass(frozen=True, slots=True)
class Ground:
    """The words of a text in force that say a constant: half-open characters of the passage."""

    article: str
    passage: Passage
    start: int
    end: int

    @property
    def quote(self) -> str:
        """The words themselves."""
        return self.passage.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Stated:
    """A constant as the law of the day states it: euros, percent, days, months or times."""

    value: Decimal
    ground: Ground


@dataclass(frozen=True, slots=True)
class CalculationLine:
    """A French sentence of a calculation, with the words of the law that it rests on."""

    text: str
    grounds: tuple[Ground, ...] = ()


def says(text: str, *stated: Stated) -> CalculationLine:
    """A sentence that rests on what these constants state."""
    return CalculationLine(text, tuple(each.ground for each in stated))


def yes_or_no(fact: bool | None) -> str:
    """A fact as the inputs of a calculation repeat it; None where nobody said."""
    return {True: "oui", False: "non", None: "non précisé"}[fact]


@dataclass(frozen=True, slots=True)
class Calculation:
    """A finished calculation, shown in this order; `cautions` is what it did not look at."""

    name: str
    title: str
    day: date
    inputs: tuple[tuple[str, str], ...]
    steps: tuple[CalculationLine, ...]
    result: tuple[CalculationLine, ...]
    cautions: tuple[str, ...] = ()

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """Every ground once, in the order of the lines."""
        lines = (*self.steps, *self.result)
        return tuple(dict.fromkeys(ground for line in lines for ground in line.grounds))


# The situation of a purchase: who buys, what, and how. Values.


class LabelledWord(StrEnum):
    """A word among few, as commands and files write it, and its `label` in French."""

    label: str

    def __new__(cls, word: str, label: str = "") -> Self:
        """The word alone is the value of a member, by which it is found."""
        member = str.__new__(cls, word)
        member._value_, member.label = word, label
        return member


class Buyer(LabelledWord):
    """Kinds of buyers between which the rules differ; the value is its word on the command line."""

    STATE = "etat", "État ou établissement public administratif de l'État"
    LOCAL = (
        "collectivite",
        "collectivité territoriale, son établissement public ou leur groupement",
    )
    HOSPITAL = "hopital", "établissement public de santé"
    OTHER_AUTHORITY = (
        "autre-pouvoir",
        "autre pouvoir adjudicateur (EPIC, SEM, office de l'habitat…)",
    )
    ENTITY = "entite", "entité adjudicatrice"


class Nature(LabelledWord):
    """What is bought; the value is its word on the command line."""

    WORKS = "travaux", "travaux"
    SUPPLIES = "fournitures", "fournitures"
    SERVICES = "services", "services"
    SOCIAL_SERVICES = "services-sociaux", "services sociaux et autres services spécifiques"


class Route(StrEnum):
    """The three ways to award a contract (article L2120-1)."""

    EXEMPT = "sans publicité ni mise en concurrence"
    ADAPTED = "procédure adaptée"
    FORMALISED = "procédure formalisée"
