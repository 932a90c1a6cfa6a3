"""A request to a model's server, made beside, so that it can be given up.

One host is asked, the one that the settings name, and by no proxy of the environment.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

from assistant.llm.completions import Body, WrongReply, version_said
from assistant.settings import Engine
from ingestion.origin import Origin, OriginReply, OriginSilent, OriginSlow, Reach, ReplyTooLong

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


def patience_of(engine: Engine) -> Patience:
    """The limits of time that the settings give."""
    return Patience(engine.connect_seconds, engine.first_seconds, engine.whole_seconds)


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
        self._origin = _origin(address, secret, patience.connect, patience.whole)
        Thread(target=self._run, name="engine", daemon=True).start()

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
        self._origin.hang_up()

    def _run(self) -> None:
        try:
            with _told(MOST_BYTES), self._origin as origin:
                self._heard.put(ModelsHeard(_served_by(origin, self._model)))
                self._complete(origin)
        except CallFailed as failure:
            self._heard.put(failure)
        else:
            self._heard.put(EndHeard())

    def _complete(self, origin: Origin) -> None:
        *others, last = self._bodies
        for body in (*others, last):
            with origin.asked("chat/completions", body=body) as reply:
                if body is not last and reply.status in _REFUSALS:
                    continue
                for piece in _accepted(reply):
                    self._heard.put(PieceHeard(piece))
                return


def replies(
    address: str, secret: str, patience: Patience, path: str, bodies: Sequence[Body], most: int
) -> Generator[bytes, None, None]:
    """The reply to each body, waited for, of `most` bytes; raises CallFailed.

    All go by one connection, and none before the server has said that it serves their model.
    """
    with _told(most), _origin(address, secret, patience.connect, patience.first) as origin:
        _served_by(origin, bodies[0]["model"])
        for body in bodies:
            until = monotonic() + patience.whole
            with origin.asked(path, body=body) as reply:
                yield b"".join(_in_time(_accepted(reply, most), until, patience))


def _in_time(pieces: Iterable[bytes], until: float, patience: Patience) -> Iterator[bytes]:
    for piece in pieces:
        if monotonic() > until:
            raise CallFailed(f"il n'a pas fini en {patience.whole:.0f} s")
        yield piece


def _origin(address: str, secret: str, connect: float, seconds: float) -> Origin:
    told = {"authorization": f"Bearer {secret}"} if secret else {}
    return Origin(address, Reach(seconds, connect, by_proxy=False), told)


def _served_by(origin: Origin, model: str) -> tuple[tuple[str, str], ...]:
    """What the server says of a model that it serves."""
    with origin.asked("models") as reply:
        listed = b"".join(_accepted(reply))
    return version_said(listed, model)


@contextmanager
def _told(most: int) -> Iterator[None]:
    """Turn what goes wrong into CallFailed."""
    try:
        yield
    except WrongReply as wrong:
        raise CallFailed(str(wrong)) from wrong
    except OriginSlow as slow:
        raise CallFailed("il n'a pas été joint à temps") from slow
    except (OriginSilent, OSError) as error:
        raise CallFailed(f"la liaison a échoué ({error})") from error
    except ReplyTooLong as error:
        told = f"{most:,}".replace(",", " ")
        raise CallFailed(f"sa réponse passe {told} octets") from error


def _accepted(reply: OriginReply, most: int = MOST_BYTES) -> Iterator[bytes]:
    if reply.status == HTTPStatus.OK:
        return reply.pieces(most)
    if reply.is_redirect:
        raise CallFailed(f"il renvoie ailleurs ({reply.status}), où rien n'est envoyé")
    raise CallFailed(_STATUSES.get(reply.status, f"il répond par une erreur ({reply.status})"))
