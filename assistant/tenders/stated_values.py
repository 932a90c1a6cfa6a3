"""Stated values: the quantities and the names that a text gives a topic, to be compared. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile

from assistant.question.language import fold_text
from assistant.question.quantities import Quantity
from assistant.question.quantities import fold_same_length as same_length
from assistant.question.topics import Topic
from assistant.tenders.canonical import stated_quantities
from assistant.tenders.general_clauses import with_general_texts
from assistant.tenders.weights import CELL, weights
from ingestion.documents.pieces import PIECE, piece_name

UNITS: Mapping[str, frozenset[str]] = {
    "amount": frozenset({"euro", "ratio"}),
    "sum": frozenset({"euro"}),
    "rate": frozenset({"ratio"}),
    "weights": frozenset({"ratio", "point"}),
    "duration": frozenset({"month", "day", "hour", "quarter", "date"}),
    "count": frozenset({"times", "month"}),
    "date": frozenset({"date"}),
}
"""Units of the quantities that answer, by the kind of a topic; other kinds need none."""

COMPARED: Mapping[str, frozenset[str]] = {
    "count": frozenset({"times"}),
    "duration": frozenset({"month", "day", "hour", "quarter"}),
}
"""Units in which two pieces may contradict each other, where it is not in all of them."""

MAIN = "contract"
"""The part of a value that is said of the contract as a whole: shown first, alone compared."""

_COMPRISED = r"reconductions? comprises?"
_AFTER = re.compile(
    rf"(?:(?!,(?! {_COMPRISED})|[;:.\n|()]|\b(?!{_COMPRISED})(?:recond|renouvel)"
    r"|\b(?:et|ou|soit|sans|dans|pour|avec|dont|qui|à compter)\b).)*",
    re.IGNORECASE,
)
"""What is still said of a quantity, up to where something else begins."""

_SENTENCE_END = re.compile(r"[.;]\s|\n")
_OF_ACT = re.compile(
    r"\b(?:arretes?|decret|loi|ordonnance|deliberation|directive)\b[^,;.]{0,60}\b(?:du|des|le) $"
)
"""What stands before the day of a text of law or of a decision, which is no day of the contract."""


@dataclass(frozen=True, slots=True)
class StatedValue:
    """What is stated, in a form to compare: only values of one unit and part contradict.

    `part` tells which of several it is by the words around it: the total, the minimum for a year.
    """

    unit: str
    written: str
    part: str = ""


def values(topic: Topic, text: str) -> tuple[StatedValue, ...]:
    """The values that a text gives a topic, in order.

    None for kinds whose answer is the sentence itself.
    """
    if topic.kind == "piece":
        said = with_general_texts(text)
        named = (piece_name(found.group()) for found in re.finditer(PIECE, said))
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
            StatedValue(
                each.unit, each.value, _part(topic, f"{around} {_heads(topic, text, each)}")
            )
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
        if not (each.unit == "date" and _OF_ACT.search(fold_text(text[: each.start]))):
            yield each, f"{before} {text[each.end : end]}"
        position = end


def _heads(topic: Topic, text: str, quantity: Quantity) -> str:
    """What heads the column and the row that a quantity stands in, where all parts are alike."""
    if MAIN in topic.parts:
        return ""
    *above, row = text[: quantity.start].split("\n")
    table = [*takewhile(lambda line: CELL in line, reversed(above))]
    column = row.count(CELL)
    header = table[-1].split(CELL) if table else []
    return f"{header[column]} {row.split(CELL)[0]}" if 0 < column < len(header) else ""


def _part(topic: Topic, around: str) -> str:
    written = fold_text(around)
    return " ".join(name for name, said in topic.parts.items() if said.search(written))
