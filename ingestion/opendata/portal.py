"""A data set of an Opendatasoft portal, by its API Explore 2.1, on request only. Door of httpx2."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, BinaryIO, TypeGuard, TypeVar

import httpx2

from ingestion.errors import IngestionError

PAGE = 100
"""Records of a page, the most that a portal gives."""

REACH = 10_000
"""Records that pages lead to; beyond, a portal has exports only."""

RECORDS, EXPORT = "records", "exports/json"
"""Where pages, and everything at once, are below the address of a data set."""

_SILENCE = 60
"""Seconds without a byte after which an answer is given up."""

_WHOLE = 900
_LARGEST_PAGE = 30_000_000
_LARGEST_EXPORT = 90_000_000
_MOST_FAILURES = 4
_LONGEST_PAUSE = 60
_MOST_REDIRECTIONS = 5
_LONGEST_REASON = 300
_PASSING = {429, 500, 502, 503, 504}

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """Which records are asked for, in the portal's language; `fields` are those wanted, "" all."""

    where: str
    order: str = ""
    fields: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """As the API names them."""
        named = {"where": self.where, "order_by": self.order, "select": self.fields}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class RecordPage:
    """An answer as it came, its records, and how many there are in all."""

    body: bytes
    records: tuple[Mapping[str, Any], ...]
    total: int


class OpenDataset:
    """Asks one data set; what fails for a moment is asked again.

    Proxies are those of the environment. No other host than that of the address is ever asked,
    whatever the portal says. Every method raises IngestionError with the remedy.
    """

    def __init__(
        self,
        address: str,
        setting: str,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`address` is that of the data set, which `setting` chooses; nothing is asked yet."""
        self._address = httpx2.URL(address if address.endswith("/") else f"{address}/")
        self._setting = setting
        self._pause = pause
        self._clock = clock

    @property
    def host(self) -> str:
        """The only machine that is asked."""
        return self._address.host

    def address_of(self, query: RecordQuery, name: str = RECORDS) -> str:
        """What is asked, as an address that a browser opens too."""
        return str(self._url(name, query.parameters))

    def page(self, query: RecordQuery, offset: int = 0, limit: int = PAGE) -> RecordPage:
        """Records from a place on, counted from 0."""
        parameters = query.parameters | {"limit": str(limit), "offset": str(offset)}
        body, answer = self._read(self._url(RECORDS, parameters), self._whole_page)
        said = answer if isinstance(answer, dict) else {}
        records, total = said.get("results"), said.get("total_count")
        if not isinstance(total, int) or not _are_records(records):
            raise IngestionError(
                f"{self.host} ne répond pas comme l'API Explore 2.1. Vérifiez « {self._setting} » "
                "dans settings.toml."
            )
        return RecordPage(body, tuple(records), total)

    def export(
        self, query: RecordQuery, file: BinaryIO, told: Callable[[int], None] = lambda _: None
    ) -> int:
        """Write every record into a file, one JSON list as it came; how many there are.

        `told` hears how many bytes have come. A file that is cut is begun again.
        """

        def read(reply: httpx2.Response) -> int:
            file.seek(0)
            file.truncate()
            for piece in self._bounded(reply, _LARGEST_EXPORT):
                file.write(piece)
                told(file.tell())
            file.seek(0)
            records = _json(file.read())
            if not _are_records(records):
                raise _Passing("liste écourtée")
            return len(records)

        return self._read(self._url(EXPORT, query.parameters), read)

    def _url(self, name: str, parameters: Mapping[str, str]) -> httpx2.URL:
        return self._address.join(name).copy_merge_params(dict(parameters))

    def _read(self, url: httpx2.URL, read: Callable[[httpx2.Response], Read]) -> Read:
        failures = 0
        while True:
            try:
                with self._opened(url) as reply:
                    return read(reply)
            except (httpx2.RequestError, _Passing) as error:
                failures += 1
                if failures > _MOST_FAILURES:
                    raise IngestionError(
                        f"{self.host} ne répond pas comme il faut ({error}). Rien n'est gardé. "
                        "Vérifiez la connexion et le mandataire (variable https_proxy), puis "
                        "relancez la même commande plus tard."
                    ) from error
                wanted = error.seconds if isinstance(error, _Passing) else 0
                self._pause(min(max(wanted, 2.0**failures), _LONGEST_PAUSE))

    @contextmanager
    def _opened(self, url: httpx2.URL) -> Iterator[httpx2.Response]:
        """The answer to what is asked, on this host; raises IngestionError for any other."""
        with httpx2.Client(timeout=_SILENCE, follow_redirects=False) as client:
            request = client.build_request("GET", url)
            for _ in range(_MOST_REDIRECTIONS):
                reply = client.send(request, stream=True)
                try:
                    if reply.next_request is None:
                        self._refuse(reply)
                        yield reply
                        return
                    request = self._guarded(reply.next_request)
                finally:
                    reply.close()
        raise IngestionError(f"{self.host} renvoie sans fin d'une adresse à une autre.")

    def _guarded(self, request: httpx2.Request) -> httpx2.Request:
        asked, own = request.url, self._address
        if (asked.scheme, asked.host, asked.port) != (own.scheme, own.host, own.port):
            raise IngestionError(
                f"{self.host} renvoie vers {asked.host}, qui est un autre serveur : refusé. "
                f"Vérifiez « {self._setting} » dans settings.toml."
            )
        return request

    def _refuse(self, reply: httpx2.Response) -> None:
        """Raise for an answer that is no success: another attempt may change some of them."""
        code = reply.status_code
        if code == HTTPStatus.OK:
            return
        if code in _PASSING:
            raise _Passing(f"code {code}", _seconds(reply.headers.get("Retry-After", "")))
        if code == HTTPStatus.NOT_FOUND:
            raise IngestionError(
                f"Il n'y a pas de jeu de données à {self._address} (code 404). Vérifiez "
                f"« {self._setting} » dans settings.toml."
            )
        raise IngestionError(f"{self.host} refuse la demande (code {code}{_reason(reply)}).")

    def _whole_page(self, reply: httpx2.Response) -> tuple[bytes, Any]:
        body = b"".join(self._bounded(reply, _LARGEST_PAGE))
        if (answer := _json(body)) is None:
            raise _Passing("réponse écourtée")
        return body, answer

    def _bounded(self, reply: httpx2.Response, most: int) -> Iterator[bytes]:
        """The pieces of an answer, which is neither too large nor too slow."""
        began, size = self._clock(), 0
        for piece in reply.iter_bytes():
            size += len(piece)
            if size > most:
                raise IngestionError(
                    f"La réponse de {self.host} dépasse {most // 1_000_000} Mo : rien n'est gardé. "
                    "Restreignez la demande (--since, --until, --cpv)."
                )
            if self._clock() - began > _WHOLE:
                raise IngestionError(
                    f"{self.host} n'a pas tout envoyé en {_WHOLE // 60} minutes : rien n'est "
                    "gardé. Restreignez la demande, ou recommencez plus tard."
                )
            yield piece


class _Passing(Exception):
    """An answer that another attempt may change, after as many seconds as the portal says."""

    def __init__(self, said: str, seconds: float = 0) -> None:
        super().__init__(said)
        self.seconds = seconds


def _json(body: bytes) -> Any:  # noqa: ANN401 - a portal may say anything
    """What a body says, None when it is no JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _are_records(found: object) -> TypeGuard[list[dict[str, Any]]]:
    return isinstance(found, list) and all(isinstance(each, dict) for each in found)


def _seconds(text: str) -> float:
    return float(text) if text.isascii() and text.isdecimal() else 0


def _reason(reply: httpx2.Response) -> str:
    """What the portal says of a refusal, as far as it is short and says it as it should."""
    body = b""
    for piece in reply.iter_bytes():
        body += piece
        if len(body) > _LARGEST_PAGE // 1000:
            return ""
    answer = _json(body)
    said = answer.get("message") if isinstance(answer, dict) else None
    return f" : {' '.join(said.split())[:_LONGEST_REASON]}" if isinstance(said, str) else ""
