"""Coordination: "A, B ou C" and "A et B", as the members that are joined. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.checking.atoms import Atom, Kind

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
_ALIKE = {Kind.WORD, Kind.NATURE, Kind.NEGATION}
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
