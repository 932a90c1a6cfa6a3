"""PDF: its lines and table rows. Door of pypdf."""

import io
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pypdf import PageObject, PasswordType, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError
from pypdf.generic import DictionaryObject

from ingestion.errors import UnreadableFile
from ingestion.readers.concealed import UNSEEN, Box, Paint, is_out_of_sight
from ingestion.readers.content import FileContent, ReaderContent, clean_text, is_pdf, listed
from ingestion.readers.layout import Fragment, lines_of
from ingestion.readers.paragraphs import blocks_of_pages, remarks_on

Result = TypeVar("Result")

_PROTECTED = "protégé par mot de passe"
_GENERATED_TITLES = (".doc", ".docx", ".odt", ".indd", ".xls", ".xlsx", ".tmp")
_NO_TITLES = ("", "untitled", "anonymous", "sans titre", "sans nom")

# The library's remarks on malformed files would reach the terminal; what is lost is said below.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def read_pdf(data: bytes, scanned: Mapping[int, str]) -> FileContent:
    """Read each page; pages without text or that cannot be read are named.

    `scanned` is what was read from the pictures of pages, by number, to stand after their text.
    """
    if not is_pdf(data):
        raise UnreadableFile("le contenu n'est pas un PDF")
    reader, count = _opened(data)
    pages: dict[int, str] = {}
    lost: dict[str, list[int]] = defaultdict(list)
    for number in range(1, count + 1):
        page = _attempt(reader.pages.__getitem__, number - 1)
        printed = _attempt(_printed, page) if page else None
        fields = _attempt(_filled_fields, page) if page else None
        if printed is None:
            lost["pages illisibles"].append(number)
            continue
        if fields is None:
            lost["champs de formulaire illisibles, pages"].append(number)
        written, has_hidden = printed
        if has_hidden:
            lost[UNSEEN].append(number)
        texts = [written, *(fields or ()), scanned.get(number, "")]
        pages[number] = "\n".join(text for text in texts if text)
    return _content(reader, pages, lost)


def _opened(data: bytes) -> tuple[PdfReader, int]:
    """The reader and its number of pages."""
    try:
        reader = PdfReader(io.BytesIO(data))
        if not reader.is_encrypted or reader.decrypt("") is not PasswordType.NOT_DECRYPTED:
            return reader, len(reader.pages)
    except (DependencyError, FileNotDecryptedError, NotImplementedError) as error:
        raise UnreadableFile(_PROTECTED) from error
    except PyPdfError as error:
        raise UnreadableFile(f"fichier corrompu ({type(error).__name__})") from error
    raise UnreadableFile(_PROTECTED)


def _attempt(read: Callable[[Any], Result], argument: object) -> Result | None:
    """What `read` gives, None when the library fails on this part of the file."""
    try:
        return read(argument)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - on malformed parts the library raises anything
        return None


def _printed(page: PageObject) -> tuple[str, bool]:
    """The lines of a page, and whether some of them do not show."""
    fragments: list[Fragment] = []
    paint = Paint()

    def keep(text: str, matrix: list[float], place: list[float], _: object, size: float) -> None:
        x = place[4] * matrix[0] + place[5] * matrix[2] + matrix[4]
        y = place[4] * matrix[1] + place[5] * matrix[3] + matrix[5]
        height = abs(size) * max(abs(place[1]), abs(place[3])) * max(abs(matrix[1]), abs(matrix[3]))
        fragments.append(Fragment(clean_text(text), x, y, height))

    def follow(operator: bytes, operands: list[object], *_: object) -> None:
        paint.follow(operator, operands)

    page.extract_text(visitor_text=keep, visitor_operand_before=follow)
    box = _attempt(_box, page)
    is_unseen = box is not None and is_out_of_sight(fragments, box)
    return "\n".join(lines_of(fragments)), paint.is_missing or is_unseen


def _box(page: PageObject) -> Box:
    left, bottom, right, top = map(float, page.mediabox)
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def _filled_fields(page: PageObject) -> list[str]:
    """Fields of a form as "name : value"."""
    filled: list[str] = []
    annotations = page.get("/Annots", ())
    for reference in annotations.get_object() if annotations else ():
        widget = reference.get_object()
        if isinstance(widget, DictionaryObject) and widget.get("/Subtype") == "/Widget":
            name, value = widget.get("/T"), widget.get("/V")
            if name and isinstance(value, str) and value.strip("/ ") not in ("", "Off"):
                filled.append(clean_text(f"{name} : {value}"))
    return filled


def _content(
    reader: PdfReader, pages: Mapping[int, str], lost: Mapping[str, list[int]]
) -> FileContent:
    warnings = [f"{what} : {listed(numbers)}" for what, numbers in lost.items()]
    if not pages:
        raise UnreadableFile("; ".join(("fichier corrompu : aucune page lisible", *warnings)))
    blank = [number for number, text in pages.items() if not text.strip()]
    if len(blank) == len(pages):
        raise UnreadableFile("; ".join(("aucun texte : document numérisé ?", *warnings)))
    if blank:
        warnings.append(f"pages sans texte (numérisées ou blanches) : {listed(blank)}")
    if names := _attempt(_attachments, reader):
        warnings.append(f"pièces jointes au PDF non lues : {names}")
    title = _attempt(_title, reader)
    blocks = blocks_of_pages(pages)
    return FileContent((ReaderContent(blocks, title=title),), tuple(warnings), remarks_on(blocks))


def _attachments(reader: PdfReader) -> str:
    return ", ".join(clean_text(name) for name in reader.attachments)


def _title(reader: PdfReader) -> str | None:
    """The title that the author gave, not the file name that a program put there."""
    written = (reader.metadata.title if reader.metadata else None) or ""
    title = " ".join(clean_text(written).split())
    is_generated = title.startswith("Microsoft ") or title.lower().endswith(_GENERATED_TITLES)
    return None if is_generated or title.lower().strip("( )") in _NO_TITLES else title
