"""Readings: what each reader found before they could see what others did, and since. Pure.

A reading is frozen by the entry of the journal that gives the first verdict on the whole answer.
Nobody's marks are shown to anybody who may still be compared before that, and nothing that is said
later counts in an agreement: it is kept, and shown, as a change.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

MARKED = "marked"
"""The act of an entry of kind "review" that holds marks."""

LONGEST_COMMENT = 2000
"""Characters."""


class Target(StrEnum):
    """What a mark is about."""

    ANSWER = "answer"
    SENTENCE = "sentence"
    CITATION = "citation"


class ReviewVerdict(StrEnum):
    """What a reader finds; the first three of citations, the last three of what is said."""

    SUPPORTS = "supports"
    PARTLY = "partly"
    UNRELATED = "unrelated"
    DANGEROUS = "dangerous"
    RIGHT = "right"
    INCOMPLETE = "incomplete"
    WRONG = "wrong"


LABELS = {
    ReviewVerdict.SUPPORTS: "soutient",
    ReviewVerdict.PARTLY: "soutient en partie",
    ReviewVerdict.UNRELATED: "ne soutient pas",
    ReviewVerdict.DANGEROUS: "dangereux",
    ReviewVerdict.RIGHT: "juste",
    ReviewVerdict.INCOMPLETE: "incomplet",
    ReviewVerdict.WRONG: "faux",
}

TARGETS = {Target.ANSWER: "réponse", Target.SENTENCE: "phrase", Target.CITATION: "citation"}
"""What marks are about, in French."""

_SAID = (
    ReviewVerdict.RIGHT,
    ReviewVerdict.INCOMPLETE,
    ReviewVerdict.WRONG,
    ReviewVerdict.DANGEROUS,
)
SCALES = {
    Target.ANSWER: _SAID,
    Target.SENTENCE: _SAID,
    Target.CITATION: (
        ReviewVerdict.SUPPORTS,
        ReviewVerdict.PARTLY,
        ReviewVerdict.UNRELATED,
        ReviewVerdict.DANGEROUS,
    ),
}
"""The verdicts of each target, from the best to the worst."""

Place = tuple[Target, int]
"""A target and its number, 1-based in the order of the record; the answer has number 1."""

ANSWER: Place = (Target.ANSWER, 1)


@dataclass(frozen=True, slots=True)
class ReviewMark:
    """A verdict on one thing, None where it is taken back, and a comment."""

    target: Target
    number: int
    verdict: ReviewVerdict | None
    comment: str = ""

    @property
    def place(self) -> Place:
        """What it is about."""
        return self.target, self.number

    @property
    def blank(self) -> "ReviewMark":
        """The mark of who says nothing of the same thing."""
        return ReviewMark(self.target, self.number, None)


Sheet = Mapping[Place, ReviewMark]
"""What one reader says of one answer now."""


def body_of(record_id: str, marks: Iterable[ReviewMark], seconds: int = 0) -> dict[str, Any]:
    """Marks as they are written in the journal, with how long the answer was looked at."""
    rows = [
        {
            "target": mark.target.value,
            "number": mark.number,
            "verdict": mark.verdict and mark.verdict.value,
            "comment": mark.comment,
        }
        for mark in marks
    ]
    timed = {"seconds": seconds} if seconds else {}
    return {"act": MARKED, "record_id": record_id, "marks": rows, **timed}


def marks_of(body: Mapping[str, Any]) -> tuple[ReviewMark, ...]:
    """The marks that a body holds."""
    return tuple(
        ReviewMark(
            Target(row["target"]),
            row["number"],
            ReviewVerdict(row["verdict"]) if row["verdict"] else None,
            row["comment"],
        )
        for row in body["marks"]
    )


def over(sheet: Sheet, later: Iterable[ReviewMark]) -> Sheet:
    """A sheet after later marks of the same reader."""
    marks = dict(sheet) | {mark.place: mark for mark in later}
    return {place: mark for place, mark in marks.items() if mark.verdict or mark.comment}


@dataclass(frozen=True, slots=True)
class Marking:
    """The marks of one entry of the journal, with its place there, its identifier and its user.

    `seconds` is how long the answer was on the reader's screen before, 0 where nobody told.
    """

    user: str
    at: datetime
    position: int
    entry: str
    marks: tuple[ReviewMark, ...]
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class MarkChange:
    """What a reader said of one thing once their reading was frozen, and what they said before."""

    at: datetime
    entry: str
    before: ReviewMark
    after: ReviewMark


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader says of one answer; a draft until it is frozen, by `entry`, at `at`.

    `now` has the last mark of each thing, `frozen` those that stood when the reading was frozen;
    `position` is that of the entry that froze it, `last` of the last entry, whatever it changed.
    """

    user: str
    now: Sheet = field(default_factory=dict)
    frozen: Sheet = field(default_factory=dict)
    at: datetime | None = None
    position: int = -1
    last: int = -1
    entry: str = ""
    changes: tuple[MarkChange, ...] = ()
    seconds: int = 0

    @property
    def is_frozen(self) -> bool:
        """Whether a verdict on the whole answer was given."""
        return self.at is not None

    def after(self, said: Marking) -> "Reading":
        """The reading once the same reader has said more."""
        now, last = over(self.now, said.marks), said.position
        if self.is_frozen:
            changes = (*self.changes, *self._changed(said))
            return replace(self, now=now, last=last, changes=changes)
        read = replace(self, now=now, last=last, seconds=self.seconds + said.seconds)
        whole = now.get(ANSWER)
        if whole is None or whole.verdict is None:
            return read
        return replace(read, frozen=now, at=said.at, position=said.position, entry=said.entry)

    def _changed(self, said: Marking) -> Iterator[MarkChange]:
        sheet = self.now
        for mark in said.marks:
            yield MarkChange(said.at, said.entry, sheet.get(mark.place, mark.blank), mark)
            sheet = over(sheet, [mark])


Readings = Mapping[str, Reading]
"""The readings of an answer, by the pseudonym of the reader."""


def readings_after(readings: Readings, said: Marking) -> Readings:
    """The readings of an answer once one more entry was written; those given stay as they are."""
    reading = readings.get(said.user, Reading(said.user))
    return {**readings, said.user: reading.after(said)}


def frozen_of(readings: Readings) -> tuple[Reading, ...]:
    """The frozen ones, in the order in which they were frozen."""
    found = (reading for reading in readings.values() if reading.is_frozen)
    return tuple(sorted(found, key=lambda reading: reading.position))


COMPARED = 2
"""The first frozen readings, each given before its author could see another's."""


def compared(readings: Readings) -> tuple[Reading, Reading] | None:
    """The two readings that are compared, None while there is one at most: once two, for good."""
    first, second, *_ = (*frozen_of(readings), None, None)
    return (first, second) if first and second else None


def seen_by(readings: Readings, user: str) -> Readings:
    """The readings that a reader may see: their own, and frozen ones once theirs is.

    Where two are compared already, nobody's eyes change that any more, and all see them.
    """
    own = readings.get(user)
    is_free = compared(readings) is not None or (own is not None and own.is_frozen)
    shown = frozen_of(readings) if is_free else ()
    return {each.user: each for each in (*shown, *([own] if own else []))}


# Arbitration: a third reader says which verdict is kept where the two compared ones differ.

ARBITRATED = "arbitrated"
"""The act of an entry of kind "review" that holds an arbitration."""


@dataclass(frozen=True, slots=True)
class Arbitration:
    """The verdict that is kept of one thing, why, and the entry of the journal that says so."""

    place: Place
    verdict: ReviewVerdict
    reason: str
    user: str
    at: datetime
    entry: str


def arbitration_body(
    record_id: str, place: Place, verdict: ReviewVerdict, reason: str
) -> dict[str, Any]:
    """An arbitration as it is written in the journal."""
    target, number = place
    told = {"target": target.value, "number": number, "verdict": verdict.value, "reason": reason}
    return {"act": ARBITRATED, "record_id": record_id, **told}


def arbitration_of(body: Mapping[str, Any], user: str, at: datetime, entry: str) -> Arbitration:
    """The arbitration that a body says."""
    place = Target(body["target"]), body["number"]
    verdict = ReviewVerdict(body["verdict"])
    return Arbitration(place, verdict, body["reason"], user, at, entry)


def disputed(readings: Readings) -> tuple[Place, ...]:
    """What the two compared readings judge differently, in the order of the answer."""
    return tuple(place for place, one, other in _judged_twice(readings) if one != other)


def may_arbitrate(readings: Readings, user: str, place: Place, verdict: ReviewVerdict) -> bool:
    """Whether somebody, who is neither of the two readers, may decide so where they differ."""
    pair = compared(readings)
    readers = {each.user for each in pair or ()}
    return user not in readers and place in disputed(readings) and verdict in SCALES[place[0]]


def pairs(readings: Readings, target: Target) -> Iterator[tuple[ReviewVerdict, ReviewVerdict]]:
    """The two frozen verdicts on each thing of a kind that both readers judged."""
    for place, one, other in _judged_twice(readings):
        if place[0] is target:
            yield one, other


def retained(
    readings: Readings, arbitrations: Mapping[Place, Arbitration]
) -> Mapping[Place, ReviewVerdict]:
    """The verdict that counts of each thing: the arbitrated one, else the first frozen one."""
    found: dict[Place, ReviewVerdict] = {}
    for reading in frozen_of(readings):
        for place, mark in reading.frozen.items():
            if mark.verdict:
                found.setdefault(place, mark.verdict)
    return found | {place: each.verdict for place, each in arbitrations.items()}


def _judged_twice(readings: Readings) -> Iterator[tuple[Place, ReviewVerdict, ReviewVerdict]]:
    if pair := compared(readings):
        first, second = (each.frozen for each in pair)
        for place in sorted(first.keys() & second.keys()):
            one, other = first[place].verdict, second[place].verdict
            if one and other:
                yield place, one, other
