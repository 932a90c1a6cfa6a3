"""The embedding model in process: texts to vectors."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from ingestion.encoders.adapters import merge, read_adapter
from ingestion.encoders.network import TextEncoder
from ingestion.index.search import Vectors
from ingestion.models.catalogue import Prefixes

BATCH = 16


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
        self._encoder.model.to(_precision())
        self._name = name

    @property
    def name(self) -> str:
        """As given by the one who knows the digest of the folder."""
        return self._name

    @property
    def dimension(self) -> int:
        """As the model says."""
        return self._encoder.width

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """What exceeds the model's window (512 tokens) does not count."""
        return self._embed([self._encoder.prefixes.passage + text for text in texts])

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """With another prefix than a passage: the two are not compared alike."""
        return self._embed([self._encoder.prefixes.question + text for text in texts])

    def _embed(self, texts: list[str]) -> Vectors:
        rows = self._encoder.model.encode(texts, batch_size=BATCH, convert_to_tensor=True)
        vectors = rows.float().numpy().astype(np.float32)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def _precision() -> torch.dtype:
    """bfloat16 where the processor multiplies it natively (twice as fast), else float32."""
    native = torch.cpu._is_avx512_bf16_supported()  # no public question exists for this yet
    return torch.bfloat16 if native else torch.float32
