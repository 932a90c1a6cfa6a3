"""The vectors that are shipped for the default embedder: of questions, rules and our own texts.

To embed eighty thousand questions takes a quarter of an hour on two cores or more, the built-in
sheets and dossier two to four minutes. In a byte a number all are thirty-five megabytes, and no
cosine of theirs is wrong by more than a hundredth.
"""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingestion.index.dossier_bank import asked_of_dossiers
from ingestion.index.questions import QuestionIndex
from ingestion.index.search import Vectors
from ingestion.models.catalogue import SHIPPED

HIGHEST = 127


def shipped_file(embedder: str) -> Path:
    """The file for an embedder, by the digests in its name."""
    return SHIPPED / f"vectors-{embedder.partition('@')[2]}.npz"


class ShippedVectors:
    """Vectors by the text that they are of."""

    def __init__(self, path: Path) -> None:
        """Open what `write_shipped` wrote; a file that is not there has none."""
        self._keys, self._rows = np.zeros(0, np.uint64), np.zeros((0, 0), np.int8)
        if path.exists():
            with np.load(path, allow_pickle=False) as file:
                self._keys, self._rows = file["keys"], file["rows"]

    def find(
        self, texts: Sequence[str], dimension: int, *, as_questions: bool
    ) -> tuple[NDArray[np.bool_], Vectors]:
        """Which of these texts it has, and a row for each of them, of zeros where it has none.

        A text that is asked has another vector than the same text in a document.
        """
        rows = np.zeros((len(texts), dimension), dtype=np.float32)
        if not len(self._keys) or self._rows.shape[1] != dimension:
            return np.zeros(len(texts), dtype=np.bool_), rows
        keys = _keys(texts, as_questions=as_questions)
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        is_known = self._keys[places] == keys
        rows[is_known] = self._rows[places[is_known]]
        rows[is_known] /= np.linalg.norm(rows[is_known], axis=1, keepdims=True)
        return is_known, rows


def write_shipped(
    path: Path, questions: Sequence[str], asked: Vectors, texts: Sequence[str], told: Vectors
) -> None:
    """Write vectors of questions and of other texts, a row each, as `ShippedVectors` finds them."""
    both = [_keys(questions, as_questions=True), _keys(texts, as_questions=False)]
    keys, first = np.unique(np.concatenate(both), return_index=True)
    vectors = np.vstack([asked, told])[first]
    scales = np.abs(vectors).max(axis=1, keepdims=True)
    rows = np.rint(vectors / scales * HIGHEST).astype(np.int8)
    np.savez(path, keys=keys, rows=rows)


def _keys(texts: Sequence[str], *, as_questions: bool) -> NDArray[np.uint64]:
    space = "question\0" if as_questions else ""
    digests = b"".join(sha256(f"{space}{text}".encode()).digest()[:8] for text in texts)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


@cache
def questions_of_dossiers(embedder: str, dimension: int) -> QuestionIndex:
    """What is asked of tender dossiers, for an embedder whose vectors are shipped; else nothing."""
    questions = asked_of_dossiers()
    shipped = ShippedVectors(shipped_file(embedder))
    is_known, rows = shipped.find([each.text for each in questions], dimension, as_questions=True)
    known = tuple(each for each, known in zip(questions, is_known, strict=True) if known)
    return QuestionIndex(known, rows[is_known])
