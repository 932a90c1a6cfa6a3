from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from ingestion.chunking.passages import passages_of
from ingestion.documents.document import Document, Heading, Kind, Page
from ingestion.index.store import SqlitePassages, write_store

DOCUMENT = Document(
    id="d" * 64,
    title="CCAP « lot n° 1 »",
    source="M24/CCAP.pdf",
    kind=Kind.TENDER,
    text="Article 12 – Pénalités\nUne pénalité de 150 € par jour 🙂 de retard.",
    pages=(Page(7, 0, 66),),
    headings=(Heading(1, "Article 12 – Pénalités", 0, 22),),
    path=("Marché",),
    valid_from=date(2026, 1, 1),
    valid_to=date(2027, 1, 1),
    state_date=date(2026, 5, 1),
    dossier="M24",
)
OTHER = Document("a" * 64, "Autre", "autre.txt", Kind.RULES, "Premier texte.\nEt la suite.")
PASSAGES = (*passages_of(DOCUMENT), *passages_of(OTHER))


@pytest.fixture
def store(tmp_path: Path) -> SqlitePassages:
    path = tmp_path / "100% public #1 ?" / "passages.sqlite"
    path.parent.mkdir()
    write_store(path, [DOCUMENT, OTHER], PASSAGES)
    return SqlitePassages(path)


def test_documents_and_passages_come_back_equal(store: SqlitePassages) -> None:
    assert store.document(DOCUMENT.id) == DOCUMENT
    assert sorted(store.documents(), key=lambda document: document.id) == [OTHER, DOCUMENT]
    assert tuple(store.all_passages()) == PASSAGES


def test_a_passage_is_its_span_of_the_document(store: SqlitePassages) -> None:
    for passage in store.all_passages():
        document = store.document(passage.document_id)
        assert document.text[passage.start : passage.end] == passage.text


def test_passages_are_given_in_the_order_asked(store: SqlitePassages) -> None:
    asked = [passage.id for passage in reversed(PASSAGES)]
    assert [passage.id for passage in store.passages(asked)] == asked


def test_threads_share_it(store: SqlitePassages) -> None:
    asked = [passage.id for passage in PASSAGES]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: tuple(store.passages(asked)), range(400)))
    assert set(found) == {PASSAGES}


def test_reading_changes_nothing(store: SqlitePassages, tmp_path: Path) -> None:
    def files() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    before = files()
    list(store.all_passages())
    assert files() == before
