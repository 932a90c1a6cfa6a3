"""The sentences of clauses: which have a vector, and what is found by them in a dossier."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval import retriever
from assistant.retrieval.candidates import Candidate, Searcher
from assistant.retrieval.evidence import Scope
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.tuning import default_tuning, tunings
from ingestion.chunking.passages import Passage, passages_of
from ingestion.documents.document import Document, Kind
from ingestion.documents.general_clauses import GeneralText
from ingestion.durable import lock_for_writing
from ingestion.index import build
from ingestion.index.search import Vectors, context
from ingestion.index.sentence_index import (
    NO_SENTENCES,
    SentenceIndex,
    parsed_sentences,
    read_sentences,
    sentences_npz,
    sentences_of,
)
from ingestion.library.library import Library
from tests.support.fakes import WordEmbedder
from tests.support.index_home import (
    ARTICLES,
    build_and_publish,
    build_only,
    published,
    with_articles,
)
from tests.support.small_index import TODAY

LONG = (
    "Le titulaire remet chaque mois au pouvoir adjudicateur un relevé des interventions, des "
    "délais tenus et des pièces remplacées sur chaque équipement. Une benne hors d'usage est "
    "remplacée sous deux jours. Les relevés sont remis par voie électronique et sont conservés "
    "par le titulaire pendant la durée du marché et les deux années qui suivent."
)
NEAR = "Une benne est une cuve. Un engin hors d'usage est signalé. Une pièce remplacée est datée."


def _clause(text: str, dossier: str | None = "bennes", reference: str = "") -> Passage:
    document = Document("cc" * 32, "CCTP", "cctp.md", Kind.TENDER, text, dossier=dossier)
    [passage] = passages_of(document)
    return replace(passage, references=(reference,)) if reference else passage


def _embedded(texts: Sequence[str]) -> Vectors:
    return WordEmbedder().embed_passages(texts) if texts else np.zeros((0, 64), np.float32)


def test_a_passage_is_as_near_as_its_nearest_sentence() -> None:
    index = SentenceIndex(("a", "b", "a"), np.array([[1, 0], [0.6, 0.8], [0, 1]], np.float32))
    found = index.nearest(np.array([0, 1], np.float32))
    assert [*found.items()] == [("a", 1.0), ("b", pytest.approx(0.8))]
    assert [*index.nearest(np.array([1, 0], np.float32))] == ["a", "b"]
    assert NO_SENTENCES.nearest(np.array([1, 0], np.float32)) == {}


def test_each_sentence_that_says_something_has_a_vector_and_so_has_its_place() -> None:
    passage = _clause("Une benne est remplacée sous deux jours. Voir annexe. Le titulaire le dit.")
    told: list[str] = []

    def embed(texts: Sequence[str]) -> Vectors:
        told.extend(texts)
        return _embedded(texts)

    index = sentences_of([passage], embed)
    assert told == [
        context(passage),
        "Une benne est remplacée sous deux jours.",
        "Le titulaire le dit.",
    ]
    assert index.passage_ids == (passage.id,) * 3


@pytest.mark.parametrize(
    ("dossier", "reference", "locator", "is_clause"),
    [
        ("bennes", "", "CCTP, art. 3", True),
        (None, "CCAG-FCS 14.1", "art. 14.1 du CCAG-FCS", True),
        (None, "CCAG-FCS 14.1", "art. 14.1, fiche « Pénalités de retard »", False),
        (None, "R2191-3", "art. R2191-3", False),
    ],
)
def test_clauses_have_sentences_and_articles_and_sheets_have_none(
    dossier: str | None, reference: str, locator: str, is_clause: bool
) -> None:
    passage = replace(_clause(LONG, dossier, reference), locator=locator)
    assert bool(sentences_of([passage], _embedded).passage_ids) is is_clause


def test_a_sentence_without_a_direction_is_left_out() -> None:
    passage = _clause(LONG)

    def embed(texts: Sequence[str]) -> Vectors:
        vectors = _embedded(texts)
        vectors[1] = np.nan
        return vectors

    found = sentences_of([passage], embed)
    assert found.passage_ids == (passage.id,) * 3
    assert np.isfinite(found.vectors).all()


@given(st.lists(st.text(max_size=12), max_size=6))
def test_what_is_kept_is_read_back(ids: list[str]) -> None:
    vectors = np.arange(len(ids) * 2, dtype=np.float32).reshape(-1, 2)
    names = tuple(each.rstrip("\0") for each in ids)  # no identifier has a null character
    kept = parsed_sentences(sentences_npz(SentenceIndex(names, vectors)))
    assert kept.passage_ids == names
    assert (kept.vectors == vectors).all()


@pytest.fixture
def pieces(tmp_path: Path) -> Path:
    """A data folder with two clauses of a dossier, published."""
    home = tmp_path / "home"
    with lock_for_writing(home):
        library = Library(home)
        for name, text in (("long.md", LONG), ("near.md", NEAR)):
            path = tmp_path / name
            path.write_text(text, encoding="utf-8")
            assert library.add(path, name, Kind.TENDER, "bennes").reading.problem is None
    build_and_publish(home)
    return home


def test_room_for_sentences_is_asked_for(pieces: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(build, "require_space", lambda home, room: asked.append(room))
    for count in (0, 1000):
        monkeypatch.setattr(build, "sentence_texts", lambda passages, n=count: [("", "")] * n)
        build_only(pieces, WordEmbedder(f"words@{count}"))
    assert asked[1] - asked[0] == build.SENTENCE_COPIES * 1000 * 64 * 4


def _best(home: Path, weight: float) -> str:
    """The source of what is found first in the dossier when a sentence weighs so much."""
    tuning = default_tuning()
    searcher = Searcher(
        published(home),
        WordEmbedder(),
        replace(tuning, ranking={**tuning.ranking, "sentence": weight}),
    )
    asked = "une benne hors d'usage est-elle remplacée ?"
    scope = Scope(TODAY, dossier="bennes")
    found = searcher.candidates(asked, scope, by_sentences=True)
    return max(found, key=lambda each: each.strength).passage.source


def test_the_clause_with_the_sentence_that_answers_comes_before_one_that_is_nearer(
    pieces: Path,
) -> None:
    assert _best(pieces, 0.0) == "near.md"
    assert _best(pieces, tunings()[0].ranking["sentence"]) == "long.md"


def test_an_index_written_before_has_none(tmp_path: Path) -> None:
    assert read_sentences(tmp_path) is NO_SENTENCES


@pytest.mark.parametrize("lacking", ["dossier", "rules", ""])
def test_pieces_and_general_clauses_are_weighed_alike(
    pieces: Path, tmp_path: Path, lacking: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "law"
    folder.mkdir()
    rules = published(with_articles(folder, ARTICLES))
    [first, *_] = rules.store.all_passages()
    monkeypatch.setattr(retriever, "general_ids", lambda snapshot: frozenset({first.id}))
    told = sentences_of([replace(first, references=("CCAG-FCS 1",))], _embedded)
    dossier = published(pieces)
    weighed: list[bool] = []

    def candidates(
        _: Searcher, __: str, scope: Scope, *among: object, by_sentences: bool = False
    ) -> list[Candidate]:
        if scope.dossier:
            weighed.append(by_sentences)
        return []

    monkeypatch.setattr(Searcher, "candidates", candidates)
    found = Retriever(
        replace(rules, sentences=NO_SENTENCES if lacking == "rules" else told),
        WordEmbedder(),
        default_tuning(),
        replace(dossier, sentences=NO_SENTENCES) if lacking == "dossier" else dossier,
    )
    scope = Scope(TODAY, dossier="bennes", general=(GeneralText("CCAG-FCS", 2021),))
    assert found.retrieve("une benne", scope, 6) == ()
    assert weighed == [not lacking] * 2


def test_a_question_of_the_law_weighs_no_sentence(tmp_path: Path) -> None:
    home = with_articles(tmp_path, ARTICLES)
    searcher = Searcher(published(home), WordEmbedder(), default_tuning())
    [first, *_] = searcher.candidates("avance", Scope(TODAY))
    assert "sentence" not in first.signals
