"""Changes of the index: how one generation differs from another, and what that touches."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.impact import Impact, Recorded, impact_of
from assistant.journal import Journal
from ingestion.difference import Difference, difference
from ingestion.documents import Document
from ingestion.errors import UnknownGeneration
from ingestion.generation import open_generation
from ingestion.glossary import read_glossary
from ingestion.publication import current_name, finished


@dataclass(frozen=True, slots=True)
class IndexChanges:
    """The difference from an old generation to a new one, and its impact."""

    old: str
    new: str
    difference: Difference
    impact: Impact


def changes_between(home: Path, old: str | None, new: str | None, journal: Journal) -> IndexChanges:
    """The changes from one generation to another.

    By default the new one is the published one, the old one the last that was made before it.
    Raises UnknownGeneration or DamagedGeneration.
    """
    new = new or current_name(home)
    old = old or _before(home, new)
    found, later = _compared(home, old, new)
    impact = impact_of(found.touched, later, read_glossary(), _answers(journal))
    return IndexChanges(old, new, found, impact)


def _answers(journal: Journal) -> Iterator[Recorded]:
    """Every answer; what was said of a dossier is for its team, and not read here."""
    for entry in journal.entries():
        if entry["kind"] == "answer":
            yield entry, None if journal.apart(entry) else journal.body(entry)


def changes_since(home: Path) -> Callable[[str], Difference]:
    """What differs in the generation in service from an earlier one, by the earlier one's name.

    Where that one is no longer kept, the oldest one that is kept stands for it. Raises
    UnknownGeneration or DamagedGeneration, as what it returns does.
    """
    kept, now = finished(home), current_name(home)

    def since(generation: str) -> Difference:
        then = generation if generation in kept else kept[0]
        return difference_between(home, then, now) if then != now else Difference()

    return since


@lru_cache(maxsize=16)
def difference_between(home: Path, old: str, new: str) -> Difference:
    """What one generation has that another had not; found once, as generations never change.

    Raises UnknownGeneration or DamagedGeneration.
    """
    return _compared(home, old, new)[0]


def _compared(home: Path, old: str, new: str) -> tuple[Difference, tuple[Document, ...]]:
    """The difference between two generations, and the documents of the later one."""
    earlier = tuple(open_generation(home, old).store.documents())
    later = tuple(open_generation(home, new).store.documents())
    return difference(earlier, later), later


def _before(home: Path, name: str) -> str:
    earlier = [each for each in finished(home) if each < name]
    if not earlier:
        raise UnknownGeneration(
            f"Aucun index construit avant {name} n'est conservé : rien à comparer. Le prochain "
            "index construit pourra être comparé à celui-ci."
        )
    return earlier[-1]
