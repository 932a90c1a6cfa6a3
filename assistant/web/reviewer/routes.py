"""The addresses of the référent's pages: answers opened, judged, asked again, promoted."""

from datetime import date
from enum import StrEnum
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, BeforeValidator, Field

from assistant.accounts.identity import Identity
from assistant.answering.answer import Outcome
from assistant.errors import UnknownRecord, WrongQuestions
from assistant.review.gold import GoldQuestion
from assistant.review.recorded import Recorded
from assistant.review.register import Sampling
from assistant.review.service import ReviewService
from assistant.web.reviewer.answer_view import AnswerView, document_html, view_of
from assistant.web.reviewer.frame import ROOT, ListQuery, done, framed, marks_in
from assistant.web.reviewer.list_view import answer_address, form_html, gold_html, list_html
from assistant.web.reviewer.queue_view import queue_html, replay_html
from assistant.web.routes import FORGET, picture_of
from assistant.web.site import Reader
from assistant.web.viewer import order_for
from ingestion.legislation.references import find_references

# An answer opened again, its evidence as it was, and the marks of its readers.

MOST_FIELDS = 1000


async def sent(request: Request) -> dict[str, str]:
    """The fields of a form whose names depend on what it is about."""
    form = await request.form(max_fields=MOST_FIELDS, max_files=0)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def answer_routes(room: ReviewService, reader: Reader) -> APIRouter:
    """The pages of an answer."""
    router = APIRouter(prefix="/answers/{record_id}")
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806

    @router.get("")
    def answer(who: Who, record_id: str, saved: bool = False) -> HTMLResponse:
        shown = room.open(who, record_id)
        view = AnswerView(
            room.item(who, record_id),
            shown,
            room.exhibits(who, shown),
            room.replays(who, record_id),
            who.user,
        )
        told = done("Vos marques sont enregistrées." if saved else "")
        return framed(shown.result.question, told, *view.content(room.clock()), current="")

    @router.post("/marks")
    def mark(
        who: Who, record_id: str, form: Annotated[dict[str, str], Depends(sent)]
    ) -> RedirectResponse:
        room.mark(who, record_id, tuple(marks_in(form, room.open(who, record_id).result)))
        return RedirectResponse(answer_address(record_id, "?saved=1"), 303)

    @router.get("/evidence/{number}")
    def evidence(who: Who, record_id: str, number: int) -> HTMLResponse:
        shown = room.exhibit(who, room.open(who, record_id), number)
        original = room.original(who, shown.document) if shown.document else None
        content = document_html(shown, record_id, has_original=original is not None)
        title = f"{shown.evidence.passage.title}, tel que montré"
        return framed(title, *content, current="", script="viewer.js")

    @router.get("/evidence/{number}/page/{page}.png")
    def picture(who: Who, record_id: str, number: int, page: int) -> Response:
        shown = room.exhibit(who, room.open(who, record_id), number)
        if (document := shown.document) is None:
            raise HTTPException(404)
        order = order_for(document, view_of(shown), page)
        return picture_of(document, partial(room.original, who, document), order, FORGET)

    return router


# The evaluation set: questions promoted, corrected, taken out, exported.

REFUSED = 409

Text = Annotated[str, Field(max_length=5000)]


class Described(BaseModel):
    """The form of a question as a browser sends it."""

    id: Text
    question: Text
    as_of: Annotated[date | None, BeforeValidator(lambda value: value or None)] = None
    articles: Text = ""
    facts: Text = ""
    refusal: bool = False
    record_id: Text = ""

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


def gold_routes(room: ReviewService, reader: Reader) -> APIRouter:
    """The set, its file and its form."""
    router = APIRouter()
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806

    @router.get("/gold")
    def listed(who: Who) -> HTMLResponse:
        return framed("Jeu d'évaluation", *gold_html(room.gold), current="gold")

    @router.get("/gold.jsonl")
    def exported(who: Who) -> Response:
        headers = FORGET | {"Content-Disposition": 'attachment; filename="gold.jsonl"'}
        return Response(room.gold_file(who), media_type="application/jsonl", headers=headers)

    @router.get("/gold/new")
    def new(who: Who, record_id: str = "") -> HTMLResponse:
        first = _proposed(room.open(who, record_id)) if record_id else GoldQuestion("", "")
        return framed("Nouvelle question", form_html(first, record_id), current="gold")

    @router.get("/gold/{question_id}")
    def edited(who: Who, question_id: str) -> HTMLResponse:
        for question in room.gold:
            if question.id == question_id:
                return framed("Corriger la question", form_html(question, ""), current="gold")
        raise UnknownRecord("Le jeu d'évaluation n'a pas cette question : elle a été retirée.")

    @router.post("/gold")
    def kept(who: Who, form: Annotated[Described, Form()]) -> Response:
        try:
            room.promote(who, form.gold, form.record_id)
        except WrongQuestions as refusal:
            content = form_html(form.gold, form.record_id, str(refusal))
            return framed("Question à corriger", content, current="gold", status=REFUSED)
        return RedirectResponse(f"{ROOT}/gold", 303)

    @router.post("/gold/{question_id}/remove")
    def removed(who: Who, question_id: str) -> RedirectResponse:
        room.demote(who, question_id)
        return RedirectResponse(f"{ROOT}/gold", 303)

    return router


def _proposed(shown: Recorded) -> GoldQuestion:
    """A question with what its answer cites, to be corrected by who knows better."""
    result = shown.result
    cited = (
        found.key for each in result.answer.citations for found in find_references(each.locator)
    )
    return GoldQuestion(
        f"relue-{result.record_id}",
        result.standalone,
        result.as_of,
        tuple(dict.fromkeys(cited)),
        refusal_expected=result.answer.outcome is Outcome.ABSTAINED,
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.splitlines())))


# The register: every recorded answer, filtered, and as a file.


def list_routes(room: ReviewService, reader: Reader) -> APIRouter:
    """The list and its file."""
    router = APIRouter()
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806

    @router.get("/")
    def listed(who: Who, asked: Annotated[ListQuery, Query()]) -> HTMLResponse:
        everything, shown = room.items(who), room.items(who, asked.filter, asked.order)
        content = list_html(asked, everything, shown, room.teams(who))
        return framed("Réponses enregistrées", *content, current="")

    @router.get("/answers.csv")
    def exported(who: Who, asked: Annotated[ListQuery, Query()]) -> Response:
        content = room.export(who, asked.filter, asked.order)
        named = f'attachment; filename="reponses-{date.today():%Y-%m-%d}.csv"'
        headers = FORGET | {"Content-Disposition": named}
        return Response(content, media_type="text/csv; charset=utf-8", headers=headers)

    return router


# What a reader should read, and how it is drawn.

Percent = Annotated[float, Field(ge=0, le=100)]


class Drawing(BaseModel):
    """The form of the sampling; shares are percentages."""

    seed: Annotated[int, Field(ge=0, le=10**9)]
    rate: Percent
    second: Percent


def queue_routes(room: ReviewService, reader: Reader) -> APIRouter:
    """The queue and its form."""
    router = APIRouter(prefix="/queue")
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806

    @router.get("")
    def queue(who: Who) -> HTMLResponse:
        content = queue_html(room.tasks(who), room.sampling, room.agreement(who))
        return framed("Réponses à relire", *content, current="queue")

    @router.post("")
    def sample(who: Who, form: Annotated[Drawing, Form()]) -> RedirectResponse:
        room.sample(who, Sampling(form.seed, form.rate / 100, form.second / 100))
        return RedirectResponse(f"{ROOT}/queue", 303)

    return router


# A question asked again, and what differs from the answer of then.


class ReplayDay(StrEnum):
    """Of which day the law is asked again."""

    SAME = "same"
    TODAY = "today"


def replay_routes(room: ReviewService, reader: Reader) -> APIRouter:
    """The replays of an answer."""
    router = APIRouter(prefix="/answers/{record_id}/replays")
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806

    @router.post("")
    def ask_again(who: Who, record_id: str, day: Annotated[ReplayDay, Form()]) -> RedirectResponse:
        first = room.open(who, record_id).result
        again = room.replay(who, record_id, first.as_of if day is ReplayDay.SAME else room.clock())
        return RedirectResponse(answer_address(record_id, f"/replays/{again.record_id}"), 303)

    @router.get("/{replay_id}")
    def compared(who: Who, record_id: str, replay_id: str) -> HTMLResponse:
        first = room.open(who, record_id)
        for again in room.replays(who, record_id):
            if again.result.record_id == replay_id:
                return framed(first.result.question, *replay_html(first, again), current="")
        raise UnknownRecord(f"Cette réponse n'a pas de rejeu {replay_id[:16]!r}.")

    return router
