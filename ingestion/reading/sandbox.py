"""Each file read in a child process, whose time and memory are bounded.

A hostile file can then cost no more than `Limits`, and a reader that crashes takes nothing along.
"""

import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import ingestion
from ingestion.documents import FileReading, Kind
from ingestion.reading.exchange import from_json
from ingestion.reading.formats import unknown_format

_ROOT = Path(ingestion.__file__).parent.parent
_TOO_SLOW = (-signal.SIGXCPU, -signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take: seconds (of processor, and on the clock) and bytes."""

    seconds: int = 60
    memory: int = 1 << 30
    file_size: int = 100_000_000


def read_file(path: Path, source: str, kind: Kind, *, limits: Limits = Limits()) -> FileReading:
    """Read one file; whatever goes wrong is the French `problem` of the reading.

    `source` is the name under which it was added, whose suffix says the format.
    """
    if problem := unknown_format(source) or _unfit(path, limits):
        return FileReading(source, problem=problem)
    command = [sys.executable, "-m", "ingestion.reading", str(path.absolute()), source, kind]
    bounds = [str(limits.seconds), str(limits.memory)]
    try:
        child = subprocess.run(
            [*command, *bounds],
            cwd=_ROOT,  # the first place where the child looks for modules
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return FileReading(source, problem=_too_slow(limits))
    return _outcome(child, source, limits)


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


def _outcome(child: subprocess.CompletedProcess[bytes], source: str, limits: Limits) -> FileReading:
    if child.returncode in _TOO_SLOW:
        return FileReading(source, problem=_too_slow(limits))
    try:
        reading = from_json(child.stdout)
    except ValueError:
        problem = "lecture interrompue : le fichier a fait échouer le lecteur (mémoire, ou contenu)"
        return FileReading(source, problem=problem)
    return reading


def _too_slow(limits: Limits) -> str:
    return f"lecture trop longue (plus de {limits.seconds} s)"
