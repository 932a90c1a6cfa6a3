"""Order: whether the parts of a sentence stand to each other as in the source. Pure.

A sentence may move one block ("avant le 1er avril, …" to its end), turn a passive, and swap the
two sides of an "ou" or "et"; anything else joins a figure or a condition to another subject.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import permutations

from assistant.checking.atoms import Atom, Kind, plain
from assistant.checking.blocks import blocks, places, swapped
from assistant.checking.government import is_governed_alike
from assistant.checking.light import ADDED, WEAK
from assistant.checking.nature import ACTORS
from assistant.checking.sources import Source
from assistant.checking.voice import Voice
from assistant.language import Language, language_of

_ONE_MOVE = {(1,), (2, 1), (1, 3, 2), (2, 1, 3), (1, 3, 2, 4)}
_TWO_MOVES = {(3, 2, 1), (2, 3, 1), (3, 1, 2)}
_PASSIVE = {order for size in (3, 4) for order in permutations(range(1, size + 1))}
_LEADING_DUTY = re.compile(r"\bil (?:faut qu|appartient à|incombe à|revient à)")
_COPULA = re.compile(r"\b(?:est|sont|constituent?|is|are) (?:une?|des|les?|la|l'|an?|the)(?!\w)")
_STANDS_FOR = re.compile(
    r"\b(?:celui|celle|ceux|celles)-ci\b|, (?:il|elle|ils|elles)\b|\bthe (?:latter|former)\b"
)
_LIGHT = WEAK | ADDED


def keeps_order(sentence: str, form: Voice, source: Source) -> bool:
    """Say whether the claim's atoms, found in the source, stand in an order that says the same."""
    text, said = plain(sentence), {atom.key for atom in form.claim}
    claim, written = (
        list(form.claim),
        [
            atom
            for index, atom in enumerate(source.atoms)
            if index not in form.spared and (index not in source.optional or atom.key in said)
        ],
    )
    if _LEADING_DUTY.search(text):
        claim, written = ([a for a in atoms if a.key != "must"] for atoms in (claim, written))
    if _STANDS_FOR.search(text) and _actors(claim) != _actors(written):
        return False
    english = language_of(sentence) is Language.ENGLISH
    may_move = _actors(claim) == _actors(written) and "," in sentence
    for order in (written, *swapped(source.text, written)):
        found = places(_ordered(claim, english=english), _ordered(order, english=english))
        moved = blocks(found)
        allowed = _is_allowed(moved, passive=form.passive, may_move=may_move)
        if allowed and is_governed_alike(sentence, claim, source.text, order, english=english):
            return moved == (1,) or (
                _keeps_neighbours(claim, order)
                and not (moved == (2, 1) and _is_converse(text, plain(source.text)))
            )
    return False


def _is_allowed(moved: tuple[int, ...], *, passive: bool, may_move: bool) -> bool:
    """Say whether blocks in this order say the same; in a passive its first or last may be kept."""
    last = max(moved)
    cores = {moved, *({moved[1:]} if moved[0] == last else ())}
    cores |= {moved[:-1]} if moved[-1] == last else set()
    turned = passive and not cores.isdisjoint(_PASSIVE)
    return moved in _ONE_MOVE or turned or (may_move and moved in _TWO_MOVES)


def _actors(atoms: Sequence[Atom]) -> list[str]:
    return [atom.key for atom in atoms if atom.key in ACTORS]


def _is_converse(sentence: str, text: str) -> bool:
    """Say whether "A est B" has become "B est A"; a list may name what its items are."""
    simple = not re.search(r"[,:;]", sentence) and ":" not in text
    return simple and bool(_COPULA.search(sentence) and _COPULA.search(text))


def _ordered(atoms: Sequence[Atom], *, english: bool) -> list[str]:
    """Return the keys whose order matters: in English, words change places around their noun."""
    return [
        atom.key
        for atom in atoms
        if atom.kind is not Kind.REFERENCE
        and atom.key not in _LIGHT
        and not (english and atom.kind in {Kind.WORD, Kind.NATURE} and atom.key not in ACTORS)
    ]


def _keeps_neighbours(claim: Sequence[Atom], written: Sequence[Atom]) -> bool:
    """Say whether each quantity keeps a neighbour, where the source has another of its unit."""
    found = places([atom.key for atom in claim], [atom.key for atom in written])
    units = Counter(atom.key.split()[-1] for atom in written if atom.kind is Kind.QUANTITY)
    for index, (atom, place) in enumerate(zip(claim, found, strict=True)):
        if atom.kind is not Kind.QUANTITY or place is None or units[atom.key.split()[-1]] < 2:
            continue
        before = index > 0 and place > 0 and claim[index - 1].key == written[place - 1].key
        last = index + 1 == len(claim) or place + 1 == len(written)
        after = not last and claim[index + 1].key == written[place + 1].key
        if not before and not after:
            return False
    return True
