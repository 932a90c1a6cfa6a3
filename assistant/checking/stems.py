"""Stems: the part of a word that its plural, gender, tense and noun forms share. Pure."""

import re
import unicodedata

_SUFFIXES = (
    "issements", "issement", "issantes", "issants", "issante", "issant", "issent", "ations",
    "ation", "ements", "ement", "eraient", "erait", "eront", "antes", "ants", "ante", "ant",
    "aient", "ait", "era", "ees", "ee", "ent", "ies", "ie", "ing", "ed", "er", "ez", "ir", "it",
    "es", "e", "s", "x", "i",
)  # fmt: skip
_SHORTEST = 3
_IRREGULAR = tuple(
    (re.compile(rf"({root})(?:{endings})$"), common)
    for root, endings, common in (
        (r"publi", "cations?|er|es?|ees?|ent|ant", ""),
        (r"francai", "s|ses?", ""),
        (r"buyer|tenderer|supplier|worker", "s|", ""),
        (r".*cri", "re|t|te|ts|tes|vent|vant|s", ""),
        (r".*(?:dui|trui)", "re|t|te|ts|tes|sent|sant|s", ""),
        (r".*pr", "endre|end|is|ise|ises|ennent|enant|enne", "en"),
        (r"(?:ad|per|trans|sou|re|com|pro|e|)m", "ettre|et|ettent|is|ise|ises|ettant|ette", "et"),
        (r".*[tv]", "enir|ient|iennent|enu|enue|enus|enues|enant|ienne", "en"),
        (r"(?:re|con|per)c", "evoir|oit|oivent|u|ue|us|ues|evant", "ev"),
        (r".*cour", "ir|t|ent|u|ue|us|ant", ""),
        (r".*(?:ai|ei|oi)", "ndre|nt|nts|nte|ntes|gnent|gnant", "n"),
        (r".*clu", "re|t|ent|s|se|ses|e|es|ant", ""),
        (r".*sui", "vre|vent|vi|vie|vis|vies|vant|t", ""),
        (r".*fai", "re|t|te|ts|tes|sant", ""),
        (r".*(?:r|v|tt|p|f|t)end", "re|u|ue|us|ues|ent|ant|", ""),
    )
)


def stem(word: str) -> str:
    """Return the stem of a word in lower case, without accents: "estimation" → "estim"."""
    letters = unicodedata.normalize("NFD", word.replace("œ", "oe").replace("æ", "ae"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    for pattern, common in _IRREGULAR:
        if match := pattern.match(bare):
            return match.group(1) + common
    if len(bare) > _SHORTEST and bare[-1] in "sx":
        bare = bare[:-1]
    for suffix in _SUFFIXES:
        if bare.endswith(suffix) and len(bare) - len(suffix) >= _SHORTEST:
            return _single(bare[: -len(suffix)].rstrip("i"))
    return _single(bare)


def _single(root: str) -> str:
    """Return a root without the letter that its feminine adds: "essentiell", "imperieus"."""
    return root[:-1] if root.endswith(("ell", "enn", "onn", "eus")) else root
