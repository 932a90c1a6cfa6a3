"""What browsers send to the référent's pages: filters, days, marks, questions. Values."""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Request
from pydantic import BaseModel, BeforeValidator, Field

from assistant.answering.answer import Ending, Outcome, TurnResult
from assistant.citations.checker import Support
from assistant.review.activity import ActivityPeriod, chosen
from assistant.review.gold import GoldQuestion
from assistant.review.listing import ListOrder, ReviewFilter
from assistant.review.readings import (
    ANSWER,
    LONGEST_COMMENT,
    SCALES,
    Place,
    ReviewMark,
    ReviewVerdict,
    Target,
)
from assistant.review.recorded import ReviewState, Thumb

ROOT = "/referent"
"""Where the application of the référent stands."""

_BLANK = BeforeValidator(lambda value: value or None)
"""A field that is left empty is sent as ""."""

Day = Annotated[date | None, _BLANK]
Short = Annotated[str, Field(max_length=200)]
Text = Annotated[str, Field(max_length=5000)]
Percent = Annotated[float, Field(ge=0, le=100)]


class ListQuery(BaseModel):
    """The query of a list; an address that holds it shows the same list to everyone who may."""

    since: Day = None
    until: Day = None
    theme: Short = ""
    outcome: Annotated[Outcome | None, _BLANK] = None
    support: Annotated[Support | None, _BLANK] = None
    route: Short = ""
    thumb: Annotated[Thumb | None, _BLANK] = None
    team: Short = ""
    dossier: Short = ""
    state: Annotated[ReviewState | None, _BLANK] = None
    ending: Annotated[Ending | None, _BLANK] = None
    words: Short = ""
    order: Annotated[ListOrder, BeforeValidator(lambda value: value or ListOrder.LATEST)] = (
        ListOrder.LATEST
    )
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1

    @property
    def filter(self) -> ReviewFilter:
        """The filter alone."""
        return ReviewFilter(**self.model_dump(exclude={"order", "page"}))

    @property
    def chosen(self) -> Mapping[str, str]:
        """What is asked for beyond what is shown anyway."""
        values = self.model_dump(mode="json", exclude_defaults=True)
        return {name: str(value) for name, value in values.items()}

    @property
    def is_filtered(self) -> bool:
        """Whether one of the filters is used that a phone folds otherwise."""
        folded = {"since", "until", "theme", "outcome", "thumb", "state"}
        return not folded.isdisjoint(self.chosen)

    @property
    def is_narrow(self) -> bool:
        """Whether one of the filters is used that are folded otherwise."""
        folded = {"support", "route", "ending", "team", "dossier", "order"}
        return not folded.isdisjoint(self.chosen)

    def address(self, path: str = "", page: int = 1) -> str:
        """The address of this list, of another page of it, or of its file."""
        query = {name: value for name, value in self.chosen.items() if name != "page"}
        query |= {"page": str(page)} if page > 1 else {}
        return f"{ROOT}/{path}{'?' if query else ''}{urlencode(query)}"


class DashboardDays(BaseModel):
    """The period in an address; each day is included, and may be left out."""

    since: Day = None
    until: Day = None

    def period(self) -> ActivityPeriod:
        """The days that are meant."""
        return chosen(self.since, self.until, date.today())


class Described(BaseModel):
    """The form of a question of the evaluation set as a browser sends it.

    `corrects` is the identifier of the one that it corrects, "" for a new one.
    """

    id: Text
    question: Text
    as_of: Day = None
    articles: Text = ""
    facts: Text = ""
    refusal: bool = False
    record_id: Text = ""
    corrects: Text = ""

    @property
    def gold(self) -> GoldQuestion:
        """The question that it describes."""
        return GoldQuestion(
            self.id.strip(),
            " ".join(self.question.split()),
            self.as_of,
            _lines(self.articles),
            _lines(self.facts),
            self.refusal,
        )


class Decided(BaseModel):
    """The form by which a third reader decides between two verdicts."""

    target: Target
    number: Annotated[int, Field(ge=1, le=10**6)]
    verdict: ReviewVerdict
    reason: Annotated[str, Field(max_length=LONGEST_COMMENT)] = ""


class Looked(BaseModel):
    """The form that says that an answer was looked at, and by which snapshot it was shown."""

    generation: Short


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.splitlines())))


class Drawing(BaseModel):
    """The form of the sampling; shares are percentages."""

    seed: Annotated[int, Field(ge=0, le=10**9)]
    rate: Percent
    second: Percent


class ReplayDay(StrEnum):
    """Of which day the law is asked again."""

    SAME = "same"
    TODAY = "today"


MOST_FIELDS = 1000

MOST_DIGITS = 9
"""Of a number that is sent: Python reads no more than some thousand, and fails on them."""

LONGEST_LOOK = 2 * 3600
"""Seconds that an answer may have been looked at; the browser tells, when its script runs."""


def seconds_in(form: Mapping[str, str]) -> int:
    """How long the answer was on the screen, 0 where nobody tells."""
    told = form.get("seconds", "")
    is_number = told.isascii() and told.isdigit() and len(told) <= MOST_DIGITS
    return min(int(told), LONGEST_LOOK) if is_number else 0


async def sent(request: Request) -> dict[str, str]:
    """The fields of a form whose names depend on what it is about."""
    form = await request.form(max_fields=MOST_FIELDS, max_files=0)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def marks_in(form: Mapping[str, str], result: TurnResult) -> Iterator[ReviewMark]:
    """The marks that a form says on what an answer has; anything else in it is left out."""
    for target, number in places(result):
        name = f"{target}-{number}"
        value = form.get(name, "")
        verdict = ReviewVerdict(value) if value in SCALES[target] else None
        comment = form.get(f"{name}-comment", "").strip()[:LONGEST_COMMENT]
        yield ReviewMark(target, number, verdict, comment)


def places(result: TurnResult) -> Iterator[Place]:
    """Everything in an answer that can be marked."""
    yield ANSWER
    yield from ((Target.SENTENCE, n) for n, _ in enumerate(result.answer.sentences, 1))
    yield from ((Target.CITATION, n) for n, _ in enumerate(result.answer.citations, 1))
