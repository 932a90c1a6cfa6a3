"""A review over the small index: people of two teams, and an application of the référent alone."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware import Middleware

from assistant.answering.answer import TurnResult
from assistant.answering.pipeline import Assistant
from assistant.identity import Identity, UserRole
from assistant.journal.journal import Journal
from assistant.review.service import ReviewService
from assistant.web.protection import Shield
from assistant.web.reviewer.app import referent_app
from assistant.web.reviewer.forms import ROOT
from assistant.web.routes import page_routes
from assistant.web.site import requiring
from tests.support.page_app import ByHeader
from tests.support.small_index import TODAY, assistant_over, result_of

REFERENT = frozenset({UserRole.REFERENT})
ANNE = Identity("u-anne", "Anne", REFERENT, None)
BRUNO = Identity("u-bruno", "Bruno", REFERENT, frozenset({"voirie"}))
CLAIRE = Identity("u-claire", "Claire", frozenset({UserRole.BUYER}), None)
DORA = Identity("u-dora", "Dora", REFERENT, None)
PEOPLE = {each.user: each for each in (ANNE, BRUNO, CLAIRE, DORA)}


@dataclass(slots=True)
class House:
    """A data folder with an index, whose assistant answers and whose review reads."""

    home: Path
    assistant: Assistant
    review: ReviewService
    journal: Journal

    def ask(self, question: str, dossier: str | None = None, as_of: date = TODAY) -> TurnResult:
        """A buyer's question, answered and recorded."""
        events = self.assistant.ask(question, as_of=as_of, dossier=dossier, user="u-claire")
        return result_of(events)


def house(home: Path) -> House:
    """That of a data folder whose index is built."""
    assistant = assistant_over(home)
    review = ReviewService(home, assistant, lambda: TODAY)
    return House(home, assistant, review, assistant.journal)


def people(otherwise: Identity | None = None) -> ByHeader:
    """Those of the review, by a header."""
    return ByHeader(lambda user: PEOPLE.get(user, otherwise))


def application(review: ReviewService, otherwise: Identity | None = None) -> FastAPI:
    """The référent's application where it is mounted, with the style of all pages."""
    app = FastAPI(middleware=[Middleware(Shield, rewrite=lambda page: page)])
    app.include_router(page_routes)
    app.mount(ROOT, referent_app(review, requiring(people(otherwise), UserRole.REFERENT)))
    return app
