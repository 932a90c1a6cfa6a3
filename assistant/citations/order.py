"""Order: whether the parts of a sentence stand to each other as in the source. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, permutations

from assistant.citations.lexicon import ADDED, WEAK
from assistant.citations.sources import SentenceSource
from assistant.citations.wording import ACTORS
from assistant.question.language import Language, detect_language
from assistant.question.quantities import Atom, AtomKind, fold_same_length

# Blocks: where the atoms of a sentence stand in a source, and which parts changed places. Pure.

_WIDEST = 6


def places(claim: Sequence[str], written: Sequence[str]) -> list[int | None]:
    """Return where each key of the claim stands in the source, with as few jumps as possible."""
    options = [[i for i, key in enumerate(written) if key == wanted] for wanted in claim]
    best: dict[int, tuple[float, list[int | None]]] = {-1: (0.0, [])}
    for choices in options:
        following: dict[int, tuple[float, list[int | None]]] = {}
        for last, (cost, path) in best.items():
            fresh = [choice for choice in choices if choice not in path]
            tried: list[int | None] = [*fresh] or [None]
            for choice in tried:
                step = 0.0 if choice is None or choice == last + 1 else 1.0 + (choice <= last)
                place = last if choice is None else choice
                candidate = (cost + step, [*path, choice])
                if place not in following or candidate[0] < following[place][0]:
                    following[place] = candidate
        best = following
    return min(best.values(), key=lambda each: each[0])[1]


def blocks(places: Sequence[int | None]) -> tuple[int, ...]:
    """Return the order of the blocks: (1,) when nothing moved, (2, 1) when two changed places."""
    present = [place for place in places if place is not None]
    rank = {place: index for index, place in enumerate(sorted(present))}
    ranks = [rank[place] for place in present]
    starts = [
        value for index, value in enumerate(ranks) if index == 0 or value != ranks[index - 1] + 1
    ]
    order = {value: index for index, value in enumerate(sorted(starts), 1)}
    return tuple(order[value] for value in starts) or (1,)


def swapped(text: str, atoms: Sequence[Atom]) -> Iterator[list[Atom]]:
    """Yield the source with the two sides of one "ou", "et" or comma exchanged."""
    for middle in range(1, len(atoms)):
        gap = text[atoms[middle - 1].end : atoms[middle].start]
        is_or = atoms[middle].key == "or"
        is_joined = is_or or re.search(r"\bet\b|\bni\b|\band\b", gap) is not None
        if not is_joined and "," not in gap:
            continue
        right = middle + 1 if is_or else middle
        for left_size in range(1, _WIDEST):
            for right_size in range(1, _WIDEST):
                start, end = middle - left_size, right + right_size
                if start < 0 or end > len(atoms):
                    continue
                left, after = list(atoms[start:middle]), list(atoms[right:end])
                acting = (left_size, right_size) != (1, 1) or not is_joined
                if not any(_binding(atom, acting=acting) for atom in (*left, *after)):
                    joint = list(atoms[middle:right])
                    yield [*atoms[:start], *after, *joint, *left, *atoms[end:]]


def _binding(atom: Atom, *, acting: bool) -> bool:
    """Say whether an atom keeps its side of a coordination; `acting`: an actor does as well."""
    held = atom.kind not in {AtomKind.WORD, AtomKind.NATURE} and atom.key != "or"
    return held or (acting and atom.key in ACTORS)


# Voice: "l'acheteur verse l'acompte" and "l'acompte est versé par l'acheteur". Pure.

_PASSIVE = re.compile(
    r"\b(?:est|sont|être|été|soit|soient) (?:\w+ment )?(?!tenu|obligé|autorisé|permis|interdit)"
    r"(?!pas\b)"
    r"(?P<fr>\w+(?:é|i|u|t|is)e?s?)\b|\b(?:is|are|be|been) (?:\w+ly )?(?P<en>\w+(?:ed|en|d|t))\b"
    r"|\b(?:se |s')(?P<se>\w+(?:e|ent))\b"
)
_NAMES = {AtomKind.WORD, AtomKind.NATURE}


@dataclass(frozen=True, slots=True)
class Voice:
    """A claim without the "par" of its passive; `passive` when its voice is not the source's.

    `spared` are the source's atoms that the other voice leaves out (indexes).
    """

    claim: tuple[Atom, ...]
    passive: bool = False
    spared: frozenset[int] = frozenset()


def turned(sentence: str, claim: Sequence[Atom], source: SentenceSource) -> Voice | None:
    """Return the claim in the source's voice when one says "par" who acts and the other not."""
    said = [index for index, atom in enumerate(claim) if atom.key == "by"]
    written = [index for index, atom in enumerate(source.atoms) if atom.key == "by"]
    if len(said) > len(written):
        place = _turning(sentence, claim, said, source.atoms)
        if place is not None:
            kept = tuple(atom for index, atom in enumerate(claim) if index != place)
            return Voice(kept, passive=True)
    elif len(said) < len(written):
        place = _turning(source.text, source.atoms, written, claim)
        if place is not None:
            return Voice(tuple(claim), passive=True, spared=frozenset({place}))
    return None


def participles(text: str, atoms: Sequence[Atom]) -> Iterator[Atom]:
    """Yield the passive participles among these atoms, in order."""
    starts = {m.start(m.lastgroup or "fr") for m in _PASSIVE.finditer(fold_same_length(text))}
    return (atom for atom in atoms if atom.start in starts)


def undergoes(passive: Sequence[Atom], verb: Atom, active: Sequence[str], place: int) -> bool:
    """Say whether the subject of a passive stands after its verb, at `place`, in the active."""
    subject = [atom for atom in passive if atom.start < verb.start and atom.kind in _NAMES]
    known = [atom for atom in subject if atom.key in active]
    return bool(known) and all(
        max(i for i, key in enumerate(active) if key == atom.key) > place
        for atom in (known[0], *(atom for atom in known if atom.key in ACTORS))
    )


def _turning(
    text: str, passive: Sequence[Atom], places: list[int], active: Sequence[Atom]
) -> int | None:
    """Return which "par" of a passive names the one who acts in the active sentence, or None."""
    keys = [atom.key for atom in active]
    for place in places:
        nearest = passive[place - 1] if place and passive[place - 1].kind is AtomKind.WORD else None
        verb = next(reversed([*participles(text, passive[:place])]), nearest)
        doer = next((a for a in passive[place + 1 :] if a.kind in _NAMES), None)
        if verb is None or doer is None or verb.key not in keys or doer.key not in keys:
            continue
        acts = keys.index(doer.key) < keys.index(verb.key)
        if acts and undergoes(passive, verb, keys, keys.index(verb.key)):
            return place
    return None


# Doers: sentences that do not say who acts: passives, "il faut", "l'avance est obligatoire". Pure.
#
# Only the one whom the source names just before the verb may go unsaid, and never a kind of buyer:
# a rule for entités adjudicatrices is not one for all.

_IMPERSONAL = re.compile(r"\b(?:il faut|il convient d|on (?:peut|doit|ne))")
_STATE = re.compile(
    r"\b(?:est|sont) (?:pas |plus )?"
    r"(?:interdite?|possible|obligatoire|permise?|autorisée?|facultati(?:f|ve))s?\b"
)
_PARTICIPLE = re.compile(r"\w+(?:é|i|u)e?s?\b")
_BRINGING = {"grant", "provide for", "publish", "draw up", "pour", "use", "organis"}
_SET_APART = frozenset(
    {"contracting authority", "contracting entity", "conceding authority", "state", "local"}
)


def unnamed(sentence: str, claim: Sequence[Atom], source: SentenceSource) -> Voice | None:
    """Return the claim in the source's voice when it leaves out who acts, or None."""
    place = next(_silent(sentence, claim, source), None)
    if place is not None:
        return Voice(tuple(claim), passive=True, spared=frozenset({place}))
    return _mandatory(sentence, claim, source) or _impersonal(sentence, claim, source)


def _silent(sentence: str, claim: Sequence[Atom], source: SentenceSource) -> Iterator[int]:
    """Yield the actor of the source's verb, when the claim has only what undergoes it."""
    keys, said = [atom.key for atom in source.atoms], {atom.key for atom in claim}
    written = fold_same_length(sentence)
    passive = {verb.start for verb in participles(sentence, claim)}
    for verb in claim:
        for place in _words(source.atoms, verb.key):
            doer = _doer_before(source, place)
            if doer is None or keys[doer] in _SET_APART | said:
                continue
            first = next(
                i for i in range(doer + 1, place + 1) if source.atoms[i].kind is AtomKind.WORD
            )
            bare = keys[doer] == "buyer" and place == first
            bare = bare and _PARTICIPLE.match(written, verb.start) is not None
            if (verb.start in passive or bare) and undergoes(claim, verb, keys, place):
                yield doer


def _words(atoms: Sequence[Atom], key: str) -> Iterator[int]:
    return (i for i, atom in enumerate(atoms) if atom.kind is AtomKind.WORD and atom.key == key)


def _doer_before(source: SentenceSource, verb: int) -> int | None:
    """Return the nearest actor before a verb: the buyer who is bound, or one right before it."""
    place = next((i for i in range(verb - 1, -1, -1) if source.atoms[i].key in ACTORS), None)
    if place is None or place == _bound_buyer(source):
        return place
    between = source.atoms[place + 1 : verb]
    adjacent = all(atom.kind in {AtomKind.MODALITY, AtomKind.NEGATION} for atom in between)
    return place if adjacent else None


def _impersonal(sentence: str, claim: Sequence[Atom], source: SentenceSource) -> Voice | None:
    """Read "il faut publier", "on ne peut pas", "la négociation est interdite": the buyer's."""
    written = fold_same_length(sentence)
    state = _STATE.search(written) is not None
    if not state and not _IMPERSONAL.search(written):
        return None
    doer = _bound_buyer(source)
    if doer is not None and all(atom.key != "buyer" for atom in claim):
        return Voice(tuple(claim), passive=state, spared=frozenset({doer}))
    is_passive = next(participles(source.text, source.atoms), None) is not None
    return Voice(tuple(claim), passive=True) if is_passive else None


def _mandatory(sentence: str, claim: Sequence[Atom], source: SentenceSource) -> Voice | None:
    """Read "l'avance est obligatoire" as the buyer's duty to grant it."""
    doer = _bound_buyer(source)
    if doer is None or not _STATE.search(fold_same_length(sentence)):
        return None
    said = {atom.key for atom in claim}
    verb = next((atom.key for atom in source.atoms[doer + 2 :]), "")
    if verb not in _BRINGING - said or "buyer" in said:
        return None
    told = tuple(replace(a, key="must") if a.key == "mandatory" else a for a in claim)
    return Voice(told, passive=True, spared=frozenset({doer, doer + 2}))


def _bound_buyer(source: SentenceSource) -> int | None:
    """Return the buyer who opens the source or stands before its first modality, or None."""
    for index, atom in enumerate(source.atoms):
        following = source.atoms[index + 1 : index + 2]
        opens = all(place in source.optional for place in range(index))
        governed = following and following[0].kind is AtomKind.MODALITY
        if atom.key == "buyer" and (opens or governed):
            return index
        if atom.kind is AtomKind.MODALITY:
            return None
    return None


# Government: whether "peut", "ne", "si" bear on the same word as in the source. Pure.

_GOVERNORS = {AtomKind.MODALITY, AtomKind.NEGATION, AtomKind.CONDITION, AtomKind.COMPARISON}
_MOBILE = {"by", "mandatory", "freely"}
_ADVERBIAL = {"from", "before", "after", "until"}
_LIGHT = WEAK | ADDED
_ENGLISH_REACH = 5


def is_governed_alike(
    sentence: str, claim: Sequence[Atom], text: str, written: Sequence[Atom], *, english: bool
) -> bool:
    """Say whether each modality, negation and condition governs the same word as in the source."""
    found = places([atom.key for atom in claim], [atom.key for atom in written])
    for index, (atom, place) in enumerate(zip(claim, found, strict=True)):
        if atom.kind not in _GOVERNORS or atom.key in _MOBILE or place is None:
            continue
        said = set(_governed_by(sentence, claim, index))
        meant = set(_governed_by(text, written, place))
        if english:
            said |= {each.key for each in claim[index + 1 : index + _ENGLISH_REACH]}
        if atom.kind is AtomKind.MODALITY or atom.key in {"or", "min", "max"}:
            said |= {each.key for each in claim[max(0, index - 1) : index]}
            meant |= {each.key for each in written[max(0, place - 1) : place]}
        if said and meant and not said & meant:
            return False
    return True


def _governed_by(text: str, atoms: Sequence[Atom], index: int) -> Iterator[str]:
    """Yield the key after this atom, and those after light words or an insertion in commas."""
    inserted = False
    for before, atom in pairwise(atoms[index:]):
        comma = "," in text[before.end : atom.start]
        if inserted and not comma:
            continue
        yield atom.key
        adverbial = atom.kind is AtomKind.QUANTITY and atom.key.split()[0] in _ADVERBIAL
        light = atom.key in _LIGHT or atom.key in ACTORS or atom.kind is AtomKind.REFERENCE
        if inserted or not (adverbial or light or comma):
            return
        inserted = comma


# Order: whether the parts of a sentence stand to each other as in the source. Pure.
#
# A sentence may move one block ("avant le 1er avril, …" to its end), turn a passive, and swap the
# two sides of an "ou" or "et"; anything else joins a figure or a condition to another subject.

_ONE_MOVE = {(1,), (2, 1), (1, 3, 2), (2, 1, 3), (1, 3, 2, 4)}
_TWO_MOVES = {(3, 2, 1), (2, 3, 1), (3, 1, 2)}
_ORDER_PASSIVE = {order for size in (3, 4) for order in permutations(range(1, size + 1))}
_LEADING_DUTY = re.compile(r"\bil (?:faut qu|appartient à|incombe à|revient à)")
_COPULA = re.compile(r"\b(?:est|sont|constituent?|is|are) (?:une?|des|les?|la|l'|an?|the)(?!\w)")
_STANDS_FOR = re.compile(
    r"\b(?:celui|celle|ceux|celles)-ci\b|, (?:il|elle|ils|elles)\b|\bthe (?:latter|former)\b"
)


def keeps_order(sentence: str, form: Voice, source: SentenceSource) -> bool:
    """Say whether the claim's atoms, found in the source, stand in an order that says the same."""
    text, said = fold_same_length(sentence), {atom.key for atom in form.claim}
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
    english = detect_language(sentence) is Language.ENGLISH
    may_move = _actors(claim) == _actors(written) and "," in sentence
    for order in (written, *swapped(source.text, written)):
        found = places(_ordered(claim, english=english), _ordered(order, english=english))
        moved = blocks(found)
        allowed = _is_allowed(moved, passive=form.passive, may_move=may_move)
        if allowed and is_governed_alike(sentence, claim, source.text, order, english=english):
            return moved == (1,) or (
                _keeps_neighbours(claim, order)
                and not (moved == (2, 1) and _is_converse(text, fold_same_length(source.text)))
            )
    return False


def _is_allowed(moved: tuple[int, ...], *, passive: bool, may_move: bool) -> bool:
    """Say whether blocks in this order say the same; in a passive its first or last may be kept."""
    last = max(moved)
    cores = {moved, *({moved[1:]} if moved[0] == last else ())}
    cores |= {moved[:-1]} if moved[-1] == last else set()
    turned = passive and not cores.isdisjoint(_ORDER_PASSIVE)
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
        if atom.kind is not AtomKind.REFERENCE
        and atom.key not in _LIGHT
        and not (
            english and atom.kind in {AtomKind.WORD, AtomKind.NATURE} and atom.key not in ACTORS
        )
    ]


def _keeps_neighbours(claim: Sequence[Atom], written: Sequence[Atom]) -> bool:
    """Say whether each quantity keeps a neighbour, where the source has another of its unit."""
    found = places([atom.key for atom in claim], [atom.key for atom in written])
    units = Counter(atom.key.split()[-1] for atom in written if atom.kind is AtomKind.QUANTITY)
    for index, (atom, place) in enumerate(zip(claim, found, strict=True)):
        if atom.kind is not AtomKind.QUANTITY or place is None or units[atom.key.split()[-1]] < 2:
            continue
        before = index > 0 and place > 0 and claim[index - 1].key == written[place - 1].key
        last = index + 1 == len(claim) or place + 1 == len(written)
        after = not last and claim[index + 1].key == written[place + 1].key
        if not before and not after:
            return False
    return True
