"""Files read in a child process, whose memory and time are bounded.

It is kept from one file to the next, for the rules of electronic invoices take a second to load.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from types import TracebackType

from pydantic import ValidationError

import ingestion
from ingestion.ledger.records import Contents, contents_json, refused
from ingestion.ledger.rows import FileKind

_ROOT = Path(ingestion.__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take: seconds on the clock, and bytes."""

    seconds: int = 60
    memory: int = 1 << 30
    file_size: int = 100_000_000


class FileReader:
    """Reads files as long as it is entered; a file that takes the child down takes only itself."""

    def __init__(self, limits: Limits = Limits()) -> None:
        """Nothing is started before the first file."""
        self._limits = limits
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "FileReader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def read(self, path: Path, name: str, kind: FileKind) -> Contents:
        """What a file says; whatever goes wrong is a comment that refuses it.

        `name` is the one it was given under, whose suffix says the format.
        """
        size = path.stat().st_size
        if not size:
            return _refused("Fichier vide.")
        if size > self._limits.file_size:
            return _refused(f"Fichier trop gros (maximum {self._limits.file_size >> 20} Mo).")
        return self._asked({"path": str(path.absolute()), "name": name, "kind": kind})

    def _asked(self, question: dict[str, str]) -> Contents:
        child = self._started()
        assert child.stdin is not None
        assert child.stdout is not None
        timer = Timer(self._limits.seconds, child.kill)
        timer.start()
        try:
            child.stdin.write(json.dumps(question).encode() + b"\n")
            child.stdin.flush()
            return contents_json.validate_json(child.stdout.readline())
        except (BrokenPipeError, ValidationError):
            is_late = not timer.is_alive()
            self._end()
        finally:
            timer.cancel()
        if is_late:
            return _refused(f"Lecture trop longue (plus de {self._limits.seconds} s).")
        return _refused("Lecture interrompue : le fichier a fait échouer le lecteur.")

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "ingestion.ledger", str(self._limits.memory)],
                cwd=_ROOT,  # the first place where the child looks for modules
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._child

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


def _refused(sentence: str) -> Contents:
    return Contents("", comments=(refused("FICHIER", sentence),))
