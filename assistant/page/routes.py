"""What the page fetches beside Gradio: its style and script, documents, opinions, health."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from assistant.errors import AssistantError
from assistant.language import Language
from assistant.page.access import is_foreign
from assistant.page.desk import Desk, Thumb
from assistant.page.markup import NOTHING, Html, element
from assistant.page.pdf_page import Order, UndrawablePage
from assistant.page.pictures import PICTURES
from assistant.page.site import DeskOf, Site
from assistant.page.viewer import View, document_html, fits, is_pdf, order_for
from assistant.page.words import Words, words
from ingestion.documents import Document
from ingestion.errors import IngestionError
from ingestion.sandbox import BusySandbox

Quotes = Annotated[Sequence[str], Query(max_length=40)]  # each "start-end"
ASSETS = {
    "style.css": ("palette.css", "style.css"),
    "script.js": ("viewer.js", "script.js"),
    "upload.js": ("upload.js",),
    "build.js": ("build.js",),
    "viewer.js": ("viewer.js",),
}
"""What pages load, each made of files one after the other."""

MEDIA_TYPES = {"css": "text/css", "js": "text/javascript"}
KEEP = {"Cache-Control": "private, max-age=600"}
FORGET = {"Cache-Control": "no-store"}
"""For what belongs to a dossier: nothing of it stays in a browser once it is removed."""


class Opinion(BaseModel):
    """What the reader thinks of a recorded answer."""

    record_id: str = Field(max_length=200)
    thumb: Thumb
    comment: str = Field(default="", max_length=2000)


def page_routes(site: Site) -> APIRouter:
    """The routes that stand beside the Gradio page."""
    router = APIRouter()

    @router.get("/health")
    def health(request: Request) -> dict[str, str | int]:
        """Whether the program answers; what it holds is told to those who are known."""
        identity = site.access.identify(request)
        if identity is None:
            return {"status": "ok"}
        holdings = site.desks(identity).holdings
        return {"status": "ok", "generation": holdings.generation, "passages": holdings.passages}

    @router.get("/page/{name}")
    def asset(name: str) -> Response:
        if name not in ASSETS:
            raise HTTPException(404)
        folder = files("assistant.page")
        content = b"".join(folder.joinpath(each).read_bytes() for each in ASSETS[name])
        media_type = MEDIA_TYPES[name.rpartition(".")[2]]
        return Response(content, media_type=media_type, headers={"Cache-Control": "no-cache"})

    @router.post("/rate", status_code=204)
    def rate(
        opinion: Opinion, request: Request, desk: Annotated[Desk, Depends(site.desk_of)]
    ) -> None:
        from_here(request)
        try:
            desk.rate(opinion.record_id, opinion.thumb, opinion.comment)
        except LookupError as error:
            raise HTTPException(404) from error

    @router.post("/gradio_api/upload")
    def upload() -> None:
        """Stands before Gradio's own route: files go to a dossier, or nowhere."""
        raise HTTPException(404)

    add_document_routes(router, site.desk_of)
    return router


def add_document_routes(router: APIRouter, desk_of: DeskOf) -> None:
    """The document as a page to read, and its pages as pictures."""

    @router.get("/document/{document_id}")
    def document(
        desk: Annotated[Desk, Depends(desk_of)],
        document_id: str,
        start: int,
        end: int,
        quote: Quotes = (),
        lang: Language = Language.FRENCH,
        dossier: str | None = None,
    ) -> HTMLResponse:
        said, view = words(lang), view_of(start, end, quote)
        try:
            found = desk.document(document_id, dossier)
            original = desk.original(document_id, dossier)
        except LookupError as unknown:
            raise HTTPException(404, said["document_unknown"]) from unknown
        except (AssistantError, IngestionError) as failure:
            raise HTTPException(503, str(failure)) from failure
        if not fits(view, found):
            raise HTTPException(404, said["document_span"])
        drawn = is_pdf(found) and original is not None
        content = document_html(found, view, said, drawn=drawn, busy=PICTURES.is_busy)
        return standing_alone(content, said, lang, script="viewer.js" if drawn else "")

    @router.get("/document/{document_id}/page/{number}.png")
    def picture(
        desk: Annotated[Desk, Depends(desk_of)],
        document_id: str,
        number: int,
        start: int,
        end: int,
        quote: Quotes = (),
        dossier: str | None = None,
    ) -> Response:
        found = opened(desk, document_id, dossier)
        view = view_of(start, end, quote)
        order = order_for(found, view, number) if fits(view, found) else None
        original = partial(desk.original, document_id, dossier)
        return picture_of(found, original, order, FORGET if dossier else KEEP)


def from_here(request: Request) -> None:
    """Refuse what another site makes a browser send, which would act in the reader's name."""
    if is_foreign(request):
        raise HTTPException(403)


def opened(desk: Desk, document_id: str, dossier: str | None) -> Document:
    """A document; a 404 when it is not known."""
    try:
        return desk.document(document_id, dossier)
    except LookupError as error:
        raise HTTPException(404) from error


def picture_of(
    document: Document,
    original: Callable[[], bytes | None],
    order: Order | None,
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
    """A page of its own around some content; `script` is one of ours, if any.

    It is loaded again after `refresh` seconds by a browser without script, 0 for never.
    """
    again = element("meta", http_equiv="refresh", content=refresh) if refresh else NOTHING
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{title or said['document']} – Sourcier"),
        element("link", rel="stylesheet", href="/page/style.css"),
        element("link", rel="icon", href="data:,"),  # else the browser asks for one
        element("script", defer=True, src=f"/page/{script}") if script else NOTHING,
        element("noscript", again) if refresh else NOTHING,
    )
    page = element("html", head, element("body", content, class_="reader"), lang=lang.value)
    return HTMLResponse(f"<!doctype html>{page}", status, FORGET)


def french_page(content: Html, title: str, status: int = 200) -> HTMLResponse:
    """A page that is in French only."""
    return standing_alone(content, words(Language.FRENCH), Language.FRENCH, status, title=title)
