"""What the page fetches beside Gradio: styles, documents, opinions, health, measures."""

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from assistant.errors import AssistantError, UnheardVoice
from assistant.operations.monitoring import MEDIA_TYPE, Monitoring
from assistant.operations.readiness import holds, requirement_fields
from assistant.question.language import Language
from assistant.reports.markup import load_words
from assistant.web import pdf_page
from assistant.web.responses import FORGET, KEEP, picture_of
from assistant.web.service import Thumb
from assistant.web.site import ServiceOfBuyer, from_here, site_of
from assistant.web.viewer import View, document_html, fits, is_drawn, order_for
from ingestion.errors import IngestionError

Quotes = Annotated[Sequence[str], Query(max_length=40)]  # each "start-end"
ASSETS = {
    "style.css": ("palette.css", "style.css"),
    "script.js": (
        "viewer.js",
        "conversations.js",
        "reading.js",
        "intake.js",
        "voice.js",
        "script.js",
    ),
    "upload.js": ("reading.js", "upload.js"),
    "build.js": ("build.js",),
    "viewer.js": ("viewer.js",),
    "review.js": ("review.js",),
}
"""What pages load, each made of files one after the other."""

MEDIA_TYPES = {"css": "text/css", "js": "text/javascript"}


class OpinionForm(BaseModel):
    """What the reader thinks of a recorded answer."""

    record_id: str = Field(max_length=200)
    thumb: Thumb
    comment: str = Field(default="", max_length=2000)


page_routes = APIRouter()
"""What the page fetches beside Gradio."""


@page_routes.get("/page/{name}")
def asset(name: str) -> Response:
    """A style or a script."""
    if name not in ASSETS:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    folder = files("assistant.web").joinpath("static")
    content = b"".join(folder.joinpath(each).read_bytes() for each in ASSETS[name])
    media_type = MEDIA_TYPES[name.rpartition(".")[2]]
    return Response(content, media_type=media_type, headers={"Cache-Control": "no-cache"})


@page_routes.get("/health")
def health(request: Request) -> dict[str, str | int]:
    """Whether the program answers; what it holds is told to those who are known."""
    site = site_of(request)
    identity = site.access.identify(request)
    if identity is None:
        return {"status": "ok"}
    try:
        holdings = site.services(identity).holdings
    except IngestionError:  # /ready says what is missing
        return {"status": "ok"}
    return {"status": "ok", "generation": holdings.generation, "passages": holdings.passages}


@page_routes.post("/rate", status_code=HTTPStatus.NO_CONTENT)
def rate(opinion: OpinionForm, request: Request, service: ServiceOfBuyer) -> None:
    """An opinion of the reader."""
    from_here(request)
    try:
        service.rate(opinion.record_id, opinion.thumb, opinion.comment)
    except LookupError as error:
        raise HTTPException(HTTPStatus.NOT_FOUND) from error


@page_routes.post("/voice")
async def voice(
    request: Request, service: ServiceOfBuyer, lang: Language = Language.FRENCH
) -> dict[str, str]:
    """What is heard in a WAV file; nothing of it is kept."""
    from_here(request)
    hears = service.voice
    if hears is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    try:
        return {"heard": await run_in_threadpool(hears.hear, await request.body(), lang)}
    except UnheardVoice as refusal:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, str(refusal)) from refusal


@page_routes.post("/gradio_api/upload")
def upload() -> None:
    """Stands before Gradio's own route: files go to a dossier, or nowhere."""
    raise HTTPException(HTTPStatus.NOT_FOUND)


def view_of(start: int, end: int, quote: Quotes = ()) -> View:
    """The view asked by a query; a 422 when a quote is not written "start-end"."""
    try:
        spans = [tuple(map(int, each.split("-"))) for each in quote]
        return View((start, end), tuple((first, last) for first, last in spans))
    except ValueError as error:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY) from error


AskedView = Annotated[View, Depends(view_of)]


@page_routes.get("/document/{document_id}")
def document(
    service: ServiceOfBuyer,
    view: AskedView,
    document_id: str,
    lang: Language = Language.FRENCH,
    dossier: str | None = None,
) -> HTMLResponse:
    """A document to read, at a passage."""
    said = load_words(lang)
    try:
        found = service.document(document_id, dossier)
        drawn = is_drawn(found) and service.original(document_id, dossier) is not None
    except LookupError as unknown:
        raise HTTPException(HTTPStatus.NOT_FOUND, said["document_unknown"]) from unknown
    except (AssistantError, IngestionError) as failure:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, str(failure)) from failure
    if not fits(view, found):
        raise HTTPException(HTTPStatus.NOT_FOUND, said["document_span"])
    content = document_html(found, view, lang, drawn=drawn, busy=pdf_page.PICTURES.is_busy)
    return HTMLResponse(content, headers=FORGET)


@page_routes.get("/document/{document_id}/page/{number}.png")
def picture(
    service: ServiceOfBuyer,
    view: AskedView,
    document_id: str,
    number: int,
    dossier: str | None = None,
) -> Response:
    """One of its pages."""
    try:
        found = service.document(document_id, dossier)
    except LookupError as error:
        raise HTTPException(HTTPStatus.NOT_FOUND) from error
    order = order_for(found, view, number) if fits(view, found) else None
    original = partial(service.original, document_id, dossier)
    return picture_of(found, original, order, FORGET if dossier else KEEP)


# What those ask who watch over the service, who need no account.
#
# Anyone may ask whether it is ready, as what shares requests out does; why not, and the measures,
# are told to the machines that the settings name.

monitoring_routes = APIRouter()
"""For a site that is watched over."""


def monitoring_of(request: Request) -> Monitoring:
    """That of a site which has some."""
    monitoring = site_of(request).monitoring
    assert monitoring is not None, "without it these routes are not there"
    return monitoring


Monitored = Annotated[Monitoring, Depends(monitoring_of)]


@monitoring_routes.get("/ready")
def ready(request: Request, monitoring: Monitored) -> JSONResponse:
    """Whether all is there that answering needs."""
    found = monitoring.requirements()
    is_ready = holds(found)
    told = requirement_fields(found) if _is_monitor(request, monitoring) else {}
    told = {"status": "ready" if is_ready else "unready", **told}
    return JSONResponse(told, HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE)


@monitoring_routes.get("/metrics")
def metrics(request: Request, monitoring: Monitored) -> Response:
    """The measures of what was answered."""
    if not _is_monitor(request, monitoring):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return Response(monitoring.exposition(), media_type=MEDIA_TYPE)


def _is_monitor(request: Request, monitoring: Monitoring) -> bool:
    return request.client is not None and monitoring.admits(request.client.host)
