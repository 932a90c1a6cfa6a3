"""The référent's application: past answers, opened as they were, judged, asked again."""

from importlib.resources import files

from fastapi import APIRouter, Depends, FastAPI, Request, Response

from assistant.errors import AssistantError, StillReading
from assistant.identity import Identity
from assistant.page.access import Reader
from assistant.page.problem import with_problems
from assistant.page.referent.answer_routes import answer_routes
from assistant.page.referent.frame import alert, framed
from assistant.page.referent.gold_routes import gold_routes
from assistant.page.referent.list_routes import list_routes
from assistant.page.referent.queue_routes import queue_routes
from assistant.page.referent.replay_routes import replay_routes
from assistant.page.routes import from_here
from assistant.review.room import Room
from ingestion.errors import IngestionError

UNKNOWN, BROKEN = 404, 503

AGAIN = "3"
"""Seconds after which a browser asks again by itself for what is being read."""


def referent_app(room: Room, reader: Reader, *more: APIRouter) -> FastAPI:
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
        content = files(__name__).joinpath("style.css").read_bytes()
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
