"""A server elsewhere, asked within limits of host, time and bytes. Door of httpx2.

An origin is a scheme, a host and a port: of no other is anything ever asked, whatever a server
says. No redirection is followed unasked, and certificates are checked against those that the
system trusts. What fails for a moment is asked again where Attempts are made.
"""

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import httpx2

from ingestion.errors import IngestionError

AS_THEY_ARE = {"Accept-Encoding": "identity"}
"""Bytes uncompressed, counted as they come; a server may call an archive's format an encoding."""

_LONGEST_PAUSE = 60.0
_BUSY = {429, 500, 502, 503, 504}

Read = TypeVar("Read")


class OriginSilent(Exception):
    """The server was not reached, or broke off; the message is that of the network."""


class OriginSlow(OriginSilent):
    """It did not answer in time."""


class OriginBusy(OriginSilent):
    """It answers by a code that another attempt may change, and says in how many seconds, or 0."""

    def __init__(self, code: int, seconds: float) -> None:
        super().__init__(f"code {code}")
        self.code, self.seconds = code, seconds


class ReplyTooLong(Exception):
    """A reply has more bytes than it may."""


class OtherOrigin(Exception):
    """An address is of another server; the message is that address."""


class EndlessRedirection(Exception):
    """A server sends from one of its addresses to another; the message is the last."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How a server is reached: seconds of each step, by the proxy of the environment or not."""

    seconds: float
    connect: float | None = None
    """Seconds until the connection stands, those of every other step when not given."""

    by_proxy: bool = True

    def options(self) -> dict[str, Any]:
        """What a client of httpx2 is made with, that another library makes itself too."""
        first = self.seconds if self.connect is None else self.connect
        return {
            "timeout": httpx2.Timeout(self.seconds, connect=first),
            "follow_redirects": False,
            "trust_env": self.by_proxy,
            "verify": ssl.create_default_context(),
        }


@contextmanager
def heard() -> Iterator[None]:
    """Turn what goes wrong on the network into OriginSilent."""
    try:
        yield
    except httpx2.TimeoutException as error:
        raise OriginSlow(str(error)) from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise OriginSilent(str(error)) from error


class OriginReply:
    """What a server answers; its bytes are read in the block that asked, and once."""

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.address = str(response.url)
        self.headers: Mapping[str, str] = response.headers
        """By name, in any case of letters."""

    @property
    def is_redirect(self) -> bool:
        """Whether it sends elsewhere, or would."""
        return self._response.is_redirect

    @property
    def elsewhere(self) -> str:
        """The whole address to which it sends, "" when it names none."""
        following = self._response.next_request
        return str(following.url) if following else ""

    def refuse_busy(self) -> None:
        """Raise OriginBusy for an answer that another attempt may change."""
        if self.status in _BUSY:
            asked = self.headers.get("Retry-After", "")
            is_number = asked.isascii() and asked.isdecimal()
            raise OriginBusy(self.status, float(asked) if is_number else 0)

    def pieces(self, most: int | None = None) -> Iterator[bytes]:
        """The bytes as they come; raises ReplyTooLong beyond `most`, and OriginSilent."""
        read = 0
        for piece in self._response.iter_raw():
            read += len(piece)
            if most is not None and read > most:
                raise ReplyTooLong(self.address)
            yield piece


class Origin:
    """Requests below one address, one after another."""

    def __init__(
        self, address: str, reach: Reach, headers: Mapping[str, str] | None = None
    ) -> None:
        """Nothing is asked yet; `headers` go with each request. Raises OriginSilent for no URL."""
        with heard():
            self._base = httpx2.URL(address if address.endswith("/") else f"{address}/")
        self._client = httpx2.Client(headers={**AS_THEY_ARE, **(headers or {})}, **reach.options())
        self._socket: socket.socket | None = None
        self._is_given_up = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *told: object) -> None:
        self._client.close()

    @contextmanager
    def asked(
        self,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        redirections: int = 0,
    ) -> Iterator[OriginReply]:
        """The answer to GET, or to POST of a body as JSON, of a form, or of bytes.

        `path` may be an address. So many redirections are followed on this server; with none, they
        are answers as others. Raises OriginSilent, EndlessRedirection, and OtherOrigin unasked.
        """
        said: dict[str, Any] = {"json": body, "data": form, "content": content}
        method = "GET" if all(each is None for each in said.values()) else "POST"
        said |= {"headers": dict(headers or {}), "extensions": {"trace": self._trace}}
        with heard():
            url = self._guarded(path)
            for _ in range(redirections + 1):
                with self._client.stream(method, url, **said) as response:
                    reply = OriginReply(response)
                    if not (redirections and reply.elsewhere):
                        yield reply
                        return
                    url = self._guarded(reply.elsewhere)
        raise EndlessRedirection(str(url))

    def hang_up(self) -> None:
        """Break off what is asked or will be, from any thread."""
        self._is_given_up = True
        if self._socket is not None:
            with suppress(OSError):  # it has ended already
                # That of a TLS socket would make the thread read on without decrypting.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _guarded(self, path: str) -> httpx2.URL:
        url = self._base.join(path)
        if _server(url) != _server(self._base):
            raise OtherOrigin(str(url))
        return url

    def _trace(self, event: str, told: Mapping[str, Any]) -> None:
        """Remember the connection: only its end wakes a thread that waits for it."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = told["return_value"].get_extra_info("socket")
            if self._is_given_up:
                self.hang_up()


@dataclass(slots=True)
class Attempts:
    """What fails for a moment is asked again: so many times in a row, after longer and longer.

    `first` are the seconds before the second attempt, where the server asks for no more.
    """

    most: int
    first: float
    pause: Callable[[float], None]
    failures: int = 0

    def wait(self, error: OriginSilent) -> None:
        """Wait before another attempt; raises the error itself when it was the last one."""
        if self.failures >= self.most:
            raise error
        wanted = error.seconds if isinstance(error, OriginBusy) else 0
        self.pause(min(max(wanted, self.first * 2.0**self.failures), _LONGEST_PAUSE))
        self.failures += 1

    def made(self, ask: Callable[[], Read]) -> Read:
        """What is read at last; raises OriginSilent after the last attempt."""
        while True:
            try:
                return ask()
            except OriginSilent as error:
                self.wait(error)


def unreached(said: str, error: OriginSilent, more: str = ".") -> IngestionError:
    """What is told when the last attempt has failed; `more` ends the sentence."""
    return IngestionError(
        f"{said} ({error}). Vérifiez la connexion et le mandataire (variable https_proxy), puis "
        f"relancez la même commande{more}"
    )


@contextmanager
def in_french(server: str, setting: str, more: str) -> Iterator[None]:
    """Say of a server that a setting names what it does wrong, with the remedy."""
    try:
        yield
    except OriginSilent as error:
        raise unreached(f"{server} ne répond pas comme il faut", error, more) from error
    except OtherOrigin as other:
        raise IngestionError(
            f"{server} renvoie vers {other}, qui est un autre serveur : refusé. Vérifiez "
            f"« {setting} » dans settings.toml."
        ) from other
    except EndlessRedirection as error:
        raise IngestionError(f"{server} renvoie sans fin d'une adresse à une autre.") from error


def _server(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
