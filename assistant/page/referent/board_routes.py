"""The pages of figures, their files, and the answers that changes of law touch."""

from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, BeforeValidator

from assistant.activity.period import Period, chosen
from assistant.identity import Identity
from assistant.page.access import Reader
from assistant.page.form import button
from assistant.page.markup import Html, element
from assistant.page.referent import fields
from assistant.page.referent.board import Board
from assistant.page.referent.frame import ROOT, framed
from assistant.page.routes import FORGET

Day = Annotated[date | None, BeforeValidator(lambda value: value or None)]

SHORTCUTS = {"7 jours": 7, "30 jours": 30, "3 mois": 91, "12 mois": 365}
SEE_OTHER = 303


class Days(BaseModel):
    """The period in an address; each day is included, and may be left out."""

    since: Day = None
    until: Day = None

    def period(self) -> Period:
        """The days that are meant."""
        return chosen(self.since, self.until, date.today())


def board_routes(board: Board, reader: Reader) -> APIRouter:
    """Pages that work without script, each with its period in the address."""
    router = APIRouter()
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806
    Asked = Annotated[Days, Query()]  # noqa: N806

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


def period_form(period: Period) -> Html:
    """The days that are counted, others at hand, and the files of these."""
    today = date.today()
    shortcuts = (
        element("a", name, href=_address("figures", Period(today - timedelta(days - 1), today)))
        for name, days in SHORTCUTS.items()
    )
    files = (
        element("a", "Rapport PDF", href=_address("report.pdf", period)),
        element("a", "Chiffres en CSV", href=_address("figures.csv", period)),
    )
    return element(
        "form",
        fields.day("since", "Du", period.first),
        fields.day("until", "Au", period.last),
        element("p", button("Afficher", class_="main"), *shortcuts, class_="send"),
        element("p", *files, class_="send"),
        method="get",
        action=f"{ROOT}/figures",
        class_="fields filters",
        aria_label="Période",
    )


def _address(path: str, period: Period) -> str:
    days = {"since": period.first.isoformat(), "until": period.last.isoformat()}
    return f"{ROOT}/{path}?{urlencode(days)}"


def _file(content: bytes, period: Period, name: str, suffix: str, media_type: str) -> Response:
    named = f"sourcier-{name}-{period.first}-{period.last}.{suffix}"
    headers = FORGET | {"Content-Disposition": f'attachment; filename="{named}"'}
    return Response(content, media_type=media_type, headers=headers)
