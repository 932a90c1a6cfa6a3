"""One file into what it says, by its kind and the suffix of its name, in a child process.

The child is kept from one file to the next, for the rules of electronic invoices take a second to
load.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePath

from pydantic import ValidationError

from ingestion.errors import UnreadableFile
from ingestion.ledger import contracts, tables
from ingestion.ledger.records import Contents, contents_json, refused_file
from ingestion.ledger.rows import FileKind
from ingestion.sandbox import INTERRUPTED, POOL, USUAL, Limits, Sandbox, unfit


class FileReader(Sandbox):
    """Reads files as long as it is entered; a file that takes the child down takes only itself."""

    def __init__(self, limits: Limits = USUAL) -> None:
        """The limits are those of one file."""
        # The schematrons' engine reserves addresses, by the tens of gigabytes, that it never uses.
        super().__init__("ingestion.ledger.opening:tell", replace(limits, of_data=True))

    def read(self, path: Path, name: str, kind: FileKind) -> Contents:
        """What a file says; whatever goes wrong is a comment that refuses it.

        `name` is the one it was given under, whose suffix says the format.
        """
        if problem := unfit(path, self._limits):
            return refused_file(problem)
        try:
            with POOL.place(is_long=True):
                answer = b"".join(self.ask(str(path.absolute()), name, kind))
            return contents_json.validate_json(answer)
        except UnreadableFile as error:
            return refused_file(str(error))
        except ValidationError:
            return refused_file(INTERRUPTED)


_Reader = Callable[[bytes], Contents]


def tell(path: str, name: str, kind: str) -> Iterator[bytes]:
    """In the child: what a file says."""
    yield contents_json.dump_json(contents(Path(path).read_bytes(), name, FileKind(kind)))


def contents(data: bytes, name: str, kind: FileKind) -> Contents:
    """What the bytes say; a file that cannot be read is refused by a comment."""
    suffix = PurePath(name).suffix.lower()
    read = _READERS[kind].get(suffix)
    if read is None:
        return refused_file(f"format non reconnu ; formats lus : {', '.join(_READERS[kind])}")
    try:
        return read(data)
    except UnreadableFile as error:
        return refused_file(str(error), suffix[1:].upper())


# What reads electronic invoices takes as long to load as all the rest.


def _read_xml(data: bytes) -> Contents:
    from ingestion.ledger.electronic import read_xml

    return read_xml(data)


def _read_pdf(data: bytes) -> Contents:
    from ingestion.ledger.electronic import read_xml
    from ingestion.ledger.invoice_pdf import embedded_xml

    found = embedded_xml(data)
    read = read_xml(found.xml, declared=found.profile, name=found.name)
    return Contents(read.format, read.records, comments=(*found.comments, *read.comments))


_TABLES: dict[str, _Reader] = {".csv": tables.read_csv, ".xlsx": tables.read_xlsx}
_READERS: dict[FileKind, dict[str, _Reader]] = {
    FileKind.INVOICES: {**_TABLES, ".pdf": _read_pdf, ".xml": _read_xml},
    FileKind.PURCHASES: {**_TABLES, ".json": contracts.read_json, ".xml": contracts.read_xml},
}
