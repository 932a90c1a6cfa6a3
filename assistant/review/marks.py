"""Marks: what a reader says of an answer, its sentences and its citations. Pure values.

The journal keeps every sheet of marks; of one reader the last mark of each thing counts, except
where readers are compared: see `readings`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
