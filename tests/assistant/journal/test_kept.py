"""A journal in a folder or on a server: the same lines, bodies and faults."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from assistant.journal.journal import Journal, erase, journal_of, purge
from assistant.journal.server import ServerBodies, server_parts
from assistant.journal.verification import Tampering
from ingestion.postgresql import named_server
from ingestion.tenders.dossiers import Dossier, Dossiers
from tests.support.journals import START
from tests.support.postgresql_server import Server, with_store

Opened = Callable[[Callable[[], datetime]], Journal]


@pytest.fixture(params=["folder", pytest.param("postgresql", marks=pytest.mark.slow)])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """Opens the journal of a data folder with a clock, again for each that asks."""
    if request.param == "folder":
        return lambda now: Journal(tmp_path / "journal.jsonl", now)
    with_store(tmp_path, request.getfixturevalue("postgresql"))
    address = named_server(tmp_path, "store")
    return lambda now: Journal(tmp_path / "journal.jsonl", now, server_parts(tmp_path, address))


def test_what_was_appended_is_read_back_and_holds(opened: Opened, tmp_path: Path) -> None:
    Dossiers(tmp_path).create(Dossier("voirie"))
    day, dossier = START, tmp_path / "dossiers" / "voirie"
    journal = opened(lambda: day)
    assert (list(journal.entries()), journal.faults(), journal.anchor()) == ([], (), None)
    named = [journal.append("answer", {"question": "Délai ?"}, user="u1")]
    named.append(journal.append("answer", {"question": "caf\udce9"}, dossier / "records"))
    day += timedelta(days=1)
    named.append(journal.append("answer", {"question": "demain"}, user="u2"))
    again = opened(lambda: day)
    entries = list(again.entries())
    assert [entry["kind"] for entry in entries] == ["answer", "answer", "anchor", "answer"]
    assert [entry["number"] for entry in entries] == [1, 2, 3, 4]
    assert [e["hash"][:16] for e in entries if e["kind"] == "answer"] == named
    bodies = [again.body(e) for e in entries if e["kind"] == "answer"]
    assert bodies == [{"question": each} for each in ("Délai ?", "caf\udce9", "demain")]
    assert again.apart(entries[1]) == dossier / "records"
    assert [anchor.hash for anchor in again.anchored()] == [entries[1]["hash"]]
    read = list(again.read())
    assert list(again.read(read[2][0])) == read[2:]
    assert again.faults() == ()


def test_what_was_forgotten_is_gone_and_said(opened: Opened) -> None:
    day = START
    journal = opened(lambda: day)
    for user in ("u1", "u2"):
        journal.append("answer", {"question": user}, user=user)
    day += timedelta(days=40)
    journal.append("answer", {"question": "tard"}, user="u1")
    assert purge(journal, START + timedelta(days=1)) == 2
    assert erase(journal, "u1") == 1
    asked = [entry for entry in journal.entries() if entry["kind"] == "answer"]
    assert [journal.body(entry) for entry in asked] == [None] * 3
    assert journal.faults() == ()


def test_what_may_not_be_written_leaves_no_line_and_no_text(opened: Opened) -> None:
    journal = opened(lambda: START)
    journal.append("answer", {})
    with pytest.raises(ValueError, match="no entry"):
        journal.append("Réponse", {"question": "?"})
    journal.append("answer", {})
    assert [entry["number"] for entry in journal.entries()] == [1, 2]
    assert journal.faults() == ()


def test_several_append_to_one_chain(opened: Opened) -> None:
    journals = [opened(lambda: START) for _ in range(4)]

    def append(writer: int) -> None:
        for number in range(10):
            journals[writer].append("answer", {"writer": writer, "number": number})
            journals[writer].faults()

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(append, range(4)))
    told = [body for each in journals[0].entries() if (body := journals[0].body(each))]
    for writer in range(4):
        assert [b["number"] for b in told if b["writer"] == writer] == list(range(10))
    assert len(told) == 40
    assert journals[0].faults() == ()


# On a server only.


@pytest.mark.slow
def test_what_is_altered_on_the_server_is_located(tmp_path: Path, postgresql: Server) -> None:
    home = with_store(tmp_path, postgresql)
    journal = journal_of(home)
    for number in range(6):
        journal.append("answer", {"number": number})
    assert not (home / "journal.jsonl").exists()
    with psycopg.connect(named_server(home, "store")) as owner:
        lines = owner.execute("SELECT start FROM sourcier_store.journal ORDER BY start").fetchall()
        owner.execute(
            "UPDATE sourcier_store.journal SET line = overlay(line PLACING '2030' FROM 8) "
            "WHERE start = %s",
            [lines[1][0]],
        )
        owner.execute("DELETE FROM sourcier_store.journal WHERE start = %s", [lines[3][0]])
        last = list(journal.entries())[-1]["sha256"]
        owner.execute("UPDATE sourcier_store.bodies SET content = 'x' WHERE name ~ %s", [last])
    found = {(fault.line, fault.what) for fault in journal.faults()}
    assert found == {(2, Tampering.EDIT), (4, Tampering.DELETION), (5, Tampering.BODY)}


@pytest.mark.slow
def test_a_purge_that_fails_forgets_nothing_and_says_nothing(
    tmp_path: Path, postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = journal_of(with_store(tmp_path, postgresql))
    journal.append("answer", {"question": "gardée"})
    forget = ServerBodies.forget

    def broken(self: ServerBodies, names: list[tuple[str, str]]) -> None:
        forget(self, names)
        raise ConnectionError

    monkeypatch.setattr(ServerBodies, "forget", broken)
    with suppress(ConnectionError):
        erase(journal, "")
    monkeypatch.undo()
    assert [(e["kind"], journal.body(e)) for e in journal.entries()] == [
        ("answer", {"question": "gardée"})
    ]
    assert journal.faults() == ()
