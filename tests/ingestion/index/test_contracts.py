"""What every embedder and every index promises: the small fakes and the real adapters alike."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import psycopg
import pytest
from psycopg import sql

from assistant.llm.remote import RemoteEmbedder
from assistant.settings import Engine, Settings
from ingestion.chunking.passages import Passage
from ingestion.errors import DamagedSnapshot, ModelUnavailable
from ingestion.index.lexical import EverydayWords, TantivyIndex, Term, write_lexical
from ingestion.index.search import Embedder, LexicalIndex, VectorIndex, Vectors
from ingestion.index.server import graph_memory, schema_of
from ingestion.index.vectors import ChromaIndex, write_vectors
from ingestion.postgresql import server_at
from tests.support.fakes import ListVectorIndex, WordEmbedder, WordIndex
from tests.support.index_home import passages_of_texts
from tests.support.index_on_server import opened_on
from tests.support.model_server import MODEL, serving
from tests.support.postgresql_server import Server

TEXTS = (
    "L'acheteur transmet la pénalité de retard au titulaire.",
    "Les marchés sont passés en lots séparés.",
    "Le délai de paiement court dès la réception de la facture.",
    "La maîtrise d'œuvre fait l’objet d’un concours ; l'acheteur en choisit le lauréat.",
    "Une avance est accordée au titulaire, puis remboursée.",
    "Le marché est résilié sans indemnité, selon l'objet.",
)
PASSAGES = passages_of_texts(TEXTS)


# Embedder ---------------------------------------------------------------------------------------


@pytest.fixture(
    scope="module",
    params=["words", "server", pytest.param("sentence-transformers", marks=pytest.mark.slow)],
)
def embedder(request: pytest.FixtureRequest) -> Iterator[Embedder]:
    if request.param == "words":
        yield WordEmbedder()
    elif request.param == "server":
        with serving({}) as server:
            yield RemoteEmbedder(Engine(server.address, MODEL, embeddings=MODEL))
    else:
        from assistant.container import load_embedder

        yield load_embedder(request.getfixturevalue("weights_home"), Settings())


def test_rows_are_unit_vectors_in_the_order_of_the_texts(embedder: Embedder) -> None:
    rows = embedder.embed_passages(TEXTS)
    assert rows.shape == (len(TEXTS), embedder.dimension)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    assert np.allclose(rows[2], embedder.embed_passages([TEXTS[2]])[0], atol=0.02)


def test_a_question_is_one_unit_vector(embedder: Embedder) -> None:
    [vector] = embedder.embed_questions(["Quel est le délai de paiement ?"])
    assert vector.shape == (embedder.dimension,)
    assert vector.dtype == np.float32
    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-3


PRODUCT = """
import ingestion.encoders.network, torch
rows, columns = (torch.ones(size, dtype=torch.bfloat16) for size in ((20, 384), (384, 1536)))
print((rows @ columns).float().unique().tolist())
"""


def test_a_product_is_whole_where_the_environment_gives_fewer_threads() -> None:
    limited = os.environ | {"OMP_THREAD_LIMIT": "1"}
    told = subprocess.check_output([sys.executable, "-c", PRODUCT], env=limited, text=True)
    assert told == "[384.0]\n"


def test_a_question_is_nearest_to_the_passage_that_answers(embedder: Embedder) -> None:
    rows = embedder.embed_passages(TEXTS)
    for question, answer in (("Quel délai de paiement pour une facture ?", 2), ("des lots ?", 1)):
        assert int(np.argmax(rows @ embedder.embed_questions([question])[0])) == answer


def test_the_same_text_has_the_same_vector(embedder: Embedder) -> None:
    assert np.array_equal(embedder.embed_questions(["délai"]), embedder.embed_questions(["délai"]))


def test_a_text_without_words_and_a_very_long_one_have_vectors(embedder: Embedder) -> None:
    rows = embedder.embed_passages(["", "…", "marché " * 3000])
    assert np.isfinite(rows).all()


@pytest.mark.slow  # torch alone takes seconds to import
def test_a_folder_that_is_no_model_is_said_in_french(tmp_path: Path) -> None:
    from ingestion.encoders.embedder import SentenceTransformerEmbedder

    with pytest.raises(ModelUnavailable, match="sourcier models verify"):
        SentenceTransformerEmbedder(tmp_path, "nothing")


# Vector index -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graph_store(postgresql: Server) -> str:
    """A database that walks a graph of vectors however few they are."""
    address = postgresql.fresh()
    with psycopg.connect(address, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("ALTER DATABASE {} SET enable_seqscan = off").format(name))
    return address


VectorMaker = Callable[[Sequence[str], Vectors], VectorIndex]


exact = ["list", "chroma", pytest.param("pgvector", marks=pytest.mark.slow)]


@pytest.fixture(params=[*exact, pytest.param("graph", marks=pytest.mark.slow)])
def vector_index(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> VectorMaker:
    def make(ids: Sequence[str], vectors: Vectors) -> VectorIndex:
        if request.param == "list":
            return ListVectorIndex(ids, vectors)
        if request.param in ("pgvector", "graph"):
            if request.param == "graph":
                monkeypatch.setattr("ingestion.index.server.EXACT_UP_TO", 0)
            store = request.getfixturevalue(f"{request.param}_store")
            [passage] = passages_of_texts(["Un texte."])
            passages = [replace(passage, id=each) for each in ids]
            return opened_on(store, passages, vectors).vectors
        write_vectors(tmp_path / "chroma", ids, vectors)
        return ChromaIndex(tmp_path / "chroma")

    return make


def unit_vectors(count: int, dimension: int = 32) -> Vectors:
    drawn = np.random.default_rng(count).normal(size=(count, dimension)).astype(np.float32)
    unit: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return unit


@pytest.mark.parametrize("count", [1, 2, 7, 150])
def test_each_vector_finds_itself_first_at_cosine_one(
    vector_index: VectorMaker, count: int
) -> None:
    ids, vectors = [f"passage {number}" for number in range(count)], unit_vectors(count)
    index = vector_index(ids, vectors)
    for passage_id, vector in zip(ids, vectors, strict=True):
        best = index.search(vector, 1)[0]
        assert best.passage_id == passage_id
        assert best.score == pytest.approx(1, abs=1e-4)


def test_scores_are_cosines_best_first(vector_index: VectorMaker) -> None:
    vectors = np.array([[1, 0], [0.6, 0.8], [0, 1], [-1, 0]], dtype=np.float32)
    hits = vector_index(["a", "b", "c", "d"], vectors).search(vectors[0], 4)
    assert [hit.passage_id for hit in hits] == ["a", "b", "c", "d"]
    assert [hit.score for hit in hits] == pytest.approx([1, 0.6, 0, -1], abs=1e-4)


def test_no_more_than_asked_and_no_more_than_there_is(vector_index: VectorMaker) -> None:
    vectors = unit_vectors(450)
    index = vector_index([str(number) for number in range(450)], vectors)
    assert [len(index.search(vectors[0], k)) for k in (1, 10, 420, 1000)] == [1, 10, 420, 450]


def test_hundreds_of_equal_vectors_hide_no_other(vector_index: VectorMaker) -> None:
    others, same = unit_vectors(30), np.repeat(unit_vectors(1), 900, axis=0)
    vectors = np.concatenate([others[:15], same, others[15:]])
    ids = [str(number) for number in range(len(vectors))]
    index = vector_index(ids, vectors)
    for row in (*range(15), *range(915, 930)):
        assert index.search(vectors[row], 1)[0].passage_id == ids[row]
    assert [hit.passage_id for hit in index.search(same[0], 500)] == ids[15:515]
    assert len(index.search(same[0], 2000)) == len(ids)


def test_what_half_a_precision_confounds_is_told_apart(vector_index: VectorMaker) -> None:
    angles = np.array([0.7857, 0.7854, 0.7856, 0.7855])
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    asked = np.array([1, 0], dtype=np.float32)
    hits = vector_index(["d", "a", "c", "b"], rows).search(asked, 4)
    assert [hit.passage_id for hit in hits] == ["a", "b", "c", "d"]
    assert [hit.score for hit in hits] == pytest.approx(sorted(np.cos(angles))[::-1], abs=1e-6)


@pytest.mark.slow
def test_a_large_index_is_searched_by_its_graph(
    graph_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.index.server.EXACT_UP_TO", 0)
    vectors, server = unit_vectors(50), server_at(graph_store)
    [passage] = passages_of_texts(["Un texte."])
    passages = [replace(passage, id=str(number)) for number in range(50)]
    opened = opened_on(graph_store, passages, vectors)
    assert opened.vectors.search(vectors[7], 1)[0].passage_id == "7"
    server.rows("SELECT pg_stat_force_next_flush()")  # of the one connection that there is
    walked = (
        "SELECT idx_scan FROM pg_stat_user_indexes WHERE schemaname = %s AND relname = 'vectors' "
        "AND indexrelname <> 'vectors_pkey'"
    )
    assert server.rows(walked, schema_of(opened.manifest.name)) == [(1,)]


def test_a_graph_is_made_in_what_memory_it_needs() -> None:
    assert [graph_memory(count, 384) for count in (20_001, 1_000_000, 10**7)] == [64, 2028, 4096]


@pytest.mark.parametrize("vector_index", exact, indirect=True)  # the graph of pgvector hides some
def test_two_hundred_vectors_as_near_to_one_another_hide_none(vector_index: VectorMaker) -> None:
    rows = np.eye(201, dtype=np.float32)[1:]
    rows[:, 0] = 3
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    ids = [str(number) for number in range(len(rows))]
    index = vector_index(ids, rows)
    assert [index.search(row, 1)[0].passage_id for row in rows] == ids


def test_a_lost_collection_is_damage(tmp_path: Path) -> None:
    with pytest.raises(DamagedSnapshot, match="sourcier index rollback"):
        ChromaIndex(tmp_path)


# Lexical index ----------------------------------------------------------------------------------

TERMS = (Term(("MAPA", "petite procédure"), ("R1-1", "R1-2", "R1-3")),)
LexicalMaker = Callable[[Sequence[Passage]], LexicalIndex]


@pytest.fixture(params=["words", "tantivy", pytest.param("postgresql", marks=pytest.mark.slow)])
def lexical_index(request: pytest.FixtureRequest, tmp_path: Path) -> LexicalMaker:
    def make(passages: Sequence[Passage]) -> LexicalIndex:
        if request.param == "words":
            return WordIndex(passages, TERMS)
        if request.param == "postgresql":
            vectors = unit_vectors(len(passages))
            store = request.getfixturevalue("pgvector_store")
            return opened_on(store, passages, vectors, TERMS).lexical
        write_lexical(tmp_path / "lexical", passages, EverydayWords(TERMS))
        return TantivyIndex(tmp_path / "lexical")

    return make


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("acheteur pénalité", 0),
        ("L'ACHETEUR, la pénalité ?", 0),
        ("l’acheteur et le lauréat du concours", 3),
        ("delai de paiement", 2),
        ("les délais de paiements des factures", 2),
        ("marché passé en lot séparé", 1),
        ("maîtrise d'oeuvre", 3),
        ("maitrise d’œuvre", 3),
        ("oeuvre", 3),
        ("reception", 2),
        ("avances remboursées aux titulaires", 4),
        ("RETARD NOT PÉNALITÉ (", 0),
    ],
)
def test_french_words_are_found_whatever_their_form(
    lexical_index: LexicalMaker, question: str, answer: int
) -> None:
    assert lexical_index(PASSAGES).search(question, 3)[0].passage_id == PASSAGES[answer].id


@pytest.mark.parametrize("question", ["", "?!", "le la les", "l'", "xylophone"])
def test_nothing_shared_nothing_found(lexical_index: LexicalMaker, question: str) -> None:
    assert lexical_index(PASSAGES).search(question, 5) == []


def test_best_first_and_no_more_than_asked(lexical_index: LexicalMaker) -> None:
    index = lexical_index(PASSAGES)
    scores = [hit.score for hit in index.search("l'acheteur et le titulaire du marché", 10)]
    assert len(scores) > 2
    assert scores == sorted(scores, reverse=True)
    assert len(index.search("l'acheteur et le titulaire du marché", 2)) == 2


def test_headings_are_searched_with_the_text(lexical_index: LexicalMaker) -> None:
    assert lexical_index(PASSAGES).search("art. R1-4", 1)[0].passage_id == PASSAGES[4].id


def test_the_glossary_leads_to_the_two_most_direct_articles(lexical_index: LexicalMaker) -> None:
    index = lexical_index(PASSAGES)
    assert index.search("Un MAPA ?", 5) == []
    found = {hit.passage_id for hit in index.search_everyday("Un MAPA ?", 5)}
    assert found == {PASSAGES[1].id, PASSAGES[2].id}
    assert index.search_everyday("Quel délai de paiement ?", 5) == []


def test_a_reference_is_looked_up_exactly(lexical_index: LexicalMaker) -> None:
    index = lexical_index(passages_of_texts([f"Texte {number}." for number in range(13)]))
    assert len(index.lookup("R1-1")) == 1
    assert len(index.lookup("R1-12")) == 1
    assert index.lookup("R1-1") != index.lookup("R1-12")
    for absent in ("R1", "1-1", "r1-1", "R1-1 ", "R1-99", ""):
        assert index.lookup(absent) == []


def test_a_reference_finds_every_passage_of_its_article(lexical_index: LexicalMaker) -> None:
    passages = passages_of_texts(["Phrase assez longue pour être coupée. " * 100])
    assert len(passages) > 1
    found = lexical_index(passages).lookup("R1-0")
    assert sorted(found) == sorted(passage.id for passage in passages)


def test_a_damaged_lexical_index_is_said_in_french(tmp_path: Path) -> None:
    write_lexical(tmp_path / "lexical", PASSAGES, EverydayWords(()))
    (tmp_path / "lexical" / "meta.json").write_text("{")
    with pytest.raises(DamagedSnapshot, match="sourcier index rollback"):
        TantivyIndex(tmp_path / "lexical")
