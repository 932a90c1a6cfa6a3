"""Each file read in a child process, whose time and memory are bounded."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from pydantic import TypeAdapter

from ingestion.documents.document import FileReading, Kind
from ingestion.errors import UnreadableFile
from ingestion.progress import Progress, untold
from ingestion.readers.concealed import PageSight, flagged, sights
from ingestion.readers.content import listed
from ingestion.readers.formats import may_be_scanned, unknown_format
from ingestion.readers.scanned import SeenPage, placed
from ingestion.sandbox import INTERRUPTED, POOL, USUAL, Limits, Sandbox, run, unfit

_SIGHT = Limits(seconds=40)
"""What drawing the pages of a file may take, to see what they show."""

_PAGE = Limits(seconds=120)
"""What drawing and reading the picture of one page may take; it takes about two seconds."""

_MOST_SCANNED = 1000
"""Pages of one file that are read from their pictures: half an hour."""

reading_json = TypeAdapter(FileReading)
"""JSON and not pickle: what comes from a process that parsed a hostile file must not execute."""

_numbers_json = TypeAdapter(list[int])
_page_json = TypeAdapter(SeenPage)


@dataclass(frozen=True, slots=True)
class PageScan:
    """What became of the picture of a page (1-based), one of `total` of its file.

    What was read of it, or in French why nothing was.
    """

    number: int
    total: int
    page: SeenPage | None = None
    problem: str = ""


Scan = Callable[[Path], Iterator[PageScan]]
"""Reads the pages of a PDF that are pictures, one after the other as asked for."""


def scan(path: Path) -> Iterator[PageScan]:
    """Draw and read each page that writes nothing itself, in a child process.

    Others may read their files between two pages. A file that cannot be opened has no such page.
    """
    asked = str(path.absolute())
    try:
        with POOL.place(is_long=True):
            told = run("ingestion.readers.scans:tell_pages", asked, limits=_PAGE)
        numbers = _numbers_json.validate_json(told)
    except (UnreadableFile, ValueError):
        return
    with Sandbox("ingestion.readers.scans:tell", _PAGE) as child:
        for number in numbers[:_MOST_SCANNED]:
            try:
                with POOL.place(is_long=True):
                    page = _page_json.validate_json(b"".join(child.ask(asked, str(number))))
                yield PageScan(number, len(numbers), page)
            except UnreadableFile as error:
                yield PageScan(number, len(numbers), problem=str(error))
            except ValueError:
                yield PageScan(number, len(numbers), problem=INTERRUPTED)
    for number in numbers[_MOST_SCANNED:]:
        problem = f"plus de {_MOST_SCANNED} pages numérisées dans le fichier"
        yield PageScan(number, len(numbers), problem=problem)


def read_file(
    path: Path,
    source: str,
    kind: Kind,
    *,
    limits: Limits = USUAL,
    told: Progress = untold,
    scanned: Scan = scan,
) -> FileReading:
    """Read one file; whatever goes wrong is the French `problem` of the reading.

    `source` is the name under which it was added, whose suffix says the format. `told` hears of
    each page that is read from its picture.
    """
    if problem := unknown_format(source) or unfit(path, limits):
        return FileReading(source, problem=problem)
    scans: list[PageScan] = []
    for each in scanned(path) if may_be_scanned(source) else ():
        scans.append(each)
        told(len(scans), each.total)
    reading = _read(path, source, kind, scans, limits)
    pages = [each.page for each in scans if each.page and each.page.words]
    if pages and len(reading.documents) == 1:
        reading = placed(reading, pages)
    return _unread_named(reading, scans)


def _read(
    path: Path, source: str, kind: Kind, scans: Sequence[PageScan], limits: Limits
) -> FileReading:
    """What the file writes, and what was read of its pictures after the text of their pages."""
    asked = (str(path.absolute()), source, kind)
    texts = json.dumps({each.number: each.page.text for each in scans if each.page}).encode()
    try:
        with POOL.place(is_long=True):
            told = run("ingestion.readers.formats:tell", *asked, limits=limits, given=texts)
        reading = reading_json.validate_json(told)
    except UnreadableFile as error:
        return FileReading(source, problem=str(error))
    except ValueError:
        return FileReading(source, problem=INTERRUPTED)
    if PurePosixPath(source).suffix.lower() == ".pdf" and len(reading.documents) == 1:
        with POOL.place(is_long=True):
            return flagged(reading, tuple(_seen(path)))
    return reading


def _unread_named(reading: FileReading, scans: Sequence[PageScan]) -> FileReading:
    """The reading with the pictures that could not be read, and why."""
    unread: defaultdict[str, list[int]] = defaultdict(list)
    for each in scans:
        if each.page is None:
            unread[each.problem].append(each.number)
    said = [f"pages numérisées non lues, {listed(pages)} : {why}" for why, pages in unread.items()]
    if reading.problem is not None:
        return replace(reading, problem=" ; ".join((reading.problem, *said)))
    return replace(reading, warnings=(*reading.warnings, *said))


def _seen(path: Path) -> Iterator[PageSight]:
    """What the pages show, those that were drawn before a failure."""
    with Sandbox("ingestion.readers.visibility:tell", _SIGHT) as child, suppress(UnreadableFile):
        yield from sights(child.ask(str(path.absolute())))
