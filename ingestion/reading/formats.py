"""Which reader reads which file, and from what it hands back to documents."""

from dataclasses import replace
from hashlib import sha256
from importlib import import_module
from pathlib import PurePosixPath
from typing import cast

from ingestion.documents import (
    Document,
    FileReading,
    Kind,
    assemble,
    furniture_of,
    marks_of,
    stretches_of,
)
from ingestion.reading.characters import cleaned
from ingestion.reading.content import Content, FormatReader, UnreadableFile

_MODULES = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".odt": "odt",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".csv": "rows",
    ".tsv": "rows",
    ".xlsx": "xlsx",
    ".ods": "ods",
    ".xml": "eforms",
    ".json": "boamp",
    ".jsonl": "law",
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
        documents = tuple(_document(content, data, source, kind) for content in found.contents)
    except UnreadableFile as error:
        return FileReading(source, problem=str(error))
    if sum(len(document.text) for document in documents) > _MOST_CHARACTERS:
        return FileReading(source, problem="texte trop long (plus de 20 millions de caractères)")
    warnings, remarks = (tuple(map(cleaned, said)) for said in (found.warnings, found.remarks))
    return FileReading(source, documents, warnings, remarks=remarks)


def unknown_format(source: str) -> str | None:
    """Why files with this suffix are not read, in French; None when they are. Pure."""
    suffix = PurePosixPath(source).suffix.lower()
    if suffix in _MODULES:
        return None
    remedy = _REMEDIES.get(suffix, _FORMATS)
    return f"format inconnu ({suffix or 'sans extension'}) ; {remedy}"


def _reader(source: str) -> FormatReader:
    if problem := unknown_format(source):
        raise UnreadableFile(problem)
    # A child process reads one file: it must not wait for the libraries of other formats.
    module = import_module(f"ingestion.reading.{_MODULES[PurePosixPath(source).suffix.lower()]}")
    return cast("FormatReader", module.read)


def _document(content: Content, data: bytes, source: str, kind: Kind) -> Document:
    blocks = tuple(replace(block, text=cleaned(block.text)) for block in content.blocks)
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
