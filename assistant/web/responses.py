"""What the routes of every role answer with: a page, a file, the picture of a page."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from fastapi import HTTPException
from fastapi.responses import HTMLResponse, Response

from assistant.question.language import Language
from assistant.reports.markup import load_words, render
from assistant.web import pdf_page
from assistant.web.frame import LANGUAGE_COOKIE, current_frame, frame_values
from assistant.web.pdf_page import DrawingOrder, UndrawablePage
from ingestion.documents.document import Document
from ingestion.sandbox import BusySandbox

KEEP = {"Cache-Control": "private, max-age=600"}
FORGET = {"Cache-Control": "no-store"}
"""For what belongs to a dossier: nothing of it stays in a browser once it is removed."""

STREAM = {**FORGET, "X-Accel-Buffering": "no"}
"""A proxy that gathers a stream before it passes it on makes it useless."""


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
        picture = pdf_page.PICTURES.drawn(document.id, original, order) if order else None
    except UndrawablePage as error:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY) from error
    except BusySandbox as error:
        raise HTTPException(
            HTTPStatus.SERVICE_UNAVAILABLE, str(error), {"Retry-After": "10"}
        ) from error
    if picture is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return Response(picture, media_type="image/png", headers=dict(headers))


def page(
    template: str, lang: Language, status: int = HTTPStatus.OK, **values: object
) -> HTMLResponse:
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
