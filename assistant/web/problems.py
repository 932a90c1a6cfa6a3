"""Problems: what went wrong, in the reader's language, and the way back, as a page.

A script that asks for something gets the same sentence as JSON, a program an error in the shape of
OpenAI's; `bare_app` is an application whose problems are all told so.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.requests import HTTPConnection

from assistant.accounts.areas import area_of
from assistant.errors import AssistantError
from assistant.reports.markup import load_words
from assistant.web.frame import language_of_reader
from assistant.web.responses import page
from ingestion.durable import in_words
from ingestion.errors import IngestionError, StorageFull

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
    known = _known(status)
    if area_of(request.url.path).is_for_programs:
        return error_response(
            told or said.get(f"program_{known}", said[f"problem_{known}"]), status
        )
    if not navigates(request):
        return JSONResponse({"detail": told or said[f"problem_{known}"]}, status)
    title, told = said[f"problem_{known}_title"], told or said[f"problem_{known}"]
    return page("problem.html", language, status, title=title, told=told)


def _known(status: int) -> int:
    """The status under whose words it is told."""
    is_ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    other = HTTPStatus.INTERNAL_SERVER_ERROR if is_ours else HTTPStatus.BAD_REQUEST
    return status if status in TOLD else other


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
    return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY)


def _phrase(status: int) -> str:
    """What an HTTPException says, in English, when nothing was said in its place."""
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else ""


def _disk_refused(request: Request, failure: Exception) -> Response:
    """The disk did not take what was asked, so that it is not believed."""
    reason = in_words(failure)
    return named_problem(request, HTTPStatus.SERVICE_UNAVAILABLE, "disk_refused", reason=reason)


def _unable(request: Request, failure: Exception) -> Response:
    """What ours say of why they cannot, to whoever did not tell it better."""
    return problem(request, HTTPStatus.SERVICE_UNAVAILABLE, str(failure))


def _broken(request: Request, failure: Exception) -> Response:
    """The failure itself is raised again behind this answer, for the log of the server."""
    return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR)


# What a program is told when it is not answered, in the shape that OpenAI's clients read.

CODES: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "invalid_api_key",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limit_exceeded",
}


def error_fields(message: str, status: int, param: str = "", code: str = "") -> dict[str, Any]:
    """The `error` object of OpenAI's answers. Pure."""
    kind = "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
    return {
        "message": message,
        "type": "rate_limit_error" if status == HTTPStatus.TOO_MANY_REQUESTS else kind,
        "param": param or None,
        "code": code or CODES.get(status),
    }


def error_response(message: str, status: int, param: str = "", code: str = "") -> JSONResponse:
    """The same as an answer."""
    response = JSONResponse({"error": error_fields(message, status, param, code)}, status)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
