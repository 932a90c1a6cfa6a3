"""The référent's application: past answers, opened, judged, asked again, and their figures."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from http import HTTPStatus
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, FastAPI, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.errors import (
    AssistantError,
    StillReading,
    UnknownRecord,
    WrongDecision,
    WrongQuestions,
)
from assistant.reports.management import LocalDashboard
from assistant.review.exports import ExportedTable
from assistant.review.gold import GoldQuestion
from assistant.review.register import Sampling
from assistant.review.service import ReviewService
from assistant.web.problems import bare_app, with_problems
from assistant.web.responses import FORGET, attachment, picture_of
from assistant.web.reviewer.forms import (
    ROOT,
    DashboardDays,
    Decided,
    Described,
    Drawing,
    ListQuery,
    Looked,
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
from assistant.web.site import Reader, Who, from_here, own_service
from assistant.web.viewer import order_for
from ingestion.errors import IngestionError

CSV = "text/csv; charset=utf-8"

FILES = {
    ExportedTable.ANSWERS: "reponses",
    ExportedTable.SENTENCES: "phrases",
    ExportedTable.CITATIONS: "citations",
    ExportedTable.MARKS: "marques",
}
"""What the file of each table is called."""

AGAIN = "3"
"""Seconds after which a browser asks again by itself for what is being read."""


Service = Annotated[ReviewService, Depends(own_service)]
"""What the pages of the référent stand on."""


# The register: every recorded answer, filtered, and as a file.

answer_routes = APIRouter()

Asked = Annotated[ListQuery, Query()]


@answer_routes.get("/")
def show_list(who: Who, service: Service, asked: Asked) -> HTMLResponse:
    """The answers that are asked for."""
    return list_page(service, who, asked)


@answer_routes.get("/answers.csv")
@answer_routes.get("/sentences.csv")
@answer_routes.get("/citations.csv")
@answer_routes.get("/marks.csv")
def send_table(request: Request, who: Who, service: Service, asked: Asked) -> Response:
    """As a file: the same, what they say, what they cite, or what readers said of them."""
    table = ExportedTable(PurePosixPath(request.url.path).stem)
    content = service.export(who, asked.filter, asked.order, table)
    return attachment(content, f"{FILES[table]}-{date.today()}.csv", CSV)


# An answer opened again, its evidence as it was, the marks of its readers, and its replays.


@answer_routes.get("/answers/{record_id}")
def show_answer(who: Who, service: Service, record_id: str, saved: bool = False) -> HTMLResponse:
    """An answer as its reader sees it."""
    return answer_page(service, who, record_id, saved=saved)


@answer_routes.post("/answers/{record_id}/marks")
def mark(
    who: Who, service: Service, record_id: str, form: Annotated[dict[str, str], Depends(sent)]
) -> RedirectResponse:
    """Keep what its reader says, and go on to the next one where that is asked."""
    marks = tuple(marks_in(form, service.open(who, record_id).result))
    service.mark(who, record_id, marks, seconds_in(form))
    following = service.place(who, service.item(who, record_id)).following
    if form.get("then") == "next" and following:
        return RedirectResponse(f"{ROOT}/answers/{following.line.record_id}", HTTPStatus.SEE_OTHER)
    return RedirectResponse(f"{ROOT}/answers/{record_id}?saved=1", HTTPStatus.SEE_OTHER)


@answer_routes.post("/answers/{record_id}/arbitrations")
def arbitrate(
    who: Who, service: Service, record_id: str, form: Annotated[Decided, Form()]
) -> RedirectResponse:
    """Decide between two verdicts."""
    place = form.target, form.number
    service.arbitrate(who, record_id, place, form.verdict, form.reason.strip())
    return RedirectResponse(f"{ROOT}/disagreements", HTTPStatus.SEE_OTHER)


@answer_routes.get("/answers/{record_id}/evidence/{number}")
def show_evidence(who: Who, service: Service, record_id: str, number: int) -> HTMLResponse:
    """A passage in its document."""
    shown = service.exhibit(who, service.open(who, record_id), number)
    original = service.original(who, shown.document) if shown.document else None
    return evidence_page(shown, record_id, has_original=original is not None)


@answer_routes.get("/answers/{record_id}/evidence/{number}/page/{page}.png")
def draw_page(who: Who, service: Service, record_id: str, number: int, page: int) -> Response:
    """A page of that document."""
    shown = service.exhibit(who, service.open(who, record_id), number)
    if (document := shown.document) is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    order = order_for(document, view_of(shown), page)
    return picture_of(document, partial(service.original, who, document), order, FORGET)


@answer_routes.post("/answers/{record_id}/replays")
def ask_again(
    who: Who, service: Service, record_id: str, day: Annotated[ReplayDay, Form()]
) -> RedirectResponse:
    """Ask the question again."""
    first = service.open(who, record_id).result
    again = service.replay(
        who, record_id, first.as_of if day is ReplayDay.SAME else service.clock()
    )
    return RedirectResponse(
        f"{ROOT}/answers/{record_id}/replays/{again.record_id}", HTTPStatus.SEE_OTHER
    )


@answer_routes.get("/answers/{record_id}/replays/{replay_id}")
def compare_replay(who: Who, service: Service, record_id: str, replay_id: str) -> HTMLResponse:
    """What differs from the answer of then."""
    first = service.open(who, record_id)
    for again in service.replays(who, record_id):
        if again.result.record_id == replay_id:
            return replay_page(first, again)
    raise UnknownRecord(f"Cette réponse n'a pas de rejeu {replay_id[:16]!r}.")


# What a reader should read, how it is drawn, and what two readers judge differently.


@answer_routes.get("/queue")
def show_queue(who: Who, service: Service) -> HTMLResponse:
    """The answers to read."""
    return queue_page(service, who)


@answer_routes.post("/queue")
def sample(who: Who, service: Service, form: Annotated[Drawing, Form()]) -> RedirectResponse:
    """Draw them otherwise."""
    service.sample(who, Sampling(form.seed, form.rate / 100, form.second / 100))
    return RedirectResponse(f"{ROOT}/queue", HTTPStatus.SEE_OTHER)


@answer_routes.get("/disagreements")
def show_disagreements(who: Who, service: Service) -> HTMLResponse:
    """What a third reader may decide."""
    return disagreements_page(service, who)


# The evaluation set: questions promoted, corrected, taken out, exported.

gold_routes = APIRouter(prefix="/gold")


@gold_routes.get("")
def show_gold(who: Who, service: Service, tried: str = "") -> HTMLResponse:
    """The set."""
    return page("gold", "Jeu d'évaluation", questions=service.gold, tried=tried)


@gold_routes.get("/new")
def propose(who: Who, service: Service, record_id: str = "") -> HTMLResponse:
    """The form of a question more; of one that was asked it has not what is expected."""
    first = GoldQuestion("", "")
    if record_id:
        result = service.open(who, record_id).result
        first = GoldQuestion(f"relue-{result.record_id}", result.standalone, result.as_of)
    return gold_page("Nouvelle question", first, record_id)


@gold_routes.get("/{question_id}")
def edit(who: Who, service: Service, question_id: str) -> HTMLResponse:
    """The form of one that it has."""
    for question in service.gold:
        if question.id == question_id:
            return gold_page("Corriger la question", question, corrects=question.id)
    raise UnknownRecord("Le jeu d'évaluation n'a pas cette question : elle a été retirée.")


@gold_routes.post("")
def promote(who: Who, service: Service, form: Annotated[Described, Form()]) -> Response:
    """Keep a question, once it was tried."""
    try:
        _require_free(form, service.gold)
        service.promote(who, form.gold, form.record_id)
    except WrongQuestions as refusal:
        title, problem = "Question à corriger", str(refusal)
        return gold_page(
            title, form.gold, form.record_id, form.corrects, problem, HTTPStatus.CONFLICT
        )
    return RedirectResponse(
        f"{ROOT}/gold?{urlencode({'tried': form.gold.id})}", HTTPStatus.SEE_OTHER
    )


def _require_free(form: Described, known: Iterable[GoldQuestion]) -> None:
    """Raise WrongQuestions where the question would take the place of another one."""
    name = form.gold.id
    if name != form.corrects and any(each.id == name for each in known):
        raise WrongQuestions(
            f"L'identifiant « {name} » est celui d'une autre question du jeu. Choisissez-en un "
            "autre, ou ouvrez celle-là dans le jeu pour la corriger."
        )


@gold_routes.post("/{question_id}/remove")
def demote(who: Who, service: Service, question_id: str) -> RedirectResponse:
    """Take a question out."""
    service.demote(who, question_id)
    return RedirectResponse(f"{ROOT}/gold", HTTPStatus.SEE_OTHER)


@answer_routes.get("/gold.jsonl")
def send_gold(who: Who, service: Service) -> Response:
    """The file of the set."""
    return attachment(service.gold_file(who), "gold.jsonl", "application/jsonl")


# The pages of figures, their files, and the answers that changes of law touch.


board_routes = APIRouter()
"""Pages that work without script, each with its period in the address."""


def board_of(request: Request) -> LocalDashboard:
    """The board of the application of a request."""
    board: LocalDashboard = request.app.state.board
    return board


Board = Annotated[LocalDashboard, Depends(board_of)]
Days = Annotated[DashboardDays, Query()]


@board_routes.get("/figures")
def show_figures(who: Who, board: Board, days: Days) -> HTMLResponse:
    """The figures of a period."""
    period = days.period()
    return figures_page(period, board.figures(who, period))


@board_routes.get("/figures.csv")
def send_figures(who: Who, board: Board, days: Days) -> Response:
    """The same as a table."""
    period = days.period()
    name = f"sourcier-chiffres-{period.first}-{period.last}.csv"
    return attachment(board.table(who, period), name, CSV)


@board_routes.get("/report.pdf")
def send_report(who: Who, board: Board, days: Days) -> Response:
    """The same on paper."""
    period = days.period()
    name = f"sourcier-rapport-{period.first}-{period.last}.pdf"
    return attachment(board.report(who, period), name, "application/pdf")


@board_routes.get("/touched")
def show_touched(who: Who, board: Board) -> HTMLResponse:
    """The answers to look at again."""
    generation = board.generation  # before, so that what is published meanwhile comes back
    return touched_page(board.touched(who), generation)


@board_routes.post("/touched/{record_id}")
def look(
    who: Who, board: Board, record_id: str, form: Annotated[Looked, Form()]
) -> RedirectResponse:
    """Say that one was looked at."""
    board.look(who, record_id, form.generation)
    return RedirectResponse(f"{ROOT}/touched", HTTPStatus.SEE_OTHER)


def referent_app(
    service: ReviewService, reader: Reader, board: LocalDashboard | None = None
) -> FastAPI:
    """The application for those whom `reader` lets in, to be mounted at `ROOT`.

    The pages of the board are there where one is given.
    """
    app = bare_app("Sourcier, référent", dependencies=[Depends(from_here)])
    app.state.service, app.state.reader, app.state.board = service, reader, board
    for routes in (answer_routes, gold_routes, *([board_routes] if board else [])):
        app.include_router(routes)
    app.add_api_route("/style.css", style)
    for failure in (AssistantError, IngestionError):
        app.add_exception_handler(failure, _failed)
    return with_problems(app)


def style(who: Who) -> Response:
    """The style of these pages."""
    content = files("assistant.web.reviewer").joinpath("style.css").read_bytes()
    return Response(content, media_type="text/css", headers={"Cache-Control": "no-cache"})


def _failed(request: Request, failure: Exception) -> Response:
    """A page that says only why there is nothing to see."""
    status = (
        HTTPStatus.NOT_FOUND if isinstance(failure, LookupError) else HTTPStatus.SERVICE_UNAVAILABLE
    )
    title = "Introuvable" if status == HTTPStatus.NOT_FOUND else "Impossible pour l'instant"
    if isinstance(failure, WrongDecision):
        status, title = HTTPStatus.CONFLICT, "Arbitrage refusé"
    told = page("problem", title, status=status, problem=str(failure))
    if isinstance(failure, StillReading) and request.method == "GET":
        told.headers["Refresh"] = AGAIN
    return told
