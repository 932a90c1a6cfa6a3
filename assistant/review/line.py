"""Lines: a recorded answer as it is listed, with what is said of it since. Pure values."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from assistant.answers import Outcome
from assistant.checking import Support
from assistant.review.marks import ANSWER, Sheet
from assistant.review.recorded import moment
from assistant.themes import LEDGER, OTHER, OUT_OF_SCOPE, theme_of_article
from ingestion.references import find_references


class Thumb(StrEnum):
    """What the buyer thought of an answer."""

    UP = "up"
    DOWN = "down"


class State(StrEnum):
    """How far the review of an answer has come."""

    UNREAD = "unread"
    READ = "read"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Line:
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
class Opinion:
    """The last thing that a buyer said of an answer."""

    thumb: Thumb
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A line with the opinion on it, and the sheet of each reader, the first reader first."""

    line: Line
    opinion: Opinion | None = None
    sheets: Mapping[str, Sheet] = field(default_factory=dict)

    @property
    def readers(self) -> tuple[str, ...]:
        """Who has given a verdict on the whole answer, in the order of their first mark."""
        return tuple(user for user, sheet in self.sheets.items() if _is_judged(sheet))

    @property
    def state(self) -> State:
        """How often it has been read."""
        return (State.UNREAD, State.READ, State.TWICE)[min(len(self.readers), 2)]

    def sheet_of(self, user: str) -> Sheet:
        """What a reader has said."""
        return self.sheets.get(user, {})

    def seen_by(self, user: str) -> Mapping[str, Sheet]:
        """The sheets that a reader may see: those of others only once their own verdict stands."""
        is_free = user in self.readers
        return {each: sheet for each, sheet in self.sheets.items() if is_free or each == user}


def line_of(position: int, entry: Mapping[str, Any], body: Mapping[str, Any]) -> Line:
    """The line of an answer of the journal."""
    text = str(body["answer"])
    return Line(
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


def _is_judged(sheet: Sheet) -> bool:
    return ANSWER in sheet and sheet[ANSWER].verdict is not None
