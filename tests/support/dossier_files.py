"""The built-in dossier, read as it is added, and as its sources with some words changed."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ingestion.chunking.passages import Passage, passages_of
from ingestion.documents.document import Document, Kind
from ingestion.library.corpus import CORPUS
from ingestion.readers.formats import read_bytes

Read = tuple[Document, tuple[Passage, ...]]

PIECES = ("RC.pdf", "CCAP.pdf", "CCTP.pdf", "AE.docx", "BPU.docx")


@cache
def built_in() -> tuple[Read, ...]:
    return tuple(read for name in PIECES for read in read_piece(CORPUS / "dossier" / name))


def changed(changes: Mapping[str, Mapping[str, str]]) -> tuple[Read, ...]:
    """The sources of the built-in dossier with the changes of each piece, all of them made."""
    read: list[Read] = []
    for path in sorted((CORPUS / "dossier/sources").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        for old, new in changes.get(path.stem, {}).items():
            assert old in text, (path.name, old)
            text = text.replace(old, new)
        read += _read(text.encode(), path.name)
    return tuple(read)


def read_piece(path: Path) -> tuple[Read, ...]:
    return _read(path.read_bytes(), path.name)


def piece(name: str, text: str) -> Read:
    """One piece in Markdown."""
    [read] = _read(text.encode(), name)
    return read


def _read(data: bytes, name: str) -> tuple[Read, ...]:
    reading = read_bytes(data, name, Kind.TENDER)
    assert reading.documents, reading.problem
    return tuple((document, passages_of(document)) for document in reading.documents)
