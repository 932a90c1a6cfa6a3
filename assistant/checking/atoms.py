"""Atoms: the smallest parts of a sentence that must be found again in the passage. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

_QUOTED = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"', "„": '"'}
    | dict.fromkeys("\u00a0\u202f\u2009\u2007\t\n\r", " ")
    | {"‑": "-", "‐": "-"}
)
_HIDDEN = "\x00"


class Kind(StrEnum):
    """What an atom says; every kind but WORD is compared strictly."""

    QUANTITY = "quantity"
    REFERENCE = "reference"
    COMPARISON = "comparison"
    MODALITY = "modality"
    NEGATION = "negation"
    CONDITION = "condition"
    NATURE = "nature"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Atom:
    """A meaning and the half-open characters that write it: equal keys, equal meaning."""

    kind: Kind
    key: str
    start: int
    end: int


class Marked(Protocol):
    """What is written by the half-open characters from `start` to `end`."""

    @property
    def start(self) -> int:
        """The first character."""

    @property
    def end(self) -> int:
        """The one after the last."""


_M = TypeVar("_M", bound=Marked)


def apart(marks: Iterable[_M]) -> tuple[_M, ...]:
    """The marks in order, without those that begin in one before; the longest of a beginning."""
    kept: list[_M] = []
    for mark in sorted(marks, key=lambda each: (each.start, -each.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return tuple(kept)


def plain(text: str) -> str:
    """Return the text in lower case with one kind of space, apostrophe and quote; same length."""
    lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    return lowered.translate(_QUOTED)


def hide(text: str, atoms: Iterable[Atom]) -> str:
    """Return the text with the characters of these atoms made unreadable; same length."""
    letters = list(text)
    for atom in atoms:
        letters[atom.start : atom.end] = _HIDDEN * (atom.end - atom.start)
    return "".join(letters)
