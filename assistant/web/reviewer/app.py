"""The référent's application: past answers, opened, judged, asked again, and their figures."""

from datetime import date
from functools import partial
from importlib.resources import files
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, FastAPI, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.accounts.identity import Identity
from assistant.errors import (
    AssistantError,
    StillReading,
    UnknownRecord,
    WrongDecision,
    WrongQuestions,
)
from assistant.review.exports import ExportedTable
from assistant.review.gold import GoldQuestion
from assistant.review.recorded import Recorded
from assistant.review.register import Sampling
from assistant.review.service import ReviewService
from assistant.web.reviewer.dashboard import LocalDashboard
from assistant.web.reviewer.forms import (
    ROOT,
    DashboardDays,
    Decided,
    Described,
    Drawing,
    ListQuery,
    ReplayDay,
    marks_in,
    seconds_in,
    sent,
)
from assistant.web.reviewer.pages import (
    answer_page,
    evidence_page,
    figures_page,
    gold_page,
    list_page,
    page,
    replay_page,
    touched_page,
    view_of,
)
from assistant.web.reviewer.queue_pages import disagreements_page, queue_page
from assistant.web.routes import FORGET, from_here, picture_of, with_problems
from assistant.web.site import Reader
from assistant.web.viewer import order_for
from ingestion.errors import IngestionError

SEE_OTHER, UNKNOWN, REFUSED, BROKEN = 303, 404, 409, 503

FILES = {
    ExportedTable.ANSWERS: "reponses",
    ExportedTable.SENTENCES: "phrases",
    ExportedTable.CITATIONS: "citations",
    ExportedTable.MARKS: "marques",
}
"""What the file of each table is called."""

AGAIN = "3"
"""Seconds after which a browser asks again by itself for what is being read."""


def referent_app(room: ReviewService, reader: Reader, *more: APIRouter) -> FastAPI:
    """The application for those whom `reader` lets in, to be mounted at `ROOT`.

    `more` are the routes of pages beside those of the room, which check the reader as well.
    """
    app = FastAPI(
        title="Sourcier, référent",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(from_here)],
    )
    for routes in (
        *(list_routes, answer_routes, replay_routes),
        *(queue_routes, disagreement_routes, gold_routes),
    ):
        app.include_router(routes(room, reader))
    for router in more:
        app.include_router(router)

    @app.get("/style.css")
    def style(who: Identity = Depends(reader)) -> Response:  # noqa: B008
        content = files("assistant.web.reviewer").joinpath("style.css").read_bytes()
        return Response(content, media_type="text/css", headers={"Cache-Control": "no-cache"})

    for failure in (AssistantError, IngestionError):
        app.add_exception_handler(failure, _failed)
    return with_problems(app)


def _failed(request: Request, failure: Exception) -> Response:
    """A page that says only why there is nothing to see."""
    status = UNKNOWN if isinstance(failure, LookupError) else BROKEN
    title = "Introuvable" if status == UNKNOWN else "Impossible pour l'instant"
    if isinstance(failure, WrongDecision):
        status, title = REFUSED, "Arbitrage refusé"
    told = page("problem", title, status=status, problem=str(failure))
    if isinstance(failure, StillReading) and request.method == "GET":
        told.headers["Refresh"] = AGAIN
    return told


def _file(content: bytes, name: str, media_type: str) -> Response:
    headers = FORGET | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


# The register: every recorded answer, filtered, and as a file.


def list_routes(room: ReviewService, reader: Reader) -> APIRouter:
    """The list and its file."""
    router = APIRouter()
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806

    @router.get("/")
    def listed(who: Who, asked: Annotated[ListQuery, Query()]) -> HTMLResponse:
        shown = room.items(who, asked.filter, asked.order)
        return list_page(asked, room.items(who), shown, room.teams(who))

    def exported(who: Who, asked: ListQuery, table: ExportedTable) -> Response:
        content = room.export(who, asked.filter, asked.order, table)
        return _file(content, f"{FILES[table]}-{date.today()}.csv", "text/csv; charset=utf-8")

    @router.get("/answers.csv")
    def answers(who: Who, asked: Annotated[ListQuery, Query()]) -> Response:
        return exported(who, asked, ExportedTable.ANSWERS)

    @router.get("/sentences.csv")
    def sentences(who: Who, asked: Annotated[ListQuery, Query()]) -> Response:
        return exported(who, asked, ExportedTable.SENTENCES)

    @router.get("/citations.csv")
    def citations(who: Who, asked: Annotated[ListQuery, Query()]) -> Response:
        return exported(who, asked, ExportedTable.CITATIONS)

    @router.get("/marks.csv")
    def marks(who: Who, asked: Annotated[ListQuery, Query()]) -> Response:
        return exported(who, asked, ExportedTable.MARKS)

    return router


# An answer opened again, its evidence as it was, and the marks of its readers.


def answer_routes(room: ReviewService, reader: Reader) -> APIRouter:
    """The pages of an answer."""
    router = APIRouter(prefix="/answers/{record_id}")
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806

    @router.get("")
    def answer(who: Who, record_id: str, saved: bool = False) -> HTMLResponse:
        shown, item = room.open(who, record_id), room.item(who, record_id)
        return answer_page(
            item,
            shown,
            room.exhibits(who, shown),
            place=room.place(who, item),
            replays=room.replays(who, record_id),
            reader=who.user,
            called=room.called,
            today=room.clock(),
            saved=saved,
        )

    @router.post("/marks")
    def mark(
        who: Who, record_id: str, form: Annotated[dict[str, str], Depends(sent)]
    ) -> RedirectResponse:
        marks = tuple(marks_in(form, room.open(who, record_id).result))
        room.mark(who, record_id, marks, seconds_in(form))
        following = room.place(who, room.item(who, record_id)).following
        if form.get("then") == "next" and following:
            return RedirectResponse(f"{ROOT}/answers/{following.line.record_id}", SEE_OTHER)
        return RedirectResponse(f"{ROOT}/answers/{record_id}?saved=1", SEE_OTHER)

    @router.post("/arbitrations")
    def decide(who: Who, record_id: str, form: Annotated[Decided, Form()]) -> RedirectResponse:
        place = form.target, form.number
        room.arbitrate(who, record_id, place, form.verdict, form.reason.strip())
        return RedirectResponse(f"{ROOT}/disagreements", SEE_OTHER)

    @router.get("/evidence/{number}")
    def evidence(who: Who, record_id: str, number: int) -> HTMLResponse:
        shown = room.exhibit(who, room.open(who, record_id), number)
        original = room.original(who, shown.document) if shown.document else None
        return evidence_page(shown, record_id, has_original=original is not None)

    @router.get("/evidence/{number}/page/{page}.png")
    def picture(who: Who, record_id: str, number: int, page: int) -> Response:
        shown = room.exhibit(who, room.open(who, record_id), number)
        if (document := shown.document) is None:
            raise HTTPException(UNKNOWN)
        order = order_for(document, view_of(shown), page)
        return picture_of(document, partial(room.original, who, document), order, FORGET)

    return router


# A question asked again, and what differs from the answer of then.


def replay_routes(room: ReviewService, reader: Reader) -> APIRouter:
    """The replays of an answer."""
    router = APIRouter(prefix="/answers/{record_id}/replays")
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806

    @router.post("")
    def ask_again(who: Who, record_id: str, day: Annotated[ReplayDay, Form()]) -> RedirectResponse:
        first = room.open(who, record_id).result
        again = room.replay(who, record_id, first.as_of if day is ReplayDay.SAME else room.clock())
        return RedirectResponse(f"{ROOT}/answers/{record_id}/replays/{again.record_id}", SEE_OTHER)

    @router.get("/{replay_id}")
    def compared(who: Who, record_id: str, replay_id: str) -> HTMLResponse:
        first = room.open(who, record_id)
        for again in room.replays(who, record_id):
            if again.result.record_id == replay_id:
                return replay_page(first, again)
        raise UnknownRecord(f"Cette réponse n'a pas de rejeu {replay_id[:16]!r}.")

    return router


# What two readers judge differently, for a third one to decide.


def disagreement_routes(room: ReviewService, reader: Reader) -> APIRouter:
    """The list of disagreements."""
    router = APIRouter()
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806

    @router.get("/disagreements")
    def listed(who: Who) -> HTMLResponse:
        found = room.disagreements(who)
        return disagreements_page(found, partial(room.open, who), who.user, room.called)

    return router


# What a reader should read, and how it is drawn.


def queue_routes(room: ReviewService, reader: Reader) -> APIRouter:
    """The queue and its form."""
    router = APIRouter(prefix="/queue")
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806

    @router.get("")
    def queue(who: Who) -> HTMLResponse:
        tasks, sampling = room.tasks(who), room.sampling
        return queue_page(
            tasks, sampling, room.progress(who), room.agreement(who), called=room.called
        )

    @router.post("")
    def sample(who: Who, form: Annotated[Drawing, Form()]) -> RedirectResponse:
        room.sample(who, Sampling(form.seed, form.rate / 100, form.second / 100))
        return RedirectResponse(f"{ROOT}/queue", SEE_OTHER)

    return router


# The evaluation set: questions promoted, corrected, taken out, exported.


def gold_routes(room: ReviewService, reader: Reader) -> APIRouter:
    """The set, its file and its form."""
    router = APIRouter()
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806

    @router.get("/gold")
    def listed(who: Who, tried: str = "") -> HTMLResponse:
        return page("gold", "Jeu d'évaluation", questions=room.gold, tried=tried)

    @router.get("/gold.jsonl")
    def exported(who: Who) -> Response:
        return _file(room.gold_file(who), "gold.jsonl", "application/jsonl")

    @router.get("/gold/new")
    def new(who: Who, record_id: str = "") -> HTMLResponse:
        first = _proposed(room.open(who, record_id)) if record_id else GoldQuestion("", "")
        return gold_page("Nouvelle question", first, record_id)

    @router.get("/gold/{question_id}")
    def edited(who: Who, question_id: str) -> HTMLResponse:
        for question in room.gold:
            if question.id == question_id:
                return gold_page("Corriger la question", question)
        raise UnknownRecord("Le jeu d'évaluation n'a pas cette question : elle a été retirée.")

    @router.post("/gold")
    def kept(who: Who, form: Annotated[Described, Form()]) -> Response:
        try:
            room.promote(who, form.gold, form.record_id)
        except WrongQuestions as refusal:
            title, problem = "Question à corriger", str(refusal)
            return gold_page(title, form.gold, form.record_id, problem, REFUSED)
        return RedirectResponse(f"{ROOT}/gold?{urlencode({'tried': form.gold.id})}", SEE_OTHER)

    @router.post("/gold/{question_id}/remove")
    def removed(who: Who, question_id: str) -> RedirectResponse:
        room.demote(who, question_id)
        return RedirectResponse(f"{ROOT}/gold", SEE_OTHER)

    return router


def _proposed(shown: Recorded) -> GoldQuestion:
    """A question without what is expected: that is not to be taken from the answer judged."""
    result = shown.result
    return GoldQuestion(f"relue-{result.record_id}", result.standalone, result.as_of)


# The pages of figures, their files, and the answers that changes of law touch.


def board_routes(board: LocalDashboard, reader: Reader) -> APIRouter:
    """Pages that work without script, each with its period in the address."""
    router = APIRouter()
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806
    Asked = Annotated[DashboardDays, Query()]  # noqa: N806

    @router.get("/figures")
    def figures(who: Who, days: Asked) -> HTMLResponse:
        period = days.period()
        return figures_page(period, board.figures(who, period))

    @router.get("/figures.csv")
    def table(who: Who, days: Asked) -> Response:
        period = days.period()
        name = f"sourcier-chiffres-{period.first}-{period.last}.csv"
        return _file(board.table(who, period), name, "text/csv; charset=utf-8")

    @router.get("/report.pdf")
    def report(who: Who, days: Asked) -> Response:
        period = days.period()
        name = f"sourcier-rapport-{period.first}-{period.last}.pdf"
        return _file(board.report(who, period), name, "application/pdf")

    @router.get("/touched")
    def touched(who: Who) -> HTMLResponse:
        return touched_page(board.touched(who))

    @router.post("/touched/{record_id}")
    def look(who: Who, record_id: str) -> RedirectResponse:
        board.look(who, record_id)
        return RedirectResponse(f"{ROOT}/touched", SEE_OTHER)

    return router
