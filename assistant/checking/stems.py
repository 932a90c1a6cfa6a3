"""Stems: the part of a word that its plural, gender, tense and noun forms share. Pure."""

import unicodedata

_SUFFIXES = (
    "issements", "issement", "issantes", "issants", "issante", "issant", "issent", "ations",
    "ation", "ements", "ement", "eraient", "erait", "eront", "antes", "ants", "ante", "ant",
    "aient", "ait", "era", "ees", "ee", "ent", "ies", "ie", "ing", "ed", "er", "ez", "ir", "it",
    "es", "e", "s", "x", "i",
)  # fmt: skip
_SHORTEST = 3


def stem(word: str) -> str:
    """Return the stem of a word in lower case, without accents: "estimée", "estimation" → "estim"."""
    letters = unicodedata.normalize("NFD", word.replace("œ", "oe").replace("æ", "ae"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    if len(bare) > _SHORTEST and bare[-1] in "sx":
        bare = bare[:-1]
    for suffix in _SUFFIXES:
        if bare.endswith(suffix) and len(bare) - len(suffix) >= _SHORTEST:
            return bare[: -len(suffix)].rstrip("i")
    return bare
