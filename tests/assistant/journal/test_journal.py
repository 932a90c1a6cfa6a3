"""The journal: what is written, what a crash leaves of it, and the words that it is told in."""

import json
import os
import re
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.journal.chain import GENESIS, canonical
from assistant.journal.journal import ACTS, KINDS, Journal
from ingestion.errors import StorageFull
from tests.support.journals import (
    START,
    bodies,
    earlier_lines,
    fill,
)
from tests.support.killed_call import is_killed_at
from tests.support.paths import ROOT

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)

BODIES = st.dictionaries(st.text(), JSON, max_size=3)

LINE = re.compile(
    r'\{"at":"[0-9T:.+-]+","hash":"[0-9a-f]{64}","kept":"records/[0-9]{4}-[0-9]{2}",'
    r'"kind":"answer","number":[0-9]+,"previous":"[0-9a-f]{64}","sha256":"[0-9a-f]{64}",'
    r'"user":"u1"\}\n'
)


@given(written=st.lists(BODIES, min_size=1, max_size=5))
def test_what_is_appended_is_read_back_and_holds(written: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as folder:
        journal = Journal(Path(folder, "deep", "journal.jsonl"))
        identifiers = [journal.append("answer", body) for body in written]
        entries = list(journal.entries())
        assert bodies(journal) == written
        assert [entry["hash"][:16] for entry in entries] == identifiers
        assert [entry["number"] for entry in entries] == list(range(1, len(written) + 1))
        assert [entry["previous"] for entry in entries] == [
            GENESIS,
            *(entry["hash"] for entry in entries[:-1]),
        ]
        assert journal.entry(identifiers[-1]) == entries[-1]
        assert journal.entry("0" * 16) is None
        assert journal.faults() == ()


def test_no_line_holds_a_text_and_no_hash_gives_one_away(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    for _ in range(2):
        journal.append("answer", {"question": "Un délai ?", "seconds": 1.5}, user="u1")
    lines = (tmp_path / "journal.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    assert all(LINE.fullmatch(line) for line in lines)
    one, other = journal.entries()
    assert one["sha256"] != other["sha256"]  # the same words, salted
    content = (tmp_path / one["kept"] / f"{one['sha256']}.json").read_bytes()
    assert sha256(content).hexdigest() == one["sha256"]
    assert len(json.loads(content)["salt"]) == 32


@pytest.mark.parametrize(("kind", "user"), [("Réponse", ""), ("answer", "Jean Dupont"), ("", "")])
def test_a_kind_or_a_pseudonym_with_words_in_it_is_refused(
    tmp_path: Path, kind: str, user: str
) -> None:
    with pytest.raises(ValueError, match="no entry"):
        Journal(tmp_path / "journal.jsonl").append(kind, {}, user=user)
    assert (tmp_path / "journal.jsonl").read_bytes() == b""


def test_a_body_kept_apart_is_in_its_folder_only_and_goes_with_it(tmp_path: Path) -> None:
    journal, dossier = Journal(tmp_path / "journal.jsonl"), tmp_path / "dossiers" / "école 1"
    dossier.mkdir(parents=True)
    journal.append("answer", {"text": "Zéphirin"}, dossier / "records")
    journal.append("answer", {"text": "ailleurs"})
    apart, own = journal.entries()
    assert (journal.apart(apart), journal.apart(own)) == (dossier / "records", None)
    assert bodies(journal) == [{"text": "Zéphirin"}, {"text": "ailleurs"}]
    [record] = (dossier / "records").iterdir()
    record.unlink()
    (dossier / "records").rmdir()
    assert [fault.line for fault in journal.faults()] == [1]  # only the whole dossier may go
    dossier.rmdir()
    assert bodies(journal) == [None, {"text": "ailleurs"}]
    assert journal.faults() == ()
    with pytest.raises(FileNotFoundError):
        journal.append("answer", {}, dossier / "records")  # it does not come back
    assert journal.faults() == ()


def test_a_journal_of_an_earlier_version_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"".join(earlier_lines(3)))
    journal = Journal(path)
    journal.append("answer", {"question": "nouveau"})
    entries = list(journal.entries())
    assert [entry["number"] for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry["user"] for entry in entries] == ["", "u1", "", "", ""]
    assert [entry["kind"] for entry in entries[3:]] == ["anchor", "answer"]
    told = [(journal.body(entry) or {}).get("question") for entry in entries]
    assert told == ["0 jours ?", "1 jours ?", "2 jours ?", None, "nouveau"]
    assert journal.apart(entries[0]) is None
    assert journal.faults() == ()


def test_the_first_entry_of_a_day_comes_after_an_anchor(tmp_path: Path) -> None:
    day = START
    journal = Journal(tmp_path / "journal.jsonl", lambda: day)
    journal.append("answer", {})
    last = journal.append("answer", {})
    day += timedelta(days=1)
    journal.append("answer", {})
    journal.append("answer", {})
    kinds = [entry["kind"] for entry in journal.entries()]
    assert kinds == ["answer", "answer", "anchor", "answer", "answer"]
    [line] = (tmp_path / "anchors").read_text(encoding="ascii").splitlines()
    assert line.startswith(f"2026-01-06 2 {last}")
    told = journal.body(list(journal.entries())[2])
    assert told == {"day": "2026-01-06", "number": 2, "hash": line.split()[2]}
    assert journal.faults() == ()


@given(kept=st.integers(1, 400), more=st.integers(1, 3))
def test_a_line_that_a_crash_left_unfinished_is_taken_away_and_told(kept: int, more: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "journal.jsonl")
        first, second = _two_lines(path)
        path.write_bytes(first + second[:kept])
        journal = Journal(path)
        is_torn = kept < len(second) - 1
        assert [fault.line for fault in journal.faults()] == ([2] if is_torn else [])
        for number in range(more):
            journal.append("answer", {"number": number})
        assert journal.faults() == ()
        recovered = [journal.body(e) for e in journal.entries() if e["kind"] == "recovery"]
        told = {"act": "line_unfinished", "bytes": kept}
        assert recovered == ([told] if is_torn else [])


def _two_lines(path: Path) -> list[bytes]:
    journal = Journal(path)
    journal.append("answer", {})
    journal.append("answer", {})
    return path.read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("held_first", ["forget", "anchor"])
def test_whoever_holds_the_chain_first_tells_of_a_line_left_unfinished(
    tmp_path: Path, held_first: str
) -> None:
    path = tmp_path / "journal.jsonl"
    first, second = _two_lines(path)
    path.write_bytes(first + second[:20])
    journal = Journal(path)
    if held_first == "forget":
        journal.forget("retention", {}, lambda entry: False)
    else:
        journal.anchor()
    assert [e["kind"] for e in journal.entries()].count("recovery") == 1
    assert journal.faults() == ()


def test_a_first_line_left_unfinished_does_not_stop_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'{"at":"2026')
    Journal(path).append("answer", {})
    assert Journal(path).faults() == ()


def test_a_long_last_line_of_an_earlier_version_is_found_from_the_end(tmp_path: Path) -> None:
    path, body = tmp_path / "journal.jsonl", {"text": "x" * 50_000}
    entry = {"kind": "answer", "at": START.isoformat(), "previous": GENESIS, "body": body}
    path.write_bytes(canonical(entry | {"hash": sha256(canonical(entry)).hexdigest()}) + b"\n")
    with path.open("ab") as file:
        file.write(b'{"at":"' + b"y" * 50_000)
    journal = Journal(path)
    journal.append("answer", {})
    assert [e["kind"] for e in journal.entries()] == ["answer", "anchor", "recovery", "answer"]
    assert journal.faults() == ()


def test_a_disk_that_fills_up_leaves_no_half_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.jsonl"
    journal = fill(path, 2)
    before, real = path.read_bytes(), os.write
    monkeypatch.setattr(os, "write", lambda file, content: real(file, content[:100]))
    with pytest.raises(StorageFull, match="plein"):
        journal.append("answer", {})
    monkeypatch.undo()
    assert path.read_bytes() == before
    journal.append("answer", {})
    assert journal.faults() == ()


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
        assert Journal(path).faults() == ()  # reading meanwhile never sees half a line
        time.sleep(0.01)
    assert [writer.exitcode for writer in writers] == [0] * 4
    journal = Journal(path)
    told = [body for body in bodies(journal) if body and "writer" in body]
    assert len(told) == 160
    for i in range(4):
        assert [body["number"] for body in told if body["writer"] == i] == list(range(40))
    assert journal.faults() == ()


LOST = {"question": "tuée ?"}


def test_a_writer_killed_at_any_of_its_system_calls_leaves_a_journal_that_holds(
    tmp_path: Path,
) -> None:
    """Each call that changes the disk is the last one of a process, in turn."""
    killed = 0
    for call in ("write", "fsync", "rename", "mkdir", "ftruncate", "flock"):
        number = 1
        while True:
            path = tmp_path / f"{call}-{number}" / "journal.jsonl"
            fill(path, 3)
            journal = Journal(path, lambda: datetime(2026, 1, 6, tzinfo=UTC))
            if not is_killed_at(call, number, partial(journal.append, "answer", LOST)):
                break
            assert journal.faults() == (), (call, number)
            journal.append("answer", {"question": "après"})
            assert journal.faults() == (), (call, number)
            assert bodies(journal)[-1] == {"question": "après"}
            number += 1
            killed += 1
    assert killed > 15


SOURCES = list((ROOT / "assistant").rglob("*.py"))

APPENDED = re.compile(
    r'(?:journal\.append|self\._record|_add\(\s*chain,|journal\.forget)\(?\s*"([a-z_]+)"'
    r'(?:,\s*\{"act": "([a-z_]+)")?'
)


def written() -> set[tuple[str, str]]:
    """The kinds, with their acts where these stand beside them, that the code writes."""
    found = (APPENDED.findall(path.read_text(encoding="utf-8")) for path in SOURCES)
    return {pair for pairs in found for pair in pairs}


def test_the_code_is_read() -> None:
    assert {("export", ""), ("dossier", "deleted"), ("anchor", ""), ("retention", "")} <= written()


@pytest.mark.parametrize(("kind", "act"), sorted(written()))
def test_what_is_written_is_in_the_vocabulary(kind: str, act: str) -> None:
    assert kind in KINDS
    assert not act or act in ACTS[kind]


def test_acts_are_of_kinds() -> None:
    assert set(ACTS) <= set(KINDS)
