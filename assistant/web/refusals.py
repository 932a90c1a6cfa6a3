"""What a program is told when it is not answered, in the shape that OpenAI's clients read."""

from typing import Any

from fastapi.responses import JSONResponse

WRONG, UNKNOWN, FORBIDDEN, ABSENT, TOO_MANY, BROKEN, UNABLE = 400, 401, 403, 404, 429, 500, 503

CODES = {
    UNKNOWN: "invalid_api_key",
    ABSENT: "not_found",
    TOO_MANY: "rate_limit_exceeded",
}

UNUSED = "unsupported_parameter"


class ApiRefusal(Exception):
    """A request is not answered; the message is a French sentence for who wrote the program.

    `param` is the field that is wrong, `code` a word of OpenAI's for it, "" for that of the status.
    """

    def __init__(self, message: str, status: int = WRONG, param: str = "", code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.param = param
        self.code = code


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
