"""Sources: each way in which a passage can carry a sentence. Pure.

A sentence is carried by one sentence of the passage, or by one list: its lead with one item when
the items are alternatives, with all of them when they go together. Never by two sentences.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.checking.alternatives import droppable
from assistant.checking.atoms import Atom, Kind, plain
from assistant.checking.clauses import clauses
from assistant.checking.nature import ACTORS
from assistant.checking.reading import read
from assistant.checking.sentences import list_parts, marker, units
from assistant.checking.wording import OTHERWISE
from ingestion.references import find_references

_PARENTHESIS = re.compile(r"\([^()]*\)")
_SCAFFOLD = re.compile(
    r"(?:,? ?\b(?:dans|pour|si|sous|avec|à|aux?|parmi|lorsque|respecter|remplir|réunir|satisfaire"
    r"|remplissent|remplit|respecte|respectent|est soumise?|sont soumise?s) )?"
    r"(?:à |aux )?(?:l'une? d|chacune? d|un d|une d)?(?:es |eux |e |les |la |le |l')?"
    r"(?:\w+ )?\w+ suivante?s?\b[^:]*:?$|\b(?:lorsque|si|suivants?|suivantes?) ?:$"
)
_ALTERNATIVES = re.compile(
    r"\b(?:l'une? des|une? des|chacune? des|un seul suffit|exemples?|notamment|cas suivants)\b"
    r"|\b(?:lorsque|si) ?:$"
)
_TOGETHER = re.compile(r"\bconditions?\b(?!.*\bl'une des)")
_EXCEPTED_SCAFFOLD = re.compile(r"\b(?:dans la mesure|sauf|sous réserve|sans)\b")
_OWN_NUMBER = re.compile(r"\.? ?[:–—-] ")


@dataclass(frozen=True, slots=True)
class Source:
    """The atoms that a sentence must say again, those of `optional` excepted (indexes)."""

    text: str
    atoms: tuple[Atom, ...]
    optional: frozenset[int]
    headings: frozenset[str] = frozenset()


@lru_cache(maxsize=256)
def sources(passage: str) -> tuple[Source, ...]:
    """Return everything in a passage that can carry a sentence alone."""
    found: list[Source] = []
    headings: frozenset[str] = frozenset()
    for unit in units(passage, longest=len(passage)):
        text = passage[unit.start : unit.end]
        if not _is_assertion(text) or (unit.start == 0 and text[-1] not in ".;:!"):
            headings = frozenset(each.key for each in find_references(text))
        if _is_assertion(text):
            texts = (text,) if list_parts(text) is None else tuple(_list_texts(text))
            for each in texts:
                found.extend(_variants(each, headings, is_list=each is not text))
            if list_parts(text) is None:
                for start, end in clauses(plain(text)):
                    found.extend(_variants(text[start:end], headings, is_list=False))
    return tuple(found)


def _is_assertion(text: str) -> bool:
    """Say whether a text can carry anything: a heading or a question cannot."""
    return not text.startswith("#") and not re.search(r"\?[ \u00a0]*(?:\([^()]*\))?$", text)


def _list_texts(text: str) -> Iterator[str]:
    """Yield the lead joined to its items: all of them, and each where one alone suffices."""
    parts = list_parts(text)
    if parts is None:
        return
    lead = text[parts[0].start : parts[0].end]
    items = [_bare(text[item.start : item.end]) for item in parts[1]]
    yield f"{lead} {' '.join(items)}"
    wording = plain(lead)
    last = plain(items[-2])[-5:] if len(items) > 1 else ""
    together = _TOGETHER.search(wording) or last.rstrip(" ;,").endswith(" et")
    if _ALTERNATIVES.search(wording) or not together:
        for item in items:
            yield f"{lead} {item}"


def _bare(item: str) -> str:
    sign = marker(item)
    return item.lstrip('"“« ')[len(sign) :].strip() if sign else item


def _variants(text: str, headings: frozenset[str], *, is_list: bool) -> Iterator[Source]:
    atoms = tuple(replace(atom, key=atom.key.split(OTHERWISE)[0]) for atom in read(text))
    atoms = _with_free_condition(text, atoms) if is_list else atoms
    optional = frozenset(_optional(text, atoms))
    if any(atoms[index].kind is Kind.REFERENCE for index in optional):
        headings = frozenset()
    yield Source(text, atoms, optional, headings)
    if conditional := _as_condition(text, atoms):
        yield Source(text, conditional, frozenset(), headings)
    for dropped in droppable(text, atoms):
        kept = [index for index in range(len(atoms)) if index not in dropped]
        yield Source(
            text,
            tuple(atoms[index] for index in kept),
            frozenset(place for place, index in enumerate(kept) if index in optional),
            headings,
        )


def _as_condition(text: str, atoms: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """Read "l'acheteur qui autorise … doit …" as "si l'acheteur autorise …, il doit …"."""
    modal = next((i for i, atom in enumerate(atoms) if atom.kind is Kind.MODALITY), None)
    if not modal or atoms[0].key not in ACTORS or not text[atoms[0].end :].startswith(" qui "):
        return ()
    who, start = atoms[0], atoms[modal].start
    condition = Atom(Kind.CONDITION, "if", who.start, who.start)
    kept = (atom for atom in atoms[modal:] if atom.kind is not Kind.REFERENCE)
    return (condition, *atoms[:modal], Atom(who.kind, who.key, start, start), *kept)


def _with_free_condition(text: str, atoms: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """Add the "si" that a rewording writes for "dans l'un des cas suivants :"."""
    written = plain(text)
    lead_end = written.find(":") + 1
    scaffold = _SCAFFOLD.search(written[:lead_end])
    if scaffold is None or any(
        atom.key == "if" and scaffold.start() <= atom.start < lead_end for atom in atoms
    ):
        return atoms
    condition = Atom(Kind.CONDITION, "if", lead_end - 1, lead_end)
    return tuple(sorted((*atoms, condition), key=lambda atom: atom.start))


def _optional(text: str, atoms: tuple[Atom, ...]) -> Iterator[int]:
    """Yield the atoms of parentheses without condition, of "les cas suivants :", of a number.

    The number is that of an article written before its text: "Art. R. 2122-8 : …".
    """
    written = plain(text)
    spans = [match.span() for match in _PARENTHESIS.finditer(written)]
    if atoms and atoms[0].kind is Kind.REFERENCE and _OWN_NUMBER.match(written, atoms[0].end):
        spans.append((0, atoms[0].end))
    lead_end = written.find(":") + 1
    if 0 < lead_end < len(written) and (scaffold := _SCAFFOLD.search(written[:lead_end])):
        spans.append(scaffold.span())
    for start, end in spans:
        inside = [index for index, atom in enumerate(atoms) if start <= atom.start < end]
        if not _EXCEPTED_SCAFFOLD.search(written, start, end):
            yield from inside
