"""The sentences of clauses: one may answer where its passage as a whole is far from the question.

No question of the bank leads to a clause of a dossier or of a CCAG, so that its own words are all
by which it is found.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from ingestion.chunking.passages import Passage
from ingestion.chunking.sentences import sentences
from ingestion.documents.general_clauses import CCAG
from ingestion.index.search import Vectors, context

SENTENCES = "sentences.npz"

FEWEST_WORDS = 4
"""Words below which a sentence says nothing by itself: the marker of an item, a cell."""


@dataclass(frozen=True, slots=True)
class SentenceIndex:
    """Vectors of sentences; row i is of the passage `passage_ids[i]`."""

    passage_ids: tuple[str, ...]
    vectors: Vectors

    def nearest(self, vector: Vectors) -> dict[str, float]:
        """The cosine of the nearest sentence of each passage that has any, the nearest first."""
        if not self.passage_ids:
            return {}
        cosines = self.vectors @ vector
        nearest: dict[str, float] = {}
        for row in np.argsort(-cosines, kind="stable"):
            nearest.setdefault(self.passage_ids[row], float(cosines[row]))
        return nearest


NO_SENTENCES = SentenceIndex((), np.zeros((0, 0), np.float32))


def sentences_npz(index: SentenceIndex) -> bytes:
    """Sentences as they are kept in a snapshot."""
    written = BytesIO()
    np.savez(written, passage_ids=np.array(index.passage_ids, dtype=str), vectors=index.vectors)
    return written.getvalue()


def parsed_sentences(written: bytes) -> SentenceIndex:
    """What `sentences_npz` wrote."""
    with np.load(BytesIO(written), allow_pickle=False) as parts:
        return SentenceIndex(tuple(map(str, parts["passage_ids"])), parts["vectors"])


def write_sentences(folder: Path, index: SentenceIndex) -> None:
    """Write them into the folder of a snapshot."""
    (folder / SENTENCES).write_bytes(sentences_npz(index))


def read_sentences(folder: Path) -> SentenceIndex:
    """What `write_sentences` left in a folder; one written before it did has none."""
    path = folder / SENTENCES
    return parsed_sentences(path.read_bytes()) if path.exists() else NO_SENTENCES


def sentences_of(
    passages: Sequence[Passage], embed: Callable[[Sequence[str]], Vectors]
) -> SentenceIndex:
    """The sentences of those passages that are clauses, and what places each passage.

    One whose vector is no number is left out: its passage is found as a whole.
    """
    texts = sentence_texts(passages)
    vectors = embed([text for _, text in texts])
    rows = np.flatnonzero(np.isfinite(vectors).all(axis=1))
    return SentenceIndex(tuple(texts[row][0] for row in rows), vectors[rows])


def sentence_texts(passages: Sequence[Passage]) -> list[tuple[str, str]]:
    """The identifier of each clause with each of its sentences, and with what places it."""
    return [(each.id, text) for each in passages if _is_clause(each) for text in _texts(each)]


def _is_clause(passage: Passage) -> bool:
    """Whether a passage is of a dossier, or a clause of a CCAG: no section of a sheet about one."""
    named = passage.references[0] if passage.references else passage.locator
    return passage.dossier is not None or (
        named.startswith(CCAG) and "fiche «" not in passage.locator
    )


def _texts(passage: Passage) -> list[str]:
    cut = (passage.text[each.start : each.end] for each in sentences(passage.text))
    return [context(passage), *(text for text in cut if len(text.split()) >= FEWEST_WORDS)]
