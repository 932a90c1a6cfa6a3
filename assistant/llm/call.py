"""A request to a model's server, made beside, so that it can be given up.

One host is asked, the one that the settings name, and by no proxy of the environment.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from queue import Empty, SimpleQueue
from threading import Thread

from assistant.llm.completions import Body, WrongReply, version_said
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
        self._origin = Origin(
            address,
            Reach(patience.whole, patience.connect, by_proxy=False),
            {"authorization": f"Bearer {secret}"} if secret else {},
        )
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
            with self._origin as origin:
                with origin.asked("models") as reply:
                    listed = b"".join(_accepted(reply))
                self._heard.put(ModelsHeard(version_said(listed, self._model)))
                self._complete(origin)
        except CallFailed as failure:
            self._heard.put(failure)
        except WrongReply as wrong:
            self._heard.put(CallFailed(str(wrong)))
        except OriginSlow:
            self._heard.put(CallFailed("il n'a pas été joint à temps"))
        except (OriginSilent, OSError) as error:
            self._heard.put(CallFailed(f"la liaison a échoué ({error})"))
        except ReplyTooLong:
            most = f"{MOST_BYTES:,}".replace(",", " ")
            self._heard.put(CallFailed(f"sa réponse passe {most} octets"))
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


def _accepted(reply: OriginReply) -> Iterator[bytes]:
    if reply.status == HTTPStatus.OK:
        return reply.pieces(MOST_BYTES)
    if reply.is_redirect:
        raise CallFailed(f"il renvoie ailleurs ({reply.status}), où rien n'est envoyé")
    raise CallFailed(_STATUSES.get(reply.status, f"il répond par une erreur ({reply.status})"))
