"""Statements: what a passage states about a topic, word for word. Pure.

A statement is quotable alone: sentences with what they lean on, rows of a table, or a whole table
where only what stands above its rows says what they are about.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.question.language import fold_text
from assistant.question.topics import BELOW, HEADED, WITHIN, Topic, said_in
from assistant.retrieval.injections import addressed
from assistant.tenders.stated_values import UNITS, StatedValue, values
from assistant.tenders.weights import CELL, WHOLE, weights
from ingestion.chunking.passages import Passage
from ingestion.chunking.sentences import (
    SentenceSpan,
    begins_list,
    list_parts,
    sentences,
    units,
)

FEWEST: Mapping[str, int] = {
    **{"weights": 2, "term": 1, "piece": 1},
    **{"duration": 1, "date": 1},
}
"""Values without which nothing is stated: these kinds no refusal and no formula answers."""

_DENIES = re.compile(
    r"\b(?:aucune?|sans|neant|non)\b|\bpas d(?:e\b|')|\bn(?:e\b|')[^.;]{0,20}\b(?:pas|aucune?)\b"
)
_REFUSES = re.compile(r"\baucune?\b|\bn(?:e\b|')[^.;]{0,20}\bpas\b")
"""What says that there is no sum, or that it is not told: "sans" may say it of anything."""

_FORMULA = " = "
_BLANK = re.compile(
    r"…{2,}|\.{5,}|_{4,}|(?<!\S)…(?!\S)|\bà compléter\b|(?:\|\s*){2,}$", re.IGNORECASE
)
"""A place left for the candidate to fill: nothing is stated there yet."""

_UNTICKED = re.compile(r"☐|\[ \]")
"""A box to be ticked: no answer, where nothing else is one."""

_LABEL = re.compile(r"[\s|]*([^:|]{3,60}?)\s*[:|]")
_LEANS_BACK = re.compile(
    r"(?:par derogation[^,;.]*, )?"
    r"(?:ils?|elles?|ce(?:lui|lle|ux|lles)-ci|leurs?|son|sa|le total|le cumul)\b"
)
_CLAUSE_END = re.compile(r"[,;]\s")
_WANTING = re.compile(r"(?:sans|faute de|en l'absence)\b")
_INNER_STOP = re.compile(r"(?<=\w)\.(?=\w)")
_ADDRESS = re.compile(r"\bhttps?://\S*\w|\bwww\.\S*\w")
_ANNEXED = re.compile(r"(?:[\W\d]|article |liste des )*annexes\W*")
"""The heading of a list of annexes: what they are called states nothing."""

_NUMBERED = re.compile(r"\d{1,2}[.)/] ?\D")
_DETAILS = re.compile(r"\W*(?:les |des )?sous.criteres?\b")
_OF_DETAILS = re.compile(rf"(?:article )?[\d\W]*{_DETAILS.pattern}")


@dataclass(frozen=True, slots=True)
class Statement:
    """Half-open characters of a passage that state a topic, and the values that they give it."""

    span: SentenceSpan
    values: tuple[StatedValue, ...] = ()


def statements(topic: Topic, passage: Passage) -> tuple[Statement, ...]:
    """What states the topic in a passage, with an answer of its kind, in the passage's order.

    What speaks to a machine that reads it states nothing.
    """
    own = fold_text(passage.headings[-1]) if passage.headings else ""
    if _ANNEXED.fullmatch(own) or (topic.kind == "weights" and _OF_DETAILS.match(own)):
        return ()
    text, sure = passage.text, said_in(topic, passage)
    headed = sure == HEADED or (topic.kind in ("amount", "sum") and sure in (WITHIN, BELOW))
    spans = (
        span
        for is_table, block in _blocks(text)
        for span in (
            _of_table(topic, text, block, headed)
            if is_table
            else _of_prose(topic, text, block, passage.headings)
        )
    )
    return tuple(
        Statement(span, values(topic, text[span.start : span.end]))
        for span in _joined(text, spans)
        if not addressed(text[span.start : span.end])
    )


def mentions(topic: Topic, passage: Passage) -> tuple[Statement, ...]:
    """The first sentence or the table below a heading on the topic, whatever it answers."""
    if said_in(topic, passage) != HEADED:
        return ()
    is_table, block = next(_blocks(passage.text))
    first = [block] if is_table else units(passage.text)[:1]
    said = (passage.text[span.start : span.end] for span in first)
    return tuple(
        Statement(span, values(topic, each))
        for span, each in zip(first, said, strict=True)
        if not (
            _BLANK.search(each)
            or _UNTICKED.search(each)
            or topic.unless.search(fold_text(each))
            or (topic.kind == "sum" and not _answers(topic, each))
        )
    )


def _blocks(text: str) -> Iterator[tuple[bool, SentenceSpan]]:
    """The runs of lines that are rows of a table, or are not."""
    position = 0
    for is_table, lines in groupby(text.splitlines(keepends=True), lambda line: CELL in line):
        run = "".join(lines)
        yield is_table, SentenceSpan(position, position + len(run.rstrip()))
        position += len(run)


def _of_prose(
    topic: Topic, text: str, block: SentenceSpan, headings: Sequence[str]
) -> Iterator[SentenceSpan]:
    """The sentences that state the topic, with what they lean on or announce."""
    spans = [
        SentenceSpan(block.start + unit.start, block.start + unit.end)
        for unit in units(text[block.start : block.end])
    ]
    if topic.kind == "weights":
        spans = _numbered_together(text, spans)
    else:
        spans = [each for span in spans for each in _items_apart(text, span)]
    for place, span in enumerate(spans):
        start, end = span.start, span.end
        leans = _LEANS_BACK.match(_plainly(text[start:end])) is not None
        if text[:end].endswith(":"):
            end = spans[place + 1].end if place + 1 < len(spans) else start
        said, above = text[start:end], headings if leans else ()
        if _makes_whole(topic, said, headings) or any(
            _is_stated(topic, said, each) for each in ("", *above)
        ):
            yield SentenceSpan(spans[place - 1].start if leans and place else start, end)


def _is_stated(topic: Topic, said: str, above: str) -> bool:
    """Whether a sentence states the topic.

    `above` is the heading that names what a sentence with a pronoun for subject is about.
    """
    return any(
        _says(topic, f"{above} {each}" if above else each) and _stands(topic, each)
        for each in _readings(topic, said)
    )


def _makes_whole(topic: Topic, said: str, headings: Sequence[str]) -> bool:
    """Whether a sentence or a list weighs criteria that add up, and it or a heading says so."""
    if topic.kind != "weights" or _DETAILS.match(fold_text(said)):
        return False
    found = weights(said)
    is_named = _says(topic, said) or any(
        topic.titled.search(written) and not _DETAILS.search(written)
        for written in map(fold_text, headings[-1:])
    )
    return is_named and len(found) > 1 and sum(found) == WHOLE and _answers(topic, said)


def _readings(topic: Topic, said: str) -> Iterator[str]:
    """What may state a topic in a sentence: where values answer, a clause or an item has its own.

    A list is read item by item below its lead, a sentence whole where it has a value and then by
    its clauses: "sans minimum, aucune indemnité n'est due" denies two things.
    """
    if topic.kind not in UNITS or topic.kind == "weights":
        yield said
        return
    lead, items = list_parts(said) or (SentenceSpan(0, 0), (SentenceSpan(0, len(said)),))
    for item in items:
        each = f"{said[lead.start : lead.end]} {said[item.start : item.end]}".lstrip()
        if _FORMULA in each or values(topic, each):
            yield each
        if not _BLANK.search(each):
            yield from _clauses(each)


def _clauses(said: str) -> Iterator[str]:
    """The clauses of a sentence, but for an opening one that only says what for want of which."""
    first, *others = _CLAUSE_END.split(said)
    if not (others and _WANTING.match(fold_text(first))):
        yield first
    yield from others


def _items_apart(text: str, span: SentenceSpan) -> Iterator[SentenceSpan]:
    """The items of a list that no lead announces, which say each its own; else the span."""
    said = text[span.start : span.end]
    if begins_list(said) and list_parts(said) is None:
        for item in sentences(said):
            yield SentenceSpan(span.start + item.start, span.start + item.end)
    else:
        yield span


def _numbered_together(text: str, spans: Sequence[SentenceSpan]) -> list[SentenceSpan]:
    """The spans, those that follow each other with a number made one: right below a heading."""
    joined: list[SentenceSpan] = []
    for span in spans:
        is_next = joined and all(_NUMBERED.match(text, each.start) for each in (joined[-1], span))
        start = joined.pop().start if is_next else span.start
        joined.append(SentenceSpan(start, span.end))
    return joined


def _of_table(topic: Topic, text: str, block: SentenceSpan, headed: bool) -> Iterator[SentenceSpan]:
    """The rows that state the topic alone; else the table whose heading or first row names it."""
    table = text[block.start : block.end]
    rows = [
        SentenceSpan(block.start + row.start(), block.start + row.end())
        for row in re.finditer(r"[^\n]+", table)
    ]
    written = [text[row.start : row.end] for row in rows]
    is_sentence = topic.kind not in UNITS
    if is_sentence and topic.unless.search(fold_text(written[0])):
        return
    stating = [
        row
        for row, each in zip(rows, written, strict=True)
        if _says(topic, each) and _stands(topic, each)
    ]
    if not is_sentence and topic.kind != "date" and _is_named(topic, written[0], headed):
        is_whole = not _BLANK.search(table) and _answers(topic, table)
    else:
        is_named = headed and len(rows) > 1
        is_whole = is_named and (is_sentence or not stating) and _stands(topic, table)
    yield from [block] if is_whole else stating


def _is_named(topic: Topic, header: str, headed: bool) -> bool:
    """Whether what stands above the rows of a table says that they are about the topic."""
    written = fold_text(header)
    if _says(topic, header) or topic.titled.search(written):
        return not (topic.kind == "weights" and _DETAILS.match(written))
    return headed and not topic.unless.search(written)


def _says(topic: Topic, text: str) -> bool:
    """Whether a sentence or a row names the topic, in words or by its label."""
    written = _plainly(text)
    return topic.states.search(written) is not None or is_labelled(topic, text)


def _plainly(text: str) -> str:
    """A text as patterns read it: addresses of pages and stops inside of words told in a word."""
    return _INNER_STOP.sub("", _ADDRESS.sub("adresse", fold_text(text)))


def is_labelled(topic: Topic, text: str) -> bool:
    """Whether a text begins with a label that is a name of the topic."""
    label = _LABEL.match(fold_text(text))
    return label is not None and topic.titled.fullmatch(label[1]) is not None


def _stands(topic: Topic, text: str) -> bool:
    """Whether a text answers the topic and nothing in it shows that it is about another."""
    written = fold_text(text)
    if not text or _BLANK.search(text) or topic.unless.search(written):
        return False
    if topic.kind == "weights" and _DETAILS.match(written):
        return False
    if _UNTICKED.search(text) and not values(topic, text):
        return False
    return _answers(topic, text)


def _answers(topic: Topic, text: str) -> bool:
    """Whether a text has an answer of the topic's kind, or says that there is none."""
    if topic.kind == "weights" and not all(0 < each < WHOLE for each in weights(text)):
        return False
    if topic.kind in FEWEST:
        return len(values(topic, text)) >= FEWEST[topic.kind]
    written = fold_text(text)
    denies = _REFUSES if topic.kind == "sum" else _DENIES
    is_answer = denies.search(written) or _FORMULA in written or values(topic, text)
    return topic.kind not in UNITS or bool(is_answer)


def _joined(text: str, spans: Iterable[SentenceSpan]) -> list[SentenceSpan]:
    """The spans, those that overlap or follow each other made one."""
    joined: list[SentenceSpan] = []
    for span in spans:
        if joined and not text[joined[-1].end : span.start].strip():
            joined[-1] = SentenceSpan(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined
