"""What the page fetches beside Gradio: styles, documents, opinions, health, pages of problems."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.requests import HTTPConnection

from assistant.accounts.areas import area_of
from assistant.errors import AssistantError, UnheardVoice
from assistant.operations.monitoring import MEDIA_TYPE, Monitoring
from assistant.operations.readiness import holds, requirement_fields
from assistant.question.language import Language
from assistant.reports.markup import load_words, render
from assistant.web.frame import LANGUAGE_COOKIE, current_frame, frame_values, language_of_reader
from assistant.web.pdf_page import PICTURES, DrawingOrder, UndrawablePage
from assistant.web.service import Thumb
from assistant.web.site import ServiceOfBuyer, is_foreign, site_of
from assistant.web.viewer import View, document_html, fits, is_drawn, order_for
from ingestion.documents.document import Document
from ingestion.durable import in_words
from ingestion.errors import IngestionError, StorageFull
from ingestion.sandbox import BusySandbox

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
KEEP = {"Cache-Control": "private, max-age=600"}
FORGET = {"Cache-Control": "no-store"}
"""For what belongs to a dossier: nothing of it stays in a browser once it is removed."""

STREAM = {**FORGET, "X-Accel-Buffering": "no"}
"""A proxy that gathers a stream before it passes it on makes it useless."""


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
        raise HTTPException(404)
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


@page_routes.post("/rate", status_code=204)
def rate(opinion: OpinionForm, request: Request, service: ServiceOfBuyer) -> None:
    """An opinion of the reader."""
    from_here(request)
    try:
        service.rate(opinion.record_id, opinion.thumb, opinion.comment)
    except LookupError as error:
        raise HTTPException(404) from error


@page_routes.post("/voice")
async def voice(
    request: Request, service: ServiceOfBuyer, lang: Language = Language.FRENCH
) -> dict[str, str]:
    """What is heard in a WAV file; nothing of it is kept."""
    from_here(request)
    hears = service.voice
    if hears is None:
        raise HTTPException(404)
    try:
        return {"heard": await run_in_threadpool(hears.hear, await request.body(), lang)}
    except UnheardVoice as refusal:
        raise HTTPException(422, str(refusal)) from refusal


@page_routes.post("/gradio_api/upload")
def upload() -> None:
    """Stands before Gradio's own route: files go to a dossier, or nowhere."""
    raise HTTPException(404)


def view_of(start: int, end: int, quote: Quotes = ()) -> View:
    """The view asked by a query; a 422 when a quote is not written "start-end"."""
    try:
        spans = [tuple(map(int, each.split("-"))) for each in quote]
        return View((start, end), tuple((first, last) for first, last in spans))
    except ValueError as error:
        raise HTTPException(422) from error


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
        raise HTTPException(404, said["document_unknown"]) from unknown
    except (AssistantError, IngestionError) as failure:
        raise HTTPException(503, str(failure)) from failure
    if not fits(view, found):
        raise HTTPException(404, said["document_span"])
    content = document_html(found, view, lang, drawn=drawn, busy=PICTURES.is_busy)
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
        raise HTTPException(404) from error
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
    return JSONResponse(told, 200 if is_ready else UNABLE)


@monitoring_routes.get("/metrics")
def metrics(request: Request, monitoring: Monitored) -> Response:
    """The measures of what was answered."""
    if not _is_monitor(request, monitoring):
        raise HTTPException(404)
    return Response(monitoring.exposition(), media_type=MEDIA_TYPE)


def _is_monitor(request: Request, monitoring: Monitoring) -> bool:
    return request.client is not None and monitoring.admits(request.client.host)


# What routes of every role are made of.


def from_here(request: Request) -> None:
    """Refuse what another site makes a browser send, which would act in the reader's name."""
    if is_foreign(request):
        raise HTTPException(403)


def attachment(content: bytes, name: str, media_type: str) -> Response:
    """A file to keep under a name."""
    headers = FORGET | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


def picture_of(
    document: Document,
    original: Callable[[], bytes | None],
    order: DrawingOrder | None,
    headers: Mapping[str, str],
) -> Response:
    """A page as a picture; a 404 when there is none, a 422 when it cannot be drawn.

    A 503 when too many are asked for: the viewer then shows the text of the page.
    """
    try:
        picture = PICTURES.drawn(document.id, original, order) if order else None
    except UndrawablePage as error:
        raise HTTPException(422) from error
    except BusySandbox as error:
        raise HTTPException(503, str(error), {"Retry-After": "10"}) from error
    if picture is None:
        raise HTTPException(404)
    return Response(picture, media_type="image/png", headers=dict(headers))


def page(template: str, lang: Language, status: int = 200, **values: object) -> HTMLResponse:
    """A page of its own, from a template that extends `layout.html`, in the words of a language.

    The layout itself is a page around a `title` and a `content`; `script` is one of ours, if any. A
    browser without script loads it again after `refresh` seconds, where there are some. The browser
    keeps the language which its address asked for, if it did.
    """
    content = render(template, said=load_words(lang), lang=lang, **frame_values(), **values)
    response, frame = HTMLResponse(content, status, FORGET), current_frame()
    if frame.was_asked:
        year = 365 * 24 * 3600
        response.set_cookie(LANGUAGE_COOKIE, frame.language, max_age=year, samesite="lax")
    return response


# Pages of problems: what went wrong, in the reader's language, and the way back.
#
# A script that asks for something gets the same sentence as JSON.

WRONG, UNKNOWN, ABSENT, NOT_UNDERSTOOD, TOO_MANY, BROKEN, UNABLE = 400, 401, 404, 422, 429, 500, 503

TOLD = frozenset({400, 401, 403, 404, 405, 413, 422, 429, 500, 503})
"""Statuses with words of their own; others are told as a bad request or as a failure."""


def bare_app(title: str, **options: Any) -> FastAPI:  # noqa: ANN401 - those of FastAPI
    """An application that tells at no address what can be asked of it."""
    return FastAPI(title=title, docs_url=None, redoc_url=None, openapi_url=None, **options)


def with_problems(app: FastAPI) -> FastAPI:
    """The application, whatever goes wrong in it told as a problem."""
    app.add_exception_handler(AnyHTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(OSError, _disk_refused)
    app.add_exception_handler(StorageFull, _disk_refused)
    for failure in (AssistantError, IngestionError):
        app.exception_handlers.setdefault(failure, _unable)
    app.add_exception_handler(Exception, _broken)
    return app


def problem(request: HTTPConnection, status: int, told: str = "") -> Response:
    """A problem as a page, or as JSON to what shows no page; `told` says it better, if anything."""
    language = language_of_reader(request)
    said = load_words(language)
    known = status if status in TOLD else WRONG if status < BROKEN else BROKEN
    if area_of(request.url.path).is_for_programs:
        return error_response(
            told or said.get(f"program_{known}", said[f"problem_{known}"]), status
        )
    if not navigates(request):
        return JSONResponse({"detail": told or said[f"problem_{known}"]}, status)
    title, told = said[f"problem_{known}_title"], told or said[f"problem_{known}"]
    return page("problem.html", language, status, title=title, told=told)


def named_problem(request: HTTPConnection, status: int, key: str, **values: object) -> Response:
    """A problem told by the words of a key, with these values."""
    said = load_words(language_of_reader(request))
    return problem(request, status, said[key].format(**values))


def navigates(request: HTTPConnection) -> bool:
    """Whether a browser asks for a page to show, rather than a script for something."""
    mode = request.headers.get("sec-fetch-mode")
    return mode == "navigate" if mode else "text/html" in request.headers.get("accept", "")


def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, AnyHTTPException)
    status = refusal.status_code
    answer = problem(request, status, "" if refusal.detail == _phrase(status) else refusal.detail)
    answer.headers.update(refusal.headers or {})
    return answer


def _unreadable(request: Request, failure: Exception) -> Response:
    return problem(request, NOT_UNDERSTOOD)


def _phrase(status: int) -> str:
    """What an HTTPException says, in English, when nothing was said in its place."""
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else ""


def _disk_refused(request: Request, failure: Exception) -> Response:
    """The disk did not take what was asked, so that it is not believed."""
    return named_problem(request, UNABLE, "disk_refused", reason=in_words(failure))


def _unable(request: Request, failure: Exception) -> Response:
    """What ours say of why they cannot, to whoever did not tell it better."""
    return problem(request, UNABLE, str(failure))


def _broken(request: Request, failure: Exception) -> Response:
    """The failure itself is raised again behind this answer, for the log of the server."""
    return problem(request, BROKEN)


# What a program is told when it is not answered, in the shape that OpenAI's clients read.

CODES = {
    UNKNOWN: "invalid_api_key",
    ABSENT: "not_found",
    TOO_MANY: "rate_limit_exceeded",
}


def error_fields(message: str, status: int, param: str = "", code: str = "") -> dict[str, Any]:
    """The `error` object of OpenAI's answers. Pure."""
    kind = "server_error" if status >= BROKEN else "invalid_request_error"
    return {
        "message": message,
        "type": "rate_limit_error" if status == TOO_MANY else kind,
        "param": param or None,
        "code": code or CODES.get(status),
    }


def error_response(message: str, status: int, param: str = "", code: str = "") -> JSONResponse:
    """The same as an answer."""
    response = JSONResponse({"error": error_fields(message, status, param, code)}, status)
    if status == UNKNOWN:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
