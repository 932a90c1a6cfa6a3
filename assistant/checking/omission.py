"""Omission: what a sentence may leave unsaid of a source without saying anything else. Pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.checking.atoms import Atom, Kind, plain
from assistant.checking.light import WEAK
from assistant.checking.members import taken_together, unsaid_members
from assistant.checking.nature import ACTORS, INTERCHANGEABLE

_GIVING = re.compile(
    r"\b(?:accord|vers|envo|transm|notifi|communiqu|remet|adress|rembours|fourni|attribu)\w*"
    r"[^.;:,]{0,60}? (?:au|aux|à l'|à la|à un|à une)[ ]?$"
)
_RESTRICTING = {"except", "only", "without", "instead", "not", "cannot", "by"}
_JOINED = re.compile(r"[ ,]*(?:ou|et|ni)?[ ]*(?:aux?|des?|d'|les?|la|l'|pour|en)?[ ]*")
_WHOM = re.compile(r"\bqu(?:e |')(?:les? |la |l'|une? )?$")
_BOUNDS = {"lt", "le", "gt", "ge", "from"}
_ANSWERED = {"may", "cannot", "need_not", "must", "mandatory", "not", "no_longer", "never"}


def unsaid(claim: Sequence[Atom], source_text: str, atoms: Sequence[Atom]) -> frozenset[int]:
    """Return the indexes of the source's atoms that this claim may leave out.

    One of "fournitures ou services" is enough, where no exception or limit bears on them; to whom
    something is given may be left unsaid; a duty may be told in the indicative.
    """
    said = {atom.key for atom in claim}
    return frozenset(
        (
            *_alternatives(said, source_text, atoms),
            *_receivers(said, source_text, atoms),
            *_duties(said, atoms),
            *_bounding(said, atoms),
            *_required(said, atoms),
            *_relative_doers(said, source_text, atoms),
            *unsaid_members(said, source_text, atoms),
        )
    )


def _alternatives(said: set[str], text: str, atoms: Sequence[Atom]) -> Iterator[int]:
    written = plain(text)
    group: list[int] = []
    for index, atom in enumerate((*atoms, None)):
        gap = written[atoms[group[-1]].end : atom.start] if group and atom else ""
        if atom and atom.key in INTERCHANGEABLE and (not group or _JOINED.fullmatch(gap)):
            group.append(index)
            continue
        limited = not group or taken_together(written, atoms[group[0]].start)
        limited = limited or any(each.key in _RESTRICTING for each in atoms[: group[0]])
        if not limited and any(atoms[place].key in said for place in group):
            yield from (place for place in group if atoms[place].key not in said)
        group = [index] if atom and atom.key in INTERCHANGEABLE else []


def _receivers(said: set[str], text: str, atoms: Sequence[Atom]) -> Iterator[int]:
    written = plain(text)
    actors = [atom.key for atom in atoms if atom.key in ACTORS]
    for index, atom in enumerate(atoms):
        alone = actors.count(atom.key) == 1 and atom.key == "holder" and atom.key not in said
        if alone and _GIVING.search(written[: atom.start]):
            yield index


def _relative_doers(said: set[str], text: str, atoms: Sequence[Atom]) -> Iterator[int]:
    """Yield who does what "que les candidats remettent" tells, for "remis"."""
    written = plain(text)
    for index, atom in enumerate(atoms[1:-1], 1):
        told = atoms[index + 1].key in said and atom.key in ACTORS and atom.key not in said
        governed = atoms[index - 1].kind is Kind.CONDITION
        if told and not governed and _WHOM.search(written, 0, atom.start):
            yield index


def _required(said: set[str], atoms: Sequence[Atom]) -> Iterator[int]:
    """Yield the "que" of "exiger que le titulaire exécute", for "exiger du titulaire"."""
    if "require" in said and "cannot" not in said:
        for index, (atom, following) in enumerate(pairwise(atoms)):
            if atom.key == "that" and following.key in ACTORS:
                yield index


def _bounding(said: set[str], atoms: Sequence[Atom]) -> Iterator[int]:
    """Yield the "si" of "si le besoin est estimé à moins de 60 000 €", which the bound implies."""
    for index, atom in enumerate(atoms):
        following = (each for each in atoms[index + 1 :] if each.key not in WEAK)
        bound = next(following, None)
        bounded = bound and bound.kind is Kind.QUANTITY and bound.key.split()[0] in _BOUNDS
        if "if" not in said and atom.key == "if" and bounded and bound and bound.key in said:
            yield index


def _duties(said: set[str], atoms: Sequence[Atom]) -> Iterator[int]:
    """Yield the duty that the indicative tells, and the permission that "librement" tells."""
    held = {atom.key for atom in atoms}
    if not said & (_ANSWERED - ({"may"} & held)):
        yield from (index for index, atom in enumerate(atoms) if atom.key == "must")
    if "libr" in said and not said & _ANSWERED:
        yield from (index for index, atom in enumerate(atoms) if atom.key == "may")
