"""A document opened at a passage: pages of a PDF as pictures, or the section of a text. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from assistant.page.excerpts import Span, merged, paragraphs
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


def document_html(document: Document, view: View, said: Words, *, drawn: bool = False) -> Html:
    """The part of the document to read; `drawn` when its pages can be shown as pictures."""
    address = f"/document/{quote(document.id, safe='')}"
    shown = pictures(document, view, said, address) if drawn else text_view(document, view)
    return element(
        "main",
        element("h1", document.title),
        element("p", document.source, class_="source"),
        shown,
        class_="document",
        id="document",
    )


def pictures(document: Document, view: View, said: Words, address: str) -> Html:
    """The pages of the passage, each with the passage as text for those who cannot see it.

    `address` is that of the document, below which its pages are drawn.
    """
    of_dossier = f"&{urlencode({'dossier': document.dossier})}" if document.dossier else ""
    figures = []
    for number in pages_of(document, view):
        order = order_for(document, view, number)
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
            )
        )
        if order:
            text = element("div", *paragraphs(order.passage, []))
            figures.append(element("details", element("summary", said["passage_text"]), text))
    return joined(figures)


def text_view(document: Document, view: View) -> Html:
    """The section of the passage, the passage framed and its quotes marked."""
    start, end = section(document, view.passage)
    quotes = merged(sorted(view.quotes))
    parts = [(start, view.passage[0]), view.passage, (view.passage[1], end)]
    before, passage, after = (
        paragraphs_between(document, first, last, quotes) for first, last in parts
    )
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


def paragraphs_between(document: Document, start: int, end: int, quotes: list[Span]) -> list[Html]:
    """Lines of the document between two offsets, headings as headings."""
    levels = {heading.start: heading.level for heading in document.headings}
    built, position = [], start
    for line in document.text[start:end].splitlines(keepends=True):
        last = position + len(line)
        inside = [(a - position, b - position) for a, b in quotes if a < last and b > position]
        level = levels.get(position)
        (content,) = paragraphs(line, inside) or (NOTHING,)
        if content:
            tag = f"h{min(level + 1, 6)}" if level else ""
            built.append(element(tag, line.strip()) if tag else content)
        position = last
    return built
