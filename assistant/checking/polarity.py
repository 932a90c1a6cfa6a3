"""Polarity: "Oui" and "Non" at the start of an answer, negations inside it. Pure."""

import re

from assistant.checking.atoms import Atom, Kind
from assistant.checking.modality import find_limit

_OPENING = re.compile(r"\W*(?P<word>oui|non|yes|no)\b\s*[,.;:!–—-]\s*")
_DENIED = re.compile(
    r"(?<!qui )(?<!dont )(?<!s'il )(?<!lorsqu'il )(?<!où )(?:\bne |\bn')(?!importe)"
    r"|\b(?:may|can|must|shall) ?not\b|\b(?:est|sont) (?:interdit|facultati)"
    r"|\b(?:is|are) not\b|\baucune?\b"
)
_AFFIRMED = re.compile(
    r"(?<!ne )\b(?:peut|peuvent|pouvez|doit|doivent|devez|may|must|shall)\b(?! ?not\b)"
)
_NE = re.compile(r"\b(?:ne\b|n'(?!importe))")
_SECOND = re.compile(
    r"(?:\w+'?(?: |'|-)){0,7}?(?P<word>pas|plus|jamais|point|aucune?s?|rien|ni|nulle?ment)\b"
)
_NOT = re.compile(r"\b(?:not|never)\b|(?<=\w)n't\b|\bnon(?=[ -]\w)")
_NONE = re.compile(r"\baucune?s?\b")
_CLAUSE_END = re.compile(r"[.;:()]")
_EXPLETIVE = re.compile(r"(?:avant qu|à moins qu|de peur qu|sans qu)\S* (?:\S+ ){0,3}$")
_KEYS = {"plus": "no_longer", "jamais": "never"}


def opening(text: str) -> tuple[str | None, int]:
    """Return ("yes" or "no" or None, where the rest starts) of a text made `plain`."""
    match = _OPENING.match(text)
    if not match:
        return None, 0
    return ("yes" if match["word"] in {"oui", "yes"} else "no"), match.end()


def denies(text: str) -> bool:
    """Say whether the main clause of a text made `plain` denies: "ne peut", "n'est pas tenu"."""
    denied = next(
        (m for m in _DENIED.finditer(text) if find_limit(text, m.start(), m.end() - 1) is None),
        None,
    )
    affirmed = _AFFIRMED.search(text)
    return denied is not None and (affirmed is None or denied.start() < affirmed.start())


def find_negations(text: str) -> tuple[Atom, ...]:
    """Every negation of a text made `plain`, modalities and comparisons already hidden.

    The "pas" of a "ne … pas" is an atom with an empty key.

    "ne … que" is a limit, kind CONDITION, key "only", where the "que" stands.
    """
    found: list[Atom] = []
    for match in _NE.finditer(text):
        second = _SECOND.match(text, match.end() + (text[match.end() : match.end() + 1] == " "))
        limit = find_limit(text, match.start(), match.end())
        if limit:
            found.append(Atom(Kind.NEGATION, "", match.start(), match.end()))
            found.append(Atom(Kind.CONDITION, "only", *limit))
        elif second:
            key = _KEYS.get(second["word"], "not")
            found.append(Atom(Kind.NEGATION, key, match.start(), match.end()))
            found.append(Atom(Kind.NEGATION, "", second.start("word"), second.end("word")))
        elif not _EXPLETIVE.search(text[: match.start()]):
            found.append(Atom(Kind.NEGATION, "not", match.start(), match.end()))
    found.extend(
        Atom(Kind.NEGATION, "not", match.start(), match.end()) for match in _NOT.finditer(text)
    )
    return tuple(sorted(found, key=lambda atom: atom.start))


def find_lone_nones(text: str) -> tuple[Atom, ...]:
    """Every "aucun" left: a denial of its own, key "none", but silent beside a "ne" or a "sans".

    A hidden character in its clause stands for that "ne".
    """
    found = []
    for match in _NONE.finditer(text):
        clause = _CLAUSE_END.split(text[: match.start()])[-1]
        clause += _CLAUSE_END.split(text[match.end() :])[0]
        key = "" if "\x00" in clause else "none"
        found.append(Atom(Kind.NEGATION, key, match.start(), match.end()))
    return tuple(found)
