"""What is said to an OpenAI-compatible server, and a request made beside, that can be given up.

One host is asked, the one that the settings name, and by no proxy of the environment.
"""

import json
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any

from assistant.llm.language_model import Prompt
from assistant.settings import Engine
from ingestion.origin import Origin, OriginReply, OriginSilent, OriginSlow, Reach, ReplyTooLong

Body = dict[str, Any]


class CallFailed(Exception):
    """A server cannot be asked, refuses, or replies otherwise than the protocol describes.

    The message says in French what it did.
    """


class BodyRefused(CallFailed):
    """A server refuses what it was sent, and may answer something else."""


MOST_SAID = 12
"""Facts that are kept of what a server says of a model."""

LONGEST_SAID = 200
"""Characters that are kept of each."""

_MARK = re.compile(r"([<\[])(?=[/|]?\w+\|?>|/?[A-Z_]{4,}\])")
"""Where a mark of a chat format begins: a server reads those of a text as its own."""


# What is asked


def chat_bodies(model: str, prompt: Prompt, max_tokens: int, schema: str = "") -> list[Body]:
    """The request for a streamed reply; of two, the second is for servers that refuse the first.

    OpenAI's way to ask for a schema is that of most servers; llama_cpp.server has its own.
    """
    body = _chat(model, prompt, max_tokens) | {"stream": True}
    if not schema:
        return [body]
    rules = json.loads(schema)
    named = {"name": "reply", "schema": rules, "strict": True}
    forms = (
        {"type": "json_schema", "json_schema": named},
        {"type": "json_object", "schema": rules},
    )
    return [body | {"response_format": form} for form in forms]


def _chat(model: str, prompt: Prompt, max_tokens: int) -> Body:
    messages = [
        {"role": "system", "content": unmarked(prompt.system)},
        {"role": "user", "content": unmarked("".join(prompt.parts))},
    ]
    return {"model": model, "messages": messages, "max_tokens": max_tokens, "temperature": 0}


def unmarked(text: str) -> str:
    """A text whose marks of chat formats are parted, so that they are read as text."""
    return _MARK.sub(r"\1 ", text)


# What is answered


@dataclass(slots=True)
class EventLines:
    """A stream of server-sent events, fed by pieces of any size; `ended` once it was told so."""

    left: bytes = b""
    ended: bool = False

    def feed(self, piece: bytes) -> Iterator[str]:
        """The text that the whole lines so far add to the reply; raises CallFailed."""
        *lines, self.left = (self.left + piece).split(b"\n")
        for line in lines:
            field, _, value = line.strip().partition(b":")
            if field == b"data" and not self.ended:
                yield self._text(value.strip())

    def _text(self, data: bytes) -> str:
        if data == b"[DONE]":
            self.ended = True
            return ""
        event = read_object(data)
        if "error" in event:
            raise CallFailed("le serveur annonce une erreur au milieu de sa réponse")
        choices = event.get("choices")
        if not choices:  # what it counts, after the last word
            return ""
        try:
            self.ended = bool(choices[0].get("finish_reason"))
            text = choices[0]["delta"].get("content") or ""
        except (AttributeError, KeyError, IndexError, TypeError) as error:
            raise CallFailed("un morceau de réponse sans texte") from error
        if not isinstance(text, str):
            raise CallFailed("un morceau de réponse qui n'est pas un texte")
        return text


def read_object(data: bytes) -> Mapping[str, Any]:
    """A JSON object; raises CallFailed."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CallFailed("une réponse qui n'est pas du JSON") from error
    if not isinstance(found, dict):
        raise CallFailed("une réponse qui n'est pas un objet JSON")
    return found


def version_said(data: bytes, model: str) -> tuple[tuple[str, str], ...]:
    """What /v1/models says of a model beside its name; raises CallFailed, also without it."""
    rows = read_object(data).get("data")
    if not isinstance(rows, list):
        raise CallFailed("une liste de modèles illisible")
    served = {str(row.get("id")): row for row in rows if isinstance(row, dict)}
    if model not in served:
        known = ", ".join(served)[:LONGEST_SAID] or "aucun"
        raise CallFailed(f"il ne sert pas le modèle « {model} » (servis : {known})")
    row = served[model]
    meta = row.get("meta")
    facts = row | {f"meta.{k}": v for k, v in (meta if isinstance(meta, dict) else {}).items()}
    said = (
        (str(key)[:LONGEST_SAID], str(value)[:LONGEST_SAID])
        for key, value in facts.items()
        if key not in ("id", "object") and isinstance(value, str | int | float)
    )
    return tuple(said)[:MOST_SAID]


def embeddings_said(data: bytes, count: int, dimension: int) -> list[Sequence[float]]:
    """The vectors of a reply, in the order of the texts; raises CallFailed.

    Each has as many numbers as the others, and as `dimension` says where it is not 0.
    """
    rows = read_object(data).get("data")
    try:
        found = {row["index"]: row["embedding"] for row in rows or ()}
        vectors = [found[place] for place in range(count)]
        are_numbers = all(isinstance(each, int | float) for row in vectors for each in row)
    except (KeyError, TypeError) as error:
        raise CallFailed("une liste de vecteurs illisible") from error
    lengths = {len(row) for row in vectors} | ({dimension} if dimension else set())
    if not are_numbers or len(found) != count or 0 in lengths:
        raise CallFailed("une liste de vecteurs illisible")
    if len(lengths) > 1:
        told = ", ".join(map(str, sorted(lengths)))
        raise CallFailed(f"des vecteurs de longueurs différentes ({told})")
    return vectors


# The request itself, in a thread of its own.

MOST_BYTES = 1_000_000
"""What is heard of one reply at most."""

_REFUSALS = (400, 422, 500)
"""What servers answer to a form of request that they do not know, llama_cpp.server the last."""

_UNREAD = (400, 413, 422, 500)
"""What servers answer to a text longer than their model reads, llama.cpp's the last."""

_STATUSES = {
    401: "il refuse le secret (401)",
    403: "il refuse le secret (403)",
    404: "il n'a pas cette adresse (404)",
    429: "il a trop de demandes (429)",
}


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


Heard = ModelsHeard | bytes
"""What the server says of its model, then pieces of its reply, an empty one at its end."""


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
            self._heard.put(b"")

    def _complete(self, origin: Origin) -> None:
        *others, last = self._bodies
        for body in (*others, last):
            with origin.asked("chat/completions", body=body) as reply:
                if body is not last and reply.status in _REFUSALS:
                    continue
                for piece in filter(None, _accepted(reply)):
                    self._heard.put(piece)
                return


def ask_version(
    address: str, secret: str, patience: Patience, model: str
) -> tuple[tuple[str, str], ...]:
    """What the server says of a model that it serves; nothing else is asked. Raises CallFailed."""
    with _told(MOST_BYTES), _origin(address, secret, patience.connect, patience.first) as origin:
        return _served_by(origin, model)


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
    failure = BodyRefused if reply.status in _UNREAD else CallFailed
    raise failure(_STATUSES.get(reply.status, f"il répond par une erreur ({reply.status})"))
