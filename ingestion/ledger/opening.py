"""One file into what it says, by its kind and the suffix of its name; run in the child process."""

from collections.abc import Callable
from pathlib import PurePath

from ingestion.ledger import contracts, tables
from ingestion.ledger.electronic import embedded_xml, read_xml
from ingestion.ledger.records import Contents, refused
from ingestion.ledger.rows import FileKind
from ingestion.readers.content import UnreadableFile

_Reader = Callable[[bytes], Contents]


def contents(data: bytes, name: str, kind: FileKind) -> Contents:
    """What the bytes say; a file that cannot be read is refused by a comment."""
    suffix = PurePath(name).suffix.lower()
    read = _READERS[kind].get(suffix)
    if read is None:
        return _refused("", f"format non reconnu ; formats lus : {', '.join(_READERS[kind])}")
    try:
        return read(data)
    except UnreadableFile as error:
        return _refused(suffix[1:].upper(), str(error))


def _refused(format_: str, reason: str) -> Contents:
    said = f"{reason[:1].upper()}{reason[1:]}."
    return Contents(format_, comments=(refused("FICHIER", said),))


def _read_pdf(data: bytes) -> Contents:
    found = embedded_xml(data)
    read = read_xml(found.xml, declared=found.profile, name=found.name)
    return Contents(read.format, read.records, comments=(*found.comments, *read.comments))


_TABLES: dict[str, _Reader] = {".csv": tables.read_csv, ".xlsx": tables.read_xlsx}
_READERS: dict[FileKind, dict[str, _Reader]] = {
    FileKind.INVOICES: {**_TABLES, ".pdf": _read_pdf, ".xml": read_xml},
    FileKind.PURCHASES: {**_TABLES, ".json": contracts.read_json, ".xml": contracts.read_xml},
}
