import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ingestion.index.search import Vectors
from ingestion.index.vectors import BATCH, embed_cached
from tests.support.fakes import WordEmbedder

TEXTS = [f"texte {number} sur les marchés" for number in range(BATCH + 20)]


class CountingEmbedder(WordEmbedder):
    """Remembers what it was asked, and fails from the batch `failing` on."""

    def __init__(self, name: str = "words@1", dimension: int = 64, failing: int = 99) -> None:
        super().__init__(name, dimension)
        self.asked: list[str] = []
        self._failing = failing

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if self._failing == 0:
            raise KeyboardInterrupt
        self._failing -= 1
        self.asked += texts
        return super().embed_passages(texts)


def embed(path: Path, embedder: WordEmbedder, texts: Sequence[str] = TEXTS) -> Vectors:
    return embed_cached(path, embedder, texts, lambda done: None)


def test_rows_are_those_of_the_embedder_in_the_order_of_the_texts(tmp_path: Path) -> None:
    asked = [*TEXTS, "a", TEXTS[0]]
    found = embed(tmp_path / "v", WordEmbedder(), asked)
    assert np.array_equal(found, WordEmbedder().embed_passages(asked))


def test_a_text_is_embedded_once(tmp_path: Path) -> None:
    first, second = CountingEmbedder(), CountingEmbedder()
    embed(tmp_path / "v", first, [*TEXTS, TEXTS[3]])
    assert sorted(first.asked) == sorted(TEXTS)
    again = embed(tmp_path / "v", second, [*TEXTS, "texte nouveau"])
    assert second.asked == ["texte nouveau"]
    assert np.array_equal(again, WordEmbedder().embed_passages([*TEXTS, "texte nouveau"]))


def test_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        embed(tmp_path / "v", CountingEmbedder(failing=1))
    second = CountingEmbedder()
    embed(tmp_path / "v", second)
    assert len(second.asked) == len(TEXTS) - BATCH


@pytest.mark.parametrize("other", [("words@2", 64), ("words@1", 32)])
def test_embedders_do_not_share_vectors(tmp_path: Path, other: tuple[str, int]) -> None:
    embed(tmp_path / "v", WordEmbedder())
    embedder = CountingEmbedder(*other)
    assert embed(tmp_path / "v", embedder).shape == (len(TEXTS), other[1])
    assert len(embedder.asked) == len(TEXTS)


def test_progress_counts_what_was_known_and_ends_with_everything(tmp_path: Path) -> None:
    told: list[int] = []
    embed(tmp_path / "v", WordEmbedder(), TEXTS[:10])
    embed_cached(tmp_path / "v", WordEmbedder(), TEXTS, told.append)
    assert told == [10, 10 + BATCH, len(TEXTS)]


def test_long_texts_are_embedded_first_so_that_the_time_left_is_not_underestimated(
    tmp_path: Path,
) -> None:
    embedder = CountingEmbedder()
    embed(tmp_path / "v", embedder, ["mot", "mot " * 50, "mot " * 5])
    assert [len(text) for text in embedder.asked] == [200, 20, 3]


@pytest.mark.parametrize("row", [b"", b"\0" * 256, b"\x7f" * 256, b"\0" * 128])
def test_an_altered_vector_is_computed_again(tmp_path: Path, row: bytes) -> None:
    embed(tmp_path / "v", WordEmbedder())
    with closing(sqlite3.connect(tmp_path / "v")) as connection, connection:
        connection.execute(
            "UPDATE vectors SET row = ? WHERE key = (SELECT min(key) FROM vectors)", (row,)
        )
    embedder = CountingEmbedder()
    assert np.array_equal(embed(tmp_path / "v", embedder), WordEmbedder().embed_passages(TEXTS))
    assert len(embedder.asked) == 1


@pytest.mark.parametrize("start", [0.0, 0.3, 0.9])
def test_a_damaged_file_is_begun_again(tmp_path: Path, start: float) -> None:
    path = tmp_path / "v"
    embed(path, WordEmbedder())
    content = bytearray(path.read_bytes())
    first = int(start * len(content))
    content[first : first + 5000] = b"x" * 5000
    path.write_bytes(content)
    assert np.array_equal(embed(path, WordEmbedder()), WordEmbedder().embed_passages(TEXTS))
