"""Parts of a text worth showing, with the cited words marked. Pure.

Every function keeps to the offsets of the text it is given.
"""

import re
from collections.abc import Iterable, Sequence

from assistant.answers import Citation
from assistant.evidence import Evidence
from assistant.page.markup import Html, element, joined, unbroken
from ingestion.documents import Document
from ingestion.passages import Passage

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


def marked(
    text: str,
    spans: Sequence[Span],
    start: int = 0,
    end: int | None = None,
    struck: Sequence[Span] = (),
) -> Html:
    """Characters `start` to `end` of a text: inside `spans` as `<mark>`, in `struck` as `<s>`."""
    end = len(text) if end is None else end
    pieces: list[str] = []
    for first, last in spans:
        first, last = max(first, start), min(last, end)
        if first < last:
            pieces += [
                _struck(text, struck, start, first),
                element("mark", _struck(text, struck, first, last)),
            ]
            start = last
    return joined([*pieces, _struck(text, struck, start, end)])


def _struck(text: str, spans: Sequence[Span], start: int, end: int) -> Html:
    """Characters `start` to `end`, the parts inside `spans` as what is no part of the page."""
    pieces: list[str] = []
    for first, last in spans:
        first, last = max(first, start), min(last, end)
        if first < last:
            pieces += [text[start:first], element("s", text[first:last], class_="concealed")]
            start = last
    return joined([*pieces, text[start:end]])


def hidden_spans(passage: Passage | Document, start: int = 0) -> list[Span]:
    """What the pages do not show, in characters counted from `start`."""
    return [
        (max(each.start - start, 0), each.end - start)
        for each in passage.hidden
        if each.end > start and not each.is_under_picture
    ]


def flowing(text: str) -> str:
    """The text without the line breaks of a page's layout, character for character as long."""
    return unbroken(LAYOUT_BREAK.sub(lambda found: "\u200b" if found[1] else " ", text))


def excerpt(text: str, spans: Sequence[Span], struck: Sequence[Span] = ()) -> Html:
    """The passage shortened to what is cited, with "…" where something is left out."""
    pieces: list[str] = []
    shown, text = windows(text, spans), flowing(text)
    for start, end in shown:
        pieces += ["… " if start > 0 else "", marked(text, spans, start, end, struck)]
    rest = " …" if shown[-1][1] < len(text) else ""
    return element("blockquote", *pieces, rest, lang="fr")


def paragraphs(text: str, spans: Sequence[Span], struck: Sequence[Span] = ()) -> list[Html]:
    """The whole text, one element a line, spans marked, and what is not seen struck."""
    text = flowing(text)
    built, position = [], 0
    for line in text.splitlines(keepends=True):
        end = position + len(line)
        if line.strip():
            built.append(element("p", marked(text, spans, position, end, struck)))
        position = end
    return built
