"""What the child process of `sandbox` does: read one file, write the reading to standard output."""

import sys
from pathlib import Path

from ingestion.readers.documents import FileReading, Kind
from ingestion.readers.formats import read_bytes, to_json


def read(path: str, source: str, kind: str, memory: str) -> None:
    """Read the file; always write a reading. `memory` is the bound in bytes, to be told."""
    sys.stdout.buffer.write(_written(path, source, Kind(kind), int(memory)))


def _written(path: str, source: str, kind: Kind, memory: int) -> bytes:
    try:
        return to_json(read_bytes(Path(path).read_bytes(), source, kind))
    except MemoryError:
        problem = f"lecture trop gourmande en mémoire (plus de {memory >> 20} Mo)"
    except RecursionError:
        problem = "fichier corrompu (imbrication sans fin)"
    except Exception as error:  # noqa: BLE001 - parsers raise anything on hostile files
        problem = f"fichier corrompu ou non conforme ({type(error).__name__})"
    return to_json(FileReading(source, problem=problem))
