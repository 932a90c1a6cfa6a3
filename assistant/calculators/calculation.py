"""Calculations: what was given, the steps, the result, and the words each rests on. Pure values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ingestion.passages import Passage


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
class Line:
    """A French sentence of a calculation, with the words of the law that it rests on."""

    text: str
    grounds: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True)
class Calculation:
    """A finished calculation, shown in this order; `cautions` is what it did not look at."""

    name: str
    title: str
    day: date
    inputs: tuple[tuple[str, str], ...]
    steps: tuple[Line, ...]
    result: tuple[Line, ...]
    cautions: tuple[str, ...] = ()

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """Every ground once, in the order of the lines."""
        lines = (*self.steps, *self.result)
        return tuple(dict.fromkeys(ground for line in lines for ground in line.grounds))
