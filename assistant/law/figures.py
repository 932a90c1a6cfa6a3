"""Figures that the texts state: amounts, rates, durations, and what each is said of. Pure."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from pathlib import Path

from assistant.law.validity import applies
from assistant.question.language import fold_text
from assistant.question.quantities import (
    Quantity,
    find_quantities,
    fold_same_length,
    may_measure,
)
from assistant.retrieval.hierarchy import Rank, rank_of
from ingestion.chunking.passages import Passage
from ingestion.chunking.sentences import list_parts, sentences, units
from ingestion.documents.references import find_references


class FigureKind(StrEnum):
    """What a figure measures; the value is the French word."""

    AMOUNT = "montant"
    RATE = "taux"
    DURATION = "durée"
    MULTIPLE = "multiple"


_DAYS = {"hour": Fraction(1, 24), "day": Fraction(1), "month": Fraction(365, 12)}
_UNITS = {
    "euro": FigureKind.AMOUNT,
    "ratio": FigureKind.RATE,
    "point": FigureKind.RATE,
    "times": FigureKind.MULTIPLE,
}

NEARLY = Fraction(3, 100)
"""Part by which two durations may differ and be the same: a month has 28 to 31 days."""


@dataclass(frozen=True, slots=True)
class StatedFigure:
    """A figure in euros, as a part of one, in days or as a multiple.

    On which side of it the rule holds is left out: "moins de 60 000 €" and "dès 60 000 €" tell of
    one threshold.
    """

    value: Fraction
    is_duration: bool = False

    def is_as(self, other: "StatedFigure") -> bool:
        """Whether both say the same number."""
        nearly = NEARLY if self.is_duration and other.is_duration else 0
        return abs(self.value - other.value) <= nearly * min(self.value, other.value)


Cases = tuple[tuple[str, frozenset[str]], ...]
"""By what tells cases apart, those that are named, none where the rule holds for all."""

REGIME = "regime"
"""What tells apart rules of which those of one say nothing of the others."""


@dataclass(frozen=True, slots=True)
class FigureStatement:
    """A sentence of a passage, or an item under its lead, and its figures of one kind.

    `start` and `end` are its half-open characters in the document. `subject` is what it says
    without figures and references, below its heading; `cases` are those that it is limited to, by
    what tells them apart, and `articles` those that it is, or is about.
    """

    passage: Passage
    start: int
    end: int
    text: str
    kind: FigureKind
    figures: tuple[StatedFigure, ...]
    subject: str
    cases: Cases
    articles: frozenset[str]

    @property
    def said(self) -> tuple[str, str, date | None, date | None]:
        """What makes it the same statement in another index: its file, its words and its days."""
        return self.passage.source, self.text, self.passage.valid_from, self.passage.valid_to

    def agrees_with(self, other: "FigureStatement") -> bool:
        """Whether both state one figure."""
        return any(mine.is_as(theirs) for mine in self.figures for theirs in other.figures)

    def concerns_cases_of(self, other: "FigureStatement") -> bool:
        """Whether both may hold for the same case: of one regime, and nothing else keeps apart."""
        return all(
            mine == theirs if name == REGIME else not (mine and theirs and mine.isdisjoint(theirs))
            for (name, mine), (_, theirs) in zip(self.cases, other.cases, strict=True)
        )

    def cases_unnamed(self, other: "FigureStatement") -> int:
        """How many kinds of cases are named by one of the two only."""
        pairs = zip(self.cases, other.cases, strict=True)
        return sum(bool(mine) != bool(theirs) for (_, mine), (_, theirs) in pairs)

    def applies_on(self, day: date) -> bool:
        """Whether it is the law of a day, as far as its text and itself know."""
        first, last = self.passage.valid_from, self.passage.valid_to
        is_in_force = (first is None or first <= day) and (last is None or day < last)
        return is_in_force and applies(self.text, day)


def statements_of(passages: Iterable[Passage]) -> Iterator[FigureStatement]:
    """Every statement of figures in these passages, in order; examples and history are none.

    Nor are the clauses of a CCAG: each is of its own contracts, and contradicts no other.
    """
    for passage in passages:
        if rank_of(passage) is Rank.GENERAL_CLAUSE:
            continue
        for lead, start, end in sentences_and_items(passage.text):
            if not _ASIDE.search(fold_text(f"{lead} {passage.text[start:end]}")):
                yield from _stated(passage, lead, start, end)


_ASIDE = re.compile(
    r"\b(?:par exemple|exemple|etai(?:t|ent)|projet de decret|jusqu'en)\b"
    r"|\?\s*$"
)
"""What a sentence says when it states no rule of the day."""


def sentences_and_items(text: str) -> Iterator[tuple[str, int, int]]:
    """The half-open characters of sentences and of items, the lead of their list before them."""
    for unit in units(text, longest=len(text)):
        whole = text[unit.start : unit.end]
        listed = list_parts(whole)
        if listed is None:
            for each in sentences(whole):
                yield "", unit.start + each.start, unit.start + each.end
            continue
        lead, items = listed
        yield "", unit.start + lead.start, unit.start + lead.end
        for item in items:
            yield whole[lead.start : lead.end], unit.start + item.start, unit.start + item.end


def _stated(passage: Passage, lead: str, start: int, end: int) -> Iterator[FigureStatement]:
    text = passage.text[start:end]
    found: dict[FigureKind, list[StatedFigure]] = {}
    for kind, quantity in figures_in(text):
        value = Fraction(quantity.value) * _DAYS.get(quantity.unit, 1)
        found.setdefault(kind, []).append(StatedFigure(value, kind is FigureKind.DURATION))
    if not found:
        return
    whole = f"{lead} {text}".strip()
    subject, cases = _subject(passage, lead, text), _cases(passage, whole)
    named = passage.references or tuple(each.key for each in find_references(whole))
    where = passage.start + start, passage.start + end
    for kind, figures in found.items():
        yield FigureStatement(
            passage, *where, whole, kind, tuple(figures), subject, cases, frozenset(named)
        )


_OF_RATES = re.compile(r"\btaux\b|\bmajor|pourcentage|\binterets?\b|\bbce\b")


def figures_in(text: str) -> tuple[tuple[FigureKind, Quantity], ...]:
    """The figures of a text with what each measures, in order.

    "Une fois" is a moment and no multiple, and points are a rate only where rates are spoken of.
    """
    if not may_measure(text):
        return ()
    has_rates = bool(_OF_RATES.search(fold_text(text)))
    return tuple(
        (kind, quantity)
        for quantity in find_quantities(fold_same_length(text))
        if (kind := _kind(quantity))
        and quantity.key != "1 times"
        and (quantity.unit != "point" or has_rates)
    )


def _kind(quantity: Quantity) -> FigureKind | None:
    return FigureKind.DURATION if quantity.unit in _DAYS else _UNITS.get(quantity.unit)


_MASKS = {
    "euro": "un montant", "ratio": "un taux", "point": "des points", "times": "un multiple",
    "day": "un délai", "month": "une durée", "hour": "un délai",
}  # fmt: skip
_BRACKETED = re.compile(r"\s*\([^()]*\bart(?:icle|\.)?s?[^()]*\)")


def _subject(passage: Passage, lead: str, text: str) -> str:
    """The sentence with the kind of each figure in its place, below its heading."""
    pieces, last = [], 0
    for quantity in find_quantities(fold_same_length(text)):
        if mask := _MASKS.get(quantity.unit):
            pieces += [text[last : quantity.start], mask]
            last = quantity.end
    masked = _BRACKETED.sub("", f"{lead} {''.join([*pieces, text[last:]])}".strip())
    heading = _BRACKETED.sub("", passage.headings[-1]) if passage.headings else ""
    return f"{heading}\n{masked}".strip()


# Cases: what limits a rule to some buyers, contracts, procedures. Two rules of different cases say
# nothing against each other.


@cache
def _told_apart() -> tuple[tuple[str, tuple[tuple[str, re.Pattern[str]], ...]], ...]:
    path = Path(__file__).with_name("cases.toml")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        (name, tuple((case, re.compile(pattern)) for case, pattern in cases.items()))
        for name, cases in table.items()
    )


def _cases(passage: Passage, text: str) -> Cases:
    """By what tells cases apart, those that the sentence names, else its heading, else its title.

    A regime holds for all that stands below its heading.
    """
    above = [_EXCEPTED.sub("", fold_text(each)) for each in (passage.title, *passage.headings)]
    said = [_EXCEPTED.sub("", fold_text(text)), *reversed(above)]
    found = []
    for name, cases in _told_apart():
        named = [
            frozenset(case for case, pattern in cases if pattern.search(each)) for each in said
        ]
        if name == REGIME:
            found.append((name, frozenset[str]().union(*named)))
        else:
            near = (*named[:2], named[-1])
            found.append((name, next(filter(None, near), frozenset[str]())))
    return tuple(found)


_EXCEPTED = re.compile(r"\b(?:hors|sauf|excepte|a l'exception d\w+|autres? que)\b[^,.;]*")
