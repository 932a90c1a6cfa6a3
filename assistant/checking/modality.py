"""Modalities: may, must, cannot, need not. Pure."""

import re
from collections.abc import Iterator

from assistant.checking.atoms import Atom, Kind, apart

_CAN = (
    r"(?:peut|peuvent|pouvez|pourra|pourront|pourrez|pouvait|pouvaient|puisse|puissent"
    r"|pourrait|pourraient)"
)
_OUGHT = r"(?:doit|doivent|devez|devrez|devra|devront|devait|devaient|doive)"
_IS = r"(?:est|sont|êtes|serez|était|étaient|sera|seront|soit|soient|être)"
_NOT = r"(?: pas| plus| jamais| point| aucunement| en aucun cas)?"
_TO = r"(?: d[e']| à| par)?"

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("need_not", rf"\bn'?e? ?{_IS} (?:pas|plus|jamais|nullement) (?:tenue?s?|obligée?s?){_TO}"),
    ("need_not", rf"\bn'?e? ?{_IS} (?:pas|plus) (?:obligatoires?|exigée?s?|requise?s?)"),
    (
        "need_not",
        r"\bn'?e? ?(?:a|ont|avez) (?:pas|plus)(?: l'obligation d[e']| à(?= \w+(?:er|ir|re)\b))",
    ),
    ("freely", r"\bsans y être (?:tenue?s?|obligée?s?)"),
    ("freely", rf"\b(?:mais )?(?:sans que ce soit|n'y {_IS} pas) (?:tenue?s?|obligée?s?)"),
    ("need_not", r"\bsans être (?:tenue?s?|obligée?s?)(?: d[e']| à)?"),
    ("need_not", rf"\b{_IS} (?:facultati(?:f|ve)s?|dispensée?s? d[e'u]s?)"),
    ("need_not", r"\b(?:étant )?facultati(?:f|ve)s?\b"),
    ("need_not", rf"\b{_CAN} ne pas\b"),
    ("need_not", r"\b(?:need not|(?:is|are) not (?:required|obliged)(?: to)?|optional)\b"),
    ("need_not", r"\b(?:does|do) not have to\b"),
    ("cannot", rf"\bne (?:{_CAN}|pouvant|saurait|sauraient|{_OUGHT}){_NOT}"),
    (
        "cannot",
        rf"\bn'?e? ?{_IS} (?:pas|plus) (?:autorisée?s?|permise?s?|admise?s?|possibles?){_TO}",
    ),
    ("cannot", rf"(?:\bil )?\b{_IS} (?:interdite?s?|prohibée?s?|impossibles?){_TO}"),
    ("cannot", r"\binterdi(?:t|te|ts|tes|re|sent|sant)\b(?: d[e'])?"),
    ("cannot", r"\bn'?e? ?(?:a|ont|avez) (?:pas|plus) le droit d[e']"),
    ("cannot", r"\b(?:(?:may|must|shall|can) (?:not|never)|cannot)\b"),
    ("cannot", r"\b(?:is|are) (?:prohibited|forbidden|not allowed)(?: to| from)?\b"),
    ("may", r"\b(?:a|ont|avez) droit (?:à|aux?)(?= |$)"),
    ("may", rf"\b(?:{_CAN}|pouvoir(?! adj)|pouvant)\b"),
    (
        "may",
        rf"\b(?:il )?{_IS} (?:autorisée?s?|permise?s?|(?<!être )admise?s?|possibles?|libres?)"
        r"(?: d[e']| à)?",
    ),
    ("may", r"\b(?:a|ont|avez) (?:la faculté|la possibilité|le droit) d[e']|\bil est loisible\b"),
    ("may", r"\b(?:may|can|(?:is|are) (?:allowed|permitted)(?: to)?)\b"),
    ("allows", r"\b(?:autoris|permet|allow|permit)\w*"),
    ("must", rf"\b{_OUGHT}\b"),
    (
        "must",
        rf"\b{_IS} (?:tenue?s?|obligée?s?)(?: d[e']| à)?|\b(?:a|ont|avez) l'obligation d[e']",
    ),
    (
        "must",
        r"\b(?:il faut|il (?:appartient|incombe|revient)(?= (?:à|au))|must|shall|(?:has|have) to"
        r"|(?:is|are) (?:required|obliged) to)\b",
    ),
    ("mandatory", rf"\b(?:{_IS} )?(?:obligatoires?|mandatory|compulsory)\b"),
)
_COMPILED = tuple((key, re.compile(pattern)) for key, pattern in _PATTERNS)
_ONLY = re.compile(r"[^.;:\x00]*?\b(?P<que>qu(?:e\b|'))")
_ONLY_IF = re.compile(r"[^.;:,]*?\b(?P<que>que)(?= (?:si|s'ils?|lorsqu))")
_NOT_ABLE = re.compile(rf"ne {_CAN}")
_OTHER_QUE = re.compile(
    r"\b(?:sans|condition|lors|tant|ainsi|afin|pour|alors|parce|tels?|telles?|réserve|fait"
    r"|celles?|celui|ceux|(?:exig|prévo|demand|prouv|démontr|estim|considèr|constat)\w*) qu\S*$"
)
_LIMITED = re.compile(r" ?(?!ils?\b|elles?\b|on\b|'(?:il|elle|on))")
_DETERMINED = re.compile(r" ?(?:les?|la|l'|une?|des|son|sa|ses|leurs?|ce|cette|ces|chaque)(?!\w)")
_NEAR = 3
_NOT_ONLY = re.compile(r"\b(?:pas|plus|jamais|aucune?|ni|rien)\b")


def find_modalities(text: str) -> tuple[Atom, ...]:
    """Every modality of a text already made `plain`, in order, the longest where two overlap.

    "ne peut … que" is a permission, "may", and a condition, "only", where the "que" stands.
    """
    return apart(
        mark
        for key, pattern in _COMPILED
        for match in pattern.finditer(text)
        for mark in _with_limit(text, Atom(Kind.MODALITY, key, match.start(), match.end()))
    )


def find_limit(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the characters of the "que" that a "ne" written at [start, end) calls, or None."""
    only_if = _ONLY_IF.match(text, end)
    if only_if and not _NOT_ONLY.search(text, start, only_if.end()):
        return only_if.span("que")
    limit = _ONLY.match(text, end)
    if limit is None or _NOT_ONLY.search(text, start, limit.end()):
        return None
    words_between = len(text[end : limit.start("que")].split())
    if _OTHER_QUE.search(text, end, limit.end()) or not _LIMITED.match(text, limit.end()):
        return None
    if words_between > _NEAR and _DETERMINED.match(text, limit.end()):
        return None
    return limit.start("que"), limit.end("que")


def _with_limit(text: str, mark: Atom) -> Iterator[Atom]:
    is_denial = mark.key == "cannot" and _NOT_ABLE.match(text, mark.start, mark.end)
    limit = find_limit(text, mark.start, mark.end) if is_denial else None
    if limit:
        yield Atom(mark.kind, "may", mark.start, mark.end)
        yield Atom(Kind.CONDITION, "only", *limit)
    else:
        yield mark
