"""PDF: its lines and table rows, from where the file places its text. Door of pypdf."""

import io
import logging
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pypdf import PageObject, PasswordType, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject

from ingestion.errors import UnreadableFile
from ingestion.readers.concealed import UNSEEN
from ingestion.readers.content import (
    FileContent,
    ReaderContent,
    clean_text,
    is_pdf,
    listed,
)
from ingestion.readers.fragments import (
    LETTER_WIDTH,
    Fragment,
    TableRow,
    with_raised_digits,
    written_rows,
)
from ingestion.readers.paragraphs import blocks_of_pages, remarks_on

# Fragments of text, as a PDF places them on a page, into lines and table rows. Pure.
#
# The order of the file is kept, which follows columns; only fragments that stand on one baseline,
# or beside the lines of one cell, are put together as the cells of a row.

_LABEL = re.compile(r"(?:[^\w\s]|o|\d{1,2}(?:\.\d{1,2})*|[a-z]|[IVX]+)[.)°]?")
_MOST_CELL_LINES = 8
_WIDEST_LABEL_GAP = 60
_NARROW = 0.45
_MOST_RISE = 3
_MOST_DROP = 0.8
_CELL_GAP = 2.5


def lines_of(fragments: Iterable[Fragment]) -> list[str]:
    """Lines of the page, the cells of a row joined by " | "."""
    page = _Page()
    for fragment in _unbroken(with_raised_digits(fragments)):
        page.add(fragment)
    page.close()
    page.say(())
    return page.lines


@dataclass(slots=True)
class _Page:
    """Lines written, rows of the open table, closed cells of the open row, and lines stacked."""

    lines: list[str] = field(default_factory=list)
    table: list[TableRow] = field(default_factory=list)
    row: list[list[Fragment]] = field(default_factory=list)
    stack: list[Fragment] = field(default_factory=list)

    def add(self, fragment: Fragment) -> None:
        """Put a fragment beside or below the last one, or begin anew."""
        beside = self._beside(fragment) if self.stack else None
        if beside is not None:
            self._end_cell(beside)
        elif self.stack and not _is_below(fragment, self.stack[-1]):
            self.close()
        self.stack.append(fragment)

    def close(self) -> None:
        """Write what is open."""
        cells = [*self.row, self.stack]
        texts = [line.text for line in self.stack]
        if len(cells) == 1:
            self.say(texts)
        elif len(cells) == 2 and _is_label(*cells):
            self.say([f"{cells[0][0].text} {texts[0]}", *texts[1:]])
        else:
            self.table.append(cells)
        self.row, self.stack = [], []

    def say(self, texts: Iterable[str]) -> None:
        """Write the open table, then lines that are none of its rows."""
        self.lines += [*written_rows(self.table), *texts]
        self.table = []

    def _beside(self, fragment: Fragment) -> int | None:
        """Which stacked line opens the cell to whose right the fragment stands."""
        first = max(len(self.stack) - _MOST_CELL_LINES, 0)
        near = self.stack[first:]
        if fragment.x <= near[0].x + fragment.size:
            return None
        for index, line in enumerate(near):
            if abs(line.y - fragment.y) <= fragment.size / 4:
                below = len(near) - 1 - index  # a cell centred on its row has as many above
                return first + max(index - below, 0)
        rise = (fragment.y - near[-1].y) / (fragment.size or 1)
        if not _is_clear_of(near, fragment) or not -_MOST_DROP <= rise <= _MOST_RISE:
            return None
        lines = enumerate(near, start=first)
        return next(index for index, line in lines if line.y <= fragment.y + fragment.size)

    def _end_cell(self, first: int) -> None:
        """Close the stacked lines from `first` on as a cell; those above are lines of their own."""
        if first and not self.row:
            self.say(line.text for line in self.stack[:first])
            del self.stack[:first]
        self.row.append(self.stack)
        self.stack = []


def _is_clear_of(lines: Iterable[Fragment], fragment: Fragment) -> bool:
    """Whether the fragment begins to the right of where the lines end, by a guess."""
    return all(line.x + _NARROW * line.size * len(line.text) < fragment.x for line in lines)


def _is_below(fragment: Fragment, last: Fragment) -> bool:
    return abs(fragment.x - last.x) < 1 and 0 < last.y - fragment.y <= 1.6 * fragment.size


def _is_label(cell: list[Fragment], text: list[Fragment]) -> bool:
    """Whether a cell is the bullet or number that introduces the text beside it."""
    is_short = len(cell) == 1 and bool(_LABEL.fullmatch(cell[0].text))
    return is_short and text[0].x - cell[0].x < _WIDEST_LABEL_GAP


def _unbroken(fragments: Iterable[Fragment]) -> list[Fragment]:
    """Fragments cut at line ends and wide gaps only: a change of font inside a line is none."""
    whole: list[Fragment] = []
    is_open = False
    end = 0.0
    for fragment in fragments:
        pieces = fragment.text.split("\n")
        for index, piece in enumerate(pieces):
            is_open = is_open and index == 0
            if not piece.strip():
                if whole and is_open:
                    whole[-1] = replace(whole[-1], text=whole[-1].text + piece)
                continue
            if is_open and not _is_apart(whole[-1], fragment, end):
                whole[-1] = replace(whole[-1], text=whole[-1].text + piece)
            else:
                whole.append(replace(fragment, text=piece))
            is_open = True
            end = fragment.x + LETTER_WIDTH * fragment.size * len(piece)
        is_open = is_open and bool(pieces[-1].strip() or len(pieces) == 1)
    return [replace(line, text=line.text.strip()) for line in whole]


def _is_apart(last: Fragment, fragment: Fragment, end: float) -> bool:
    """Whether a fragment that the library put on the line of `last` is another cell."""
    is_level = abs(last.y - fragment.y) <= fragment.size / 4
    return is_level and fragment.x - end > _CELL_GAP * fragment.size


# Text of a page that its reader does not see. Pure.

Box = tuple[float, float, float, float]
"""Left, bottom, right and top of a page, in points."""

_SMALLEST_SEEN = 1.0
_MARGIN = 20.0
_UNPAINTED = (3, 7)
_SHOWING = frozenset({b"Tj", b"TJ", b"'", b'"'})


@dataclass(slots=True)
class Paint:
    """Follows the operators of a page: `is_missing` once text was shown that is not painted.

    So is the text that a program recognised on a scan, under the picture.
    """

    is_missing: bool = False
    _modes: list[int] = field(default_factory=lambda: [0])

    def follow(self, operator: bytes, operands: Sequence[object]) -> None:
        """Take the next operator into account (ISO 32000, 8.4.4 and 9.3.6)."""
        if operator == b"q":
            self._modes.append(self._modes[-1])
        elif operator == b"Q" and len(self._modes) > 1:
            self._modes.pop()
        elif operator == b"Tr" and operands and isinstance(operands[0], int | float):
            self._modes[-1] = int(operands[0])
        elif operator in _SHOWING and self._modes[-1] in _UNPAINTED:
            self.is_missing = True


def is_out_of_sight(fragments: Iterable[Fragment], page: Box) -> bool:
    """Whether some text is outside the page, or too small to be seen."""
    return any(_is_unseen(fragment, page) for fragment in fragments if fragment.text.strip())


def _is_unseen(fragment: Fragment, page: Box) -> bool:
    left, bottom, right, top = page
    is_inside = (
        left - _MARGIN <= fragment.x <= right + _MARGIN
        and bottom - _MARGIN <= fragment.y <= top + _MARGIN
    )
    return not is_inside or fragment.size < _SMALLEST_SEEN


# The pages of a file.

Result = TypeVar("Result")

_PROTECTED = "protégé par mot de passe"
_CUT = re.compile(r"[\u00ad\u2010](?=[^\S\n]*$)", re.MULTILINE)
"""What some programs write where they cut a word at the end of a line."""

_HIDDEN = 2 | 32  # hidden, or not for the screen (ISO 32000, 12.5.3)
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
        told = _attempt(_printed, page) if page else None
        if page is None or told is None:
            lost["pages illisibles"].append(number)
            continue
        printed, has_hidden = told
        fields = _fields(page, number, lost)
        if has_hidden:
            lost[UNSEEN].append(number)
        texts = [printed, *fields, scanned.get(number, "")]
        pages[number] = "\n".join(text for text in texts if text)
    return _content(reader, pages, lost)


def _fields(page: PageObject, number: int, lost: Mapping[str, list[int]]) -> list[str]:
    """What was filled in or typed upon a page, each apart or they would be joined as one line."""
    fields = _attempt(_filled_in, page)
    if fields is None:
        lost["champs de formulaire et annotations illisibles, pages"].append(number)
        return []
    filled, is_masked = fields
    if is_masked:
        lost["champs de formulaire et annotations masqués, non lus, pages"].append(number)
    return [f"\n{field}" for field in filled]


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
        fragments.append(Fragment(clean_text(_CUT.sub("-", text)), x, y, height))

    def follow(operator: bytes, operands: list[object], *_: object) -> None:
        paint.follow(operator, operands)

    page.extract_text(visitor_text=keep, visitor_operand_before=follow)
    box = _attempt(_box, page)
    is_unseen = box is not None and is_out_of_sight(fragments, box)
    return "\n".join(lines_of(fragments)), paint.is_missing or is_unseen


def _box(page: PageObject) -> Box:
    left, bottom, right, top = map(float, page.mediabox)
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def _filled_in(page: PageObject) -> tuple[list[str], bool]:
    """Fields of a form as "name : value" and what was typed upon the page, as far as they show.

    And whether others do not show.
    """
    shown: dict[str, None] = {}  # the buttons of a field say the same
    masked: dict[str, None] = {}
    annotations = page.get("/Annots", ())
    for reference in annotations.get_object() if annotations else ():
        annotation = reference.get_object()
        if isinstance(annotation, DictionaryObject):
            text = clean_text(_written_by(annotation))
            (shown if _is_shown(annotation) else masked)[text] = None
    is_masked = any(text.strip() for text in masked.keys() - shown.keys())
    return [text for text in shown if text.strip()], is_masked


def _is_shown(annotation: DictionaryObject) -> bool:
    """Whether an annotation shows on the screen, as its flags say."""
    flags = annotation.get("/F", NumberObject(0)).get_object()
    return isinstance(flags, int) and not flags & _HIDDEN


def _written_by(annotation: DictionaryObject) -> str:
    """The text that an annotation holds, "" for those that hold none."""
    if annotation.get("/Subtype") == "/Widget":
        return _field(annotation)
    typed = annotation.get("/Contents")
    is_text = annotation.get("/Subtype") == "/FreeText" and isinstance(typed, str)
    return str(typed) if is_text else ""


def _field(widget: DictionaryObject) -> str:
    """The name and the value of a field, which its buttons leave to their parent."""
    parent = widget.get("/Parent")
    above = parent.get_object() if parent is not None and "/T" not in widget else widget
    field = above if isinstance(above, DictionaryObject) else widget
    name, value, options = field.get("/T"), field.get("/V"), field.get("/Opt")
    if not name or not isinstance(value, str) or value.strip("/ ") in ("", "Off"):
        return ""
    if isinstance(value, NameObject):
        value = value.removeprefix("/")
        if isinstance(options, ArrayObject) and value.isdecimal() and int(value) < len(options):
            value = str(options[int(value)])
    return f"{name} : {value}"


def _content(
    reader: PdfReader, pages: Mapping[int, str], lost: Mapping[str, list[int]]
) -> FileContent:
    warnings = [f"{what} : {listed(numbers)}" for what, numbers in lost.items()]
    if not pages:
        raise UnreadableFile(" ; ".join(("fichier corrompu : aucune page lisible", *warnings)))
    blank = [number for number, text in pages.items() if not text.strip()]
    if len(blank) == len(pages):
        raise UnreadableFile(" ; ".join(("aucun texte : document numérisé ?", *warnings)))
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
