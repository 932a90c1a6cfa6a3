"""A data set of an Opendatasoft portal, by its API Explore 2.1, on request only."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, BinaryIO, TypeGuard
from urllib.parse import urlencode, urlsplit

from ingestion.errors import IngestionError
from ingestion.origin import (
    Attempts,
    Origin,
    OriginReply,
    OriginSilent,
    Reach,
    Read,
    ReplyTooLong,
    in_french,
)

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
_LARGEST_REFUSAL = 30_000
_MOST_FAILURES = 4
_MOST_REDIRECTIONS = 4
_LONGEST_REASON = 300


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
        self._address = address if address.endswith("/") else f"{address}/"
        self._setting = setting
        self._pause = pause
        self._clock = clock

    @property
    def host(self) -> str:
        """The only machine that is asked."""
        return urlsplit(self._address).hostname or ""

    def address_of(self, query: RecordQuery, name: str = RECORDS) -> str:
        """What is asked, as an address that a browser opens too."""
        return f"{self._address}{name}?{urlencode(query.parameters)}"

    def page(self, query: RecordQuery, offset: int = 0, limit: int = PAGE) -> RecordPage:
        """Records from a place on, counted from 0."""
        address = f"{self.address_of(query)}&limit={limit}&offset={offset}"
        body, answer = self._read(address, self._whole_page)
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

        def read(reply: OriginReply) -> int:
            file.seek(0)
            file.truncate()
            for piece in self._bounded(reply, _LARGEST_EXPORT):
                file.write(piece)
                told(file.tell())
            file.seek(0)
            records = _json(file.read())
            if not _are_records(records):
                raise OriginSilent("liste écourtée")
            return len(records)

        return self._read(self.address_of(query, EXPORT), read)

    def _read(self, address: str, read: Callable[[OriginReply], Read]) -> Read:
        def read_once() -> Read:
            with (
                Origin(self._address, Reach(_SILENCE)) as origin,
                origin.asked(address, redirections=_MOST_REDIRECTIONS) as reply,
            ):
                self._refuse(reply)
                return read(reply)

        with in_french(self.host, self._setting, " plus tard. Rien n'est gardé."):
            return Attempts(_MOST_FAILURES, 2, self._pause).made(read_once)

    def _refuse(self, reply: OriginReply) -> None:
        """Raise for an answer that is no success: another attempt may change some of them."""
        code = reply.status
        if code == HTTPStatus.OK:
            return
        reply.refuse_busy()
        if code == HTTPStatus.NOT_FOUND:
            raise IngestionError(
                f"Il n'y a pas de jeu de données à {self._address} (code 404). Vérifiez "
                f"« {self._setting} » dans settings.toml."
            )
        raise IngestionError(f"{self.host} refuse la demande (code {code}{_reason(reply)}).")

    def _whole_page(self, reply: OriginReply) -> tuple[bytes, Any]:
        body = b"".join(self._bounded(reply, _LARGEST_PAGE))
        if (answer := _json(body)) is None:
            raise OriginSilent("réponse écourtée")
        return body, answer

    def _bounded(self, reply: OriginReply, most: int) -> Iterator[bytes]:
        """The pieces of an answer, which is neither too large nor too slow."""
        began = self._clock()
        try:
            for piece in reply.pieces(most):
                if self._clock() - began > _WHOLE:
                    raise IngestionError(
                        f"{self.host} n'a pas tout envoyé en {_WHOLE // 60} minutes : rien n'est "
                        "gardé. Restreignez la demande, ou recommencez plus tard."
                    )
                yield piece
        except ReplyTooLong as error:
            raise IngestionError(
                f"La réponse de {self.host} dépasse {most // 1_000_000} Mo : rien n'est gardé. "
                "Restreignez la demande (--since, --until, --cpv)."
            ) from error


def _json(body: bytes) -> Any:  # noqa: ANN401 - a portal may say anything
    """What a body says, None when it is no JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _are_records(found: object) -> TypeGuard[list[dict[str, Any]]]:
    return isinstance(found, list) and all(isinstance(each, dict) for each in found)


def _reason(reply: OriginReply) -> str:
    """What the portal says of a refusal, as far as it is short and says it as it should."""
    try:
        answer = _json(b"".join(reply.pieces(_LARGEST_REFUSAL)))
    except ReplyTooLong:
        return ""
    said = answer.get("message") if isinstance(answer, dict) else None
    return f" : {' '.join(said.split())[:_LONGEST_REASON]}" if isinstance(said, str) else ""
