"""A file read in a child process: which reader reads which, and the reading as it comes back."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, fields, replace
from datetime import date
from hashlib import sha256
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any, cast

from ingestion.errors import UnreadableFile
from ingestion.readers.concealed import PageSight, flagged, sights
from ingestion.readers.content import FormatReader, ReaderContent, clean_text
from ingestion.readers.documents import (
    Days,
    Document,
    FileReading,
    Furniture,
    Heading,
    Hidden,
    Kind,
    Mark,
    Page,
    State,
    Stretch,
    assemble,
    furniture_of,
    marks_of,
    stretches_of,
)
from ingestion.sandbox import INTERRUPTED, POOL, USUAL, Limits, Pool, Sandbox, run, unfit

# Each file is read in a child process, whose time and memory are bounded.

_SIGHT = Limits(seconds=40)
"""What drawing the pages of a file may take, to see what they show."""


def read_file(
    path: Path, source: str, kind: Kind, *, limits: Limits = USUAL, pool: Pool = POOL
) -> FileReading:
    """Read one file; whatever goes wrong is the French `problem` of the reading.

    `source` is the name under which it was added, whose suffix says the format.
    """
    if problem := unknown_format(source) or unfit(path, limits):
        return FileReading(source, problem=problem)
    asked = (str(path.absolute()), source, kind)
    try:
        with pool.place(is_long=True):
            reading = from_json(run("ingestion.readers.formats:tell", *asked, limits=limits))
    except UnreadableFile as error:
        return FileReading(source, problem=str(error))
    except ValueError:
        return FileReading(source, problem=INTERRUPTED)
    if PurePosixPath(source).suffix.lower() == ".pdf" and len(reading.documents) == 1:
        with pool.place(is_long=True):
            return flagged(reading, tuple(_seen(path)))
    return reading


def tell(path: str, source: str, kind: str) -> Iterator[bytes]:
    """In the child: the reading of a file."""
    yield to_json(read_bytes(Path(path).read_bytes(), source, Kind(kind)))


def _seen(path: Path) -> Iterator[PageSight]:
    """What the pages show, those that were drawn before a failure."""
    with Sandbox("ingestion.readers.visibility:tell", _SIGHT) as child, suppress(UnreadableFile):
        yield from sights(child.ask(str(path.absolute())))


# A reading as JSON, between the process that reads a file and the one that asked. Pure.
#
# JSON and not pickle: what comes from a process that parsed a hostile file must not be executable.

_DATES = ("valid_from", "valid_to", "state_date", "not_before")


def to_json(reading: FileReading) -> bytes:
    """The reading in UTF-8."""
    return json.dumps(asdict(reading), default=date.isoformat).encode()


def from_json(data: bytes) -> FileReading:
    """The reading that `to_json` wrote.

    Raises:
        ValueError: when the bytes are not such a reading.
    """
    try:
        found = json.loads(data)
        return FileReading(
            source=str(found["source"]),
            documents=tuple(_document(document) for document in found["documents"]),
            warnings=tuple(str(warning) for warning in found["warnings"]),
            problem=found["problem"],
            remarks=tuple(str(remark) for remark in found["remarks"]),
        )
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"not a reading: {error!r}") from error


def _document(found: dict[str, Any]) -> Document:
    values = {field.name: found[field.name] for field in fields(Document)}
    values["kind"] = Kind(values["kind"])
    values["state"] = State(values["state"]) if values["state"] else None
    values["pages"] = tuple(Page(**page) for page in values["pages"])
    values["headings"] = tuple(Heading(**heading) for heading in values["headings"])
    values["marks"] = tuple(Mark(**mark) for mark in values["marks"])
    values["furniture"] = tuple(Furniture(**each) for each in values["furniture"])
    values["hidden"] = tuple(Hidden(**hidden) for hidden in values["hidden"])
    values["stretches"] = tuple(_stretch(stretch) for stretch in values["stretches"])
    values["path"] = tuple(values["path"])
    for name in _DATES:
        values[name] = _day(values[name])
    return Document(**values)


def _stretch(found: dict[str, Any]) -> Stretch:
    days = found.pop("days")
    return Stretch(**found, days=days and Days(**{name: _day(days[name]) for name in days}))


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


# Which reader reads which file, and from what it hands back to documents.

_READERS = {
    ".pdf": "pdf.read_pdf",
    ".docx": "docx.read_docx",
    ".odt": "open_document.read_odt",
    ".html": "markup.read_html",
    ".htm": "markup.read_html",
    ".xhtml": "markup.read_html",
    ".md": "markdown.read_markdown",
    ".markdown": "markdown.read_markdown",
    ".txt": "markdown.read_text",
    ".csv": "spreadsheets.read_rows",
    ".tsv": "spreadsheets.read_rows",
    ".xlsx": "spreadsheets.read_xlsx",
    ".ods": "open_document.read_ods",
    ".xml": "notices.read_eforms",
    ".json": "notices.read_boamp",
    ".jsonl": "law.read_law",
}
_REMEDIES = {
    ".doc": "ancien format Word : enregistrez-le en .docx",
    ".rtf": "format RTF : enregistrez-le en .docx",
    ".docm": "document à macros : enregistrez-le en .docx",
    ".xls": "ancien format Excel : enregistrez-le en .xlsx",
    ".xlsm": "classeur à macros : enregistrez-le en .xlsx",
    ".xlsb": "classeur binaire : enregistrez-le en .xlsx",
    ".zip": "archive : ajoutez les fichiers qu'elle contient",
    ".7z": "archive : ajoutez les fichiers qu'elle contient",
    ".rar": "archive : ajoutez les fichiers qu'elle contient",
}
_FORMATS = "formats lus : PDF, DOCX, ODT, XLSX, ODS, HTML, Markdown, TXT, CSV, XML, JSON, JSONL"
_MOST_CHARACTERS = 20_000_000


def read_bytes(data: bytes, source: str, kind: Kind) -> FileReading:
    """Read a file's bytes by the suffix of `source`; what goes wrong in French is the problem."""
    if not data:
        return FileReading(source, problem="fichier vide")
    try:
        found = _reader(source)(data)
        documents = tuple(
            _document_formats(content, data, source, kind) for content in found.contents
        )
    except UnreadableFile as error:
        return FileReading(source, problem=str(error))
    if sum(len(document.text) for document in documents) > _MOST_CHARACTERS:
        return FileReading(source, problem="texte trop long (plus de 20 millions de caractères)")
    warnings, remarks = (tuple(map(clean_text, said)) for said in (found.warnings, found.remarks))
    return FileReading(source, documents, warnings, remarks=remarks)


def unknown_format(source: str) -> str | None:
    """Why files with this suffix are not read, in French; None when they are. Pure."""
    suffix = PurePosixPath(source).suffix.lower()
    if suffix in _READERS:
        return None
    remedy = _REMEDIES.get(suffix, _FORMATS)
    return f"format inconnu ({suffix or 'sans extension'}) ; {remedy}"


def _reader(source: str) -> FormatReader:
    if problem := unknown_format(source):
        raise UnreadableFile(problem)
    # A child process reads one file: it must not wait for the libraries of other formats.
    name, _, function = _READERS[PurePosixPath(source).suffix.lower()].partition(".")
    return cast("FormatReader", getattr(import_module(f"ingestion.readers.{name}"), function))


def _document_formats(content: ReaderContent, data: bytes, source: str, kind: Kind) -> Document:
    blocks = tuple(replace(block, text=clean_text(block.text)) for block in content.blocks)
    text, pages, headings = assemble(blocks)
    return Document(
        id=sha256(content.data or data).hexdigest(),
        title=content.title or PurePosixPath(source).stem,
        source=source,
        kind=kind,
        text=text,
        pages=pages,
        headings=headings,
        path=content.path,
        reference=content.reference,
        valid_from=content.valid_from,
        valid_to=content.valid_to,
        state_date=content.state_date,
        state=content.state,
        address=content.address,
        marks=marks_of(blocks),
        furniture=furniture_of(blocks),
        not_before=content.not_before,
        # A piece of a dossier does not say of itself what is not to be searched.
        stretches=stretches_of(blocks) if kind is Kind.RULES else (),
    )
