"""The sentences of clauses: one may answer where its passage as a whole is far from the question.

No question of the bank leads to a clause of a dossier or of a CCAG, so that its own words are all
by which it is found.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path

import numpy as np

from ingestion.chunking.passages import Passage
from ingestion.chunking.sentences import sentences
from ingestion.index.search import Hit, Vectors, context
from ingestion.legislation.general_clauses import CCAG

SENTENCES = "sentences.npz"

FEWEST_WORDS = 4
"""Words below which a sentence says nothing by itself: the marker of an item, a cell."""


@dataclass(frozen=True, slots=True)
class SentenceIndex:
    """Vectors of sentences; row i is of the passage `passage_ids[i]`."""

    passage_ids: tuple[str, ...]
    vectors: Vectors

    def search(self, vector: Vectors, k: int) -> list[Hit]:
        """At most `k` passages, best first; the score is the cosine of their nearest sentence."""
        if not self.passage_ids:
            return []
        cosines = self.vectors @ vector
        nearest: dict[str, float] = {}
        for row in np.argsort(-cosines, kind="stable"):
            nearest.setdefault(self.passage_ids[row], float(cosines[row]))
        return [Hit(*each) for each in islice(nearest.items(), k)]

    def to_bytes(self) -> bytes:
        """As it is kept in a snapshot."""
        written = BytesIO()
        np.savez(written, passage_ids=np.array(self.passage_ids, dtype=str), vectors=self.vectors)
        return written.getvalue()


NO_SENTENCES = SentenceIndex((), np.zeros((0, 0), np.float32))


def parsed_sentences(written: bytes) -> SentenceIndex:
    """What `to_bytes` wrote."""
    with np.load(BytesIO(written), allow_pickle=False) as parts:
        return SentenceIndex(tuple(map(str, parts["passage_ids"])), parts["vectors"])


def write_sentences(folder: Path, index: SentenceIndex) -> None:
    """Write them into the folder of a snapshot."""
    (folder / SENTENCES).write_bytes(index.to_bytes())


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
    """Whether a passage is of a dossier, or of a CCAG."""
    return passage.dossier is not None or any(each.startswith(CCAG) for each in passage.references)


def _texts(passage: Passage) -> list[str]:
    spans = (passage.text[each.start : each.end] for each in sentences(passage.text))
    return [context(passage), *(text for text in spans if len(text.split()) >= FEWEST_WORDS)]
