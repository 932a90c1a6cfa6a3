"""The taught models at work: texts to vectors, and what passages tell of a question."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from ingestion.chunking.passages import Passage
from ingestion.encoders.network import TextEncoder, merge, native_precision, read_adapter
from ingestion.encoders.reader import ReaderNetwork
from ingestion.errors import ModelUnavailable
from ingestion.index.search import Vectors, as_indexed
from ingestion.models.catalogue import Prefixes

BATCH = 16

ASKED = 32
"""Questions whose vectors are kept: one turn asks for that of its question several times."""


class SentenceTransformerEmbedder:
    """A sentence-transformers folder, with what it was taught."""

    def __init__(
        self,
        folder: Path,
        name: str,
        taught: Path | None = None,
        prefixes: Prefixes | None = None,
    ) -> None:
        """Load the folder, and what it was `taught`; raises ModelUnavailable."""
        self._encoder = TextEncoder(folder, prefixes)
        if taught is not None:
            merge(self._encoder.network, read_adapter(taught))
        self._encoder.model.to(native_precision())
        self._of_question = lru_cache(ASKED)(self._embed_question)
        self.name = name
        """As given by the one who knows the digest of the folder."""

    @property
    def dimension(self) -> int:
        """As the model says."""
        return self._encoder.width

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """What exceeds the model's window (512 tokens) does not count."""
        return self._embed([self._encoder.prefixes.passage + text for text in texts])

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """With another prefix than a passage: the two are not compared alike."""
        if len(texts) == 1:
            return self._of_question(texts[0])
        return self._embed([self._encoder.prefixes.question + text for text in texts])

    def _embed_question(self, text: str) -> Vectors:
        """A row that is kept, so may not be written to."""
        rows = self._embed([self._encoder.prefixes.question + text])
        rows.flags.writeable = False
        return rows

    def _embed(self, texts: list[str]) -> Vectors:
        rows = self._encoder.model.encode(texts, batch_size=BATCH, convert_to_tensor=True)
        vectors = rows.float().numpy().astype(np.float32)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


class TaughtReader:
    """A sentence-transformers folder with what it was taught of reading."""

    def __init__(self, folder: Path, name: str, taught: Path) -> None:
        """Load the folder and the file of what it was `taught`; raises ModelUnavailable."""
        adapter, encoder = read_adapter(taught), TextEncoder(folder)
        self._network = ReaderNetwork(encoder)
        try:
            merge(encoder.network, adapter)
            self._network.heads.load_state_dict(adapter.own)
        except (KeyError, RuntimeError) as error:
            raise ModelUnavailable(
                f"Les poids appris {taught} ne vont pas avec le modèle {folder} ({error}). "
                "Refaites-les : sourcier models train reader"
            ) from error
        self._network.train(False)
        self.name = name
        """As given by the one who knows the digests."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[float]:
        """Read each passage as both searches do, with what places it before its words."""
        if not passages:
            return []
        texts = [as_indexed(each) for each in passages]
        pairs = self._network.tokens([question] * len(texts), texts)
        with torch.inference_mode():
            answers: list[float] = self._network(pairs).answers.tolist()
        return answers
