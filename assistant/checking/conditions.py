"""Conditions and restrictions: if, except, without, only, notably, or. Pure."""

import re

from assistant.checking.atoms import Atom, Kind, apart

_WHEN = r"(?:si|s'|lorsqu(?:e|'|\b)|quand|dans le cas où|en cas de)"
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("", r"\bsi bien qu(?:e|')|\bainsi qu(?:e|')|\ble cas échéant\b|\bet/ou\b"),
    ("", r"\b(?:selon|d'après|aux termes d|conformément à|en application d|en vertu d)\w*"),
    ("", r"\b(?:(?:prévoi|dispos|précis|indiqu)\w* qu[e']|according to|pursuant to)"),
    ("", r"\b(?:au moment|lors) d[eu]s?(?!\w)"),
    ("", r"\bsoit(?= [^.]*\bsoit )"),
    ("", r"\b(?:tous|toutes) les(?= \x00)"),
    ("", r"(?<=lien )avec\b|\bune? même\b(?= \w)|\bau profit d[eu']s?|\b(?:au|en) cours d[eu']s?"),
    (
        "except",
        rf"\b(?:sauf|hormis|excepté|à moins|à l'exception)(?: d[e'u]s?| qu[e'])?(?: {_WHEN})?",
    ),
    ("except", r"\bhors\b(?! taxe)|\bautres? qu[e']|\bunless\b|\bexcept(?: if| when| for)?\b"),
    ("even", rf"\b(?:alors )?même(?= (?:{_WHEN}|sans|avec))(?: {_WHEN}| qu[e'])?"),
    ("if", r"\blorsqu(?:e\b|')|\b(?:si|quand|if|when|where|provided that|in case of)(?!\w)"),
    ("if", r"\bs'(?=ils?\b)"),
    (
        "if",
        r"\b(?:à (?:la )?condition|dès lors|pour autant|dans la mesure)(?: qu[e']| d[e']| où)",
    ),
    ("if", r"\b(?:dans (?:le|les|l'un des) cas où|en cas d[e'u]|au cas où)"),
    ("subject", r"\b(?:sous (?:la )?réserve|subject to)(?: d[e'u]s?| qu[e'])?"),
    ("as_soon", r"\b(?:dès qu[e']|aussitôt qu[e']|as soon as)"),
    ("if", r"\b(?:tant qu[e']|as long as)"),
    ("failing", r"\b(?:à défaut|faute)(?: d[e'u]s?| de quoi)?(?!\w)"),
    ("without that", r"\b(?:sans qu[e'])"),
    ("without", r"\b(?:sans|without)(?: aucune?)?(?!\w)"),
    ("with", r"\b(?:avec|with)(?!\w)"),
    ("only", r"\b(?:seuls?|seules?|seulement|uniquement|exclusivement|only|solely)\b"),
    (
        "among",
        r"\b(?:notamment|en particulier|par exemple|entre autres|tels? qu[e']|telles? qu[e'])",
    ),
    ("among", r"\b(?:such as|in particular|for example|notably)\b"),
    ("including", r"\b(?:y compris|including)\b(?! (?:vat|tax))"),
    ("instead", r"\b(?:plutôt qu[e']|au lieu d[e'u]|instead of)"),
    ("that_case", r"\b(?:dans ce cas|en ce cas|in (?:that|this) case)\b"),
    ("although", r"\b(?:bien qu[e']|quoiqu[e']|malgré|nonobstant|although|despite)"),
    (
        "or",
        r"\b(?<!petite )(?<!petites )(?:ou bien|ou|or)\b"
        r"|\bsoit(?= (?:avec|sans|de|dans|par|à|le|la|l'|un|une|que|d'|au|pour)(?!\w))",
    ),
    ("that", r"(?:(?<=exiger )|(?<=exige )|(?<=exigent ))qu(?:e\b|')"),
    ("by", r"\b(?:par(?! ailleurs| exemple)|(?<!increased )(?<!reduced )by)(?!\w)"),
    ("some", r"\b(?:certaine?s?|quelques|some)\b"),
    ("most", r"\b(?:majoritairement|la plupart|mostly)\b"),
    ("but", r"\b(?:mais|but)\b"),
)
_COMPILED = tuple((key, re.compile(pattern)) for key, pattern in _PATTERNS)


def find_conditions(text: str) -> tuple[Atom, ...]:
    """Every condition of a text made `plain`, in order; idioms that are none have an empty key."""
    return apart(
        Atom(Kind.CONDITION, key, match.start(), match.end())
        for key, pattern in _COMPILED
        for match in pattern.finditer(text)
    )
