"""Where snapshots are kept, a folder or a server: each is whole, alone, and served at once."""

import gc
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from time import monotonic
from typing import Any, TypeAlias

import psycopg
import pytest

from assistant.journal.journal import Journal
from assistant.publishing.decisions import settle_at_start
from assistant.retrieval import snapshots
from assistant.retrieval.snapshots import SnapshotHolder
from ingestion.durable import lock_for_writing
from ingestion.errors import (
    BusyIndex,
    DamagedSnapshot,
    EmbedderMismatch,
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
from ingestion.index.snapshot import IndexSnapshot, SnapshotContents
from ingestion.postgresql import LOCKS, SCHEMA, PostgresServer, named_server, server_at
from tests.fakes import WordEmbedder
from tests.index_home import (
    ARTICLES,
    add,
    answers,
    build_and_publish,
    build_only,
    published,
    write_articles,
)
from tests.index_on_server import described
from tests.postgresql_server import Server, with_store

NEWER = ARTICLES | {"R2193-1": "Le titulaire peut sous-traiter une partie de son marché."}
PATIENCE = 60
Engine: TypeAlias = Callable[[Path], Path]


@pytest.fixture(params=["folder", pytest.param("postgresql", marks=pytest.mark.slow)])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data folder with a published index, in it or on a server."""
    home = tmp_path / "home"
    if request.param == "postgresql":
        with_store(home, request.getfixturevalue("postgresql"))
    add(home, write_articles(tmp_path / "code.jsonl", ARTICLES))
    build_and_publish(home)
    return home


@pytest.fixture
def server_home(tmp_path: Path, postgresql: Server) -> Path:
    """The same on a server only."""
    home = with_store(tmp_path / "home", postgresql)
    add(home, write_articles(tmp_path / "code.jsonl", ARTICLES))
    build_and_publish(home)
    return home


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the snapshots that holders open, in their order."""
    names: list[str] = []

    def opening(home: Path, name: str) -> IndexSnapshot:
        names.append(name)
        return open_snapshot(home, name)

    monkeypatch.setattr(snapshots, "open_snapshot", opening)
    return names


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


def test_what_is_about_to_be_in_use_is_open_by_then(
    home: Path, tmp_path: Path, opened: list[str]
) -> None:
    holder = SnapshotHolder(home, WordEmbedder())
    first = holder.current().manifest.name
    add(home, write_articles(tmp_path / "code.jsonl", NEWER))
    second = build_only(home)

    def verified(_: str) -> None:
        holder.open_ahead()
        holder.open_ahead()
        assert opened == [first, second]
        assert holder.current().manifest.name == first

    with lock_for_writing(home):
        publish(home, second, verified)
    holder.open_ahead()
    gc.collect()
    discard(home, first)
    assert finished(home) == [second]
    assert answers(holder.current(), "sous-traiter") == ["R2193-1", "R2193-1"]
    assert opened == [first, second]


def test_what_is_not_published_after_all_is_let_go(home: Path, tmp_path: Path) -> None:
    holder, first = SnapshotHolder(home, WordEmbedder()), current_name(home)
    second = _announced_only(home, tmp_path, lambda _: holder.open_ahead())
    assert announced_name(home) is None
    discard(home, second)
    assert finished(home)[-1] == second
    withdraw(home)  # nor does it stay where nothing is in use
    holder.open_ahead()
    gc.collect()
    discard(home, second)
    assert finished(home) == [first]


def _announced_only(home: Path, folder: Path, told: Callable[[str], object]) -> str:
    """The name of a snapshot whose publication fails once it was announced and verified."""
    add(home, write_articles(folder / "code.jsonl", NEWER))
    name = build_only(home)

    def failing(name: str) -> None:
        told(name)
        raise KeyboardInterrupt

    with lock_for_writing(home), pytest.raises(KeyboardInterrupt):
        publish(home, name, failing)
    return name


def test_what_a_kill_left_announced_is_taken_back_at_the_next_start(
    home: Path, tmp_path: Path
) -> None:
    repository_of(home).announce(current_name(home))
    assert announced_name(home) == current_name(home)
    settle_at_start(home, Journal(tmp_path / "journal.jsonl"))
    assert announced_name(home) is None


def test_what_cannot_be_opened_is_not_tried_again_until_somebody_asks(
    home: Path, opened: list[str]
) -> None:
    holder = SnapshotHolder(home, WordEmbedder("autres@1"))
    for _ in range(3):
        with suppress(EmbedderMismatch):
            holder.open_ahead()
    assert opened == []  # its manifest tells
    with pytest.raises(EmbedderMismatch):
        holder.current()


def test_who_asks_waits_for_the_one_that_is_being_opened(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The publication ends first: another opening would be as slow, and twice in memory."""
    holder = SnapshotHolder(home, WordEmbedder())
    holder.current()
    add(home, write_articles(tmp_path / "code.jsonl", NEWER))
    second = build_only(home)
    begun, go_on, opened = threading.Event(), threading.Event(), list[str]()

    def slow(home: Path, name: str) -> IndexSnapshot:
        opened.append(name)
        begun.set()
        assert go_on.wait(PATIENCE)
        return open_snapshot(home, name)

    monkeypatch.setattr(snapshots, "open_snapshot", slow)
    with ThreadPoolExecutor(max_workers=2) as threads:
        repository_of(home).announce(second)
        ahead = threads.submit(holder.open_ahead)
        assert begun.wait(PATIENCE)
        repository_of(home).serve(second)
        asked = threads.submit(holder.current)
        go_on.set()
        ahead.result(PATIENCE)
        assert asked.result(PATIENCE).manifest.name == second
    assert opened == [second]


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


def test_who_follows_publications_sees_them_come_until_it_goes(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "LOOK", 0.01)
    names = SimpleQueue[str]()
    failing = [OSError("the disk is full")]

    def opening(home: Path, name: str) -> IndexSnapshot:
        names.put(name)
        if failing:
            raise failing.pop()
        return open_snapshot(home, name)

    monkeypatch.setattr(snapshots, "open_snapshot", opening)
    holder = SnapshotHolder(home, WordEmbedder())
    thread, seen = holder.follow(), list[str]()
    try:
        assert names.get(timeout=PATIENCE) == current_name(home)
        add(home, write_articles(tmp_path / "code.jsonl", NEWER))
        second = build_only(home)
        with lock_for_writing(home):
            publish(home, second, lambda _: seen.append(names.get(timeout=PATIENCE)))
        assert seen == [second]
    finally:
        del holder
        gc.collect()
        thread.join(PATIENCE)
    assert not thread.is_alive()


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
    settings.write_text(f'store = "postgresql://a@/b?host={tmp_path}"\n', encoding="utf-8")
    with pytest.raises(UnreachableStore, match=r"ne répond pas.*settings\.toml"):
        current_name(tmp_path)
