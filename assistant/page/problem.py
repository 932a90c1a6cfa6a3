"""Pages of problems: what went wrong, in the reader's language, and the way back.

A script that asks for something gets the same sentence as JSON.
"""

from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from assistant.language import Language
from assistant.page.markup import Html, element
from assistant.page.routes import standing_alone
from assistant.page.words import Words, words
from ingestion.durable import in_words
from ingestion.errors import StorageFull

LANGUAGE_COOKIE = "sourcier-language"
"""Where script.js keeps the language that the reader chose, for the pages beside the chat."""

UNREADABLE, NOT_UNDERSTOOD, BROKEN, UNABLE = 400, 422, 500, 503

TOLD = frozenset({400, 401, 403, 404, 405, 413, 422, 429, 500, 503})
"""Statuses with words of their own; others are told as a bad request or as a failure."""


def with_problems(app: FastAPI) -> FastAPI:
    """The application, whatever goes wrong in it told as a problem."""
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(OSError, _disk_refused)
    app.add_exception_handler(StorageFull, _disk_refused)
    app.add_exception_handler(Exception, _broken)
    return app


def problem(request: HTTPConnection, status: int, told: str = "") -> Response:
    """A problem as a page, or as JSON to what shows no page; `told` says it better, if anything."""
    language = language_of_reader(request)
    said = words(language)
    known = status if status in TOLD else UNREADABLE if status < BROKEN else BROKEN
    if not navigates(request):
        return JSONResponse({"detail": told or said[f"problem_{known}"]}, status)
    title = said[f"problem_{known}_title"]
    content = problem_html(title, told or said[f"problem_{known}"], said)
    return standing_alone(content, said, language, status, title=title)


def problem_html(title: str, told: str, said: Words) -> Html:
    """What went wrong, below its title, and the way back to the conversation. Pure."""
    return element(
        "main",
        element("p", "Sourcier", class_="brand"),
        element("h1", title),
        element("p", told, role="alert"),
        element("p", element("a", said["problem_back"], href="/", class_="main")),
        class_="document trouble",
        id="document",
    )


def navigates(request: HTTPConnection) -> bool:
    """Whether a browser asks for a page to show, rather than a script for something."""
    mode = request.headers.get("sec-fetch-mode")
    return mode == "navigate" if mode else "text/html" in request.headers.get("accept", "")


def language_of_reader(request: HTTPConnection) -> Language:
    """The language that an address asks for, else the one chosen in the conversation, or French."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return Language.ENGLISH if asked == Language.ENGLISH else Language.FRENCH


def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, HTTPException)
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
    said = words(language_of_reader(request))
    return problem(request, UNABLE, said["disk_refused"].format(reason=in_words(failure)))


def _broken(request: Request, failure: Exception) -> Response:
    """The failure itself is raised again behind this answer, for the log of the server."""
    return problem(request, BROKEN)
