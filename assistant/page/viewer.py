"""A document opened at a passage: pages of a PDF as pictures, or the section of a text. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from assistant.page.excerpts import Span, hidden_spans, merged, paragraphs
from assistant.page.markup import NOTHING, Html, element, joined
from assistant.page.pdf_page import Order
from assistant.page.words import Words
from ingestion.documents import Document, Heading

MOST_PAGES = 4
LONGEST_SECTION = 12_000  # characters shown on each side of the passage


@dataclass(frozen=True, slots=True)
class View:
    """What to show of a document: the passage and the quotes inside it (half-open offsets)."""

    passage: Span
    quotes: tuple[Span, ...] = ()

    @property
    def query(self) -> str:
        """The view as the query of an address."""
        items = [("start", self.passage[0]), ("end", self.passage[1])]
        return urlencode(items + [("quote", f"{start}-{end}") for start, end in self.quotes])


def fits(view: View, document: Document) -> bool:
    """Whether the passage and its quotes lie within the document."""
    spans = (view.passage, *view.quotes)
    return all(0 <= start < end <= len(document.text) for start, end in spans)


def is_pdf(document: Document) -> bool:
    """Whether the pages of the original can be drawn."""
    return document.source.lower().endswith(".pdf") and bool(document.pages)


def order_for(document: Document, view: View, number: int) -> Order | None:
    """What to draw on a page; None when the document has no such page."""
    for page in document.pages:
        if page.number == number:
            inside = _furniture_in(document, view.passage, number) or (page.start, page.end)
            start, _ = overlap(view.passage, inside)
            quotes = (document.text[slice(*overlap(each, inside))] for each in view.quotes)
            return Order(
                number,
                document.text[slice(*overlap(view.passage, inside))],
                tuple(filter(None, quotes)),
                min((start - page.start) / max(page.end - page.start, 1), 1.0),
            )
    return None


def overlap(span: Span, other: Span) -> Span:
    """What two spans share, empty when nothing."""
    start = max(span[0], other[0])
    return start, max(min(span[1], other[1]), start)


def _furniture_in(document: Document, passage: Span, number: int) -> Span | None:
    """The head or the foot of a page that a passage quotes, which stands apart from its text."""
    spans = ((each.start, each.end) for each in document.furniture if each.page == number)
    return next((span for span in spans if len(range(*overlap(passage, span)))), None)


def pages_of(document: Document, view: View) -> list[int]:
    """The pages the passage stands on."""
    numbers = []
    for page in document.pages:
        start, end = overlap(view.passage, (page.start, page.end))
        if start < end or _furniture_in(document, view.passage, page.number):
            numbers.append(page.number)
    return numbers[:MOST_PAGES]


def section(document: Document, passage: Span) -> Span:
    """From the heading above the passage to the next of its rank or higher, within reason.

    Heads and feet of pages, which stand after everything else, are a section of their own.
    """
    if document.furniture and passage[0] >= document.body_end:
        return document.body_end, len(document.text)
    above = [heading for heading in document.headings if heading.start <= passage[0]]
    opening = above[-1] if above else Heading(0, "", 0, 0)
    after = [
        h.start for h in document.headings if h.start > passage[1] and h.level <= opening.level
    ]
    start = max(opening.start, passage[0] - LONGEST_SECTION)
    end = min([*after, document.body_end, passage[1] + LONGEST_SECTION])
    return start, max(end, passage[1])


def document_html(
    document: Document, view: View, said: Words, *, drawn: bool = False, busy: bool = False
) -> Html:
    """The part of the document to read; `drawn` when its pages can be shown as pictures.

    When no more pictures are drawn now, because the machine is `busy`, its text is shown.
    """
    address = f"/document/{quote(document.id, safe='')}"
    as_pictures = drawn and not busy
    shown = pictures(document, view, said, address) if as_pictures else text_view(document, view)
    warned = element("p", said["document_hidden"], class_="notice", role="note")
    concealed = warned if hidden_spans(document) else NOTHING
    excuse = element("p", said["pictures_busy"], class_="notice", role="status")
    return element(
        "main",
        element("h1", document.title),
        element("p", document.source, class_="source"),
        excuse if drawn and busy else NOTHING,
        concealed,
        shown,
        class_="document",
        id="document",
    )


def pictures(document: Document, view: View, said: Words, address: str) -> Html:
    """The pages of the passage, each with its text for those who cannot see the picture.

    `address` is that of the document, below which its pages are drawn. Where a picture does not
    come, viewer.js opens the text below it.
    """
    of_dossier = f"&{urlencode({'dossier': document.dossier})}" if document.dossier else ""
    figures = []
    for number in pages_of(document, view):
        figures.append(
            element(
                "figure",
                element("figcaption", said["page_of"].format(page=number)),
                element(
                    "img",
                    src=f"{address}/page/{number}.png?{view.query}{of_dossier}",
                    alt=said["page_image"].format(page=number, title=document.title),
                    width=1240,
                ),
                element("p", said["picture_missing"], class_="notice", hidden=True),
            )
        )
        text = page_text(document, view, number)
        figures.append(element("details", element("summary", said["page_text"]), text))
    return joined(figures)


def text_view(document: Document, view: View) -> Html:
    """The section of the passage, the passage framed and its quotes marked."""
    start, end = section(document, view.passage)
    before, passage, after = _around(document, view, start, end)
    framed = element("div", *passage, class_="framed", id="passage", tabindex=-1)
    aside = _furniture(document, pages_of(document, view)) if end <= document.body_end else NOTHING
    return element("div", *before, framed, *after, aside, class_="text")


def _furniture(document: Document, numbers: Sequence[int]) -> Html:
    """The heads and feet of these pages, after what they say."""
    lines = [
        element("p", document.text[each.start : each.end])
        for each in document.furniture
        if each.page in numbers
    ]
    return element("div", *lines, class_="hint") if lines else NOTHING


def page_text(document: Document, view: View, number: int) -> Html:
    """A page as text, what it has of the passage framed."""
    page = next(each for each in document.pages if each.number == number)
    before, passage, after = _around(document, view, page.start, page.end)
    framed = element("div", *passage, class_="framed")
    return element("div", *before, framed, *after, class_="text")


def _around(document: Document, view: View, start: int, end: int) -> list[list[Html]]:
    """What stands from `start` to `end` before the passage, of it, and after it."""
    quotes = merged(sorted(view.quotes))
    first, last = overlap(view.passage, (start, end))
    parts = [(start, first), (first, last), (last, end)]
    return [paragraphs_between(document, *part, quotes) for part in parts]


def paragraphs_between(document: Document, start: int, end: int, quotes: list[Span]) -> list[Html]:
    """Lines of the document between two offsets, headings as headings."""
    levels = {heading.start: heading.level for heading in document.headings}
    hidden = hidden_spans(document)
    built, position = [], start
    for line in document.text[start:end].splitlines(keepends=True):
        last = position + len(line)
        inside = [(a - position, b - position) for a, b in quotes if a < last and b > position]
        struck = [(a - position, b - position) for a, b in hidden if a < last and b > position]
        level = levels.get(position)
        (content,) = paragraphs(line, inside, struck) or (NOTHING,)
        if content:
            tag = f"h{min(level + 1, 6)}" if level and not struck else ""
            built.append(element(tag, line.strip()) if tag else content)
        position = last
    return built
