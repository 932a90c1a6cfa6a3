"""Each file read in a child process, whose time and memory are bounded.

A hostile file can then cost no more than `RequestLimits`, and a reader that crashes takes nothing
along.
"""

from pathlib import Path, PurePosixPath

from ingestion.readers.concealed import flagged, sights
from ingestion.readers.documents import FileReading, Kind
from ingestion.readers.formats import from_json, unknown_format
from ingestion.sandbox import POOL, USUAL, Ended, Limits, Pool, run

_SIGHT = Limits(seconds=40)
"""What drawing the pages of a file may take, to see what they show."""


def read_file(
    path: Path, source: str, kind: Kind, *, limits: Limits = USUAL, pool: Pool = POOL
) -> FileReading:
    """Read one file; whatever goes wrong is the French `problem` of the reading.

    `source` is the name under which it was added, whose suffix says the format.
    """
    if problem := unknown_format(source) or _unfit(path, limits):
        return FileReading(source, problem=problem)
    arguments = (str(path.absolute()), source, kind, str(limits.memory))
    with pool.place(is_long=True):
        ended = run("ingestion.readers.child:read", arguments, limits)
    reading = _outcome(ended, source, limits)
    is_pdf = PurePosixPath(source).suffix.lower() == ".pdf"
    return _looked_at(path, reading, pool) if is_pdf and len(reading.documents) == 1 else reading


def _looked_at(path: Path, reading: FileReading, pool: Pool) -> FileReading:
    """The reading with what its pages do not show; drawing them may fail, not their reading."""
    with pool.place(is_long=True):
        ended = run("ingestion.readers.visibility:tell", (), _SIGHT, path.read_bytes())
    return flagged(reading, tuple(sights(ended.output)))


def _unfit(path: Path, limits: Limits) -> str | None:
    try:
        size = path.stat().st_size
    except OSError as error:
        return f"fichier inaccessible ({error.strerror})"
    if not path.is_file():
        return "ce n'est pas un fichier"
    if size > limits.file_size:
        return (
            f"fichier trop gros ({size // 1_000_000} Mo, maximum {limits.file_size // 1_000_000})"
        )
    return None if size else "fichier vide"


def _outcome(ended: Ended, source: str, limits: Limits) -> FileReading:
    if ended.is_late:
        problem = f"lecture trop longue (plus de {limits.seconds} s)"
        return FileReading(source, problem=problem)
    try:
        reading = from_json(ended.output)
    except ValueError:
        problem = "lecture interrompue : le fichier a fait échouer le lecteur (mémoire, ou contenu)"
        return FileReading(source, problem=problem)
    return reading
