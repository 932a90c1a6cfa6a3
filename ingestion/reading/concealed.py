"""What a page does not show, found again in the text that was read, flagged and said. Pure."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingestion.documents import Document, FileReading, Hidden, Page
from ingestion.reading.content import listed
from ingestion.reading.folding import folded, folded_with_origins, nearest
from ingestion.reading.hidden import masked
from ingestion.reading.invisible import UNSEEN

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


def sights(lines: bytes) -> Iterator[PageSight]:
    """The pages that the child has told; a line that it could not end is left out."""
    for line in lines.splitlines():
        try:
            found = json.loads(line)
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
