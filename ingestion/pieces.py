"""Pieces of a tender file, however they are named: CCAP, C.C.A.P., "règlement de la consultation".

Pure.
"""

import re

_SHORT_NAMES = ("CCAP", "CCTP", "CCATP", "CCP", "RC", "AE", "BPU", "DPGF", "DQE", "DPF")
_LONG_NAMES = {
    "cahier des clauses administratives particulières": "CCAP",
    "cahier des clauses techniques particulières": "CCTP",
    "cahier des clauses particulières": "CCP",
    "règlement de consultation": "RC",
    "règlement de la consultation": "RC",
    "acte d'engagement": "AE",
    "bordereau des prix": "BPU",
}
_GENERAL = "cahier des clauses administratives générales"
_FAMILIES = {
    "fcs": "FCS",
    "fournitures courantes et services": "FCS",
    "fournitures courantes et de services": "FCS",
    "tic": "TIC",
    "techniques de l'information et de la communication": "TIC",
    "pi": "PI",
    "prestations intellectuelles": "PI",
    "mi": "MI",
    "marchés industriels": "MI",
    "moe": "MOE",
    "maîtrise d'œuvre": "MOE",
    "travaux": "Travaux",
}


def _dotted(name: str) -> str:
    return r"\.".join(name) + r"(?:\.(?=\W|$))?"


def _any_of(names: dict[str, str]) -> str:
    return "|".join(
        name.replace("'", "['’]").replace(" ", r"[^\S\n]+") for name in sorted(names, reverse=True)
    )


def _pattern() -> str:
    short = "|".join(form for name in _SHORT_NAMES for form in (name, _dotted(name)))
    general = f"(?:CCAG|{_dotted('CCAG')}|(?i:{_any_of({_GENERAL: ''})}))"
    link = r"[^\S\n]*(?:[-/–]|applicables? aux|des|de)?[^\S\n]*(?:marchés[^\S\n]+(?:publics )?de )?"
    family = f"(?:(?i:{link}(?:{_any_of(_FAMILIES)}))(?![^\\W_]))?"
    return rf"(?<![^\W_])(?:{general}{family}|{short}|(?i:{_any_of(_LONG_NAMES)}))(?![^\W_])"


PIECE = _pattern()
"""A regular expression without named groups."""


def find_piece(text: str) -> str | None:
    """The first piece named in `text` ("CCAP", "RC", "CCAG-FCS"…), None if there is none. Pure."""
    match = re.search(PIECE, text)
    return piece_name(match.group()) if match else None


def pieces_named(text: str) -> frozenset[str]:
    """Every piece named in `text`, by its short name. Pure."""
    return frozenset(piece_name(match.group()) for match in re.finditer(PIECE, text))


def piece_name(written: str) -> str:
    """The short name of a piece as matched by `PIECE`: "C.C.A.G./Travaux" is "CCAG-Travaux"."""
    tidy = " ".join(written.lower().replace("’", "'").split())
    if tidy in _LONG_NAMES:
        return _LONG_NAMES[tidy]
    letters = tidy.replace(".", "")
    if not letters.startswith(("ccag", _GENERAL)):
        return letters.upper()
    family = next((short for name, short in _FAMILIES.items() if letters.endswith(name)), None)
    return f"CCAG-{family}" if family else "CCAG"
