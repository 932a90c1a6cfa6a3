"""Reading: which sentences of the evidence answer the question.

With small models, choosing what to quote beats writing, and choosing by meaning beats asking the
model for a number (README, "Numbers"). So whole sentences and whole lists are quoted, and what a
model writes comes after them and has to pass the same checks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.checking.sentences import units
from assistant.evidence import Evidence
from assistant.validity import applies
from ingestion.embedding import Embedder

PASSAGES = 2
"""Passages quoted; a third adds words faster than facts."""

CLOSE = 0.75
"""Share of the first passage's score that the second needs to be quoted."""

UNITS = 2
"""Sentences or lists quoted from one passage."""

SHORTEST = 25
"""Characters under which a unit is a label, not a statement."""

_CERTAINTY = "Certitude "
"""Start of the sentences by which our sheets say how sure they are; shown, but never an answer."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence proposed as part of the answer, with the evidence it cites.

    `start` and `end` are the place of the quote in the first cited passage (characters, half-open).
    """

    text: str
    evidence: tuple[Evidence, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A quotable unit of a passage: half-open characters in it."""

    evidence: Evidence
    start: int
    end: int

    @property
    def text(self) -> str:
        """The characters of the unit."""
        return self.evidence.passage.text[self.start : self.end]


def quotable(evidence: Evidence, as_of: date) -> list[Unit]:
    """The units of a passage that may be quoted as the law of that day, in order. Pure."""
    passage = evidence.passage
    found = [Unit(evidence, span.start, span.end) for span in units(passage.text)]
    return [
        unit
        for unit in found
        if len(unit.text) >= SHORTEST
        and not unit.text.startswith(_CERTAINTY)
        and applies(unit.text, as_of)
    ]


def worth_reading(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The passages to quote from: the first, and those scored nearly as high. Pure."""
    if not evidence:
        return []
    floor = CLOSE * evidence[0].score
    return [item for item in evidence[:PASSAGES] if item.score >= floor]


def quotes(
    question: str, evidence: Sequence[Evidence], as_of: date, embedder: Embedder
) -> list[Draft]:
    """The units nearest in meaning to the question, passage by passage, in the text's order."""
    chosen: list[Draft] = []
    asked = embedder.embed_question(question)
    for item in worth_reading(evidence):
        found = quotable(item, as_of)
        if not found:
            continue
        likeness = embedder.embed_passages([unit.text for unit in found]) @ asked
        best = sorted(range(len(found)), key=lambda i: -likeness[i])[:UNITS]
        chosen += [_quote(found[i]) for i in sorted(best)]
    return chosen


def _quote(unit: Unit) -> Draft:
    return Draft(unit.text, (unit.evidence,), unit.start, unit.end)
