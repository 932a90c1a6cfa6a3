"""A request to a model's server, made beside, so that it can be given up. Door of httpx2 to it.

One host is asked, the one that the settings name: no redirect is followed, no proxy of the
environment is used, and certificates are checked against those that the system trusts.
"""

import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import httpx2

from assistant.llm.completions import Body, WrongReply, version_said

MOST_BYTES = 1_000_000
"""What is heard of one reply at most."""

_REFUSALS = (400, 422, 500)
"""What servers answer to a form of request that they do not know, llama_cpp.server the last."""

_STATUSES = {
    401: "il refuse le secret (401)",
    403: "il refuse le secret (403)",
    404: "il n'a pas cette adresse (404)",
    429: "il a trop de demandes (429)",
}


class CallFailed(Exception):
    """A server cannot be asked, or refuses; the message says in French what it did."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds until a server is reached, until its first word, and until its last."""

    connect: float
    first: float
    whole: float


@dataclass(frozen=True, slots=True)
class ModelsHeard:
    """What the server says of its model; heard first, and what is asked is sent then only."""

    version: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PieceHeard:
    """Some more bytes of the reply."""

    piece: bytes


@dataclass(frozen=True, slots=True)
class EndHeard:
    """The reply is over, or was cut."""


Heard = ModelsHeard | PieceHeard | EndHeard


class ServerCall:
    """Asks whether the model is served, then for a reply, in a thread of its own.

    Of several bodies the next is sent when the server refuses the form of the one before.
    """

    def __init__(
        self, address: str, secret: str, patience: Patience, bodies: Sequence[Body]
    ) -> None:
        """Begin; nothing waits here."""
        self._heard = SimpleQueue[Heard | CallFailed]()
        self._model: str = bodies[0]["model"]
        self._bodies = bodies
        self._is_given_up = False
        self._socket: socket.socket | None = None
        headers = {"accept-encoding": "identity"}
        if secret:
            headers["authorization"] = f"Bearer {secret}"
        client = httpx2.Client(
            base_url=address,
            headers=headers,
            timeout=httpx2.Timeout(patience.whole, connect=patience.connect),
            verify=ssl.create_default_context(),
            follow_redirects=False,
            trust_env=False,
        )
        Thread(target=self._run, args=(client,), name="engine", daemon=True).start()

    def hear(self, seconds: float) -> Heard | None:
        """What came next, None when nothing did in that time; raises CallFailed."""
        try:
            heard = self._heard.get(timeout=seconds)
        except Empty:
            return None
        if isinstance(heard, CallFailed):
            raise heard
        return heard

    def close(self) -> None:
        """Give up what was not heard; the server sees that nobody listens any more."""
        self._is_given_up = True
        self._hang_up()

    def _run(self, client: httpx2.Client) -> None:
        try:
            with client:
                with self._asked(client, "GET", "models") as reply:
                    listed = b"".join(_bounded(_accepted(reply)))
                self._heard.put(ModelsHeard(version_said(listed, self._model)))
                self._complete(client)
        except CallFailed as failure:
            self._heard.put(failure)
        except WrongReply as wrong:
            self._heard.put(CallFailed(str(wrong)))
        except httpx2.TimeoutException:
            self._heard.put(CallFailed("il n'a pas été joint à temps"))
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            self._heard.put(CallFailed(f"la liaison a échoué ({error})"))
        else:
            self._heard.put(EndHeard())

    def _complete(self, client: httpx2.Client) -> None:
        *others, last = self._bodies
        for body in (*others, last):
            with self._asked(client, "POST", "chat/completions", body) as reply:
                if body is not last and reply.status_code in _REFUSALS:
                    continue
                for piece in _bounded(_accepted(reply)):
                    self._heard.put(PieceHeard(piece))
                return

    @contextmanager
    def _asked(
        self, client: httpx2.Client, method: str, path: str, body: Body | None = None
    ) -> Iterator[httpx2.Response]:
        traced = {"trace": self._trace}
        with client.stream(method, path, json=body, extensions=traced) as reply:
            yield reply

    def _trace(self, event: str, told: Mapping[str, Any]) -> None:
        """Remember the connection: only its end wakes a thread that waits for it."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = told["return_value"].get_extra_info("socket")
            if self._is_given_up:
                self._hang_up()

    def _hang_up(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # it has ended already
                # That of a TLS socket would make the thread read on without decrypting.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _accepted(reply: httpx2.Response) -> httpx2.Response:
    status = reply.status_code
    if status == httpx2.codes.OK:
        return reply
    if reply.is_redirect:
        raise CallFailed(f"il renvoie ailleurs ({status}), où rien n'est envoyé")
    raise CallFailed(_STATUSES.get(status, f"il répond par une erreur ({status})"))


def _bounded(reply: httpx2.Response) -> Iterator[bytes]:
    heard = 0
    for piece in reply.iter_raw():
        heard += len(piece)
        if heard > MOST_BYTES:
            raise CallFailed(f"sa réponse passe {MOST_BYTES:,} octets".replace(",", " "))
        yield piece
