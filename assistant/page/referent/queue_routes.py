"""What a reader should read, and how it is drawn."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from assistant.identity import Identity
from assistant.page.access import Reader
from assistant.page.referent.frame import ROOT, framed
from assistant.page.referent.queue_view import queue_html
from assistant.review.room import Room
from assistant.review.sampling import Sampling

Percent = Annotated[float, Field(ge=0, le=100)]


class Drawing(BaseModel):
    """The form of the sampling; shares are percentages."""

    seed: Annotated[int, Field(ge=0, le=10**9)]
    rate: Percent
    second: Percent


def queue_routes(room: Room, reader: Reader) -> APIRouter:
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
