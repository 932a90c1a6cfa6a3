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

from assistant.accounts.identity import area_of
from assistant.errors import AssistantError, UnheardVoice
from assistant.operations.monitoring import MEDIA_TYPE, Monitoring
from assistant.operations.readiness import holds, requirement_fields
from assistant.question.language import Language
from assistant.reports.markup import Html, Words, load_words, render
from assistant.web.buyer.service import BuyerService, Thumb
from assistant.web.frame import LANGUAGE_COOKIE, current_frame, frame_values, language_of_reader
from assistant.web.pdf_page import PICTURES, DrawingOrder, UndrawablePage
from assistant.web.site import ServiceOf, Site, is_foreign
from assistant.web.viewer import View, document_html, fits, is_drawn, order_for
from ingestion.durable import in_words
from ingestion.errors import IngestionError, StorageFull
from ingestion.readers.documents import Document
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


class OpinionForm(BaseModel):
    """What the reader thinks of a recorded answer."""

    record_id: str = Field(max_length=200)
    thumb: Thumb
    comment: str = Field(default="", max_length=2000)


def page_routes(site: Site) -> APIRouter:
    """The routes that stand beside the Gradio page."""
    router = APIRouter()
    router.add_api_route("/page/{name}", asset)
    add_health(router, site)
    add_reader_routes(router, site.service_of)
    add_document_routes(router, site.service_of)
    return router


def asset(name: str) -> Response:
    """A style or a script."""
    if name not in ASSETS:
        raise HTTPException(404)
    folder = files("assistant.web").joinpath("static")
    content = b"".join(folder.joinpath(each).read_bytes() for each in ASSETS[name])
    media_type = MEDIA_TYPES[name.rpartition(".")[2]]
    return Response(content, media_type=media_type, headers={"Cache-Control": "no-cache"})


def add_health(router: APIRouter, site: Site) -> None:
    """Whether the program answers; what it holds is told to those who are known."""

    @router.get("/health")
    def health(request: Request) -> dict[str, str | int]:
        identity = site.access.identify(request)
        if identity is None:
            return {"status": "ok"}
        try:
            holdings = site.services(identity).holdings
        except IngestionError:  # /ready says what is missing
            return {"status": "ok"}
        return {"status": "ok", "generation": holdings.generation, "passages": holdings.passages}


def monitoring_routes(monitoring: Monitoring) -> APIRouter:
    """The routes of those who watch over the service, who need no account.

    Anyone may ask whether it is ready, as what shares requests out does; why not, and the measures,
    are told to the machines that the settings name.
    """
    router = APIRouter()

    @router.get("/ready")
    def ready(request: Request) -> JSONResponse:
        found = monitoring.requirements()
        is_ready = holds(found)
        told = requirement_fields(found) if _is_monitor(request, monitoring) else {}
        told = {"status": "ready" if is_ready else "unready", **told}
        return JSONResponse(told, 200 if is_ready else UNABLE)

    @router.get("/metrics")
    def metrics(request: Request) -> Response:
        if not _is_monitor(request, monitoring):
            raise HTTPException(404)
        return Response(monitoring.exposition(), media_type=MEDIA_TYPE)

    return router


def _is_monitor(request: Request, monitoring: Monitoring) -> bool:
    return request.client is not None and monitoring.admits(request.client.host)


def add_reader_routes(router: APIRouter, service_of: ServiceOf) -> None:
    """What the page sends: opinions, and what is spoken."""

    @router.post("/rate", status_code=204)
    def rate(
        opinion: OpinionForm,
        request: Request,
        service: Annotated[BuyerService, Depends(service_of)],
    ) -> None:
        from_here(request)
        try:
            service.rate(opinion.record_id, opinion.thumb, opinion.comment)
        except LookupError as error:
            raise HTTPException(404) from error

    @router.post("/voice")
    async def voice(request: Request, lang: Language = Language.FRENCH) -> dict[str, str]:
        """What is heard in a WAV file; nothing of it is kept."""
        from_here(request)
        hears = service_of(request).voice
        if hears is None:
            raise HTTPException(404)
        try:
            return {"heard": await run_in_threadpool(hears.hear, await request.body(), lang)}
        except UnheardVoice as refusal:
            raise HTTPException(422, str(refusal)) from refusal

    @router.post("/gradio_api/upload")
    def upload() -> None:
        """Stands before Gradio's own route: files go to a dossier, or nowhere."""
        raise HTTPException(404)


def add_document_routes(router: APIRouter, service_of: ServiceOf) -> None:
    """The document as a page to read, and its pages as pictures."""
    Service = Annotated[BuyerService, Depends(service_of)]  # noqa: N806 - a type

    @router.get("/document/{document_id}")
    def document(
        service: Service,
        document_id: str,
        start: int,
        end: int,
        quote: Quotes = (),
        lang: Language = Language.FRENCH,
        dossier: str | None = None,
    ) -> HTMLResponse:
        return _document(service, document_id, dossier, view_of(start, end, quote), lang)

    @router.get("/document/{document_id}/page/{number}.png")
    def picture(
        service: Service,
        document_id: str,
        number: int,
        start: int,
        end: int,
        quote: Quotes = (),
        dossier: str | None = None,
    ) -> Response:
        found = opened(service, document_id, dossier)
        view = view_of(start, end, quote)
        order = order_for(found, view, number) if fits(view, found) else None
        original = partial(service.original, document_id, dossier)
        return picture_of(found, original, order, FORGET if dossier else KEEP)


def _document(
    service: BuyerService, document_id: str, dossier: str | None, view: View, lang: Language
) -> HTMLResponse:
    said = load_words(lang)
    try:
        found = service.document(document_id, dossier)
        original = service.original(document_id, dossier)
    except LookupError as unknown:
        raise HTTPException(404, said["document_unknown"]) from unknown
    except (AssistantError, IngestionError) as failure:
        raise HTTPException(503, str(failure)) from failure
    if not fits(view, found):
        raise HTTPException(404, said["document_span"])
    drawn = is_drawn(found) and original is not None
    content = document_html(found, view, lang, drawn=drawn, busy=PICTURES.is_busy)
    return HTMLResponse(content, headers=FORGET)


def from_here(request: Request) -> None:
    """Refuse what another site makes a browser send, which would act in the reader's name."""
    if is_foreign(request):
        raise HTTPException(403)


def opened(service: BuyerService, document_id: str, dossier: str | None) -> Document:
    """A document; a 404 when it is not known."""
    try:
        return service.document(document_id, dossier)
    except LookupError as error:
        raise HTTPException(404) from error


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


def view_of(start: int, end: int, quotes: Sequence[str]) -> View:
    """The view asked by a query; a 422 when a quote is not written "start-end"."""
    try:
        spans = [tuple(map(int, each.split("-"))) for each in quotes]
        return View((start, end), tuple((first, last) for first, last in spans))
    except ValueError as error:
        raise HTTPException(422) from error


def page(template: str, lang: Language, status: int = 200, **values: object) -> HTMLResponse:
    """A page of its own, from a template that extends `layout.html`, in the words of a language."""
    around = frame_values()
    content = render(template, said=load_words(lang), lang=lang, **around, **values)
    return keeping_language(HTMLResponse(content, status, FORGET))


def keeping_language(response: HTMLResponse) -> HTMLResponse:
    """A page that has the browser keep the language which its address asked for, if it did."""
    frame = current_frame()
    if frame.was_asked:
        year = 365 * 24 * 3600
        response.set_cookie(LANGUAGE_COOKIE, frame.language, max_age=year, samesite="lax")
    return response


def standing_alone(
    content: Html,
    said: Words,
    lang: Language,
    status: int = 200,
    *,
    title: str = "",
    script: str = "",
    refresh: int = 0,
) -> HTMLResponse:
    """A page around some content; `script` is one of ours, if any.

    It is loaded again after `refresh` seconds by a browser without script, 0 for never.
    """
    title = title or said["document"]
    around = {"content": content, "title": title, "script": script, "refresh": refresh}
    return page("layout.html", lang, status, **around)


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
