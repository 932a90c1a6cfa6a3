"""The référent's application: past answers and their figures, behind its own check."""

from datetime import date, timedelta
from importlib.resources import files
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, BeforeValidator

from assistant.accounts.identity import Identity
from assistant.errors import AssistantError, StillReading
from assistant.reports.markup import Html, button, element
from assistant.review.activity import ActivityPeriod, chosen
from assistant.review.service import ReviewService
from assistant.web.reviewer import frame
from assistant.web.reviewer.dashboard import DashboardService
from assistant.web.reviewer.frame import ROOT, alert, framed
from assistant.web.reviewer.routes import (
    answer_routes,
    gold_routes,
    list_routes,
    queue_routes,
    replay_routes,
)
from assistant.web.routes import FORGET, from_here, with_problems
from assistant.web.site import Reader
from ingestion.errors import IngestionError

# The référent's application: past answers, opened as they were, judged, asked again.

UNKNOWN, BROKEN = 404, 503

AGAIN = "3"
"""Seconds after which a browser asks again by itself for what is being read."""


def referent_app(room: ReviewService, reader: Reader, *more: APIRouter) -> FastAPI:
    """The application for those whom `reader` lets in, to be mounted at `frame.ROOT`.

    `more` are the routes of pages beside those of the room, which check the reader as well.
    """
    app = FastAPI(
        title="Sourcier, référent",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(from_here)],
    )
    for routes in (list_routes, answer_routes, replay_routes, queue_routes, gold_routes):
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
    page = framed(title, alert(str(failure)), status=status)
    if isinstance(failure, StillReading) and request.method == "GET":
        page.headers["Refresh"] = AGAIN
    return page


# The pages of figures, their files, and the answers that changes of law touch.

Day = Annotated[date | None, BeforeValidator(lambda value: value or None)]

SHORTCUTS = {"7 jours": 7, "30 jours": 30, "3 mois": 91, "12 mois": 365}
SEE_OTHER = 303


class DashboardDays(BaseModel):
    """The period in an address; each day is included, and may be left out."""

    since: Day = None
    until: Day = None

    def period(self) -> ActivityPeriod:
        """The days that are meant."""
        return chosen(self.since, self.until, date.today())


def board_routes(board: DashboardService, reader: Reader) -> APIRouter:
    """Pages that work without script, each with its period in the address."""
    router = APIRouter()
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806
    Asked = Annotated[DashboardDays, Query()]  # noqa: N806

    @router.get("/figures")
    def figures(who: Who, days: Asked) -> HTMLResponse:
        period = days.period()
        content = board.dashboard(who, period)
        return framed("Tableau de bord", period_form(period), content, current="figures")

    @router.get("/figures.csv")
    def table(who: Who, days: Asked) -> Response:
        period = days.period()
        return _file(board.table(who, period), period, "chiffres", "csv", "text/csv; charset=utf-8")

    @router.get("/report.pdf")
    def report(who: Who, days: Asked) -> Response:
        period = days.period()
        return _file(board.report(who, period), period, "rapport", "pdf", "application/pdf")

    @router.get("/touched")
    def touched(who: Who) -> HTMLResponse:
        title = "Réponses touchées par un changement du droit"
        return framed(title, board.touched(who), current="touched")

    @router.post("/touched/{record_id}")
    def look(who: Who, record_id: str) -> RedirectResponse:
        board.look(who, record_id)
        return RedirectResponse(f"{ROOT}/touched", SEE_OTHER)

    return router


def period_form(period: ActivityPeriod) -> Html:
    """The days that are counted, others at hand, and the files of these."""
    today = date.today()
    shortcuts = (
        element(
            "a", name, href=_address("figures", ActivityPeriod(today - timedelta(days - 1), today))
        )
        for name, days in SHORTCUTS.items()
    )
    files = (
        element("a", "Rapport PDF", href=_address("report.pdf", period)),
        element("a", "Chiffres en CSV", href=_address("figures.csv", period)),
    )
    return element(
        "form",
        frame.day("since", "Du", period.first),
        frame.day("until", "Au", period.last),
        element("p", button("Afficher", class_="main"), *shortcuts, class_="send"),
        element("p", *files, class_="send"),
        method="get",
        action=f"{ROOT}/figures",
        class_="fields filters",
        aria_label="Période",
    )


def _address(path: str, period: ActivityPeriod) -> str:
    days = {"since": period.first.isoformat(), "until": period.last.isoformat()}
    return f"{ROOT}/{path}?{urlencode(days)}"


def _file(
    content: bytes, period: ActivityPeriod, name: str, suffix: str, media_type: str
) -> Response:
    named = f"sourcier-{name}-{period.first}-{period.last}.{suffix}"
    headers = FORGET | {"Content-Disposition": f'attachment; filename="{named}"'}
    return Response(content, media_type=media_type, headers=headers)
