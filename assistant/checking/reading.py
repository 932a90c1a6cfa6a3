"""Reading: a sentence as the ordered atoms that must be found again in the passage. Pure."""

from collections.abc import Callable, Iterator, Sequence

from assistant.checking.atoms import Atom, Kind, hide, plain
from assistant.checking.comparison import bound_quantities, find_comparisons
from assistant.checking.conditions import find_conditions
from assistant.checking.limits import as_limits
from assistant.checking.modality import find_modalities
from assistant.checking.nature import INTERCHANGEABLE
from assistant.checking.polarity import find_lone_nones, find_negations
from assistant.checking.quantities import find_quantities
from assistant.checking.wording import find_words
from assistant.language import Language, language_of
from ingestion.references import find_references

_READERS: tuple[Callable[[str], tuple[Atom, ...]], ...] = (
    find_modalities,
    find_negations,
    find_lone_nones,
    find_conditions,
)


def read(text: str) -> tuple[Atom, ...]:
    """Return the atoms of a sentence in the order in which they are written."""
    written = plain(text)
    found = [Atom(Kind.REFERENCE, each.key, each.start, each.end) for each in find_references(text)]
    hidden = hide(written, found)
    quantities = find_quantities(hidden)
    bare = hide(hidden, [Atom(Kind.QUANTITY, "", each.start, each.end) for each in quantities])
    bounded, comparisons = bound_quantities(hidden, quantities, find_comparisons(bare))
    found += [*bounded, *comparisons]
    hidden = hide(bare, find_comparisons(bare))
    english = language_of(text) is Language.ENGLISH
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
