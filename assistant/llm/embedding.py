"""An embedding model on an OpenAI-compatible server, by the seam of embedders.

Nothing stands in its place when the server is away: vectors of another model are of another space.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from threading import Lock
from time import monotonic

import numpy as np

from assistant.llm.breaker import CircuitBreaker
from assistant.llm.call import CallFailed, Patience, patience_of, replies
from assistant.llm.completions import WrongReply, embeddings_said
from assistant.settings import Engine
from ingestion.errors import UnreachableEmbedder
from ingestion.index.search import Vectors
from ingestion.models.catalogue import Prefixes

BATCH = 16
"""Texts of a request."""

MOST_BYTES = 8_000_000
"""Of a reply: sixteen vectors of 8192 numbers, as JSON writes them."""

PROBE = "marché public"
"""What the server is asked to learn how long its vectors are."""


class RemoteEmbedder:
    """The embedder that a server has; one request at a time, and none after failures in a row.

    Its methods, and `dimension` before anything was embedded, raise UnreachableEmbedder.
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
            except (CallFailed, WrongReply) as reason:
                self._breaker.fail()
                self.problem = str(reason)
                raise self._unreachable(str(reason)) from reason
            self._breaker.succeed()
            self.problem = ""
            return rows

    def _asked(self, texts: Sequence[str]) -> Vectors:
        batches = [texts[first : first + BATCH] for first in range(0, len(texts), BATCH)]
        bodies = [
            {"model": self._model, "input": [*batch], "encoding_format": "float"}
            for batch in batches
        ]
        said = replies(
            self._address, self._secret, self._patience, "embeddings", bodies, MOST_BYTES
        )
        found: list[Sequence[float]] = []
        with closing(said):
            for batch, data in zip(batches, said, strict=True):
                found += embeddings_said(data, len(batch), self._dimension)
                self._dimension = len(found[0])
        rows = np.array(found, dtype=np.float32)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        if not (np.isfinite(norms).all() and norms.all()):
            raise WrongReply("un vecteur sans direction")
        unit: Vectors = rows / norms
        return unit

    def _unreachable(self, reason: str) -> UnreachableEmbedder:
        return UnreachableEmbedder(
            f"Le serveur de modèles {self.host} ne donne pas de vecteurs, et rien ne se cherche "
            f"sans eux : {reason}. Rétablissez-le ; après trois échecs de suite il n'est plus "
            f"demandé pendant {self._rest_minutes} minutes. Sinon, retirez « embeddings » "
            "d'[engine] et reconstruisez l'index : sourcier index build"
        )
