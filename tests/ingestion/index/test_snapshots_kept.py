"""Where snapshots are kept, a folder or a server: each is whole, alone, and served at once."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, TypeAlias

import psycopg
import pytest

from assistant.retrieval.snapshots import SnapshotHolder
from ingestion.durable import lock_for_writing
from ingestion.errors import (
    BusyIndex,
    DamagedSnapshot,
    UnknownDocument,
    UnknownSnapshot,
    UnreachableStore,
)
from ingestion.index.publication import (
    KEPT,
    announced_name,
    current_name,
    discard,
    finished,
    open_snapshot,
    publish,
    repository_of,
    rollback,
    verify_snapshot,
    withdraw,
)
from ingestion.index.sentence_index import SentenceIndex
from ingestion.index.server import schema_of
from ingestion.index.snapshot import SnapshotContents
from ingestion.postgresql import LOCKS, SCHEMA, PostgresServer, named_server, server_at
from tests.support.fakes import WordEmbedder
from tests.support.index_home import (
    ARTICLES,
    NEWER,
    add,
    answers,
    build_and_publish,
    build_only,
    published,
    write_articles,
)
from tests.support.index_on_server import described
from tests.support.postgresql_server import Server, with_store

Engine: TypeAlias = Callable[[Path], Path]


@pytest.fixture
def home(published_home: Path) -> Path:
    return published_home


@pytest.fixture
def server_home(tmp_path: Path, postgresql: Server) -> Path:
    """The same on a server only."""
    home = with_store(tmp_path / "home", postgresql)
    add(home, write_articles(tmp_path / "code.jsonl", ARTICLES))
    build_and_publish(home)
    return home


def _renewed(home: Path, folder: Path) -> str:
    add(home, write_articles(folder / "code.jsonl", NEWER))
    return build_and_publish(home)


def test_a_turn_keeps_its_snapshot_and_the_next_one_has_what_was_published(
    home: Path, tmp_path: Path
) -> None:
    holder = SnapshotHolder(home, WordEmbedder())
    held, first = holder.current(), current_name(home)
    second = _renewed(home, tmp_path)
    assert answers(held, "sous-traiter une partie de son marché")[0] != "R2193-1"
    assert answers(held, "délai de paiement") == ["R2192-10", "R2192-10"]
    assert answers(holder.current(), "sous-traiter") == ["R2193-1", "R2193-1"]
    assert holder.current().manifest.name == second == current_name(home)
    with lock_for_writing(home):
        assert rollback(home) == first
    assert holder.current().manifest.name == first
    assert finished(home) == [first, second]


def test_a_passage_read_meanwhile_by_another_is_found(home: Path) -> None:
    store = published(home).store
    one, other, *_ = [each.id for each in published(home).store.all_passages()]

    class Interrupted(list[str]):
        """Names that somebody else reads as well, once each was looked for."""

        def __iter__(self) -> Iterator[str]:
            for place, each in enumerate(super().__iter__()):
                if place:
                    store.passages([other])
                yield each

    assert [each.id for each in store.passages(Interrupted([one, other]))] == [one, other]


def test_a_snapshot_says_all_that_it_was_written_from(home: Path) -> None:
    snapshot, repository = published(home), repository_of(home)
    assert snapshot.manifest.passages == len(ARTICLES)
    assert snapshot.manifest.sources == ("code.jsonl",)
    passages = list(snapshot.store.all_passages())
    assert [passage.text for passage in passages] == list(ARTICLES.values())
    vectors = repository.vectors(current_name(home))
    expected = [snapshot.vectors.search(row, 1)[0].passage_id for row in vectors]
    assert expected == [passage.id for passage in passages]
    (found,) = snapshot.lexical.lookup("R2191-3")
    assert snapshot.store.passages([found])[0].text == ARTICLES["R2191-3"]
    document = snapshot.store.document(passages[0].document_id)
    assert document == snapshot.store.versions("R2122-8")[0]
    assert [each.id for each in snapshot.store.documents()] == sorted(
        each.document_id for each in passages
    )
    assert snapshot.store.has_articles
    assert snapshot.store.revised == frozenset()
    assert list(snapshot.store.texts()) == []
    assert repository.size(current_name(home)) > 10_000


def test_what_no_snapshot_has_is_said(home: Path) -> None:
    snapshot = published(home)
    [present, *_] = snapshot.store.all_passages()
    with pytest.raises(UnknownDocument, match="sourcier index status") as unknown:
        snapshot.store.document("absent")
    assert isinstance(unknown.value, LookupError)  # as the pages take it
    with pytest.raises(DamagedSnapshot, match="sourcier index verify"):
        snapshot.store.passages([present.id, "absent"])
    for ask in (open_snapshot, verify_snapshot, publish):
        with pytest.raises(UnknownSnapshot, match="sourcier index status"):
            ask(home, "20200101-000000-000")
    withdraw(home)
    with pytest.raises(UnknownSnapshot, match="sourcier index build"):
        current_name(home)


def test_what_someone_has_open_is_not_removed(home: Path, tmp_path: Path) -> None:
    first, held = current_name(home), published(home)
    _renewed(home, tmp_path)
    discard(home, first)
    assert first in finished(home)
    assert answers(held, "avance") == ["R2191-3", "R2191-3"]
    del held
    gc.collect()
    discard(home, first)
    assert finished(home) == [current_name(home)]


def test_the_sentences_of_clauses_are_kept(home: Path) -> None:
    repository, snapshot = repository_of(home), published(home)
    passages, vectors = tuple(snapshot.store.all_passages()), repository.vectors(current_name(home))
    clauses = SentenceIndex((passages[1].id, passages[1].id, passages[4].id), vectors[:3])
    contents = SnapshotContents((), passages, vectors, (), (), vectors[:0], clauses)
    name = repository.write(contents, described("20990101-000000-000", 5), lambda _: None).name
    kept = repository.open(name).sentences
    assert kept.passage_ids == clauses.passage_ids
    assert (kept.vectors == clauses.vectors).all()
    assert snapshot.sentences.passage_ids == ()  # no clause among the articles


def test_what_ends_a_writing_early_leaves_nothing(home: Path) -> None:
    repository, snapshot = repository_of(home), published(home)
    passages = tuple(snapshot.store.all_passages())
    vectors = repository.vectors(current_name(home))
    contents = SnapshotContents((), passages, vectors, (), (), vectors[:0])

    def stopped(done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    before = finished(home)
    with pytest.raises(KeyboardInterrupt):
        repository.write(contents, described("20990101-000000-000", len(passages)), stopped)
    assert finished(home) == before
    written = repository.write(
        contents, described("20990101-000000-000", len(passages)), lambda _: None
    )
    assert finished(home) == [*before, written.name]


def test_old_ones_go_on_either(home: Path) -> None:
    first, repository = current_name(home), repository_of(home)
    passages = tuple(published(home).store.all_passages())
    vectors = repository.vectors(first)
    contents = SnapshotContents((), passages, vectors, (), (), vectors[:0])
    gc.collect()
    names = [f"20250101-00000{number}-000" for number in range(KEPT + 2)]
    for name in names:
        repository.write(contents, described(name, len(passages)), lambda _: None)
    publish(home, first)
    assert finished(home) == [*names[-KEPT:], first]


# On a server only.

ALTERED = {
    "passages": "UPDATE {} SET body = body || ' ' WHERE place = 2",
    "words": "UPDATE {} SET weights[1] = 0.5 WHERE word = 'avanc'",
    "vectors": "DELETE FROM {} WHERE place = 3",
    "parts": "UPDATE {} SET content = content || ' '",
    "documents": "UPDATE {} SET body = body || ' '",
    "refs": "INSERT INTO {} VALUES ('R1-1', 0)",
}


@pytest.mark.slow
def test_whatever_is_altered_on_the_server_is_noticed(server_home: Path) -> None:
    name = current_name(server_home)
    for table, altering in ALTERED.items():
        with _owner(server_home) as owner:
            owner.execute(altering.format(f'"{schema_of(name)}".{table}').encode())
            owner.commit()
            with pytest.raises(DamagedSnapshot, match=rf"\({table}\).*sourcier index rollback"):
                open_snapshot(server_home, name)
        build_and_publish(server_home)  # the same content again, since that one is damaged
        assert current_name(server_home) != name
        name = current_name(server_home)


@contextmanager
def _owner(home: Path) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    with psycopg.connect(named_server(home, "store")) as connection:
        yield connection


@pytest.mark.slow
def test_an_index_that_is_gone_from_the_server_is_said(server_home: Path) -> None:
    snapshot = published(server_home)
    with _owner(server_home) as owner:
        owner.execute(f'DROP SCHEMA "{schema_of(snapshot.manifest.name)}" CASCADE'.encode())
    with pytest.raises(DamagedSnapshot, match="sourcier index status"):
        answers(snapshot, "avance")


@pytest.mark.slow
def test_a_database_of_bytes_is_refused_with_the_remedy(postgresql: Server) -> None:
    """What is no UTF-8 gives back bytes where words are meant."""
    server = PostgresServer(postgresql.fresh("SQL_ASCII"))
    with pytest.raises(UnreachableStore, match=r"« store » n'est pas en UTF-8.*createdb"):
        server.prepare()


@pytest.mark.slow
def test_a_server_of_a_version_that_announced_nothing_is_published_to(
    server_home: Path, tmp_path: Path
) -> None:
    second = _renewed(server_home, tmp_path)
    with _owner(server_home) as owner:
        owner.execute(f'DROP TABLE "{SCHEMA}".coming'.encode())
    assert announced_name(server_home) is None
    with lock_for_writing(server_home):
        first = rollback(server_home)
    assert first != second
    assert current_name(server_home) == first
    with _owner(server_home) as owner:
        owner.execute(f'DROP TABLE "{SCHEMA}".coming'.encode())
    withdraw(server_home)
    assert finished(server_home) == [first, second]


@pytest.mark.slow
def test_another_machine_searches_what_this_one_publishes(
    server_home: Path, tmp_path: Path
) -> None:
    """The other one has no library and no index of its own, only the address."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "settings.toml").write_bytes((server_home / "settings.toml").read_bytes())
    holder = SnapshotHolder(other, WordEmbedder())
    assert holder.current().manifest.name == current_name(server_home)
    newer = _renewed(server_home, tmp_path)
    assert answers(holder.current(), "sous-traiter") == ["R2193-1", "R2193-1"]
    assert finished(other)[-1] == newer
    assert not (other / "generations").exists()


@pytest.mark.slow
def test_one_machine_writes_at_a_time(server_home: Path, tmp_path: Path) -> None:
    add(server_home, write_articles(tmp_path / "code.jsonl", NEWER))
    with _owner(server_home) as owner:
        owner.execute("SELECT pg_advisory_lock(%s, hashtext('writing'))", [LOCKS])
        with pytest.raises(BusyIndex, match="Réessayez"):
            build_only(server_home)
    assert finished(server_home) == [current_name(server_home)]


@pytest.mark.slow
def test_a_server_that_comes_back_is_asked_again(server_home: Path) -> None:
    snapshot = published(server_home)
    with psycopg.connect(named_server(server_home, "store"), autocommit=True) as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert answers(snapshot, "avance") == ["R2191-3", "R2191-3"]
    assert current_name(server_home) == snapshot.manifest.name


@pytest.mark.slow
def test_what_was_held_is_free_before_the_server_sees_that_it_was_left(
    pgvector_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[Any] = []
    monkeypatch.setattr("psycopg.Connection.close", lambda each: left.append(each))
    server = server_at(pgvector_store)
    with server.alone("index") as assure:
        assert assure is not None
        assert server.is_held("index")
    let_go = server.hold("snapshot")
    assert server.is_held("snapshot")
    let_go()
    assert not server.is_held("index")
    assert not server.is_held("snapshot")
    monkeypatch.undo()
    for connection in left:
        connection.close()


@pytest.mark.slow
def test_a_connection_that_nobody_needs_is_closed(
    pgvector_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.postgresql.IDLE", 0.05)
    server, until = PostgresServer(pgvector_store), monotonic() + 10
    [(process,)] = server.rows("SELECT pg_backend_pid()")
    while server_at(pgvector_store).rows("SELECT FROM pg_stat_activity WHERE pid = %s", process):
        assert monotonic() < until


def test_an_address_that_cannot_be_used_is_said_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.postgresql.CONNECTING", 1)
    settings = tmp_path / "settings.toml"
    settings.write_text('store = "postgresql://a:secret@/b"\n', encoding="utf-8")
    with pytest.raises(UnreachableStore, match="contient un mot de passe") as refused:
        current_name(tmp_path)
    assert "secret" not in str(refused.value)
    settings.write_text('store = "postgresql//a:secret@/b"\n', encoding="utf-8")
    with pytest.raises(UnreachableStore, match="n'est pas une adresse comme") as refused:
        current_name(tmp_path)
    assert "secret" not in str(refused.value)
    settings.write_text(f'store = "postgresql://a@/b?host={tmp_path}"\n', encoding="utf-8")
    with pytest.raises(UnreachableStore, match=r"ne répond pas.*settings\.toml"):
        current_name(tmp_path)
