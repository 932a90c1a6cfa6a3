"""Children that are bounded, and how few of them there are at once."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread

import pytest

from ingestion.sandbox import BusySandbox, Limits, Pool, run

HERE = f"{__name__}:"


def echo(word: str) -> None:
    """In a child: what it was given, after a word."""
    sys.stdout.write(f"{word} {sys.stdin.read()}")


def connect() -> None:
    """In a child: reach out."""
    socket.socket().connect(("127.0.0.1", 9))


def start() -> None:
    """In a child: start another program."""
    subprocess.run(["/bin/true"], check=True)


def write(path: str) -> None:
    """In a child: keep something."""
    with Path(path).open("wb", buffering=0) as file:
        file.write(b"kept")


def grow(size: str) -> None:
    """In a child: take memory."""
    sys.stdout.write(str(len(bytearray(int(size)))))


def spin() -> None:
    """In a child: never end."""
    while True:
        os.getpid()


def tell(word: str) -> None:
    """In a child: say that it was reached, then fail."""
    sys.stdout.write(word)
    sys.exit(3)


def test_a_function_runs_in_a_child_on_what_it_is_given() -> None:
    ended = run(f"{HERE}echo", ["lu :"], Limits(), "déjà vu".encode())
    assert (ended.output.decode(), ended.status, ended.is_late) == ("lu : déjà vu", 0, False)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of another system has no filter")
@pytest.mark.parametrize("function", ["connect", "start"])
def test_a_child_reaches_nothing_and_starts_nothing(function: str) -> None:
    assert run(f"{HERE}{function}", [], Limits()).status != 0


def test_a_child_writes_no_file(tmp_path: Path) -> None:
    assert run(f"{HERE}write", [str(tmp_path / "left")], Limits()).status != 0
    assert not (tmp_path / "left").read_bytes()


def test_the_memory_of_a_child_is_bounded() -> None:
    limits = Limits(memory=300 << 20)
    assert run(f"{HERE}grow", [str(10 << 20)], limits).output == str(10 << 20).encode()
    assert run(f"{HERE}grow", [str(400 << 20)], limits).status != 0


def test_the_time_of_a_child_is_bounded() -> None:
    assert run(f"{HERE}spin", [], Limits(seconds=1)).is_late


def test_a_child_that_fails_says_its_status() -> None:
    ended = run(f"{HERE}tell", ["atteint"], Limits())
    assert (ended.output, ended.status, ended.is_late) == (b"atteint", 3, False)


class _Work(Thread):
    """Holds a place until it is told to end."""

    def __init__(self, pool: Pool, *, is_long: bool) -> None:
        super().__init__(daemon=True)
        self.pool, self.is_long = pool, is_long
        self.begun, self.over = Event(), Event()

    def run(self) -> None:
        with self.pool.place(is_long=self.is_long):
            self.begun.set()
            self.over.wait(30)


@pytest.fixture
def working() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def begun(stack: ExitStack, pool: Pool, *, is_long: bool) -> _Work:
    work = _Work(pool, is_long=is_long)
    stack.callback(work.join, 30)
    stack.callback(work.over.set)
    work.start()
    return work


def test_long_work_leaves_a_place_to_short_work(working: ExitStack) -> None:
    pool = Pool(places=2)
    first = begun(working, pool, is_long=True)
    assert first.begun.wait(30)
    second = begun(working, pool, is_long=True)
    with pool.place(is_long=False, patience=30):
        assert not second.begun.is_set()
    first.over.set()
    assert second.begun.wait(30)


def test_short_work_takes_every_place_and_no_more(working: ExitStack) -> None:
    pool = Pool(places=2)
    works = [begun(working, pool, is_long=False) for _ in range(3)]
    running = [work for work in works if work.begun.wait(1)]
    assert len(running) == 2
    running[0].over.set()
    assert all(work.begun.wait(30) for work in works)


def test_who_waits_too_long_or_comes_when_too_many_wait_is_told_so(working: ExitStack) -> None:
    pool = Pool(places=2, waiting=1)
    for _ in range(2):
        assert begun(working, pool, is_long=False).begun.wait(30)
    with pytest.raises(BusySandbox, match="Réessayez"), pool.place(is_long=False, patience=0.01):
        pass
    assert not pool.is_full
    third = begun(working, pool, is_long=False)
    while not pool.is_full:
        third.begun.wait(0.01)
    with pytest.raises(BusySandbox), pool.place(is_long=False, patience=30):
        pass


def test_a_place_is_free_again_after_a_failure() -> None:
    pool = Pool(places=2)
    for _ in range(5):
        with pytest.raises(ZeroDivisionError), pool.place(is_long=True):
            _ = 1 / 0
    with pool.place(is_long=True):
        pass
