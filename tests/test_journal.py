import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.journal import GENESIS, Fault, Journal

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
BODIES = st.dictionaries(st.text(), JSON, max_size=3)


def _written(path: Path, count: int) -> list[bytes]:
    journal = Journal(path)
    for number in range(count):
        journal.append("answer", {"number": number, "text": "délai de 30 jours"})
    return path.read_bytes().splitlines(keepends=True)


def _faults(path: Path, lines: list[bytes]) -> list[Fault]:
    path.write_bytes(b"".join(lines))
    return list(Journal(path).faults())


@given(bodies=st.lists(BODIES, min_size=1, max_size=5))
def test_what_is_appended_is_read_back_and_holds(bodies: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as folder:
        journal = Journal(Path(folder, "deep", "journal.jsonl"))
        identifiers = [journal.append("answer", body) for body in bodies]
        entries = list(journal.entries())
        assert [entry["body"] for entry in entries] == bodies
        assert [entry["hash"][:16] for entry in entries] == identifiers
        assert [entry["previous"] for entry in entries] == [
            GENESIS,
            *(entry["hash"] for entry in entries[:-1]),
        ]
        assert list(journal.faults()) == []


def test_a_journal_that_does_not_exist_is_empty_and_intact(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    assert list(journal.entries()) == []
    assert list(journal.faults()) == []


@given(data=st.data())
def test_any_change_of_a_byte_is_found_at_its_line(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "journal.jsonl")
        lines = _written(path, 4)
        number = data.draw(st.integers(0, 3))
        line = bytearray(lines[number])
        place = data.draw(st.integers(0, len(line) - 2))
        new = data.draw(st.integers(0, 255).filter(lambda byte: byte not in (line[place], 10)))
        line[place] = new
        lines[number] = bytes(line)
        assert _faults(path, lines)[0].line == number + 1


@given(data=st.data())
def test_a_change_that_hashes_itself_anew_is_found_at_the_next_line(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "journal.jsonl")
        lines = _written(path, 4)
        number = data.draw(st.integers(0, 2))
        other = Path(folder, "other.jsonl")
        other.write_bytes(b"".join(lines[:number]))
        Journal(other).append("answer", {"number": number, "text": "délai de 60 jours"})
        lines[number] = other.read_bytes().splitlines(keepends=True)[-1]
        assert _faults(path, lines) == [Fault(number + 2, "ne suit pas la ligne précédente")]


@given(number=st.integers(0, 3))
def test_a_deleted_line_is_found_where_it_was(number: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "journal.jsonl")
        lines = _written(path, 5)
        del lines[number]
        assert _faults(path, lines)[0].line == number + 1


@given(number=st.integers(0, 4), copied=st.integers(0, 3))
def test_an_inserted_line_is_found_where_it_stands(number: int, copied: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "journal.jsonl")
        lines = _written(path, 4)
        lines.insert(number, lines[copied])
        # A line repeated just before itself is itself; its copy is the one after it.
        expected = number + 2 if number == copied else number + 1
        assert _faults(path, lines)[0].line == expected


@given(order=st.permutations(range(5)))
def test_another_order_is_found_at_the_first_line_out_of_place(order: list[int]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "journal.jsonl")
        lines = _written(path, 5)
        faults = _faults(path, [lines[place] for place in order])
        moved = [number for number, place in enumerate(order, 1) if place != number - 1]
        assert [fault.line for fault in faults][:1] == moved[:1]


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(b'{"at"', b'{ "at"'),
        lambda line: line.replace(b'"kind":"answer"', b'"kind":"other","kind":"answer"'),
        lambda line: line.replace(b'"body":{', b'"body":{"number":9,'),
        lambda line: line.replace("é".encode(), b"\\u00e9"),
        lambda line: line.replace(b"\n", b" \n"),
        lambda line: b"\xef\xbb\xbf" + line,
    ],
)
def test_a_change_that_json_reads_the_same_is_found(
    tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    lines = _written(tmp_path / "journal.jsonl", 3)
    altered = change(lines[1])
    assert altered != lines[1]
    faults = _faults(tmp_path / "journal.jsonl", [lines[0], altered, lines[2]])
    assert faults
    assert faults[0].line == 2


@pytest.mark.parametrize("line", [b"", b"[]", b"null", b"{}", b'{"hash":1}', b"[" * 100_000])
def test_a_line_that_is_no_entry_is_reported_alone(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "journal.jsonl"
    lines = _written(path, 3)
    faults = _faults(path, [*lines[:2], line + b"\n", lines[2]])
    assert [fault.line for fault in faults] == [3]
    assert len(list(Journal(path).entries())) == 3


@given(kept=st.integers(1, 200), more=st.integers(1, 3))
def test_a_line_left_unfinished_is_reported_and_the_chain_goes_on(kept: int, more: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "journal.jsonl")
        lines = _written(path, 2)
        path.write_bytes(lines[0] + lines[1][:kept])
        journal = Journal(path)
        if kept < len(lines[1]) - 1:
            assert [fault.line for fault in journal.faults()] == [2]
        for number in range(more):
            journal.append("answer", {"number": number})
        assert len(list(journal.entries())) >= 1 + more
        torn = [2] if kept < len(lines[1]) - 1 else []
        assert [fault.line for fault in journal.faults()] == torn


def test_a_line_that_lacks_only_its_end_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    lines = _written(path, 2)
    path.write_bytes(b"".join(lines)[:-1])
    journal = Journal(path)
    assert list(journal.faults()) == []
    journal.append("answer", {})
    assert list(journal.faults()) == []
    assert len(list(journal.entries())) == 3


def test_a_first_line_left_unfinished_does_not_stop_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'{"at":"2026')
    journal = Journal(path)
    journal.append("answer", {})
    assert [fault.line for fault in journal.faults()] == [1]


def test_entries_longer_than_what_is_read_at_once_are_chained(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    for size in (10, 5_000, 100_000, 10):
        journal.append("answer", {"text": "x" * size})
    with (tmp_path / "journal.jsonl").open("ab") as file:
        file.write(b'{"at":"' + b"y" * 50_000)
    journal.append("answer", {})
    assert [fault.line for fault in journal.faults()] == [5]


def test_half_a_surrogate_pair_is_written_and_holds(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append("answer", {"question": "caf\udce9 ?"})
    journal.append("answer", {})
    assert next(journal.entries())["body"]["question"] == "caf\udce9 ?"
    assert list(journal.faults()) == []
    (tmp_path / "journal.jsonl").read_text(encoding="utf-8")


def _append_many(path: Path, writer: int, count: int) -> None:
    for number in range(count):
        Journal(path).append("answer", {"writer": writer, "number": number, "text": "x" * 3000})


def test_several_processes_append_to_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    context = get_context("spawn")
    writers = [context.Process(target=_append_many, args=(path, i, 40)) for i in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert list(Journal(path).faults()) == []  # reading meanwhile never sees half a line
        time.sleep(0.01)
    assert [writer.exitcode for writer in writers] == [0] * 4
    bodies = [entry["body"] for entry in Journal(path).entries()]
    assert len(bodies) == 160
    for i in range(4):
        assert [body["number"] for body in bodies if body["writer"] == i] == list(range(40))
    assert list(Journal(path).faults()) == []


ENDLESS = """
import sys
from pathlib import Path
from assistant.journal import Journal
journal = Journal(Path(sys.argv[1]))
while True:
    journal.append("answer", {"text": "x" * 300_000})
"""


def test_a_killed_writer_leaves_a_journal_that_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    torn = 0
    for round_ in range(4):
        child = subprocess.Popen([sys.executable, "-c", ENDLESS, str(path)])
        before = path.stat().st_size if path.exists() else 0
        deadline = time.monotonic() + 30
        while not path.exists() or path.stat().st_size < before + 600_000:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(0.003 * round_)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        torn += not path.read_bytes().endswith(b"\n")
        Journal(path).append("answer", {"round": round_})
    faults = list(Journal(path).faults())
    assert len(faults) == torn
    assert all("illisible" in fault.reason for fault in faults)
    rounds = [entry["body"].get("round") for entry in Journal(path).entries()]
    assert [number for number in rounds if number is not None] == [0, 1, 2, 3]


def test_every_line_is_canonical_json(tmp_path: Path) -> None:
    line = _written(tmp_path / "journal.jsonl", 1)[0]
    entry = json.loads(line)
    assert list(entry) == sorted(entry)
    assert entry["kind"] == "answer"
    assert "é".encode() in line
