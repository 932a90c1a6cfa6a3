"""Files read in a child process, whose memory and time are bounded.

It is kept from one file to the next, for the rules of electronic invoices take a second to load.
"""

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from threading import Timer
from types import TracebackType

from pydantic import ValidationError

from ingestion.ledger.records import Contents, contents_json, refused
from ingestion.ledger.rows import FileKind
from ingestion.sandbox import POOL, USUAL, Limits, Pool, started


class FileReader:
    """Reads files as long as it is entered; a file that takes the child down takes only itself."""

    def __init__(self, limits: Limits = USUAL, pool: Pool = POOL) -> None:
        """Nothing is started before the first file; the seconds are those of one, on the clock."""
        self._limits = limits
        self._pool = pool
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
        with self._pool.place(is_long=True):
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
            # It reads many files, each bound by the clock; the schematrons' engine reserves
            # addresses, by the tens of gigabytes, that it never uses.
            bounds = replace(self._limits, seconds=0, of_data=True)
            self._child = started("ingestion.ledger.child:read", (), bounds, stdin=subprocess.PIPE)
        return self._child

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


def _refused(sentence: str) -> Contents:
    return Contents("", comments=(refused("FICHIER", sentence),))
