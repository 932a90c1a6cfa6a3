"""Recorded answers: read back from the journal, listed, with what readers say of them."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from assistant.answering.answer import Outcome, TurnResult
from assistant.answering.record import read_evidence
from assistant.citations.checker import Support
from assistant.evaluation.grading import result_of
from assistant.evaluation.questions import LEDGER, OTHER, OUT_OF_SCOPE, theme_of_article
from ingestion.legislation.references import find_references

# Recorded answers: what the journal keeps of a turn, read back.


@dataclass(frozen=True, slots=True)
class Recorded:
    """A turn as it stands in the journal.

    `ended` is "finished", or "interrupted" for one that was stopped or failed. `archive` gives for
    the identifier of each document that was shown the sha256 under which it was archived; it is
    empty for answers older than the archive.
    """

    at: datetime
    user: str
    ended: str
    result: TurnResult
    archive: Mapping[str, str]


def recorded(entry: Mapping[str, Any], body: Mapping[str, Any]) -> Recorded:
    """The turn that an entry and its body say, whether a buyer's or a replay."""
    result = replace(
        result_of({**body, "record_id": entry["hash"][:16]}),
        standalone=body["standalone"],
        evidence=read_evidence(body["evidence"]),
    )
    archive = body.get("archive", {})
    return Recorded(moment(entry), entry.get("user", ""), body["ended"], result, archive)


def moment(entry: Mapping[str, Any]) -> datetime:
    """When an entry was written, in the time of this machine."""
    return datetime.fromisoformat(entry["at"]).astimezone()


# Marks: what a reader says of an answer, its sentences and its citations. Pure values.
#
# The journal keeps every sheet of marks; of one reader the last mark of each thing counts.

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


def body_of(record_id: str, marks: Iterable[ReviewMark]) -> dict[str, Any]:
    """Marks as they are written in the journal."""
    rows = [
        {
            "target": mark.target.value,
            "number": mark.number,
            "verdict": mark.verdict and mark.verdict.value,
            "comment": mark.comment,
        }
        for mark in marks
    ]
    return {"act": MARKED, "record_id": record_id, "marks": rows}


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


# Lines: a recorded answer as it is listed, with what is said of it since. Pure values.


class Thumb(StrEnum):
    """What the buyer thought of an answer."""

    UP = "up"
    DOWN = "down"


class ReviewState(StrEnum):
    """How far the review of an answer has come."""

    UNREAD = "unread"
    READ = "read"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A recorded answer without its evidence.

    `position` is that of its entry in the journal. `text` is the answer as Markdown, `cited` the
    title and the locator of each citation. `searchable` has the question and the answer, folded.
    """

    position: int
    record_id: str
    at: datetime
    user: str
    question: str
    text: str
    as_of: date
    outcome: Outcome
    supports: frozenset[Support]
    route: str
    theme: str
    dossier: str | None
    ended: str
    seconds: float
    model: str
    generation: str
    removed: int
    cited: tuple[tuple[str, str], ...]
    searchable: str

    @property
    def day(self) -> date:
        """The day on which the question was asked."""
        return self.at.date()


@dataclass(frozen=True, slots=True)
class BuyerOpinion:
    """The last thing that a buyer said of an answer."""

    thumb: Thumb
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A line with the opinion on it, and the sheet of each reader, the first reader first."""

    line: ReviewLine
    opinion: BuyerOpinion | None = None
    sheets: Mapping[str, Sheet] = field(default_factory=dict)

    @property
    def readers(self) -> tuple[str, ...]:
        """Who has given a verdict on the whole answer, in the order of their first mark."""
        marks = ((user, sheet.get(ANSWER)) for user, sheet in self.sheets.items())
        return tuple(user for user, mark in marks if mark and mark.verdict)

    @property
    def state(self) -> ReviewState:
        """How often it has been read."""
        return (ReviewState.UNREAD, ReviewState.READ, ReviewState.TWICE)[min(len(self.readers), 2)]

    def sheet_of(self, user: str) -> Sheet:
        """What a reader has said."""
        return self.sheets.get(user, {})

    def seen_by(self, user: str) -> Mapping[str, Sheet]:
        """The sheets that a reader may see: those of others only once their own verdict stands."""
        is_free = user in self.readers
        return {each: sheet for each, sheet in self.sheets.items() if is_free or each == user}


def line_of(position: int, entry: Mapping[str, Any], body: Mapping[str, Any]) -> ReviewLine:
    """The line of an answer of the journal."""
    text = str(body["answer"])
    return ReviewLine(
        position=position,
        record_id=entry["hash"][:16],
        at=moment(entry),
        user=entry.get("user", ""),
        question=body["question"],
        text=text,
        as_of=date.fromisoformat(body["as_of"]),
        outcome=Outcome(body["outcome"]),
        supports=frozenset(Support(each["support"]) for each in body["sentences"]),
        route=body["route"],
        theme=_theme(body),
        dossier=body.get("dossier"),
        ended=body["ended"],
        seconds=body["seconds"]["total"],
        model=body["model"],
        generation=body["generation"],
        removed=len(body["removed"]),
        cited=tuple((each["title"], each["locator"]) for each in body["citations"]),
        searchable=folded(f"{body['question']} {text}"),
    )


def folded(text: str) -> str:
    """Text without accents or case, its spaces alike: as it is searched."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(each for each in plain if not unicodedata.combining(each)).split())


def _theme(body: Mapping[str, Any]) -> str:
    """The ledger's, that of the first article cited, or the first piece cited of a dossier."""
    if body["route"] == "out_of_scope":
        return OUT_OF_SCOPE
    if (route := body["route"]) in LEDGER:
        return LEDGER[route]
    locators = [each["locator"] for each in body["citations"]]
    if body.get("dossier") and locators:
        return str(locators[0]).partition(",")[0]
    articles = (found.key for locator in locators for found in find_references(locator))
    return next(filter(None, map(theme_of_article, articles)), OTHER)
