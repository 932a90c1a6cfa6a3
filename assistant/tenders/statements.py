"""Statements: what a passage states about a topic, word for word, and the values it gives. Pure.

A statement is quotable alone: sentences with what they lean on, rows of a table, or a whole table
where only what stands above its rows says what they are about.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.question.language import fold_text
from assistant.question.quantities import Quantity
from assistant.question.quantities import fold_same_length as same_length
from assistant.question.topics import HEADED, Topic, said_in
from assistant.retrieval.injections import addressed
from assistant.tenders.canonical import stated_quantities
from assistant.tenders.weights import CELL, weights
from ingestion.chunking.passages import Passage
from ingestion.chunking.sentences import SentenceSpan, units
from ingestion.documents.pieces import PIECE, piece_name

UNITS: Mapping[str, frozenset[str]] = {
    "amount": frozenset({"euro", "ratio"}),
    "rate": frozenset({"ratio"}),
    "weights": frozenset({"ratio", "point"}),
    "duration": frozenset({"month", "day", "hour", "quarter"}),
    "count": frozenset({"times", "month"}),
    "date": frozenset({"date"}),
}
"""Units of the quantities that answer, by the kind of a topic; other kinds need none."""

COMPARED: Mapping[str, frozenset[str]] = {"count": frozenset({"times"})}
"""Units in which two pieces may contradict each other, where it is not in all of them."""

FEWEST: Mapping[str, int] = {"weights": 2, "term": 1, "piece": 1}
"""Values without which nothing is stated: these kinds no refusal and no formula answers."""

_DENIES = re.compile(r"\b(?:aucune?|sans|neant|non)\b|\bn(?:e\b|')[^.;]{0,20}\b(?:pas|aucune?)\b")
_FORMULA = " = "
_BLANK = re.compile(r"…{2,}|\.{5,}|_{4,}")
"""A place left for the candidate to fill: nothing is stated there yet."""

_LABEL = re.compile(r"[\s|]*([^:|]{3,60}?)\s*[:|]")
_LEANS_BACK = re.compile(r"(?:il|elle|ils|elles|celui-ci|celle-ci|ceux-ci|celles-ci)\b")
_COMPRISED = r"reconductions? comprises?"
_AFTER = re.compile(
    rf"(?:(?!,(?! {_COMPRISED})|[;:.\n|()]|\b(?!{_COMPRISED})(?:recond|renouvel)"
    r"|\b(?:et|ou|soit|sans|dans|pour|avec|dont|qui|à compter)\b).)*",
    re.IGNORECASE,
)
"""What is still said of a quantity, up to where something else begins."""

_NUMBERED = re.compile(r"\d{1,2}[.)/] ?\D")
_SENTENCE_END = re.compile(r"[.;]\s|\n")
_DETAILS = re.compile(r"\W*(?:les |des )?sous.criteres?\b")


@dataclass(frozen=True, slots=True)
class StatedValue:
    """What is stated, in a form to compare: only values of one unit and part contradict.

    `part` tells which of several it is by the words around it: the total, the minimum for a year.
    """

    unit: str
    written: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """Half-open characters of a passage that state a topic, and the values that they give it."""

    span: SentenceSpan
    values: tuple[StatedValue, ...] = ()


def statements(topic: Topic, passage: Passage) -> tuple[Statement, ...]:
    """What states the topic in a passage, with an answer of its kind, in the passage's order.

    What speaks to a machine that reads it states nothing.
    """
    text, headed = passage.text, said_in(topic, passage) == HEADED
    spans = (
        span
        for is_table, block in _blocks(text)
        for span in (
            _of_table(topic, text, block, headed) if is_table else _of_prose(topic, text, block)
        )
    )
    return tuple(
        Statement(span, values(topic, text[span.start : span.end]))
        for span in _joined(text, spans)
        if not addressed(text[span.start : span.end])
    )


def mentions(topic: Topic, passage: Passage) -> tuple[Statement, ...]:
    """The first sentence below a heading on the topic, whatever it answers."""
    first = units(passage.text)[:1] if said_in(topic, passage) == HEADED else ()
    return tuple(
        Statement(span)
        for span in first
        if not topic.unless.search(fold_text(passage.text[span.start : span.end]))
    )


def values(topic: Topic, text: str) -> tuple[StatedValue, ...]:
    """The values that a text gives a topic, in order.

    None for kinds whose answer is the sentence itself.
    """
    if topic.kind == "piece":
        named = (piece_name(found.group()) for found in re.finditer(PIECE, text))
        found = [StatedValue("CCAG", name) for name in named if name.startswith("CCAG-")]
    elif topic.kind == "term":
        found = [
            StatedValue("term", each.group()) for each in topic.states.finditer(fold_text(text))
        ]
    elif topic.kind == "weights":
        found = [StatedValue("weight", str(weight)) for weight in weights(text)]
    else:
        wanted = UNITS.get(topic.kind, frozenset())
        found = [
            StatedValue(each.unit, each.value, _part(topic, around))
            for each, around in _with_words(text)
            if each.unit in wanted
        ]
    return tuple(found)


def _with_words(text: str) -> Iterator[tuple[Quantity, str]]:
    """Each quantity with the words before it, after the last one's, and those that go with it."""
    quantities, position = stated_quantities(same_length(text)), 0
    ends = [*(each.start for each in quantities[1:]), len(text)]
    for each, limit in zip(quantities, ends, strict=False):
        after = _AFTER.match(text, each.end, limit)
        end = after.end() if after else each.end
        before = _SENTENCE_END.split(text[position : each.start])[-1]
        yield each, f"{before} {text[each.end : end]}"
        position = end


def _part(topic: Topic, around: str) -> str:
    written = fold_text(around)
    return " ".join(name for name, said in topic.parts.items() if said.search(written))


def _blocks(text: str) -> Iterator[tuple[bool, SentenceSpan]]:
    """The runs of lines that are rows of a table, or are not."""
    position = 0
    for is_table, lines in groupby(text.splitlines(keepends=True), lambda line: CELL in line):
        run = "".join(lines)
        yield is_table, SentenceSpan(position, position + len(run.rstrip()))
        position += len(run)


def _of_prose(topic: Topic, text: str, block: SentenceSpan) -> Iterator[SentenceSpan]:
    """The sentences that state the topic, with what they lean on or announce."""
    spans = [
        SentenceSpan(block.start + unit.start, block.start + unit.end)
        for unit in units(text[block.start : block.end])
    ]
    if topic.kind == "weights":
        spans = _numbered_together(text, spans)
    for place, span in enumerate(spans):
        start, end = span.start, span.end
        if place and _LEANS_BACK.match(fold_text(text[start:end])):
            start = spans[place - 1].start
        if text[:end].endswith(":"):
            end = spans[place + 1].end if place + 1 < len(spans) else start
        if _says(topic, text[span.start : span.end]) and _stands(topic, text[start:end]):
            yield SentenceSpan(start, end)


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
    stating = [
        row
        for row, each in zip(rows, written, strict=True)
        if _says(topic, each) and _stands(topic, each)
    ]
    is_sentence = topic.kind not in UNITS
    if not (is_sentence and headed) and (stating or is_sentence):
        yield from stating
    elif (headed or _says(topic, written[0])) and _stands(topic, table):
        yield block


def _says(topic: Topic, text: str) -> bool:
    """Whether a sentence or a row names the topic, in words or by its label."""
    written = fold_text(text)
    label = _LABEL.match(written)
    return bool(topic.states.search(written) or (label and topic.titled.fullmatch(label[1])))


def _stands(topic: Topic, text: str) -> bool:
    """Whether a text has an answer of the topic's kind, or says that there is none."""
    written = fold_text(text)
    if not text or _BLANK.search(text) or topic.unless.search(written):
        return False
    if topic.kind == "weights" and _DETAILS.match(written):
        return False
    if topic.kind in FEWEST:
        return len(values(topic, text)) >= FEWEST[topic.kind]
    is_answer = _DENIES.search(written) or _FORMULA in written or values(topic, text)
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
