"""An answer opened again, its evidence as it was, and the marks of its readers."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.identity import Identity
from assistant.page.access import Reader
from assistant.page.referent.answer_view import AnswerView
from assistant.page.referent.exhibit_view import document_html, view_of
from assistant.page.referent.frame import done, framed
from assistant.page.referent.list_view import answer_address
from assistant.page.referent.marks_form import marks_in
from assistant.page.routes import FORGET, picture_of
from assistant.page.viewer import order_for
from assistant.review.room import Room

MOST_FIELDS = 1000


async def sent(request: Request) -> dict[str, str]:
    """The fields of a form whose names depend on what it is about."""
    form = await request.form(max_fields=MOST_FIELDS, max_files=0)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def answer_routes(room: Room, reader: Reader) -> APIRouter:
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
        return framed(f"{shown.evidence.passage.title}, tel que montré", *content, current="")

    @router.get("/evidence/{number}/page/{page}.png")
    def picture(who: Who, record_id: str, number: int, page: int) -> Response:
        shown = room.exhibit(who, room.open(who, record_id), number)
        if (document := shown.document) is None:
            raise HTTPException(404)
        order = order_for(document, view_of(shown), page)
        return picture_of(document, partial(room.original, who, document), order, FORGET)

    return router
