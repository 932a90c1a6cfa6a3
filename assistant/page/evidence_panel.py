"""The evidence of a turn: numbered passages, the cited words marked in their context. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from urllib.parse import quote, urlencode

from assistant.answers import Citation
from assistant.evidence import Evidence
from assistant.page.conversation import Stage, Turn
from assistant.page.markup import Html, element, joined, prose, unbroken
from assistant.page.words import Words, count, written
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


def marked(text: str, spans: Sequence[Span], start: int = 0, end: int | None = None) -> Html:
    """Characters `start` to `end` of a text with the parts inside `spans` as `<mark>`."""
    end = len(text) if end is None else end
    pieces: list[str] = []
    for first, last in spans:
        first, last = max(first, start), min(last, end)
        if first < last:
            pieces += [text[start:first], element("mark", text[first:last])]
            start = last
    return joined([*pieces, text[start:end]])


def excerpt(text: str, spans: Sequence[Span]) -> Html:
    """The passage shortened to what is cited, with "…" where something is left out."""
    pieces: list[str] = []
    shown, text = windows(text, spans), flowing(text)
    for start, end in shown:
        pieces += ["… " if start > 0 else "", marked(text, spans, start, end)]
    return element("blockquote", *pieces, " …" if shown[-1][1] < len(text) else "")


def flowing(text: str) -> str:
    """The text without the line breaks of a page's layout, character for character as long."""
    return unbroken(LAYOUT_BREAK.sub(lambda found: "\u200b" if found[1] else " ", text))


def document_link(passage: Passage, spans: Sequence[Span], language: str) -> str:
    """The address of the passage in its document, its cited words marked."""
    query = [("start", passage.start), ("end", passage.end), ("lang", language)]
    query += [("quote", f"{passage.start + a}-{passage.start + b}") for a, b in spans]
    return f"/document/{quote(passage.document_id, safe='')}?{urlencode(query)}"


def dates(passage: Passage, said: Words) -> str:
    """Since when and until when the text holds, and the day it was checked, as far as known."""
    start, end = passage.valid_from, passage.valid_to
    parts = []
    if end:
        last = written(said, end - timedelta(days=1))
        key = "in_force" if start else "in_force_until"
        parts.append(said[key].format(start=written(said, start) if start else "", end=last))
    elif start:
        parts.append(said["in_force_since"].format(start=written(said, start)))
    if passage.state_date:
        parts.append(said["state_date"].format(date=written(said, passage.state_date)))
    line = " · ".join(parts)
    return line[:1].upper() + line[1:]


def card(evidence: Evidence, turn: Turn, turn_id: str, said: Words, language: str) -> Html:
    """One passage, with what is cited of it."""
    passage, number = evidence.passage, evidence.number
    spans = cited_spans(evidence, turn.answer.citations)
    identity = f"{turn_id}-p{number}"
    compared = turn.stage is Stage.FINISHED and bool(turn.answer.citations)
    faded = compared and not spans
    body = [
        element("p", line, class_="dates") if (line := dates(passage, said)) else Html(""),
        Html("") if faded else excerpt(passage.text, spans),
        element(
            "a",
            said["open_document"],
            class_="open-document",
            href=document_link(passage, spans, language),
            target="_blank",
            aria_label=f"{said['open_document']} : {passage.title}, {passage.locator}",
        ),
        whole(passage.text, spans, said) if faded or shortened(passage.text, spans) else Html(""),
    ]
    return element(
        "article",
        element("span", str(number), class_="number", aria_hidden="true"),
        element("h4", unbroken(passage.title), id=f"{identity}-title"),
        element("p", passage.locator, " · ", said["cited"] if spans else said["uncited"])
        if compared
        else element("p", passage.locator),
        *body,
        element("a", said["to_answer"], class_="back", href=f"#{turn_id}-answer"),
        id=identity,
        class_=f"passage{' cited' if spans else ''}{' faded' if faded else ''}"
        + (" read" if turn.reading == number else ""),
        tabindex=-1,
        aria_label=said["mark"].format(n=number, title=passage.title, locator=passage.locator),
    )


def shortened(text: str, spans: Sequence[Span]) -> bool:
    """Whether the excerpt leaves something out."""
    return windows(text, spans) != [(0, len(text))]


def whole(text: str, spans: Sequence[Span], said: Words) -> Html:
    """The whole passage, folded."""
    body = element("div", *paragraphs(text, spans), class_="whole")
    return element("details", element("summary", said["whole_passage"]), body)


def paragraphs(text: str, spans: Sequence[Span]) -> list[Html]:
    """The whole text, one element a line, spans marked."""
    text = flowing(text)
    built, position = [], 0
    for line in text.splitlines(keepends=True):
        end = position + len(line)
        if line.strip():
            built.append(element("p", marked(text, spans, position, end)))
        position = end
    return built


def panel(turn: Turn, turn_id: str, said: Words, language: str) -> Html:
    """The evidence column of a turn."""
    if not turn.evidence:
        empty = said["evidence_none"] if turn.settled and not turn.problem else ""
        return element("aside", prose(empty), class_="evidence", aria_label=said["evidence"])
    heading = count(said, "evidence_count", len(turn.evidence))
    cards = [card(each, turn, turn_id, said, language) for each in turn.evidence]
    return element(
        "aside",
        element("h3", heading, id=f"{turn_id}-evidence"),
        *cards,
        class_="evidence",
        aria_labelledby=f"{turn_id}-evidence",
    )
