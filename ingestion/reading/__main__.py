"""The child process: bound itself, read one file, write the reading to standard output.

python -m ingestion.reading PATH SOURCE KIND SECONDS MEMORY
"""

import resource
import sys
from pathlib import Path

from ingestion.documents import FileReading, Kind
from ingestion.reading.exchange import to_json
from ingestion.reading.formats import read_bytes


def main(path: str, source: str, kind: str, seconds: str, memory: str) -> None:
    """Read the file under limits; always write a reading."""
    bounds = ((resource.RLIMIT_CPU, int(seconds)), (resource.RLIMIT_AS, int(memory)))
    for limit, value in (*bounds, (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(limit, (value, value))
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


if __name__ == "__main__":
    main(*sys.argv[1:])
