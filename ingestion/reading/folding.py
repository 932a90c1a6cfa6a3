"""Texts compared by their letters and digits only, whatever their breaks and accents. Pure."""

import unicodedata
from collections.abc import Sequence


def folded(text: str) -> str:
    """Letters and digits only, without accents, case or ligatures."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in decomposed if character.isalnum())


def folded_with_origins(characters: Sequence[str]) -> tuple[str, list[int]]:
    """The letters and digits of characters, and the position from which each comes."""
    letters: list[str] = []
    origins: list[int] = []
    for position, character in enumerate(characters):
        for letter in folded(character):
            letters.append(letter)
            origins.append(position)
    return "".join(letters), origins


def nearest(text: str, wanted: str, near: float) -> tuple[int, int] | None:
    """The occurrence of `wanted` that begins closest to the fraction `near` of the text."""
    if not wanted:
        return None
    starts = []
    start = text.find(wanted)
    while start >= 0:
        starts.append(start)
        start = text.find(wanted, start + 1)
    if not starts:
        return None
    best = min(starts, key=lambda start: abs(start - near * len(text)))
    return best, best + len(wanted)
