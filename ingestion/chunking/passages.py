"""Passages: the spans of a document that are indexed, shown and cited."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise
from typing import TypeVar

from ingestion.chunking.places import is_table, page_numbers, place_of
from ingestion.chunking.sentences import (
    SentenceSpan,
    Span,
    begins_list,
    list_parts,
    split,
    split_lines,
    units,
)
from ingestion.documents.document import (
    Days,
    Document,
    Heading,
    Hidden,
    Kind,
    Recognised,
    Stretch,
    is_citable,
)
from ingestion.documents.headings import clause_number
from ingestion.documents.pieces import PieceKind, plain
from ingestion.documents.ruling import DISPOSITIF, VISAS, Ruling

_MOST_PAGES_NAMED = 5


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable span: `document.text[start:end] == text`.

    `id` is "<first 16 characters of the document id>:<start>-<end>" (characters, half-open).
    `locator` says where it stands in words for a reader: "art. R2122-8", "CCAP, art. 12.3, p. 7".
    `headings` is the path of headings above it, highest first. `references` are the normalised
    references that this passage *is* ("R2122-8", "CCAP 12.3"), not those it mentions. Pages are
    1-based and inclusive, None where the format has none. `valid_to` is exclusive, and
    `not_before` the earliest day on which it can have been the law, where `valid_from` is unknown.
    `address` is the public page of the text. `also_at` are the other places of the document where
    the same text stands under the same headings: `document.text[start:end] == text` for each of
    them. `hidden` are the parts of it that the pages of the file do not show, in characters of the
    document, `recognised` those that were read from a picture. `notes` say how sure it is: they are
    shown with it, and are neither searched nor quoted. `ruling` is the decision of a court that it
    is a paragraph of, with the articles that this paragraph cites. `lead` is that of a list too
    long for one passage, inside which it begins; the list goes on to `led_to`, in characters of the
    document.
    """

    id: str
    document_id: str
    title: str
    source: str
    kind: Kind
    locator: str
    headings: tuple[str, ...]
    references: tuple[str, ...]
    text: str
    start: int
    end: int
    first_page: int | None = None
    last_page: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    state_date: date | None = None
    dossier: str | None = None
    address: str | None = None
    piece: PieceKind | None = None
    also_at: tuple[Span, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    not_before: date | None = None
    notes: tuple[str, ...] = ()
    recognised: tuple[Recognised, ...] = ()
    state_until: date | None = None
    ruling: Ruling | None = None
    lead: str = ""
    led_to: int = 0

    def hides(self, start: int, end: int) -> bool:
        """Whether some of these characters of the document are on no page for a reader to see.

        What stands under a picture may be read there.
        """
        return any(not each.is_under_picture for each in _within(self.hidden, start, end))

    def is_recognised(self, start: int, end: int) -> bool:
        """Whether some of these characters of the document were read from a picture."""
        return bool(_within(self.recognised, start, end))

    def doubts(self, start: int, end: int) -> tuple[str, ...]:
        """The figures among these characters of the document that were read with doubt."""
        return tuple(
            self.text[max(each.start - self.start, 0) : each.end - self.start]
            for each in _within(self.recognised, start, end)
            if each.is_doubtful
        )


_Marked = TypeVar("_Marked", Hidden, Recognised)


def _within(spans: Iterable[_Marked], start: int, end: int) -> tuple[_Marked, ...]:
    """Those of the spans that have characters between these two."""
    return tuple(each for each in spans if each.start < end and start < each.end)


_NOTHING_TOLD = Stretch(0, 0)


@dataclass(frozen=True, slots=True)
class _Unit:
    """Text between two headings of which the same is said, below its headings, with its notes."""

    headings: tuple[str, ...]
    start: int
    end: int
    days: Days | None = None
    notes: tuple[str, ...] = ()


def passages_of(document: Document, *, size: int = 1500, overlap: int = 200) -> tuple[Passage, ...]:
    """The passages of a document, in order: the text between two headings, cut when it is long.

    `size` and `overlap` count characters. A heading without text below it gives no passage, unless
    it is a numbered clause; rows of a table are never divided and never overlap. Statements that
    are the law on other days than their neighbours are passages of their own. A document that may
    not be cited has none.
    """
    if not is_citable(document.state, document.valid_to):
        return ()
    return tuple(
        passage
        for headings, unit_start, unit_end in _units(document)
        for unit in _told_apart(document, headings, unit_start, unit_end)
        for passage in _of_unit(document, unit, size, overlap)
    )


def _of_unit(document: Document, unit: _Unit, size: int, overlap: int) -> Iterator[Passage]:
    """The passages of a stretch of text, those that begin inside a list with its lead."""
    spans = [*_spans(document, unit.start, unit.end, size, overlap)]
    is_cut = len(spans) > 1 and not is_table(document)
    lists = [*_lists(document.text[unit.start : unit.end])] if is_cut else []
    whole = _whole(document, unit)
    for start, end in spans:
        passage = _cut(document, whole, start, end)
        for lead, listed in lists:
            if listed.start <= start - unit.start < listed.end:
                passage = replace(passage, lead=lead, led_to=unit.start + listed.end)
        yield passage


def _lists(text: str) -> Iterator[tuple[str, SentenceSpan]]:
    """The lead of each list of a text, and where its items stand."""
    for unit in units(text, longest=len(text)):
        if parts := list_parts(text[unit.start : unit.end]):
            lead, items = parts
            listed = SentenceSpan(unit.start + items[0].start, unit.end)
            yield text[unit.start + lead.start : unit.start + lead.end], listed


def _units(document: Document) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Headings above, start and end of each stretch of text between two headings.

    Of a decision, each paragraph of its reasons, and not what the parties ask.
    """
    if document.ruling:
        yield from _paragraphs(document)
        return
    read = _read_headings(document)
    above: list[Heading] = []
    start = 0
    for heading in document.headings:
        yield _path(document, above), start, heading.start
        while above and above[-1].level >= heading.level:
            above.pop()
        above.append(heading)
        start = heading.start if heading in read else heading.end
    yield _path(document, above), start, document.body_end


def _read_headings(document: Document) -> set[Heading]:
    """The headings that are text too: a clause on the line of its number, the lead of a list."""
    read: set[Heading] = set()
    later: dict[str | None, str] = {}
    following = None
    for heading in reversed(document.headings):
        number, title = clause_number(heading.text), _UNTITLED.sub("", plain(heading.text))
        below = document.text[heading.end : following.start if following else document.body_end]
        if below.strip() or (following and following.level > heading.level):
            is_read = heading.text.endswith(":") and begins_list(below)
        else:
            is_read = number is not None and not _same_title(title, later.get(number))
        if is_read:
            read.add(heading)
        later[number] = title
        following = heading
    return read


_UNTITLED = re.compile(r"^(?:art(?:icle)? )?[\d ]+(?:er )?| \d{1,3}$")


def _same_title(entry: str, title: str | None) -> bool:
    """Whether one of both, in a table of contents, would be that of the other."""
    return title is not None and (title.startswith(entry) or entry.startswith(title))


def _paragraphs(document: Document) -> Iterator[tuple[tuple[str, ...], int, int]]:
    for name, marks in groupby(document.marks, key=lambda mark: mark.name):
        first, *others = marks
        if name not in (VISAS, DISPOSITIF):
            yield (*document.path, name), first.start, (others or [first])[-1].end


def _told_apart(
    document: Document, headings: tuple[str, ...], start: int, end: int
) -> Iterator[_Unit]:
    """The parts of a section that are the law on different days, without its notes."""
    told = [each for each in document.stretches if start <= each.start and each.end <= end]
    notes = [each for each in told if each.is_note]
    edges = [start, *(edge for each in told for edge in (each.start, each.end)), end]
    of_edge = {each.start: each for each in told}
    for first, last in pairwise(edges):
        stretch = of_edge.get(first, _NOTHING_TOLD)
        if first < last and not stretch.is_note:
            about = (note for note in notes if note.days in (None, stretch.days))
            lines = [
                line for note in about for line in document.text[note.start : note.end].split("\n")
            ]
            yield _Unit(headings, first, last, stretch.days, tuple(lines))


def _path(document: Document, above: list[Heading]) -> tuple[str, ...]:
    return (*document.path, *(heading.text for heading in above))


def _spans(document: Document, start: int, end: int, size: int, overlap: int) -> Iterator[Span]:
    text = document.text[start:end]
    if is_table(document):
        spans = split_lines(text, size=size)
    else:
        spans = split(text, size=size, overlap=overlap)
    for first, last in spans:
        yield start + first, start + last


def _whole(document: Document, unit: _Unit) -> Passage:
    """What is the same of all the passages of a stretch of text."""
    days = unit.days or Days()
    return Passage(
        id="",
        document_id=document.id,
        title=document.title,
        source=document.source,
        kind=document.kind,
        locator="",
        headings=unit.headings,
        references=(),
        text="",
        start=unit.start,
        end=unit.end,
        valid_from=days.valid_from or document.valid_from,
        valid_to=days.valid_to or document.valid_to,
        state_date=document.state_date,
        dossier=document.dossier,
        address=document.address,
        piece=document.piece,
        not_before=document.not_before,
        notes=unit.notes,
        state_until=document.state_until,
    )


def _cut(document: Document, whole: Passage, start: int, end: int) -> Passage:
    place = place_of(document, whole.headings, start, end)
    first_page, last_page = page_numbers(document, start, end) or (None, None)
    return replace(
        whole,
        id=f"{document.id[:16]}:{start}-{end}",
        locator=place.locator,
        references=place.references,
        text=document.text[start:end],
        start=start,
        end=end,
        first_page=first_page,
        last_page=last_page,
        hidden=_within(document.hidden, start, end),
        recognised=_within(document.recognised, start, end),
        ruling=document.ruling.within(start, end) if document.ruling else None,
    )


def as_one(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """Equal passages of a document made one with several places, where the first stands. Pure.

    Hundreds of them would fill every search, and tell a reader no more than one.
    """
    same: dict[Passage, list[Passage]] = {}
    for each in passages:
        same.setdefault(_anywhere(each), []).append(each)
    return tuple(_with_places(first, others) for first, *others in same.values())


def _anywhere(passage: Passage) -> Passage:
    """A passage without its place, for what is equal wherever it stands, however it is read."""
    hidden = (Hidden(0, 0),) if passage.hidden else ()
    recognised = (Recognised(0, 0),) if passage.recognised else ()
    return replace(
        passage,
        id="",
        start=0,
        end=0,
        locator="",
        first_page=None,
        last_page=None,
        led_to=0,
        hidden=hidden,
        recognised=recognised,
    )


def _with_places(first: Passage, others: Sequence[Passage]) -> Passage:
    if not others:
        return first
    pages = sorted({each.first_page for each in others if each.first_page is not None})
    if 0 < len(pages) <= _MOST_PAGES_NAMED:
        where = f"aussi p. {', '.join(map(str, pages))}"
    else:
        where = (
            "et à un autre endroit" if len(others) == 1 else f"et à {len(others)} autres endroits"
        )
    return replace(
        first,
        locator=f"{first.locator}, {where}",
        also_at=tuple((each.start, each.end) for each in others),
    )
