"""Models on an OpenAI-compatible server, by their seams."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from threading import Lock
from time import monotonic

import numpy as np

from assistant.errors import EngineFailure
from assistant.llm.call import (
    Body,
    BodyRefused,
    CallFailed,
    EventLines,
    Heard,
    ModelsHeard,
    Patience,
    ServerCall,
    ask_version,
    chat_bodies,
    embeddings_said,
    patience_of,
    replies,
)
from assistant.llm.fallback import CircuitBreaker
from assistant.llm.language_model import EngineUse, Prompt
from assistant.settings import Engine
from ingestion.errors import IngestionError, RefusedText, UnreachableEmbedder
from ingestion.index.search import Vectors
from ingestion.models.catalogue import Prefixes

# The language model of a server.

PAUSE_SECONDS = 1.0
"""How long nothing is given out at most while the server reads."""

LONGEST_TOKEN = 40
"""Letters of a token at most, on the mean of a reply; beyond, the server ignores the limit."""


class RemoteModel:
    """The model that a server writes with; its streams raise EngineFailure.

    Each reply begins by asking the server which model it has, so that the record says what wrote.
    """

    def __init__(
        self,
        engine: Engine,
        secret: str = "",
        patience: Patience | None = None,
    ) -> None:
        """Nothing is sent before something is asked; `patience` is that of the settings."""
        self._address = engine.address
        self._secret = secret
        self._patience = patience or patience_of(engine)
        self.engine = EngineUse(engine.host, engine.model)

    @property
    def name(self) -> str:
        """The model's name there, and the host."""
        return f"{self.engine.model}@{self.engine.host}"

    def absence(self) -> str:
        """Why the server would not be asked to write now, in French, "" where it would be."""
        try:
            ask_version(self._address, self._secret, self._patience, self.engine.model)
        except CallFailed as reason:
            return str(reason)
        return ""

    def stream(
        self, prompt: Prompt, max_tokens: int, schema: str = ""
    ) -> Generator[str | None, None, None]:
        """The reply, piece by piece."""
        bodies = chat_bodies(self.engine.model, prompt, max_tokens, schema)
        lines, written = EventLines(), 0
        with self._told():
            for piece in self._pieces(bodies):
                text = "".join(lines.feed(piece or b""))
                written += len(text)
                if written > max_tokens * LONGEST_TOKEN:
                    raise CallFailed("il écrit plus qu'il ne lui est demandé")
                if text or piece is None:
                    yield text or None
                if lines.ended:
                    return
            raise CallFailed("sa réponse est coupée")

    def _pieces(self, bodies: Sequence[Body]) -> Generator[bytes | None, None, None]:
        """The bytes of the reply, None while there are none."""
        began, patience = monotonic(), self._patience
        until, why = began + patience.first, f"il n'a rien dit en {patience.first:.0f} s"
        with closing(ServerCall(self._address, self._secret, patience, bodies)) as call:
            yield None
            while (heard := self._hear(call, until, why)) != b"":
                if isinstance(heard, ModelsHeard):
                    self.engine = replace(
                        self.engine, version=heard.version, sent=True, is_last_sent=True
                    )
                else:
                    if heard:
                        until = began + patience.whole
                        why = f"il n'a pas fini en {patience.whole:.0f} s"
                    yield heard

    def _hear(self, call: ServerCall, until: float, why: str) -> Heard | None:
        left = until - monotonic()
        if left <= 0:
            raise CallFailed(why)
        return call.hear(min(PAUSE_SECONDS, left))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Keep what came of a request; what goes wrong is an EngineFailure."""
        self.engine = EngineUse(self.engine.host, self.engine.model)
        try:
            yield
        except CallFailed as reason:
            self.engine = replace(self.engine, problem=str(reason))
            raise EngineFailure(
                f"Le serveur de modèles {self.engine.host} ne sert pas : {reason}."
            ) from reason


# An embedding model. Nothing stands in its place when the server is away: vectors of another model
# are of another space.

BATCH = 16
"""Texts of a request."""

LARGEST_REPLY = 8_000_000
"""Of a reply: sixteen vectors of 8192 numbers, as JSON writes them."""

PROBE = "marché public"
"""What the server is asked to learn how long its vectors are, or whether it makes any."""


class RemoteEmbedder:
    """The embedder that a server has; one request at a time, and none after failures in a row.

    Its methods, and `dimension` before anything was embedded, raise UnreachableEmbedder, and
    RefusedText, which is no failure of the server, for a text that it does not read.
    """

    def __init__(
        self,
        engine: Engine,
        secret: str = "",
        prefixes: Prefixes | None = None,
        patience: Patience | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Nothing is sent before something is embedded; `patience` is that of the settings."""
        self.host = engine.host
        self._address, self._model, self._secret = engine.address, engine.embeddings, secret
        self._prefixes = prefixes or Prefixes()
        self._patience = patience or patience_of(engine)
        self._rest_minutes = engine.rest_minutes
        self._breaker = CircuitBreaker(engine.rest_minutes * 60, clock)
        self._lock = Lock()
        self._dimension = 0
        self.problem = ""

    @property
    def name(self) -> str:
        """The model's name there, and the host."""
        return f"{self._model}@{self.host}"

    @property
    def dimension(self) -> int:
        """As its vectors have it; the server is asked for one where none is known."""
        if not self._dimension:
            self._embed([PROBE])
        return self._dimension

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """What the server does not read of a long text does not count."""
        return self._embed([self._prefixes.passage + text for text in texts])

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """With the prefix of questions, where the catalogue knows one of a model of this name."""
        return self._embed([self._prefixes.question + text for text in texts])

    def _embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        with self._lock:
            if self._breaker.is_open:
                raise self._unreachable(f"il a failli {self._breaker.failures} fois de suite")
            try:
                rows = self._asked(texts)
            except CallFailed as reason:
                raise self._judged(reason) from reason
            self._succeed()
            return rows

    def _succeed(self) -> None:
        self._breaker.succeed()
        self.problem = ""

    def _judged(self, reason: CallFailed) -> IngestionError:
        """What failed: one of the texts, where the server makes a vector of another, or it."""
        if isinstance(reason, BodyRefused) and self._makes_vectors():
            self._succeed()
            return RefusedText(
                f"Le serveur de modèles {self.host} fait des vecteurs, mais pas de ce texte : "
                f"{reason}. Il est sans doute plus long que son modèle n'en lit. Raccourcissez-le, "
                "ou réglez ce serveur pour qu'il en lise de plus longs."
            )
        self._breaker.fail()
        self.problem = str(reason)
        return self._unreachable(str(reason))

    def _makes_vectors(self) -> bool:
        try:
            self._asked([PROBE])
        except CallFailed:
            return False
        return True

    def _asked(self, texts: Sequence[str]) -> Vectors:
        batches = [texts[first : first + BATCH] for first in range(0, len(texts), BATCH)]
        bodies = [
            {"model": self._model, "input": [*batch], "encoding_format": "float"}
            for batch in batches
        ]
        said = replies(
            self._address, self._secret, self._patience, "embeddings", bodies, LARGEST_REPLY
        )
        found: list[Sequence[float]] = []
        with closing(said):
            for batch, data in zip(batches, said, strict=True):
                found += embeddings_said(data, len(batch), self._dimension)
                self._dimension = len(found[0])
        rows = np.array(found, dtype=np.float32)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        if not (np.isfinite(norms).all() and norms.all()):
            raise CallFailed("un vecteur sans direction")
        unit: Vectors = rows / norms
        return unit

    def _unreachable(self, reason: str) -> UnreachableEmbedder:
        return UnreachableEmbedder(
            f"Le serveur de modèles {self.host} ne donne pas de vecteurs, et rien ne se cherche "
            f"sans eux : {reason}. Rétablissez-le ; après trois échecs de suite il n'est plus "
            f"demandé pendant {self._rest_minutes} min. Sinon, retirez « embeddings » "
            "d'[engine] et reconstruisez l'index : sourcier index build"
        )
