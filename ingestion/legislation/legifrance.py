"""All versions of articles from the Légifrance API, through PISTE. Never asked while answering."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from ingestion.errors import IngestionError, UnreadableFile
from ingestion.legislation.articles import (
    ARTICLE_ID,
    ArticleVersion,
    Changes,
    SourceRefusal,
    plain_lines,
)
from ingestion.legislation.legi import end_of, identifier, state_of
from ingestion.origin import (
    Attempts,
    Origin,
    OriginBusy,
    OriginReply,
    OriginSilent,
    Reach,
    ReplyTooLong,
    unreached,
)
from ingestion.progress import Progress

# The door to PISTE, where the State's interfaces are: a token, then JSON posted and received.

API = "https://api.piste.gouv.fr/dila/legifrance/lf-engine-app"
TOKENS = "https://oauth.piste.gouv.fr/api/oauth/token"

_REACH = Reach(seconds=30)
_MOST_FAILURES = 4
_MOST_BYTES = 100_000_000
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

    def post(self, path: str, body: Mapping[str, str]) -> dict[str, Any] | None:
        """The object answered; None when there is nothing of this identifier.

        Raises IngestionError when PISTE cannot be reached, refuses, or answers something else.
        """
        renewals = 1 if self._token else 0  # one just given is not asked for again
        while True:
            self._token = self._token or self._new_token()
            headers = {"Authorization": f"Bearer {self._token}"}
            try:
                return self._send(f"{self._api}{path}", headers, body=body)
            except _Refusal as refusal:
                if refusal.code in _UNKNOWN:
                    return None
                if refusal.code != HTTPStatus.UNAUTHORIZED or not renewals:
                    raise _refused("Légifrance a refusé la demande", refusal) from refusal
                self._token, renewals = "", renewals - 1

    def _new_token(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.id,
            "client_secret": self._credentials.secret,
            "scope": "openid",
        }
        try:
            answer = self._send(self._tokens, {}, form=form)
        except _Refusal as refusal:
            raise _refused("PISTE a refusé vos identifiants", refusal) from refusal
        if not isinstance(token := answer.get("access_token"), str):
            raise IngestionError(f"{self._tokens} n'a pas donné de jeton. Vérifiez cette adresse.")
        return token

    def _send(
        self,
        address: str,
        headers: Mapping[str, str],
        body: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """One exchange, tried again while what prevents it may pass. Raises _Refusal."""

        def sent() -> dict[str, Any]:
            # A redirection would carry the token to another machine: it is a refusal.
            with (
                Origin(address, _REACH, {"Accept": "application/json"}) as origin,
                origin.asked(address, headers, body, form) as reply,
            ):
                return _object(_accepted(reply), address)

        try:
            return Attempts(_MOST_FAILURES, 2, self._pause).made(sent)
        except OriginBusy as busy:
            raise _Refusal(busy.code) from busy
        except OriginSilent as error:
            raise unreached(f"{address} est injoignable", error) from error


class _Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def _accepted(reply: OriginReply) -> bytes:
    reply.refuse_busy()
    if reply.status != HTTPStatus.OK:
        raise _Refusal(reply.status)
    try:
        return b"".join(reply.pieces(_MOST_BYTES))
    except ReplyTooLong:
        return b""


def _object(data: bytes, address: str) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise IngestionError(f"{address} n'a pas répondu en JSON. Vérifiez cette adresse.")
    return found


def _refused(what: str, refusal: _Refusal) -> IngestionError:
    remedies = {
        400: "Vérifiez SOURCIER_LEGIFRANCE_ID et SOURCIER_LEGIFRANCE_SECRET.",
        401: "Vérifiez SOURCIER_LEGIFRANCE_ID et SOURCIER_LEGIFRANCE_SECRET.",
        403: "Abonnez votre application à l'API Légifrance sur piste.gouv.fr.",
        429: "Trop de demandes : relancez la même commande plus tard.",
    }
    remedy = remedies.get(refusal.code, "Relancez la même commande plus tard.")
    return IngestionError(f"{what} (code {refusal.code}). {remedy}")


_DAY = 86_400_000
"""Milliseconds."""


def fetch(piste: Piste, text_id: str, day: date, progress: Progress) -> Changes:
    """Every version of every article that the text has on a day; progress counts versions.

    Articles repealed before that day are not in the text's contents: archives have them.
    Raises IngestionError when Légifrance cannot be reached or does not have the text.
    """
    contents = piste.post("/consult/legiPart", {"textId": text_id, "date": day.isoformat()})
    awaited = list(dict.fromkeys(_articles(contents or {})))
    if not awaited:
        raise IngestionError(
            f"Légifrance n'a pas d'article de {text_id} au {day:%d/%m/%Y}. Vérifiez l'identifiant."
        )
    versions, refused, known = [], [], set(awaited)
    for number, article in enumerate(awaited):  # grows with the versions of each
        progress(number, len(awaited))
        answer = piste.post("/consult/getArticle", {"id": article}) or {}
        found = answer.get("article")
        try:
            versions.append(read_article(found, text_id))
        except UnreadableFile as error:
            refused.append(SourceRefusal(article, str(error)))
        others = [other for other in _others(found) if other not in known]
        awaited += others
        known.update(others)
    progress(len(awaited), len(awaited))
    return Changes("Légifrance", tuple(versions), refused=tuple(refused))


def read_article(found: object, text_id: str) -> ArticleVersion:
    """The version in an answer to getArticle. Pure.

    Raises UnreadableFile when it lacks what a version must have.
    """
    if not isinstance(found, dict):
        raise UnreadableFile("article absent de la réponse")
    lines = _lines(found, "texte")
    if not lines:
        raise UnreadableFile("texte absent")
    state, first_day = state_of(_string(found, "etat")), _day(found, "dateDebut")
    return ArticleVersion(
        id=identifier(_string(found, "id")),
        text_id=text_id,
        code=_headings(found, "titreTxt")[-1],
        number=_string(found, "num"),
        path=_headings(found, "titresTM"),
        state=state,
        first_day=first_day,
        ended=end_of(state, first_day, _day(found, "dateFin")),
        lines=lines,
        nota=_lines(found, "nota"),
    )


def _articles(place: Mapping[str, Any]) -> Iterator[str]:
    """Identifiers below a place of the table of contents, in its order."""
    for article in _objects(place.get("articles")):
        if ARTICLE_ID.fullmatch(str(article.get("id"))):
            yield article["id"]
    for section in _objects(place.get("sections")):
        yield from _articles(section)


def _others(found: object) -> Iterator[str]:
    versions = found.get("articleVersions") if isinstance(found, dict) else None
    for version in _objects(versions):
        if ARTICLE_ID.fullmatch(str(version.get("id"))):
            yield version["id"]


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _string(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value.strip():
        raise UnreadableFile(f"champ « {name} » absent")
    return " ".join(value.split())


def _headings(found: Mapping[str, Any], name: str) -> tuple[str, ...]:
    context = found.get("context")
    titles = _objects(context.get(name) if isinstance(context, dict) else None)
    headings = tuple(" ".join(str(title.get("titre") or "").split()) for title in titles)
    if not all(headings) or (name == "titreTxt" and not headings):
        raise UnreadableFile("titre du texte ou d'une section absent")
    return headings


def _lines(found: Mapping[str, Any], name: str) -> tuple[str, ...]:
    written = found.get(f"{name}Html") or found.get(name) or ""
    return plain_lines(str(written).encode("utf-8", errors="replace"))


def _day(found: Mapping[str, Any], name: str) -> date:
    value = found.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnreadableFile(f"champ « {name} » qui n'est pas une date")
    try:
        # The nearest day: midnight is Greenwich's, or an hour or two before in Paris.
        return date(1970, 1, 1) + timedelta(days=round(value / _DAY))
    except (OverflowError, ValueError):
        raise UnreadableFile(f"champ « {name} » qui n'est pas une date") from None
