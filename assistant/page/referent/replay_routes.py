"""A question asked again, and what differs from the answer of then."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.errors import UnknownRecord
from assistant.identity import Identity
from assistant.page.access import Reader
from assistant.page.referent.frame import framed
from assistant.page.referent.list_view import answer_address
from assistant.page.referent.replay_view import replay_html
from assistant.review.room import Room


class Day(StrEnum):
    """Of which day the law is asked again."""

    SAME = "same"
    TODAY = "today"


def replay_routes(room: Room, reader: Reader) -> APIRouter:
    """The replays of an answer."""
    router = APIRouter(prefix="/answers/{record_id}/replays")
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806

    @router.post("")
    def ask_again(who: Who, record_id: str, day: Annotated[Day, Form()]) -> RedirectResponse:
        first = room.open(who, record_id).result
        again = room.replay(who, record_id, first.as_of if day is Day.SAME else room.clock())
        return RedirectResponse(answer_address(record_id, f"/replays/{again.record_id}"), 303)

    @router.get("/{replay_id}")
    def compared(who: Who, record_id: str, replay_id: str) -> HTMLResponse:
        first = room.open(who, record_id)
        for again in room.replays(who, record_id):
            if again.result.record_id == replay_id:
                return framed(first.result.question, *replay_html(first, again), current="")
        raise UnknownRecord(f"Cette réponse n'a pas de rejeu {replay_id[:16]!r}.")

    return router
