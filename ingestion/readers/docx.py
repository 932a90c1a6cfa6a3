"""DOCX; the only file to import python-docx."""

import io
from zipfile import BadZipFile

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError

from ingestion.errors import UnreadableFile
from ingestion.readers.content import (
    FileContent,
    ReaderContent,
    refuse_entities,
    unpack,
)
from ingestion.readers.headings import with_headings
from ingestion.readers.markup import Element
from ingestion.readers.office import active_content, hidden_in_word
from ingestion.readers.word import BodyReader, Numbering, notes_of


def read_docx(data: bytes) -> FileContent:
    """Read headings with their numbers, paragraphs, list items, table rows and notes."""
    parts = unpack(data)
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")):
            refuse_entities(part)
    word = _opened(data)
    styles = {style.style_id: style.element for style in word.styles}
    reader = BodyReader(styles, Numbering(_numbering(word)))
    blocks = [*reader.blocks(word.element.body), *notes_of(parts)]
    if not any(block.text.strip(" |") for block in blocks):
        raise UnreadableFile("aucun texte : document numérisé ?")
    # Without properties of its own, the library gives a document those of its template.
    has_title = "docProps/core.xml" in parts
    title = " ".join((word.core_properties.title or "").split()) if has_title else ""
    warnings = (*hidden_in_word(word.element.body), *active_content(parts))
    return FileContent((ReaderContent(with_headings(blocks), title=title or None),), warnings)


def _opened(data: bytes) -> WordDocument:
    try:
        return docx.Document(io.BytesIO(data))
    except (OpcError, BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise UnreadableFile("le contenu n'est pas un document DOCX") from error


def _numbering(word: WordDocument) -> Element | None:
    for relation in word.part.rels.values():
        if relation.reltype.endswith("/numbering") and not relation.is_external:
            element: Element = relation.target_part.element
            return element
    return None
