"""What the child process of `sandbox` does: read one file after the other.

A line of JSON comes in for each file ({"path": …, "name": …, "kind": …}) and a line of JSON, its
contents, goes out.
"""

import json
import os
import sys
from pathlib import Path

from ingestion.ledger.opening import contents
from ingestion.ledger.records import Contents, contents_json, refused
from ingestion.ledger.rows import FileKind


def read() -> None:
    """Answer until the parent has no more files."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no answer
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        read = _read(Path(asked["path"]), asked["name"], FileKind(asked["kind"]))
        answers.write(contents_json.dump_json(read) + b"\n")
        answers.flush()


def _read(path: Path, name: str, kind: FileKind) -> Contents:
    try:
        return contents(path.read_bytes(), name, kind)
    except MemoryError:
        said = "Lecture trop gourmande en mémoire."
    except RecursionError:
        said = "Fichier corrompu : imbrication sans fin."
    except Exception as error:  # noqa: BLE001 - parsers raise anything on hostile files
        said = f"Fichier corrompu ou non conforme ({type(error).__name__})."
    return Contents("", comments=(refused("FICHIER", said),))
