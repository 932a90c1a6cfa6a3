"""Which reader reads which file, run in the child process of `reading`."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from hashlib import sha256
from importlib import import_module
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import cast

from ingestion.documents.document import (
    Document,
    FileReading,
    Kind,
    assemble,
    furniture_of,
    marks_of,
    stretches_of,
)
from ingestion.errors import UnreadableFile
from ingestion.readers.content import FormatReader, ReaderContent, clean_text


def tell(path: str, source: str, kind: str, scanned: bytes = b"{}") -> Iterator[bytes]:
    """In the child: the reading of a file.

    `scanned` is what was read from the pictures of its pages, by number, as JSON.
    """
    texts = {int(number): text for number, text in json.loads(scanned).items()}
    yield to_json(read_bytes(Path(path).read_bytes(), source, Kind(kind), texts))


def to_json(reading: FileReading) -> bytes:
    """The reading in UTF-8."""
    return json.dumps(asdict(reading), default=date.isoformat).encode()


# Which reader reads which file, and from what it hands back to documents.

_READERS = {
    ".pdf": "pdf.read_pdf",
    ".png": "pictures.read_picture",
    ".jpg": "pictures.read_picture",
    ".jpeg": "pictures.read_picture",
    ".tif": "pictures.read_picture",
    ".tiff": "pictures.read_picture",
    ".docx": "word.read_docx",
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
    ".xml": "eforms.read_eforms",
    ".json": "boamp.read_boamp",
    ".jsonl": "law.read_law",
}
_DRAWN = frozenset({".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff"})
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
_FORMATS = (
    "formats lus : PDF, DOCX, ODT, XLSX, ODS, HTML, Markdown, TXT, CSV, XML, JSON, JSONL, images "
    "PNG, JPEG et TIFF"
)
_MOST_CHARACTERS = 20_000_000

NOTHING_SCANNED: Mapping[int, str] = MappingProxyType({})
"""What is read from pictures of a file that has none."""


def read_bytes(
    data: bytes, source: str, kind: Kind, scanned: Mapping[int, str] = NOTHING_SCANNED
) -> FileReading:
    """Read a file's bytes by the suffix of `source`; what goes wrong in French is the problem."""
    if not data:
        return FileReading(source, problem="fichier vide")
    try:
        found = _reader(source, kind, scanned)(data)
        documents = tuple(_document(content, data, source, kind) for content in found.contents)
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


def may_be_scanned(source: str) -> bool:
    """Whether pages of files with this suffix may be pictures. Pure."""
    return PurePosixPath(source).suffix.lower() in _DRAWN


def _reader(source: str, kind: Kind, scanned: Mapping[int, str]) -> FormatReader:
    if kind is Kind.RULINGS:
        return cast("FormatReader", import_module("ingestion.case_law.reader").read_rulings)
    if problem := unknown_format(source):
        raise UnreadableFile(problem)
    # A child process reads one file: it must not wait for the libraries of other formats.
    name, _, function = _READERS[PurePosixPath(source).suffix.lower()].partition(".")
    read = getattr(import_module(f"ingestion.readers.{name}"), function)
    return partial(read, scanned=scanned) if may_be_scanned(source) else cast("FormatReader", read)


def _document(content: ReaderContent, data: bytes, source: str, kind: Kind) -> Document:
    blocks = [replace(block, text=clean_text(block.text)) for block in content.blocks]
    text, pages, headings = assemble(blocks)
    return Document(
        id=sha256(content.data or data).hexdigest(),
        title=clean_text(content.title or "").strip() or PurePosixPath(source).stem,
        source=source,
        kind=kind,
        text=text,
        pages=pages,
        headings=headings,
        path=tuple(map(clean_text, content.path)),
        reference=content.reference,
        valid_from=content.valid_from,
        valid_to=content.valid_to,
        state_date=content.state_date,
        state=content.state,
        address=content.address,
        marks=marks_of(blocks),
        furniture=furniture_of(blocks),
        not_before=content.not_before,
        state_until=content.state_until,
        ruling=content.ruling,
        # A piece of a dossier does not say of itself what is not to be searched.
        stretches=stretches_of(blocks) if kind is Kind.RULES else (),
    )
