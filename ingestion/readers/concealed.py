"""Text that the pages of a PDF do not show: found in what was read, flagged and said. Pure."""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingestion.documents.document import Document, FileReading, Hidden, Page
from ingestion.readers.content import listed, masked

# Texts compared by their letters and digits only, whatever their breaks and accents. Pure.


def folded(text: str) -> str:
    """Letters and digits only, without accents, case or ligatures."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in decomposed if character.isalnum())


def folded_with_origins(characters: Sequence[str]) -> tuple[str, list[int]]:
    """The letters and digits of characters, and the position from which each comes."""
    letters: list[str] = []
    origins: list[int] = []
    for position, character in enumerate(characters):
        for letter in folded(character):
            letters.append(letter)
            origins.append(position)
    return "".join(letters), origins


def nearest(text: str, wanted: str, near: float) -> tuple[int, int] | None:
    """The occurrence of `wanted` that begins closest to the fraction `near` of the text."""
    if not wanted:
        return None
    starts = []
    start = text.find(wanted)
    while start >= 0:
        starts.append(start)
        start = text.find(wanted, start + 1)
    if not starts:
        return None
    best = min(starts, key=lambda start: abs(start - near * len(text)))
    return best, best + len(wanted)


# What a page does not show, found again in the text that was read, flagged and said. Pure.

UNSEEN = "texte invisible (caché, ou reconnu sous une image), lu quand même, pages"
"""How the warning begins; `flagged` takes it back where it has seen better."""

_SHORTEST_LINE = 12  # letters; a shorter line alone could stand anywhere


@dataclass(frozen=True, slots=True)
class Run:
    """Text that a page does not show, `near` its beginning (0) or its end (1).

    `is_under_picture` when something else is drawn where it stands.
    """

    text: str
    near: float
    is_under_picture: bool


@dataclass(frozen=True, slots=True)
class PageSight:
    """What was seen of a page (1-based): its hidden text."""

    number: int
    runs: tuple[Run, ...]


def sights(told: Iterable[bytes]) -> Iterator[PageSight]:
    """The pages that the child has told, until one that it did not tell well."""
    for page in told:
        try:
            found = json.loads(page)
            runs = tuple(Run(**run) for run in found["runs"])
            yield PageSight(int(found["number"]), runs)
        except (ValueError, KeyError, TypeError):
            return


def flagged(reading: FileReading, seen: Sequence[PageSight]) -> FileReading:
    """The reading of a PDF with what its pages do not show flagged and said.

    What the operators of the pages had made suspect is left out where every page was looked at.
    """
    (document,) = reading.documents
    pages = {page.number: page for page in document.pages}
    hidden: list[Hidden] = []
    for sight in seen:
        if sight.number in pages:
            hidden += _places(document, pages[sight.number], sight.runs)
    unseen = sorted(set(pages) - {sight.number for sight in seen})
    kept = (each for each in reading.warnings if unseen or not each.startswith(UNSEEN))
    warnings = (*kept, *_warnings(seen, unseen))
    marked = replace(document, hidden=tuple(_merged(hidden)))
    return replace(reading, documents=(marked,), warnings=warnings)


def _warnings(seen: Sequence[PageSight], unseen: Sequence[int]) -> Iterator[str]:
    runs = [(sight.number, run) for sight in seen for run in sight.runs]
    yield from masked(
        f"p. {number} : {run.text}" for number, run in runs if not run.is_under_picture
    )
    if under := dict.fromkeys(number for number, run in runs if run.is_under_picture):
        yield f"texte sous une image (reconnu, ou caché), lu quand même, pages : {listed(under)}"
    if unseen:
        yield f"texte masqué non cherché (pages longues à dessiner), pages : {listed(unseen)}"


def _places(document: Document, page: Page, runs: Iterable[Run]) -> Iterator[Hidden]:
    text, origins = folded_with_origins(document.text[page.start : page.end])
    for run in runs:
        whole = nearest(text, folded(run.text), run.near)
        for start, end in [whole] if whole else _lines(text, run):
            first, last = page.start + origins[start], page.start + origins[end - 1] + 1
            yield Hidden(first, last, run.is_under_picture)


def _lines(text: str, run: Run) -> Iterator[tuple[int, int]]:
    """The lines of a run that is not there in one piece."""
    for line in map(folded, run.text.splitlines()):
        if len(line) >= _SHORTEST_LINE and (found := nearest(text, line, run.near)):
            yield found


def _merged(spans: Iterable[Hidden]) -> Iterator[Hidden]:
    """In the order of the text, those that touch made one."""
    last: Hidden | None = None
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if last and span.start <= last.end and span.is_under_picture == last.is_under_picture:
            last = replace(last, end=max(last.end, span.end))
        else:
            if last:
                yield last
            last = span
    if last:
        yield last
