"""Embedding: texts to unit vectors, by a model whose name is part of the index."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Shape (n, dimension) or (dimension,), each row of norm 1."""


class Embedder(Protocol):
    """Turns passages and questions into vectors of one space, nearer meaning more alike."""

    @property
    def name(self) -> str:
        """Model and digest of its weights; an index refuses any other."""
        ...

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text, in order: shape (n, dimension)."""
        ...

    def embed_question(self, text: str) -> Vectors:
        """One unit vector: shape (dimension,)."""
        ...
