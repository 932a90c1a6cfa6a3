"""Recorded answers: read back from the journal, with what readers say of them."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from assistant.answering.answer import Ending, Outcome, TurnResult
from assistant.answering.record import read_evidence
from assistant.citations.checker import Support
from assistant.evaluation.grading import result_of
from assistant.evaluation.questions import LEDGER, OTHER, OUT_OF_SCOPE, theme_of_article
from assistant.journal.chain import entry_id
from assistant.review.readings import (
    Arbitration,
    Marking,
    Place,
    Readings,
    ReviewVerdict,
    Sheet,
    Target,
    frozen_of,
    marks_of,
    retained,
    seen_by,
)
from ingestion.documents.references import find_references


@dataclass(frozen=True, slots=True)
class Recorded:
    """A turn as it stands in the journal.

    `archive` gives for the identifier of each document that was shown the sha256 under which it was
    archived; it is empty for answers older than the archive.
    """

    at: datetime
    user: str
    ending: Ending
    result: TurnResult
    archive: Mapping[str, str]


def recorded(entry: Mapping[str, Any], body: Mapping[str, Any]) -> Recorded:
    """The turn that an entry and its body say, whether a buyer's or a replay."""
    result = replace(
        result_of({**body, "record_id": entry_id(entry)}),
        standalone=body["standalone"],
        evidence=read_evidence(body["evidence"]),
    )
    archive = body.get("archive", {})
    return Recorded(moment(entry), entry.get("user", ""), Ending(body["ended"]), result, archive)


def said_at(result: TurnResult, place: Place) -> str:
    """The words that a mark is about: a question, a sentence, or a quote; "" where there is none.

    The number of a mark is told by its reader's browser.
    """
    target, number = place
    answer = result.answer
    if target is Target.ANSWER:
        return result.question
    if target is Target.SENTENCE:
        return next((each.text for each in answer.sentences[number - 1 : number]), "")
    return next((each.quote for each in answer.citations[number - 1 : number]), "")


def moment(entry: Mapping[str, Any]) -> datetime:
    """When an entry was written, in the time of this machine."""
    return datetime.fromisoformat(entry["at"]).astimezone()


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


class CitedPlace(NamedTuple):
    """Where a citation stands: a document by its sha256, and the first character in its text."""

    title: str
    locator: str
    document: str = ""
    start: int = 0


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A recorded answer without its evidence.

    `position` is that of its entry in the journal. `text` is the answer as Markdown, `cited` the
    place of each citation. `searchable` has the question and the answer, folded.
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
    ending: Ending
    seconds: float
    model: str
    generation: str
    removed: int
    cited: tuple[CitedPlace, ...]
    searchable: str

    @property
    def day(self) -> date:
        """The day on which the question was asked."""
        return self.at.date()


@dataclass(frozen=True, slots=True)
class BuyerOpinion:
    """The last thing that a buyer said of an answer, with its place in the journal."""

    thumb: Thumb
    comment: str = ""
    position: int = -1


@dataclass(frozen=True, slots=True)
class Item:
    """A line with the opinion on it, its readings, and the arbitrations, the oldest first."""

    line: ReviewLine
    opinion: BuyerOpinion | None = None
    readings: Readings = field(default_factory=dict)
    arbitrations: tuple[Arbitration, ...] = ()

    @property
    def readers(self) -> tuple[str, ...]:
        """Who has given a verdict on the whole answer, in the order of their first one."""
        return tuple(each.user for each in frozen_of(self.readings))

    @property
    def state(self) -> ReviewState:
        """How often it has been read."""
        return (ReviewState.UNREAD, ReviewState.READ, ReviewState.TWICE)[min(len(self.readers), 2)]

    @property
    def is_contested(self) -> bool:
        """Whether the buyer has complained since those who judged it last said anything."""
        told = max((each.last for each in frozen_of(self.readings)), default=-1)
        said = self.opinion
        return said is not None and said.thumb is Thumb.DOWN and said.position > told

    @property
    def retained(self) -> Mapping[Place, ReviewVerdict]:
        """The verdict that counts of each thing in it."""
        return retained(self.readings, {each.place: each for each in self.arbitrations})

    def sheet_of(self, user: str) -> Sheet:
        """What a reader says now."""
        return self.readings[user].now if user in self.readings else {}

    def seen_by(self, user: str) -> Readings:
        """The readings that a reader may see."""
        return seen_by(self.readings, user)


def line_of(position: int, entry: Mapping[str, Any], body: Mapping[str, Any]) -> ReviewLine:
    """The line of an answer of the journal."""
    text = str(body["answer"])
    return ReviewLine(
        position=position,
        record_id=entry_id(entry),
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
        ending=Ending(body["ended"]),
        seconds=body["seconds"]["total"],
        model=body["model"],
        generation=body["generation"],
        removed=len(body["removed"]),
        cited=tuple(
            CitedPlace(each["title"], each["locator"], each["document"], each["start"])
            for each in body["citations"]
        ),
        searchable=folded(f"{body['question']} {text}"),
    )


def marking_of(position: int, entry: Mapping[str, Any], body: Mapping[str, Any]) -> Marking:
    """The marks of an entry of the journal; those of earlier versions tell no seconds."""
    user, seconds = entry.get("user", ""), int(body.get("seconds", 0))
    name, said = entry_id(entry), marks_of(body)
    return Marking(user, moment(entry), position, name, said, seconds)


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
