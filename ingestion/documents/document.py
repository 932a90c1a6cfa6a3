"""Documents: what a reader makes of a file, with exact character offsets.

A reader yields blocks; `assemble` joins them once into the text to which every offset refers.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256

from ingestion.documents.pieces import PieceKind
from ingestion.documents.ruling import Ruling


class Kind(StrEnum):
    """What a file is used for, as given when it is added."""

    RULES = "rules"
    TENDER = "tender"
    INVOICES = "invoices"
    PURCHASES = "purchases"
    RULINGS = "rulings"


ADDED = tuple(kind for kind in Kind if kind is not Kind.RULINGS)
"""The kinds of files that a person adds: decisions come from archives alone."""


class State(StrEnum):
    """The state of a version of an article, as official archives write it (LEGI, ETAT)."""

    IN_FORCE = "VIGUEUR"
    IN_FORCE_LATER = "VIGUEUR_DIFF"
    CHANGED = "MODIFIE"
    REPEALED = "ABROGE"
    REPEALED_LATER = "ABROGE_DIFF"
    ANNULLED = "ANNULE"
    EXPIRED = "PERIME"
    TRANSFERRED = "TRANSFERE"
    MOVED = "DEPLACE"
    STILLBORN = "MODIFIE_MORT_NE"


_STANDING = {State.IN_FORCE, State.IN_FORCE_LATER, State.REPEALED_LATER}
_NEVER_LAW = {State.ANNULLED, State.STILLBORN}


class Role(StrEnum):
    """The part a block plays in its document."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    FURNITURE = "furniture"


@dataclass(frozen=True, slots=True)
class Days:
    """When a statement is the law; `valid_to` is exclusive, None is unknown or open."""

    valid_from: date | None = None
    valid_to: date | None = None


def day_after(last: date | None) -> date | None:
    """The `valid_to` of what holds to the end of a last day; "9999-12-31" is written for none."""
    return last + timedelta(days=1) if last and last != date.max else None


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item or table row as read: one or more whole lines of text.

    `level` is 1 for the highest heading, 0 for anything else. `page` is 1-based, None where the
    format has no pages. `mark` is what the format itself calls this place, see `Mark`. Furniture
    (the head or the foot that pages repeat) stands after all other blocks, whatever its page.
    `days` and `is_note` are what its author says of a block, see `Stretch`.
    """

    text: str
    role: Role = Role.PARAGRAPH
    level: int = 0
    page: int | None = None
    mark: str | None = None
    days: Days | None = None
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a document: number (1-based) and half-open span of characters."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What a format calls a place of its own, and the half-open span of characters read there.

    The cells of a row in a spreadsheet ("B4:F4", "B4"), the field of a notice ("BT-131").
    """

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Furniture:
    """A line that pages repeat: its page (1-based) and half-open span of characters.

    Kept, shown and quotable, but neither searched nor in any passage.
    """

    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """A half-open span of characters that the pages of the file do not show.

    `is_under_picture` when something else is drawn there, as over the words recognised on a scan.
    """

    start: int
    end: int
    is_under_picture: bool = False


@dataclass(frozen=True, slots=True)
class Recognised:
    """A half-open span of characters that was read from the picture of a page.

    `is_doubtful` when it is a figure some of whose words were read with little confidence: it is
    to be checked on the picture, and never computed with.
    """

    start: int
    end: int
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class ScannedWord:
    """A word read from a picture: half-open span of characters, confidence (0 to 100), box.

    The box is left, top, right and bottom, in ten thousandths of the width and the height of the
    page as it is drawn.
    """

    start: int
    end: int
    confidence: int
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """The words read from the picture of a page (1-based), in the order of reading.

    `numbers` are seven for each of them, in the order of the fields of `ScannedWord`: a document of
    a hundred pages has fifty thousand words, and is opened for every question.
    """

    number: int
    numbers: tuple[int, ...]

    @property
    def words(self) -> Iterator[ScannedWord]:
        """The words one by one."""
        for at in range(0, len(self.numbers), _NUMBERS_A_WORD):
            start, end, sure, left, top, right, bottom = self.numbers[at : at + _NUMBERS_A_WORD]
            yield ScannedWord(start, end, sure, (left, top, right, bottom))


_NUMBERS_A_WORD = 7


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters of a text (half-open) of which its author says more than of the others.

    On which days they are the law, where these are known; or that they are a note, which says how
    sure the statements around it are and states nothing itself.
    """

    start: int
    end: int
    days: Days | None = None
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a document: level (1 is the highest) and half-open span of its characters."""

    level: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A text that can be cited.

    `id` is the sha256 (hexadecimal) of the bytes it was read from: equal bytes, equal id.
    `source` is the file's name as added, with `/` between folders. `reference` is set when the
    whole document is one legal unit ("R2122-8"), `path` holds the headings above it.
    `valid_to` is exclusive; None means unknown or open. `state_date` is the day as of which the
    author says the text was right, the first one where they say a part of a year, whose last one is
    then `state_until`. `dossier` names the tender file that it belongs to, if any, and
    `piece` says which of its pieces it is, where that is known.
    `state` is that of a version of an article, None for other texts and where it is not said.
    `address` is the public page of the text. `marks`, `stretches`, `hidden` and `recognised` are in
    the order of the text, and so is `furniture`, which stands at its end, so that sentences run on
    from page to page. `not_before` is the earliest day on which any of it can have been the law,
    where that alone is known. `scans` are the pages that were read from their pictures. `ruling` is
    set for a decision of a court, whose numbered paragraphs are its marks.
    """

    id: str
    title: str
    source: str
    kind: Kind
    text: str
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()
    path: tuple[str, ...] = ()
    reference: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    state_date: date | None = None
    dossier: str | None = None
    state: State | None = None
    address: str | None = None
    marks: tuple[Mark, ...] = ()
    piece: PieceKind | None = None
    not_before: date | None = None
    stretches: tuple[Stretch, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    furniture: tuple[Furniture, ...] = ()
    recognised: tuple[Recognised, ...] = ()
    scans: tuple[ScannedPage, ...] = ()
    state_until: date | None = None
    ruling: Ruling | None = None

    @property
    def body_end(self) -> int:
        """Where what is read and searched ends: passages stand before it, furniture after."""
        return self.furniture[0].start if self.furniture else len(self.text)

    @property
    def text_sha256(self) -> str:
        """Hexadecimal sha256 of the whole text (UTF-8), which `id` is not."""
        return sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class FileReading:
    """The outcome of reading one file: documents and French warnings, or the French reason why not.

    `problem` is None exactly when there is at least one document. `remarks` say in French what is
    kept but not searched, which is nothing to worry about.
    """

    source: str
    documents: tuple[Document, ...] = ()
    warnings: tuple[str, ...] = ()
    problem: str | None = None
    remarks: tuple[str, ...] = ()


def is_citable(state: State | None, valid_to: date | None) -> bool:
    """Whether a text was, is or will be the law between known days. Pure.

    A version that has ended on an unknown day could be taken for the one that replaced it; it is
    kept for the history of its article and never cited.
    """
    has_ended = state is not None and state not in _STANDING
    return state not in _NEVER_LAW and not (has_ended and valid_to is None)


def assemble(blocks: Iterable[Block]) -> tuple[str, tuple[Page, ...], tuple[Heading, ...]]:
    """Join blocks, one a line, into (text, pages, headings). Pure.

    Pages are computed from the blocks' page numbers, which never decrease; a page without a block
    other than furniture does not appear.
    """
    placed = list(_placed(blocks))
    spans: dict[int, tuple[int, int]] = {}
    for block, start, end in placed:
        if block.page is not None and block.role is not Role.FURNITURE:
            first, _ = spans.get(block.page, (start, end))
            spans[block.page] = (first, end)
    return (
        "\n".join(block.text for block, *_ in placed),
        tuple(Page(number, start, end) for number, (start, end) in sorted(spans.items())),
        tuple(
            Heading(block.level, block.text, start, end)
            for block, start, end in placed
            if block.role is Role.HEADING
        ),
    )


def marks_of(blocks: Iterable[Block]) -> tuple[Mark, ...]:
    """The marks of blocks, where `assemble` puts their text. Pure."""
    return tuple(
        Mark(block.mark, start, end)
        for block, start, end in _placed(blocks)
        if block.mark is not None
    )


def furniture_of(blocks: Iterable[Block]) -> tuple[Furniture, ...]:
    """The furniture among blocks, where `assemble` puts it. Pure."""
    return tuple(
        Furniture(block.page, start, end)
        for block, start, end in _placed(blocks)
        if block.role is Role.FURNITURE and block.page is not None
    )


def _placed(blocks: Iterable[Block]) -> Iterator[tuple[Block, int, int]]:
    position = 0
    for block in blocks:
        end = position + len(block.text)
        yield block, position, end
        position = end + 1


def stretches_of(blocks: Iterable[Block]) -> tuple[Stretch, ...]:
    """What is said of blocks, where `assemble` puts their text; neighbours alike are one. Pure."""
    stretches: list[Stretch] = []
    is_next = False
    for block, start, end in _placed(blocks):
        is_told = block.role is not Role.HEADING and (block.days is not None or block.is_note)
        if is_told:
            last = stretches[-1] if is_next else None
            if last and (last.days, last.is_note) == (block.days, block.is_note):
                start = stretches.pop().start
            stretches.append(Stretch(start, end, block.days, block.is_note))
        is_next = is_told
    return tuple(stretches)
