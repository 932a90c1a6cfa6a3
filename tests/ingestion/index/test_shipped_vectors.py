"""The vectors that are shipped, and what is not computed again because they are."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.tuning import default_tuning
from ingestion.index.dossier_bank import asked_of_dossiers
from ingestion.index.question_bank import (
    BankQuestion,
    Form,
    HasAnswer,
    JudgedQuestion,
    Style,
    digest_of,
    read_bank,
    read_judged,
    read_nowhere_answered,
    read_rules,
)
from ingestion.index.search import Vectors
from ingestion.index.shipped_vectors import (
    ShippedVectors,
    questions_of_dossiers,
    shipped_file,
    write_shipped,
)
from tests.studies.ship_vectors import builtin_texts
from tests.support.fakes import RememberingEmbedder
from tests.support.index_home import ARTICLES, add, build_and_publish, published, write_articles

BANK_LINE = BankQuestion(
    "R2191-3-01", "", "R2191-3", digest_of(ARTICLES["R2191-3"]), ((0, 20),), Form.YES,
    Style.SHORT, "Oui.", rule="Une avance est accordée.",
)  # fmt: skip


TEXTS = [f"Question {number} ?" for number in range(40)]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Vectors]:
    vectors = np.random.default_rng(7).normal(size=(len(TEXTS), 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    path = tmp_path_factory.mktemp("shipped") / "questions.npz"
    write_shipped(path, TEXTS, vectors, TEXTS[:1], vectors[1:2])
    return path, vectors


@given(places=st.lists(st.integers(0, 79), max_size=20))
def test_each_text_has_its_own_vector_or_none(
    places: list[int], written: tuple[Path, Vectors]
) -> None:
    path, vectors = written
    asked = [TEXTS[place] if place < 40 else f"Autre {place}" for place in places]
    is_known, rows = ShippedVectors(path).find(asked, 384, as_questions=True)
    assert is_known.tolist() == [place < 40 for place in places]
    for place, row in zip(places, rows, strict=True):
        if place < 40:
            assert row @ vectors[place] > 0.999
            assert np.linalg.norm(row) == pytest.approx(1.0, abs=1e-5)
        else:
            assert not row.any()


def test_cosines_are_right_to_a_hundredth(written: tuple[Path, Vectors]) -> None:
    path, vectors = written
    _, rows = ShippedVectors(path).find(TEXTS, 384, as_questions=True)
    assert np.abs(rows @ vectors.T - vectors @ vectors.T).max() < 0.01


def test_a_file_that_is_not_there_or_of_another_width_has_none(
    tmp_path: Path, written: tuple[Path, Vectors]
) -> None:
    none = ShippedVectors(tmp_path / "none.npz")
    assert not none.find(TEXTS, 384, as_questions=True)[0].any()
    assert not ShippedVectors(written[0]).find(TEXTS, 12, as_questions=True)[0].any()


def test_a_text_that_is_asked_has_another_vector_than_in_a_document(
    written: tuple[Path, Vectors],
) -> None:
    path, vectors = written
    is_known, [row, *_] = ShippedVectors(path).find(TEXTS[:2], 384, as_questions=False)
    assert is_known.tolist() == [True, False]
    assert row @ vectors[1] > 0.999


def test_a_build_takes_what_is_shipped_and_computes_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [replace(BANK_LINE, question=asked) for asked in ("Une avance ?", "Des sous ?")]
    embedder = RememberingEmbedder()
    known = np.zeros((1, embedder.dimension), dtype=np.float32)
    known[0, 3] = 1.0
    write_shipped(tmp_path / "shipped.npz", ["Une avance ?"], known, [], known[:0])
    monkeypatch.setattr("ingestion.index.build.shipped_file", lambda _: tmp_path / "shipped.npz")
    monkeypatch.setattr("ingestion.index.build.read_bank", lambda: lines)
    monkeypatch.setattr("ingestion.index.build.read_nowhere_answered", lambda: ())
    judged = [JudgedQuestion("Combien ?", HasAnswer.NO), JudgedQuestion("Où ?")]
    monkeypatch.setattr("ingestion.index.build.read_judged", lambda: judged)
    add(tmp_path / "home", write_articles(tmp_path / "code.jsonl", ARTICLES))
    build_and_publish(tmp_path / "home", embedder)
    assert embedder.asked == ["Des sous ?", "Combien ?"]
    [nearest] = published(tmp_path / "home").questions.alike(known[0], 1)
    assert nearest.question.text == "Une avance ?"
    assert nearest.cosine == pytest.approx(1.0)


def test_nor_does_a_build_compute_the_passages_that_are_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = write_articles(tmp_path / "code.jsonl", ARTICLES)
    first, again = RememberingEmbedder(), RememberingEmbedder()
    add(tmp_path / "first", code)
    build_and_publish(tmp_path / "first", first)
    row = np.eye(1, first.dimension, dtype=np.float32)
    write_shipped(tmp_path / "shipped.npz", [], row[:0], first.told[:1], row)
    monkeypatch.setattr("ingestion.index.build.shipped_file", lambda _: tmp_path / "shipped.npz")
    add(tmp_path / "again", code)
    build_and_publish(tmp_path / "again", again)
    assert again.told == first.told[1:]
    assert len(again.told) > 1


def test_a_question_of_the_default_embedder_is_not_computed_again() -> None:
    shipped = ShippedVectors(shipped_file(default_tuning().embedder))
    texts = [wording for each in read_bank() for wording in each.asked]
    texts += [each.question for each in read_nowhere_answered()]
    texts += [each.text for each in asked_of_dossiers()]
    texts += [each.question for each in read_judged()]
    assert shipped.find(texts, 384, as_questions=True)[0].all()
    rules = [each.text for each in read_rules()]
    assert shipped.find(rules, 384, as_questions=False)[0].all()


def test_nor_is_a_text_of_the_builtin_corpus() -> None:
    shipped = ShippedVectors(shipped_file(default_tuning().embedder))
    assert shipped.find(builtin_texts(), 384, as_questions=False)[0].all()


def test_what_dossiers_leave_open_is_known_for_the_embedder_that_is_shipped() -> None:
    name = default_tuning().embedder
    asked = questions_of_dossiers(name, 384)
    assert asked.questions == asked_of_dossiers()
    is_open = [not each.passage_ids for each in asked.questions]
    told = [asked.unanswered(vector) > 0 for vector in asked.vectors]
    assert np.mean(np.array(told) == np.array(is_open)) > 0.9
    assert len(questions_of_dossiers("words@1", 384)) == 0
