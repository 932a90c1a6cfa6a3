"""Quotable: what of a passage says something by itself, and so may be quoted."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from assistant.answering.answer import LineRole, Prominence
from assistant.law.validity import speaks_for
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.injections import addressed
from ingestion.chunking.sentences import list_parts, units

TABLE = 300
"""Characters up to which the rows of a table are quoted together: on our 85 questions about a
dossier two answers more are right than row by row, in 119 words instead of 103; with 600 one."""

SHORTEST = 25
"""Characters under which a unit is a label, not a statement."""

LONGEST = 1200
"""Characters above which a unit is not widened by its neighbours."""

_REFERS_BACK = re.compile(
    r"(Il|Elle|Ils|Elles|Celui-ci|Celle-ci|Ceux-ci|Celles-ci|Dans ce cas|À ce titre|A ce titre|"
    r"Cette|Cet|Ce|Ces)\b"
)
_OPPOSES = re.compile(r"(Toutefois|Cependant|Néanmoins|Par exception|Par dérogation)\b")
_ENDS = ".;:!?"
_RESTRICTS = re.compile(
    r"(Toutefois|Cependant|Néanmoins|Par exception|Par dérogation|Sauf)\b"
    r"|Cette (règle|disposition|obligation|interdiction|exclusion) n(e\b|['’])"
    r"|(Cette|Cet|Ce|Ces)\b[^.;:]*\b(n['’]est|ne sont) pas applicables?\b"
    r"|[^,.;:]*\btoutefois\b"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence proposed as part of the answer, with the evidence it cites.

    `start` and `end` are the place of the quote in the first cited passage (characters, half-open).
    `place` is aside for what is of a passage much less near than the first, `spoken_by`, `role` and
    `label` as in `Sentence`. `nearness` is known of sentences of pieces: the cosine of the
    question with the sentence, and what its passage adds.
    """

    text: str
    evidence: tuple[Evidence, ...]
    start: int
    end: int
    place: Prominence = Prominence.BODY
    spoken_by: str = ""
    role: LineRole | None = None
    label: str = ""
    nearness: float = 0.0

    @property
    def doubts(self) -> tuple[str, ...]:
        """Figures of the quote that were read from a picture with little confidence."""
        passage = self.evidence[0].passage
        return passage.doubts(passage.start + self.start, passage.start + self.end)

    def meets(self, others: Iterable["Draft"]) -> bool:
        """Whether it shares words of a passage with one of these."""
        own = self.evidence[0].passage.id
        return any(
            own == each.evidence[0].passage.id and self.start < each.end and each.start < self.end
            for each in others
        )


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

    @property
    def draft(self) -> Draft:
        """The unit as it is quoted."""
        return Draft(self.text, (self.evidence,), self.start, self.end)


def quotable(evidence: Evidence, as_of: date) -> list[Unit]:
    """The units of a passage that may be quoted for that day, in order. Pure.

    What speaks to a machine that reads it answers nobody.
    """
    spans = units(evidence.passage.text)
    found = _tables(_labelled([Unit(evidence, span.start, span.end) for span in spans]))
    runs = groupby(found, lambda unit: bool(addressed(unit.text)))
    return [
        unit
        for is_addressed, run in runs
        if not is_addressed
        for unit in _self_contained([*run], as_of)
        if len(unit.text) >= SHORTEST
    ]


def _labelled(found: Sequence[Unit]) -> list[Unit]:
    """The units, of a rule each with the labels and bare figures on the lines below it. Pure.

    A table whose cells are lines says "Travaux", then "5 404 000 € HT".
    """
    told: list[Unit] = []
    for unit in found:
        above = told[-1] if told and unit.evidence.passage.dossier is None else None
        if above and _is_label(unit) and above.text[-1] not in _ENDS:
            told[-1] = Unit(unit.evidence, above.start, unit.end)
        else:
            told.append(unit)
    return told


def _tables(found: Sequence[Unit]) -> list[Unit]:
    """The units, the rows of a short table as one: a row says little without its header. Pure."""
    told: list[Unit] = []
    for is_row, run in groupby(found, lambda unit: " | " in unit.text):
        rows = [*run]
        whole = Unit(rows[0].evidence, rows[0].start, rows[-1].end)
        told += [whole] if is_row and len(whole.text) <= TABLE else rows
    return told


def _self_contained(found: Sequence[Unit], as_of: date) -> list[Unit]:
    """The units of that day, with their neighbours where they say little without them. Pure.

    Before one, what "il" or "dans ce cas" refers to; after it, what "suivante :" announces, below
    its label, and the exception that "toutefois" brings, where it is of that day too.
    """
    speaks = [_speaks(unit, as_of) for unit in found]
    widened = []
    for place, unit in enumerate(found):
        first = last = place
        while first and leans_back(found[first].text):
            if unit.end - found[first - 1].start > LONGEST:
                break
            first -= 1
        if place + 1 < len(found):
            restricted = speaks[place + 1] and _RESTRICTS.match(found[place + 1].text)
            announces = unit.text.endswith(":")
            last += announces or bool(restricted)
            last += announces and last + 1 < len(found) and _is_label(found[last])
        if all(speaks[first : last + 1]):
            whole = Unit(unit.evidence, found[first].start, found[last].end)
            widened.append(whole if len(whole.text) <= LONGEST else unit)
    return widened


def _is_label(unit: Unit) -> bool:
    return len(unit.text) < SHORTEST and unit.text[-1] not in _ENDS


def refers_back(sentence: str) -> bool:
    """Whether a sentence begins by what only the one before it tells: "il", "dans ce cas"."""
    return _REFERS_BACK.match(sentence) is not None


def leans_back(sentence: str) -> bool:
    """Whether a sentence refers to the one before it, or is opposed to it."""
    return refers_back(sentence) or _OPPOSES.match(sentence) is not None


def _speaks(unit: Unit, as_of: date) -> bool:
    """Whether a unit may answer for that day: of a list or a table, its lead and one item."""
    text, passage = unit.text, unit.evidence.passage
    lead, items = "", [text]
    if listed := list_parts(text):
        lead = text[listed[0].start : listed[0].end]
        items = [text[each.start : each.end] for each in listed[1]]
    elif " | " in text:
        items = text.splitlines()
    return speaks_for(passage, lead, as_of) and any(
        speaks_for(passage, each, as_of) for each in items
    )


def joined(found: Sequence[Unit]) -> list[Unit]:
    """The units of a passage in its order, those that share characters as one. Pure."""
    joined: list[Unit] = []
    for unit in sorted(found, key=lambda unit: unit.start):
        last = joined[-1] if joined else None
        if last and unit.start < last.end:
            joined[-1] = replace(last, end=max(last.end, unit.end))
        else:
            joined.append(unit)
    return joined
