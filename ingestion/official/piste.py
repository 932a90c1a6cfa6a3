"""The door to PISTE, where the State's interfaces are: a token, then JSON posted and received."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from http.client import HTTPException
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from ingestion.errors import IngestionError

API = "https://api.piste.gouv.fr/dila/legifrance/lf-engine-app"
TOKENS = "https://oauth.piste.gouv.fr/api/oauth/token"

_SECONDS = 30
_ATTEMPTS = 5
_LONGEST_PAUSE = 60.0
_MOST_BYTES = 100_000_000
_PASSING = {429, 500, 502, 503, 504}
_UNKNOWN = {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}
"""Both are what Légifrance answers to an identifier that it does not have."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Those of an application declared on PISTE."""

    id: str
    secret: str


def credentials_of(environment: Mapping[str, str]) -> Credentials:
    """Those in SOURCIER_LEGIFRANCE_ID and SOURCIER_LEGIFRANCE_SECRET.

    Raises IngestionError when either is absent.
    """
    found = [environment.get(f"SOURCIER_LEGIFRANCE_{name}", "") for name in ("ID", "SECRET")]
    if not all(found):
        raise IngestionError(
            "Identifiants Légifrance absents. Créez une application sur piste.gouv.fr, abonnez-la "
            "à l'API Légifrance, puis mettez ses identifiants dans les variables "
            "SOURCIER_LEGIFRANCE_ID et SOURCIER_LEGIFRANCE_SECRET."
        )
    return Credentials(*found)


class Piste:
    """One application's session; a token that expires is asked for again."""

    def __init__(
        self,
        credentials: Credentials,
        api: str = API,
        tokens: str = TOKENS,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Nothing is asked before the first `post`. Raises IngestionError for no web address."""
        for address in (api, tokens):
            if not address.startswith(("https://", "http://")):
                raise IngestionError(f"« {address} » n'est pas une adresse https://…")
        self._credentials = credentials
        self._api, self._tokens = api.rstrip("/"), tokens
        self._pause = pause
        self._token = ""
        self._opener = build_opener(_NoRedirect)

    def post(self, path: str, body: Mapping[str, str]) -> dict[str, Any] | None:
        """The object answered; None when there is nothing of this identifier.

        Raises IngestionError when PISTE cannot be reached, refuses, or answers something else.
        """
        renewals = 1 if self._token else 0  # one just given is not asked for again
        while True:
            self._token = self._token or self._new_token()
            headers = {"Authorization": f"Bearer {self._token}"}
            try:
                return self._send(f"{self._api}{path}", json.dumps(body), "json", headers)
            except HTTPError as error:
                if error.code in _UNKNOWN:
                    return None
                if error.code != HTTPStatus.UNAUTHORIZED or not renewals:
                    raise _refused("Légifrance a refusé la demande", error) from error
                self._token, renewals = "", renewals - 1

    def _new_token(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.id,
            "client_secret": self._credentials.secret,
            "scope": "openid",
        }
        try:
            answer = self._send(self._tokens, urlencode(form), "x-www-form-urlencoded", {})
        except HTTPError as error:
            raise _refused("PISTE a refusé vos identifiants", error) from error
        if not isinstance(token := answer.get("access_token"), str):
            raise IngestionError(f"{self._tokens} n'a pas donné de jeton. Vérifiez cette adresse.")
        return token

    def _send(
        self, address: str, body: str, kind: str, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        """One exchange, tried again while what prevents it may pass. Raises HTTPError."""
        sent = {"Content-Type": f"application/{kind}", "Accept": "application/json", **headers}
        request = Request(address, body.encode(), sent)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._opener.open(request, timeout=_SECONDS) as answer:
                    return _object(answer.read(_MOST_BYTES), address)
            except HTTPError as error:
                if error.code not in _PASSING or attempt == _ATTEMPTS:
                    raise
                self._pause(_pause_asked(error, attempt))
            except (OSError, HTTPException) as error:
                if attempt == _ATTEMPTS:
                    raise IngestionError(
                        f"{address} est injoignable ({error}). Vérifiez la connexion et le "
                        "mandataire (variable https_proxy), puis relancez la même commande."
                    ) from error
                self._pause(_pause_asked(None, attempt))
        raise AssertionError("every last attempt returns or raises")


class _NoRedirect(HTTPRedirectHandler):
    """A redirection would carry the token to another machine."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Never followed: what was asked for then fails with the code of the redirection."""


def _pause_asked(error: HTTPError | None, attempt: int) -> float:
    asked = error.headers.get("Retry-After", "") if error else ""
    return min(float(asked) if asked.isdecimal() else 2.0**attempt, _LONGEST_PAUSE)


def _object(data: bytes, address: str) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise IngestionError(f"{address} n'a pas répondu en JSON. Vérifiez cette adresse.")
    return found


def _refused(what: str, error: HTTPError) -> IngestionError:
    remedies = {
        400: "Vérifiez SOURCIER_LEGIFRANCE_ID et SOURCIER_LEGIFRANCE_SECRET.",
        401: "Vérifiez SOURCIER_LEGIFRANCE_ID et SOURCIER_LEGIFRANCE_SECRET.",
        403: "Abonnez votre application à l'API Légifrance sur piste.gouv.fr.",
        429: "Trop de demandes : relancez la même commande plus tard.",
    }
    remedy = remedies.get(error.code, "Relancez la même commande plus tard.")
    return IngestionError(f"{what} (code {error.code}). {remedy}")
