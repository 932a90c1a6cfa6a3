"""Sources: each way in which a passage can carry a sentence, read as ordered atoms. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise, product

from assistant.citations.comparison import bound_quantities, find_comparisons
from assistant.citations.modality import (
    as_limits,
    find_conditions,
    find_lone_nones,
    find_modalities,
    find_negations,
)
from assistant.citations.sentences import list_parts, marker, units
from assistant.citations.wording import ACTORS, INTERCHANGEABLE, OTHERWISE, find_words
from assistant.question.language import Language, detect_language
from assistant.question.quantities import Atom, AtomKind, find_quantities, fold_same_length, hide
from ingestion.legislation.references import find_references

# Clauses: the parts of a sentence that say something whole without the others. Pure.
#
# "A : B", "A ; B", "A, car B" and "A, et peut B" each hold A; they hold B when it names its own
# subject and no "en procédure adaptée, …" frames both. A clause that the next one limits
# ("; toutefois …") is never taken alone.

_JUNCTION = re.compile(
    r" ?[;:](?=\s)|,? (?:car|puisque|si bien que)(?!\w)|, donc(?!\w)|, ce qui(?!\w)"
    r"|, et (?=(?:les? |la |l')\w+ (?:ne |n'|peu|doi|est|sont))"
    r"|,? et (?=(?:ne (?:peu|doi)|n'|peut|peuvent|doit|doivent)(?!\w))"
)
_REASON = re.compile(r",? (?:car|puisque|si bien que)|, donc")
_EXCEPTING = re.compile(r"\b(?:sauf|toutefois|sinon|cependant|en revanche|à défaut|excepté|mais)\b")
_LIMITING = re.compile(
    r"\b(?:sauf|toutefois|sinon|cependant|en revanche|à défaut|excepté|mais|hors|sans|soit|ou"
    r"|uniquement|seule?s?|seulement|dans ce cas|si|s'ils?|lorsqu\w*|quand|conditions?)\b"
)
_LEANING = re.compile(
    r"[^\w]*(?:ils?|elles?|celui|celle|ceux|celles|ces?|cette|cet|sa|son|ses|leurs?|peut|peuvent"
    r"|doit|doivent|ne|n'|y|en|une telle|un tel|la même|le même|les mêmes|lui|à défaut|sinon"
    r"|toutefois|cependant|en revanche|dans ce cas|mais)\b"
)
_FRAMED = re.compile(
    r"(?:si|s'|en|pour|dans|hors|sous|lorsqu|quand|avant|après|depuis|à|sauf|sans|au)\b[^,;:]*,"
)
_FEWEST_WORDS = 4


def clauses(text: str) -> Iterator[tuple[int, int]]:
    """Yield the half-open characters of each clause, of a text made `plain`, that stands alone."""
    cuts = [match.span() for match in _JUNCTION.finditer(text)]
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(text)]
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        whole = len(text[start:end].split()) >= _FEWEST_WORDS
        apart = index == 0 or not (_FRAMED.match(text) or leans(text[start:end]))
        if cuts and whole and apart and not _limited(text, end):
            yield start, end


def leans(clause: str) -> bool:
    """Say whether a clause, made `plain`, takes its subject or its case from the one before."""
    return _LEANING.match(clause) is not None


def _limited(text: str, end: int) -> bool:
    """Say whether what follows the clause that ends here may take something back from it."""
    if _REASON.match(text, end):
        return False
    explains = text[end : end + 2].strip().startswith(":")
    return (_EXCEPTING if explains else _LIMITING).search(text, end) is not None


# Alternatives: the parts of a source that a sentence may leave out together. Pure.
#
# Of "60 000 € … en fournitures, ou 100 000 € … en travaux" it may keep one side; an insertion that
# only adds ("avec ou sans minimum", "ou équivalent", "par exemple …") goes whole or stays whole.

_TAIL = re.compile(r", ou(?= (?:pour|si|lorsqu|dans|en) ?)|,? ou, (?=en cas|si |s'il|lorsqu)")
_INSERTION = re.compile(
    r",? avec ou sans \w+|,? qu'(?:ils?|elles?) soi(?:t|ent) [^,.;:()]* ou [^,.;:()]*"
    r"|,? ou équivalente?s?\b|,? quels? que soi(?:t|ent) [^,.;:()]*|, par exemple [^,.;:()]*,?"
    r"|, ou (?:de la |du |des |de l'|d'une? )?\w+(?=,)|, entre autres,"
    r"|, (?:au besoin|mais pas) [^,.;:()]*"
    r"|, totale?s? ou partiel(?:le)?s?(?=,)|, même (?:si|lorsqu|quand|en cas|sans)[^,.;:()]*"
    r"|,? (?:prévue?s?|mentionnée?s?|fixée?s?|visée?s?) (?:à l'|par l')article [lrd]\.? ?[\d-]+"
)
_IF = r"(?:si|s'ils?|lorsqu(?:e|')|quand)(?!\w)"
_CONDITIONS = re.compile(rf"\b(?P<one>{_IF}[^,.;:()]*?) ou (?P<other>{_IF}[^,.;:()]*)")
_NEGATIVE = {"cannot", "need_not", "not", "except", "only", "no_longer", "never"}
_LABELS = {"ht", "ttc", "total", "initial"}
_MOST_INSERTIONS = 4


def droppable(text: str, atoms: tuple[Atom, ...]) -> Iterator[set[int]]:
    """Yield the sets of atoms (indexes) that may go unsaid together, each set being one way."""
    nothing: set[int] = set()
    for some in product(*((nothing, *sides) for sides in _free(fold_same_length(text), atoms))):
        without = nothing.union(*some)
        if without:
            yield without
        for dropped in _sides(text, atoms, without):
            yield dropped | without


def _free(text: str, atoms: Sequence[Atom]) -> Iterator[tuple[set[int], ...]]:
    """Yield what may go unsaid: each insertion, and one side of "si A ou si B", never both."""
    found: list[tuple[tuple[int, int], ...]] = [(m.span(),) for m in _INSERTION.finditer(text)]
    if not any(atom.key in {"except", "only"} for atom in atoms):
        for match in _CONDITIONS.finditer(text):
            first, second = match.start("one"), match.start("other")
            found.append(((first, second), (match.end("one"), match.end())))
    for spans in found[:_MOST_INSERTIONS]:
        sides = (
            {index for index, atom in enumerate(atoms) if start <= atom.start < end}
            for start, end in spans
        )
        yield tuple(side for side in sides if side)


def _sides(text: str, atoms: tuple[Atom, ...], without: set[int]) -> Iterator[set[int]]:
    """Yield all but one of coordinated quantities, and what an alternative at the end says."""
    tails: list[set[int]] = [set()]
    if not any(atom.key in _NEGATIVE for atom in atoms):
        for match in _TAIL.finditer(fold_same_length(text)):
            tails.append({i for i, atom in enumerate(atoms) if atom.start >= match.start()})
    for tail in tails:
        if tail:
            yield tail
        kept = tuple(
            atom for index, atom in enumerate(atoms) if index not in tail and index not in without
        )
        groups = [{atoms.index(kept[i]) for i in group} for group in parallel_groups(text, kept)]
        junctions = {max(group) for group in groups if atoms[max(group)].key == "or"}
        for group in groups:
            yield tail.union(*groups) - group | junctions


def parallel_groups(text: str, atoms: tuple[Atom, ...]) -> list[range]:
    """Return the index ranges of coordinated quantities, each with the natures it is for."""
    places = [index for index, atom in enumerate(atoms) if atom.kind is AtomKind.QUANTITY]
    of_units = {atoms[place].key.split()[-1] for place in places}
    if len(places) < 2 or len(of_units) != 1:
        return []
    groups = [range(first, second) for first, second in pairwise(places)]
    groups.append(range(places[-1], _group_end(text, atoms, places[-1])))
    natures = [
        {atoms[i].key for i in group if atoms[i].kind is AtomKind.NATURE} - _LABELS
        for group in groups
    ]
    coordinated = all(
        re.search(r"\b(?:ou|et|or|and)\b[^.;]*$", text[atoms[first].end : atoms[second].start])
        for first, second in pairwise(places)
    )
    return groups if coordinated and all(natures) else []


def _group_end(text: str, atoms: tuple[Atom, ...], start: int) -> int:
    """Return the index after the last atom before a comma or a condition."""
    for index in range(start + 1, len(atoms)):
        between = text[atoms[index - 1].end : atoms[index].start]
        if re.search(r"[,;:.(]", between) or atoms[index].kind not in {
            AtomKind.NATURE,
            AtomKind.WORD,
        }:
            return index
    return len(atoms)


# Reading: a sentence as the ordered atoms that must be found again in the passage. Pure.

_READERS: tuple[Callable[[str], tuple[Atom, ...]], ...] = (
    find_modalities,
    find_negations,
    find_lone_nones,
    find_conditions,
)


def read(text: str) -> tuple[Atom, ...]:
    """Return the atoms of a sentence in the order in which they are written."""
    written = fold_same_length(text)
    found = [
        Atom(AtomKind.REFERENCE, each.key, each.start, each.end) for each in find_references(text)
    ]
    hidden = hide(written, found)
    quantities = find_quantities(hidden)
    bare = hide(hidden, [Atom(AtomKind.QUANTITY, "", each.start, each.end) for each in quantities])
    bounded, comparisons = bound_quantities(hidden, quantities, find_comparisons(bare))
    found += [*bounded, *comparisons]
    hidden = hide(bare, find_comparisons(bare))
    english = detect_language(text) is Language.ENGLISH
    for find in _READERS:
        atoms = find(hidden)
        found += [atom for atom in atoms if atom.key]
        hidden = hide(hidden, atoms)
    found += find_words(hidden, english=english)
    ordered = as_limits(sorted(found, key=lambda atom: atom.start))
    return tuple(_without_free_alternatives(ordered))


def _without_free_alternatives(atoms: Sequence[Atom]) -> Iterator[Atom]:
    """Leave out the "ou" that "et" or "ni" says as well: between natures, after "sans"."""
    for index, atom in enumerate(atoms):
        around = {each.key for each in atoms[max(0, index - 1) : index + 2]} - {"or"}
        denied = index > 1 and atoms[index - 2].key == "without"
        if atom.key != "or" or not (around <= INTERCHANGEABLE or denied):
            yield atom


# Sources: each way in which a passage can carry a sentence. Pure.
#
# A sentence is carried by one sentence of the passage, or by one list: its lead with one item when
# the items are alternatives, with all of them when they go together. Never by two sentences.

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
class SentenceSource:
    """The atoms that a sentence must say again, those of `optional` excepted (indexes)."""

    text: str
    atoms: tuple[Atom, ...]
    optional: frozenset[int]
    headings: frozenset[str] = frozenset()


@lru_cache(maxsize=256)
def sources(passage: str) -> tuple[SentenceSource, ...]:
    """Return everything in a passage that can carry a sentence alone."""
    found: list[SentenceSource] = []
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
                for start, end in clauses(fold_same_length(text)):
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
    wording = fold_same_length(lead)
    last = fold_same_length(items[-2])[-5:] if len(items) > 1 else ""
    together = _TOGETHER.search(wording) or last.rstrip(" ;,").endswith(" et")
    if _ALTERNATIVES.search(wording) or not together:
        for item in items:
            yield f"{lead} {item}"


def _bare(item: str) -> str:
    sign = marker(item)
    return item.lstrip('"“« ')[len(sign) :].strip() if sign else item


def _variants(text: str, headings: frozenset[str], *, is_list: bool) -> Iterator[SentenceSource]:
    atoms = tuple(replace(atom, key=atom.key.split(OTHERWISE)[0]) for atom in read(text))
    atoms = _with_free_condition(text, atoms) if is_list else atoms
    optional = frozenset(_optional(text, atoms))
    if any(atoms[index].kind is AtomKind.REFERENCE for index in optional):
        headings = frozenset()
    yield SentenceSource(text, atoms, optional, headings)
    if conditional := _as_condition(text, atoms):
        yield SentenceSource(text, conditional, frozenset(), headings)
    for dropped in droppable(text, atoms):
        kept = [index for index in range(len(atoms)) if index not in dropped]
        yield SentenceSource(
            text,
            tuple(atoms[index] for index in kept),
            frozenset(place for place, index in enumerate(kept) if index in optional),
            headings,
        )


def _as_condition(text: str, atoms: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """Read "l'acheteur qui autorise … doit …" as "si l'acheteur autorise …, il doit …"."""
    modal = next((i for i, atom in enumerate(atoms) if atom.kind is AtomKind.MODALITY), None)
    if not modal or atoms[0].key not in ACTORS or not text[atoms[0].end :].startswith(" qui "):
        return ()
    who, start = atoms[0], atoms[modal].start
    condition = Atom(AtomKind.CONDITION, "if", who.start, who.start)
    kept = (atom for atom in atoms[modal:] if atom.kind is not AtomKind.REFERENCE)
    return (condition, *atoms[:modal], Atom(who.kind, who.key, start, start), *kept)


def _with_free_condition(text: str, atoms: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """Add the "si" that a rewording writes for "dans l'un des cas suivants :"."""
    written = fold_same_length(text)
    lead_end = written.find(":") + 1
    scaffold = _SCAFFOLD.search(written[:lead_end])
    if scaffold is None or any(
        atom.key == "if" and scaffold.start() <= atom.start < lead_end for atom in atoms
    ):
        return atoms
    condition = Atom(AtomKind.CONDITION, "if", lead_end - 1, lead_end)
    return tuple(sorted((*atoms, condition), key=lambda atom: atom.start))


def _optional(text: str, atoms: tuple[Atom, ...]) -> Iterator[int]:
    """Yield the atoms of parentheses without condition, of "les cas suivants :", of a number.

    The number is that of an article written before its text: "Art. R. 2122-8 : …".
    """
    written = fold_same_length(text)
    spans = [match.span() for match in _PARENTHESIS.finditer(written)]
    if atoms and atoms[0].kind is AtomKind.REFERENCE and _OWN_NUMBER.match(written, atoms[0].end):
        spans.append((0, atoms[0].end))
    lead_end = written.find(":") + 1
    if 0 < lead_end < len(written) and (scaffold := _SCAFFOLD.search(written[:lead_end])):
        spans.append(scaffold.span())
    for start, end in spans:
        inside = [index for index, atom in enumerate(atoms) if start <= atom.start < end]
        if not _EXCEPTED_SCAFFOLD.search(written, start, end):
            yield from inside
