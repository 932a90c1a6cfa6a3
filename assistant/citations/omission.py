"""Omission: what a sentence may leave unsaid of a source without saying anything else. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.citations.lexicon import WEAK
from assistant.citations.wording import ACTORS, INTERCHANGEABLE
from assistant.question.quantities import Atom, AtomKind, fold_same_length

# Coordination: "A, B ou C" and "A et B", as the members that are joined. Pure.

_JOINT = re.compile(r",? (?:ou|et|ni) ")
_STOP = re.compile(
    r"[.;:()]|\b(?:si|s'ils?|lorsqu\w*|quand|qui|que|qu'|dont|pendant|est|sont|sauf|sans|mais"
    r"|peut|peuvent|doit|doivent|ne|n')(?!\w)"
)
_NOUNS = r"premier|dernier|papier|dossier|chantier|particulier|financier|pouvoir|avenir"
_ARTICLES = (
    (rf"(?:de |d')?(?!{_NOUNS})\w{{2,}}(?:er|ir|ttre|ndre|clure|duire|crire)(?!\w)", "infinitive"),
    (r"(?:pour|par|dans|sur|à|aux?|en)(?: l'| \w+'|(?!\w))", "preposition"),
    (r"(?:des?|du|d')(?:(?<=')|(?!\w))", "of"),
    (r"(?:les?|la|l'|une?|son|sa|ses|leurs?|cette|ces?|certaine?s?)(?:(?<=')|(?!\w))", "article"),
)
_COMPILED = tuple((re.compile(rf"(?<![\w']){pattern}"), name) for pattern, name in _ARTICLES)
_ALIKE = {AtomKind.WORD, AtomKind.NATURE, AtomKind.NEGATION}
_LONGEST, _LONGEST_LISTED = 6, 3


@dataclass(frozen=True, slots=True)
class Coordination:
    """Members (indexes of atoms) joined by "ou", "et" or "ni", whose place is `joint`.

    `article` says how each member begins: "bare" for "techniques et comptables".
    """

    members: tuple[tuple[int, ...], ...]
    word: str
    joint: tuple[int, int]
    article: str


def coordinations(text: str, atoms: Sequence[Atom]) -> Iterator[Coordination]:
    """Yield every coordination of words of a text made `plain`."""
    for match in _JOINT.finditer(text):
        article = _article(text, match.end())
        lefts = _lefts(text, atoms, match.start(), article)
        right = _right(text, atoms, match.end(), article)
        if article == "infinitive" and lefts and len(lefts[-1]) == 1:
            right = right[:1]
        if right and lefts:
            word = match.group().strip(", ")
            yield Coordination((*lefts, right), word, match.span(), article)


def _article(text: str, place: int) -> str:
    return next((name for pattern, name in _COMPILED if pattern.match(text, place)), "bare")


def _right(text: str, atoms: Sequence[Atom], start: int, article: str) -> tuple[int, ...]:
    """Return the last member: one word when it is bare, else up to what cannot belong to it."""
    joints = (m for m in _JOINT.finditer(text, start) if _article(text, m.end()) != "bare")
    stops = [m.start() for m in (_STOP.search(text, start), next(joints, None)) if m]
    comma = text.find(",", start)
    end = min([*stops, len(text), *([comma] if comma >= 0 else [])])
    found: list[int] = []
    for index, atom in enumerate(atoms):
        if start <= atom.start < end:
            if not _is_named(atom) or len(found) == _LONGEST:
                break
            found.append(index)
    return tuple(found[:1] if article == "bare" else found)


def _lefts(text: str, atoms: Sequence[Atom], end: int, article: str) -> tuple[tuple[int, ...], ...]:
    """Return the members before the joint, from the first of a list with commas."""
    found: list[tuple[int, ...]] = []
    is_first = False
    while not is_first:
        floor = max((m.end() for m in _STOP.finditer(text, 0, end)), default=0)
        comma = text.rfind(", ", floor, end)
        inside = _within(atoms, comma + 1, end)
        listed = comma >= 0 and len(inside) <= _LONGEST_LISTED and article != "bare"
        is_first = not (listed and _article(text, comma + 2) == article)
        if is_first:
            inside = _within(atoms, _last_beginning(text, floor, end, article), end)
        member = inside[-1:] if article == "bare" else inside
        if not 0 < len(member) <= _LONGEST or not all(_is_named(atoms[i]) for i in member):
            break
        found.insert(0, member)
        end = comma
    return tuple(found)


def _within(atoms: Sequence[Atom], start: int, end: int) -> tuple[int, ...]:
    return tuple(i for i, atom in enumerate(atoms) if 0 <= start <= atom.start < end)


def _is_named(atom: Atom) -> bool:
    return atom.kind in _ALIKE or atom.key == "some"


def _last_beginning(text: str, start: int, end: int, article: str) -> int:
    """Return where the member that ends here begins: its last article of that kind, or -1."""
    if article == "bare":
        return start
    pattern = next(pattern for pattern, name in _COMPILED if name == article)
    return max((match.start() for match in pattern.finditer(text, start, end)), default=-1)


# Members: which of "A, B ou C" and of "A et B" a sentence may leave unsaid. Pure.
#
# A permission, a prohibition or a condition that holds for each of several things holds for one of
# them. A duty to do one thing or another does not, and an exception or a limit for both is not one
# for either.

_EACH = re.compile(r"\b(?:chaque|toute?|aucune?) (?:\w+ )?$|\b(?:marché|lot|contrat)s? $")
_COMPLEMENT = re.compile(r" (?:de|du|des|d'|à|au|pour|par|dans)(?!\w)| d'")
_LIMITING = {"except", "only", "instead", "without"}
_FREEING = {
    "ou": {"may", "freely", "cannot", "need_not", "if", "not"},
    "et": {"may", "freely", "must", "need_not"},
    "ni": {"cannot", "not", "no_longer", "never"},
}
_COLLECTIVE = re.compile(
    r"\b(?:addition|sommes?\b|ajout|cumul|composé|constitué|entre\b|éga[lu]|partag|répart|moyenne"
    r"|combin|total\b|(?:moins|plus) l)"
)
_ALL_AT_ONCE = re.compile(r"\bensemble\b(?! d)|\b(?:conjointement|en commun|à la fois)\b")
_FOR = (" pour les ", " pour l'", " pour la ", " pour des ")
_GOVERNING = {AtomKind.MODALITY, AtomKind.NEGATION}


def unsaid_members(said: set[str], text: str, atoms: Sequence[Atom]) -> Iterator[int]:
    """Yield the atoms (indexes) of the members that a claim saying these keys leaves out."""
    written = fold_same_length(text)
    for found in coordinations(written, atoms):
        if _is_free(written, atoms, found):
            yield from _left_out(said, written, found, atoms)


def taken_together(text: str, end: int) -> bool:
    """Say whether what is listed from `end` on counts only together: a sum, a composition."""
    return _COLLECTIVE.search(text, 0, end) is not None


def _is_free(text: str, atoms: Sequence[Atom], found: Coordination) -> bool:
    """Say whether what governs the members lets one of them stand for all."""
    first = found.members[0][0]
    start = atoms[first].start
    governors = [
        atom
        for atom in atoms[:first]
        if atom.kind in _GOVERNING or atom.key in _LIMITING or atom.key == "if"
    ]
    if taken_together(text, start) or any(atom.key in _LIMITING for atom in governors):
        return False
    if found.word == "et" and (found.article == "bare" or _ALL_AT_ONCE.search(text)):
        return False
    if found.word == "ou" and _EACH.search(text[:start].removesuffix("de ")):
        return True
    if not governors:
        return first == 0 or text[:start].endswith(_FOR)
    nearest = governors[-1]
    over = nearest.key == "if" and "," in text[nearest.end : start]
    return nearest.key in _FREEING[found.word] and not over


def _left_out(
    said: set[str], text: str, found: Coordination, atoms: Sequence[Atom]
) -> Iterator[int]:
    """Yield the members of which nothing is said, when another is said whole."""
    last = _without_complement(said, text, found.members[-1], atoms)
    found = replace(found, members=(*found.members[:-1], last))
    whole = [all(atoms[index].key in said for index in member) for member in found.members]
    if not any(whole):
        return
    kept = {atoms[i].key for m, held in zip(found.members, whole, strict=True) if held for i in m}
    for member, held in zip(found.members, whole, strict=True):
        own = {atoms[index].key for index in member} - kept
        shared = member is found.members[-1] and _is_shared(text, found, atoms)
        if not held and not own & said and not shared:
            yield from member
    if sum(whole) == 1:
        start, end = found.joint
        yield from (i for i, a in enumerate(atoms) if start <= a.start < end and a.key == "or")


def _without_complement(
    said: set[str], text: str, member: tuple[int, ...], atoms: Sequence[Atom]
) -> tuple[int, ...]:
    """Return the last member without the complement ("dans le cahier") that the claim says."""
    for place, (left, right) in enumerate(pairwise(member), 1):
        gap = text[atoms[left].end : atoms[right].start]
        if atoms[right].key in said and atoms[left].key not in said and _COMPLEMENT.match(gap):
            return member[:place]
    return member


def _is_shared(text: str, found: Coordination, atoms: Sequence[Atom]) -> bool:
    """Say whether what ends the last member ("… non courants") may bear on the others too."""
    last = found.members[-1]
    if found.article in {"preposition", "infinitive"} or len(last) == 1:
        return False
    if atoms[last[0]].key == "autr" or _COMPLEMENT.match(text, atoms[last[0]].end):
        return False
    return len(last) > max(len(member) for member in found.members[:-1])


# Omission: what a sentence may leave unsaid of a source without saying anything else. Pure.

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
    written = fold_same_length(text)
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
    written = fold_same_length(text)
    actors = [atom.key for atom in atoms if atom.key in ACTORS]
    for index, atom in enumerate(atoms):
        alone = actors.count(atom.key) == 1 and atom.key == "holder" and atom.key not in said
        if alone and _GIVING.search(written[: atom.start]):
            yield index


def _relative_doers(said: set[str], text: str, atoms: Sequence[Atom]) -> Iterator[int]:
    """Yield who does what "que les candidats remettent" tells, for "remis"."""
    written = fold_same_length(text)
    for index, atom in enumerate(atoms[1:-1], 1):
        told = atoms[index + 1].key in said and atom.key in ACTORS and atom.key not in said
        governed = atoms[index - 1].kind is AtomKind.CONDITION
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
        bounded = bound and bound.kind is AtomKind.QUANTITY and bound.key.split()[0] in _BOUNDS
        if "if" not in said and atom.key == "if" and bounded and bound and bound.key in said:
            yield index


def _duties(said: set[str], atoms: Sequence[Atom]) -> Iterator[int]:
    """Yield the duty that the indicative tells, and the permission that "librement" tells."""
    held = {atom.key for atom in atoms}
    if not said & (_ANSWERED - ({"may"} & held)):
        yield from (index for index, atom in enumerate(atoms) if atom.key == "must")
    if "libr" in said and not said & _ANSWERED:
        yield from (index for index, atom in enumerate(atoms) if atom.key == "may")
