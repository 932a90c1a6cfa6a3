"""Government: whether "peut", "ne", "si" bear on the same word as in the source. Pure."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.checking.atoms import Atom, Kind
from assistant.checking.blocks import places
from assistant.checking.light import ADDED, WEAK
from assistant.checking.nature import ACTORS

_GOVERNORS = {Kind.MODALITY, Kind.NEGATION, Kind.CONDITION, Kind.COMPARISON}
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
        if atom.kind is Kind.MODALITY or atom.key in {"or", "min", "max"}:
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
        adverbial = atom.kind is Kind.QUANTITY and atom.key.split()[0] in _ADVERBIAL
        light = atom.key in _LIGHT or atom.key in ACTORS or atom.kind is Kind.REFERENCE
        if inserted or not (adverbial or light or comma):
            return
        inserted = comma
