"""Atoms: the smallest parts of a sentence that must be found again in the passage. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

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
