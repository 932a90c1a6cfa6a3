"""Texts of a dossier as patterns are matched on them, whatever their capitals and accents. Pure."""

from unicodedata import normalize

from assistant.question.quantities import fold_same_length

_ACCENTED = {code: normalize("NFD", chr(code))[0] for code in range(0xC0, 0x250)}


def without_accents(text: str) -> str:
    """The text, as long, with the letters that accents stand on."""
    return text.translate(_ACCENTED)


def bare(text: str) -> str:
    """The text, as long, in lower case without accents, with one kind of space and apostrophe."""
    return without_accents(fold_same_length(text))
