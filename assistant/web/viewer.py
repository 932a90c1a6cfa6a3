"""A document opened at a passage: pages as pictures, or text with the cited words marked."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from assistant.answering.answer import Citation
from assistant.question.language import Language
from assistant.reports.markup import Html, Words, keep_whole, load_words, render, render_macro
from assistant.retrieval.evidence import Evidence
from assistant.web.frame import frame_values
from assistant.web.pdf_page import DrawingOrder, ScanBox, ScanPlaces
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Document, Heading, ScannedPage
from ingestion.readers.formats import may_be_scanned

# Parts of a text worth showing, with the cited words marked. Pure.
#
# Every function keeps to the offsets of the text it is given.

Span = tuple[int, int]  # half-open, in characters of the text at hand

AROUND = 140  # characters of context on each side of cited words
OPENING = 320  # characters shown of a passage that is not cited
LAYOUT_BREAK = re.compile(r"(?:(?<=(-))|(?<=[^\s.:;!?]))\n(?=[a-zà-ÿ0-9(])")


def cited_spans(evidence: Evidence, citations: Iterable[Citation]) -> list[Span]:
    """Where the citations fall in the passage, in order, overlapping ones made one."""
    passage = evidence.passage
    spans = sorted(
        (max(cited.start - passage.start, 0), min(cited.end, passage.end) - passage.start)
        for cited in citations
        if cited.n == evidence.number and cited.document == passage.document_id
    )
    return merged([span for span in spans if span[0] < span[1]])


def merged(spans: Sequence[Span], gap: int = 0) -> list[Span]:
    """Sorted spans, those at most `gap` characters apart made one."""
    result: list[Span] = []
    for start, end in spans:
        if result and start <= result[-1][1] + gap:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def windows(text: str, spans: Sequence[Span]) -> list[Span]:
    """The stretches of text worth showing: around each span, or the opening; whole words."""
    if not spans:
        return [(0, word_edge(text, OPENING, 1))]
    wide = [
        (word_edge(text, start - AROUND, -1), word_edge(text, end + AROUND, 1))
        for start, end in spans
    ]
    return merged(wide, gap=AROUND // 2)


def word_edge(text: str, position: int, step: int) -> int:
    """The nearest end of a word from a position, going forward (1) or back (-1)."""
    position = min(max(position, 0), len(text))
    while 0 < position < len(text) and not (
        text[position - 1].isspace() or text[position].isspace()
    ):
        position += step
    return position


def shortened(text: str, spans: Sequence[Span]) -> bool:
    """Whether the excerpt leaves something out."""
    return windows(text, spans) != [(0, len(text))]


MARKED = Html("<mark>{}</mark>")
STRUCK = Html('<s class="concealed">{}</s>')
DOUBTED = Html('<span class="doubtful">{}</span>')

Flag = tuple[int, int, Html]
"""A span, and what stands around it where it is shown."""


def marked(
    text: str,
    spans: Sequence[Span],
    start: int = 0,
    end: int | None = None,
    flagged: Sequence[Flag] = (),
) -> Html:
    """Characters `start` to `end` of a text: inside `spans` as `<mark>`, others as flagged."""

    def seen(start: int, end: int) -> Html:
        return _around_spans(flagged, start, end, lambda a, b: Html("").join([text[a:b]]))

    cited = [(first, last, MARKED) for first, last in spans]
    return _around_spans(cited, start, len(text) if end is None else end, seen)


def _around_spans(
    spans: Sequence[Flag], start: int, end: int, shown: Callable[[int, int], Html]
) -> Html:
    """What is `shown` from `start` to `end`, with its own around what is inside each span."""
    pieces: list[Html] = []
    for first, last, around in spans:
        first, last = max(first, start), min(last, end)
        if first < last:
            pieces += [shown(start, first), around.format(shown(first, last))]
            start = last
    return Html("").join([*pieces, shown(start, end)])


def flags(passage: Passage | Document, start: int = 0) -> list[Flag]:
    """What the pages do not show, and figures read with doubt, in characters from `start` on."""
    found = [(each.start, each.end, STRUCK) for each in passage.hidden if not each.is_under_picture]
    found += [(each.start, each.end, DOUBTED) for each in passage.recognised if each.is_doubtful]
    within = ((max(a - start, 0), b - start, around) for a, b, around in found if b > start)
    return sorted(within, key=lambda each: each[:2])


def flowing(text: str) -> str:
    """The text without the line breaks of a page's layout, character for character as long."""
    return keep_whole(LAYOUT_BREAK.sub(lambda found: "\u200b" if found[1] else " ", text))


def excerpt(text: str, spans: Sequence[Span], flagged: Sequence[Flag] = ()) -> Html:
    """The passage shortened to what is cited, with "…" where something is left out."""
    pieces: list[str] = []
    shown, text = windows(text, spans), flowing(text)
    for start, end in shown:
        pieces += ["… " if start > 0 else "", marked(text, spans, start, end, flagged)]
    rest = " …" if shown[-1][1] < len(text) else ""
    return render_macro("buyer/passage_parts.html", "excerpt", Html("").join([*pieces, rest]))


def lines(text: str, spans: Sequence[Span], flagged: Sequence[Flag] = ()) -> list[Html]:
    """The lines of the whole text, spans marked, and others as flagged."""
    text = flowing(text)
    built, position = [], 0
    for line in text.splitlines(keepends=True):
        end = position + len(line)
        if line.strip():
            built.append(marked(text, spans, position, end, flagged))
        position = end
    return built


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


def is_drawn(document: Document) -> bool:
    """Whether the pages of the original can be drawn."""
    return bool(document.pages) and may_be_scanned(document.source)


def order_for(document: Document, view: View, number: int) -> DrawingOrder | None:
    """What to draw on a page; None when the document has no such page."""
    for page in document.pages:
        if page.number == number:
            scan = next((each for each in document.scans if each.number == number), None)
            places = _places(document, view, scan) if scan else ScanPlaces()
            inside = _furniture_in(document, view.passage, number) or (page.start, page.end)
            start, _ = overlap(view.passage, inside)
            quotes = (document.text[slice(*overlap(each, inside))] for each in view.quotes)
            return DrawingOrder(
                number,
                document.text[slice(*overlap(view.passage, inside))],
                tuple(filter(None, quotes)),
                min((start - page.start) / max(page.end - page.start, 1), 1.0),
                places,
            )
    return None


def _places(document: Document, view: View, scan: ScannedPage) -> ScanPlaces:
    """Where the passage, its quotes and doubtful figures stand on the picture of a page."""
    words = tuple(scan.words)
    if not words:
        return ScanPlaces()
    first, last = min(word.start for word in words), max(word.end for word in words)
    doubtful = [
        [(each.start, each.end)]
        for each in document.recognised
        if each.is_doubtful and each.start < last and first < each.end
    ]

    def boxes(spans: Sequence[Span]) -> tuple[ScanBox, ...]:
        return tuple(
            word.box
            for word in words
            if any(start < word.end and word.start < end for start, end in spans)
        )

    figures = tuple(outermost(each) for each in map(boxes, doubtful) if each)
    return ScanPlaces(boxes([view.passage]), boxes(view.quotes), figures)


def outermost(several: Sequence[ScanBox]) -> ScanBox:
    """The smallest box around several."""
    lefts, tops, rights, bottoms = zip(*several, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


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
    document: Document, view: View, lang: Language, *, drawn: bool = False, busy: bool = False
) -> Html:
    """The part of the document to read; `drawn` when its pages can be shown as pictures.

    When no more pictures are drawn now, because the machine is `busy`, its text is shown.
    """
    said, address = load_words(lang), f"/document/{quote(document.id, safe='')}"
    as_pictures = drawn and not busy
    shown = pictures(document, view, said, address) if as_pictures else text_view(document, view)
    return render(
        "document.html",
        said=said,
        lang=lang,
        document=document,
        shown=shown,
        is_busy=drawn and busy,
        is_concealing=any(not each.is_under_picture for each in document.hidden),
        script="viewer.js" if drawn else "",
        **frame_values(),
    )


def pictures(document: Document, view: View, said: Words, address: str) -> Html:
    """The pages of the passage; `address` is that of the document, below which they are drawn."""
    query = view.query + (
        f"&{urlencode({'dossier': document.dossier})}" if document.dossier else ""
    )
    inside = {page.number: (page.start, page.end) for page in document.pages}
    pages = [
        (number, f"{address}/page/{number}.png?{query}", _around(document, view, *inside[number]))
        for number in pages_of(document, view)
    ]
    return render_macro("document_parts.html", "pictures", document.title, pages, said)


def text_view(document: Document, view: View) -> Html:
    """The section of the passage, the passage framed and its quotes marked."""
    start, end = section(document, view.passage)
    numbers = pages_of(document, view) if end <= document.body_end else ()
    furniture = [
        document.text[each.start : each.end] for each in document.furniture if each.page in numbers
    ]
    around = _around(document, view, start, end)
    return render_macro("document_parts.html", "text", *around, furniture)


def whole_text(document: Document, view: View | None) -> Html:
    """Every line of a document, the passage of a view framed where there is one."""
    passage = view.passage if view else (0, len(document.text))
    shown = view or View(passage)
    around = _around(document, shown, 0, document.body_end)
    return render_macro("document_parts.html", "text", *around)


Line = tuple[str, Html]
"""The tag of a line of a document, and what stands in it."""


def _around(document: Document, view: View, start: int, end: int) -> list[list[Line]]:
    """What stands from `start` to `end` before the passage, of it, and after it."""
    quotes = merged(sorted(view.quotes))
    first, last = overlap(view.passage, (start, end))
    parts = [(start, first), (first, last), (last, end)]
    return [_lines_between(document, *part, quotes) for part in parts]


def _lines_between(document: Document, start: int, end: int, quotes: list[Span]) -> list[Line]:
    """Lines of the document between two offsets, headings as headings."""
    levels = {heading.start: heading.level for heading in document.headings}
    known = [each for each in flags(document) if each[0] < end and each[1] > start]
    built, position = [], start
    for line in document.text[start:end].splitlines(keepends=True):
        last = position + len(line)
        inside = [(a - position, b - position) for a, b in quotes if a < last and b > position]
        flagged = [
            (a - position, b - position, x) for a, b, x in known if a < last and b > position
        ]
        level = 0 if flagged else levels.get(position, 0)
        for content in lines(line, inside, flagged):
            tag = f"h{min(level + 1, 6)}" if level else "p"
            built.append((tag, Html("").join([line.strip()]) if level else content))
        position = last
    return built
