"""Each file read in a child process, whose time and memory are bounded."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

from pydantic import TypeAdapter

from ingestion.errors import UnreadableFile
from ingestion.readers.concealed import PageSight, flagged, sights
from ingestion.readers.documents import FileReading, Kind
from ingestion.readers.formats import unknown_format
from ingestion.sandbox import INTERRUPTED, POOL, USUAL, Limits, Pool, Sandbox, run, unfit

_SIGHT = Limits(seconds=40)
"""What drawing the pages of a file may take, to see what they show."""

reading_json = TypeAdapter(FileReading)
"""JSON and not pickle: what comes from a process that parsed a hostile file must not execute."""


def read_file(
    path: Path, source: str, kind: Kind, *, limits: Limits = USUAL, pool: Pool = POOL
) -> FileReading:
    """Read one file; whatever goes wrong is the French `problem` of the reading.

    `source` is the name under which it was added, whose suffix says the format.
    """
    if problem := unknown_format(source) or unfit(path, limits):
        return FileReading(source, problem=problem)
    asked = (str(path.absolute()), source, kind)
    try:
        with pool.place(is_long=True):
            told = run("ingestion.readers.formats:tell", *asked, limits=limits)
        reading = reading_json.validate_json(told)
    except UnreadableFile as error:
        return FileReading(source, problem=str(error))
    except ValueError:
        return FileReading(source, problem=INTERRUPTED)
    if PurePosixPath(source).suffix.lower() == ".pdf" and len(reading.documents) == 1:
        with pool.place(is_long=True):
            return flagged(reading, tuple(_seen(path)))
    return reading


def _seen(path: Path) -> Iterator[PageSight]:
    """What the pages show, those that were drawn before a failure."""
    with Sandbox("ingestion.readers.visibility:tell", _SIGHT) as child, suppress(UnreadableFile):
        yield from sights(child.ask(str(path.absolute())))
