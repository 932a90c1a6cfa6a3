"""Statements: what the pieces of a dossier state on a topic, and which prevails. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, groupby

from assistant.question.language import fold_text
from assistant.question.quantities import Quantity
from assistant.question.quantities import fold_same_length as same_length
from assistant.question.topics import HEADED, Topic, said_in, topics
from assistant.retrieval.injections import addressed
from assistant.tenders.canonical import stated_quantities
from ingestion.chunking.passages import Passage
from ingestion.chunking.sentences import SentenceSpan, units
from ingestion.documents.pieces import PIECE, PieceKind, piece_name

# Weighting: the weights of criteria in a sentence, a list or a table. Pure.

CELL = " | "
"""What divides the cells of a row."""

WHOLE = Fraction(100)
"""What the weights of criteria add up to, in percent or points."""

_DETAIL = re.compile(r"\([^()]*\)|\bdont\b[^\n|]*")


def weights(text: str) -> tuple[Fraction, ...]:
    """The weights of criteria, in percent or points: of a table those of its last column.

    Those of sub-criteria are left out where the others alone make the whole.
    """
    if CELL in text:
        rows = [row for row in text.splitlines() if not fold_text(row).startswith("total")]
        found = [weight for row in rows for weight in _all(row.rsplit(CELL, 1)[-1])]
        return _making_whole(found, whole_in(found))
    every, outside = list(_all(text)), list(_all(_DETAIL.sub("", text)))
    return _making_whole(every, outside, whole_in(every), whole_in(outside))


def _making_whole(*readings: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """The first reading that adds up to the whole, else the first of all."""
    return tuple(next((each for each in readings if sum(each) == WHOLE), readings[0]))


def whole_in(found: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """The weights that make the whole, those that detail one before them left out; () if none."""
    readings: list[dict[Fraction, tuple[Fraction, ...]]] = [{Fraction(0): ()}]
    for place in reversed(range(len(found))):
        first, sums = found[place], accumulate(found[place + 1 :])
        inner = next((n for n, total in enumerate(sums, 1) if n > 1 and total == first), 0)
        after = readings[-1] | readings[-1 - inner]
        kept = {first + total: (first, *each) for total, each in after.items()}
        readings.append({total: each for total, each in kept.items() if total <= WHOLE})
    return readings[-1].get(WHOLE, ())


def describe_sum(found: Sequence[Fraction]) -> str:
    """Weights and what they add up to: "60 + 33,3333 = 93,3333"."""
    said = " + ".join(f"{float(weight):g}" for weight in found)
    return f"{said} = {float(sum(found)):g}".replace(".", ",")


def _all(text: str) -> Iterator[Fraction]:
    for each in stated_quantities(same_length(text)):
        if each.unit == "ratio":
            yield Fraction(each.value) * WHOLE
        elif each.unit == "point":
            yield Fraction(each.value)


# Statements: what a passage states about a topic, word for word, and the values it gives. Pure.
#
# A statement is quotable alone: sentences with what they lean on, rows of a table, or a whole table
# where only what stands above its rows says what they are about.

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


# Priority: which piece of a dossier prevails when two disagree, by its own clause. Pure.

USUAL_ORDER = (
    *(PieceKind.AE, PieceKind.CCAP, PieceKind.CCP, PieceKind.CCTP, PieceKind.RC, PieceKind.BPU),
    *(PieceKind.DPGF, PieceKind.DQE, PieceKind.ANNEX, PieceKind.QUESTIONS, PieceKind.NOTICE),
    PieceKind.OTHER,
)
"""The order in which pieces are read where no clause gives one.

Offers are not among them: what a supplier wrote is never what the dossier says.
"""


_ANNOUNCES = re.compile(
    r"\bordre (?:hi[ée]rarchique|d[ée]croissant|d'importance|de (?:priorit[ée]|pr[ée]s[ée]ance))"
    r"|\bhi[ée]rarchie des (?:pi[èe]ces|documents)\b"
)
_OF_PIECES = re.compile(r"\b(?:pi[èe]ces?|documents?|contractuel\w*|constitu\w+)\b")
_OF_OTHERS = re.compile(r"\bcrit[èe]res?\b|\binterventions?\b")
_ASCENDS = re.compile(r"\bcroissan")
_RULES = re.compile(r"\b(?:prevau|preval|prime|emporte)")
_EXCEPT = re.compile(r"\b[àa] l['’](?:exclusion|exception)\b|\b(?:hormis|sauf)\b", re.IGNORECASE)
_ITEM = re.compile(
    rf"\s*(?:\d{{1,2}}[^\w\n]+|[a-z][.)]\s*|[^\w\s]+\s*|o\s+)"
    rf"(?i:l['’]\s*|l[ae]s?\s+)?(?i:pr[ée]sente?\s+)?(?={PIECE})"
)
_LIST_OF = re.compile(r"\W*(?:[a-z0-9]{1,2}\W+)?(?:les )?(?:pi[èe]ces|documents)\b")


@dataclass(frozen=True, slots=True)
class Priority:
    """Pieces, the one that prevails first, and the clause that says so; both empty if none does.

    The pieces alone are empty where a clause announces an order that could not be read.
    """

    pieces: tuple[PieceKind, ...] = ()
    locator: str = ""

    def prevailing(self, differing: Iterable[PieceKind]) -> tuple[PieceKind, ...]:
        """Those that the clause ranks, the one that prevails first; fewer than two settle none."""
        among = set(differing)
        return tuple(kind for kind in self.pieces if kind in among)


def stated_priority(passages: Iterable[Passage]) -> Priority:
    """The first order of pieces that a clause announces, else that a sentence tells."""
    every = tuple(passages)
    for read in (_announced, _told):
        for passage in every:
            if len(order := read(passage)) > 1:
                return Priority(order, passage.locator)
    return Priority((), next((each.locator for each in every if _announces_pieces(each)), ""))


def _announced(passage: Passage) -> tuple[PieceKind, ...]:
    """What the items rank below the words or the heading that announce an order."""
    said = _ANNOUNCES.search(same_length(passage.text))
    is_headed = _ANNOUNCES.search(same_length("\n".join(passage.headings[-1:])))
    if not (said or is_headed) or _ASCENDS.search(same_length(passage.text)):
        return ()
    listed: list[PieceKind] = []
    for line in passage.text[said.end() if said else 0 :].splitlines():
        if item := _ITEM.match(line):
            listed += _listed(line[item.end() :])
        elif listed and line.rstrip().endswith(":") and not _LIST_OF.match(same_length(line)):
            break
    return tuple(dict.fromkeys(listed))


def _told(passage: Passage) -> tuple[PieceKind, ...]:
    """What a sentence that says which pieces prevail ranks after its colon."""
    says = topics()["priority"].said
    for unit in units(passage.text):
        text = passage.text[unit.start : unit.end]
        ranked = _EXCEPT.split(text.partition(":")[2])[0]
        listed, written = _listed(ranked), fold_text(text)
        is_order = not _ASCENDS.search(written) and not _RULES.search(fold_text(ranked))
        if len(listed) > 1 and says.search(written) and is_order:
            return listed
    return ()


def _announces_pieces(passage: Passage) -> bool:
    """Whether a sentence or the heading announces an order that is one of pieces."""
    spans = ((each.start, each.end) for each in units(passage.text))
    said = (*passage.headings[-1:], *(passage.text[start:end] for start, end in spans))
    return any(
        _ANNOUNCES.search(each) and _OF_PIECES.search(each) and not _OF_OTHERS.search(each)
        for each in map(same_length, said)
    )


def _listed(text: str) -> tuple[PieceKind, ...]:
    names = (piece_name(found.group()) for found in re.finditer(PIECE, text))
    return tuple(dict.fromkeys(PieceKind(name) for name in names if name in USUAL_ORDER))
