"""A file that grows part by part and survives being killed between any two instructions.

The note beside the data says how many parts are whole and where the last one ends; what lies
beyond is cut off when work goes on.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ingestion.durable import replace_bytes

BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Assembly:
    """A folder that holds the growing file and the note."""

    folder: Path

    @property
    def data(self) -> Path:
        """The growing file."""
        return self.folder / "data"

    def progress(self) -> tuple[int, int]:
        """Whole parts and the bytes that they make; (0, 0) when there is nothing to go on with."""
        try:
            note = json.loads((self.folder / "note.json").read_text())
            parts, size = int(note["parts"]), int(note["bytes"])
            return (parts, size) if self.data.stat().st_size >= size else (0, 0)
        except (OSError, ValueError, KeyError, TypeError):
            return 0, 0

    def append(self, source: IO[bytes], written: Callable[[int], None]) -> None:
        """Add the next part, told the bytes in all after each block; durable once this returns."""
        parts, size = self.progress()
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.data.open("ab") as file:
            file.truncate(size)
            while block := source.read(BLOCK_BYTES):
                file.write(block)
                size += len(block)
                written(size)
            file.flush()
            os.fsync(file.fileno())
        note = {"parts": parts + 1, "bytes": size}
        replace_bytes(self.folder / "note.json", json.dumps(note).encode())
