"""What is about to be in use, in a folder or on a server: open by then, let go if it is not."""

import gc
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

import pytest

from assistant.journal.journal import Journal
from assistant.publishing.decisions import settle_at_start
from assistant.retrieval import snapshots
from assistant.retrieval.snapshots import SnapshotHolder
from ingestion.durable import lock_for_writing
from ingestion.errors import EmbedderMismatch
from ingestion.index.publication import (
    announced_name,
    current_name,
    discard,
    finished,
    open_snapshot,
    publish,
    repository_of,
    withdraw,
)
from ingestion.index.snapshot import IndexSnapshot
from tests.support.fakes import WordEmbedder
from tests.support.index_home import NEWER, add, answers, build_only, write_articles

PATIENCE = 60


@pytest.fixture
def home(published_home: Path) -> Path:
    return published_home


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the snapshots that holders open, in their order."""
    names: list[str] = []

    def opening(home: Path, name: str) -> IndexSnapshot:
        names.append(name)
        return open_snapshot(home, name)

    monkeypatch.setattr(snapshots, "open_snapshot", opening)
    return names


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
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def failing(home: Path, name: str) -> IndexSnapshot:
        opened.append(name)
        raise OSError("the disk is full")

    monkeypatch.setattr(snapshots, "open_snapshot", failing)
    holder, name = SnapshotHolder(home, WordEmbedder()), current_name(home)
    for _ in range(3):
        with suppress(OSError):
            holder.open_ahead()
    assert opened == [name]
    with pytest.raises(OSError, match="the disk"):
        holder.current()
    assert opened == [name, name]


def test_that_it_is_another_embedders_is_seen_before_it_is_opened(
    home: Path, opened: list[str]
) -> None:
    holder = SnapshotHolder(home, WordEmbedder("autres@1"))
    for ask in (holder.open_ahead, holder.current):
        with pytest.raises(EmbedderMismatch):
            ask()
    assert opened == []


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
