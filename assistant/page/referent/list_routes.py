"""The register: every recorded answer, filtered, and as a file."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response

from assistant.identity import Identity
from assistant.page.access import Reader
from assistant.page.referent.asked import Asked
from assistant.page.referent.frame import framed
from assistant.page.referent.list_view import list_html
from assistant.page.routes import FORGET
from assistant.review.room import Room


def list_routes(room: Room, reader: Reader) -> APIRouter:
    """The list and its file."""
    router = APIRouter()
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806

    @router.get("/")
    def listed(who: Who, asked: Annotated[Asked, Query()]) -> HTMLResponse:
        everything, shown = room.items(who), room.items(who, asked.filter, asked.order)
        content = list_html(asked, everything, shown, room.teams(who))
        return framed("Réponses enregistrées", *content, current="")

    @router.get("/answers.csv")
    def exported(who: Who, asked: Annotated[Asked, Query()]) -> Response:
        content = room.export(who, asked.filter, asked.order)
        named = f'attachment; filename="reponses-{date.today():%Y-%m-%d}.csv"'
        headers = FORGET | {"Content-Disposition": named}
        return Response(content, media_type="text/csv; charset=utf-8", headers=headers)

    return router
