"""Texts are forgotten after some months or for one user; what remains proves that they were."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from assistant.journal.journal import Journal, erase, months_before, purge, purge_daily, records
from assistant.journal.verification import Tampering
from ingestion.errors import UnreachableStore
from tests.journals import START, fill

CANARY = "canari-Zéphirin-7431"


def holding(home: Path) -> list[Path]:
    """The files of a data folder with the canary in them, whatever they are."""
    return [p for p in home.rglob("*") if p.is_file() and CANARY.encode() in p.read_bytes()]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """Three months, of two users, with a dossier; the canary in all that u1 wrote in January."""
    day = START
    journal = Journal(tmp_path / "journal.jsonl", lambda: day)
    dossier = tmp_path / "dossiers" / "voirie"
    dossier.mkdir(parents=True)
    for number in range(3):
        text = CANARY if number == 0 else "autre"
        journal.append("answer", {"question": text}, user="u1")
        journal.append("answer", {"question": text}, dossier / "records", user="u1")
        journal.append("answer", {"question": f"de u2, mois {number}"}, user="u2")
        day += timedelta(days=31)
    return journal


def told(journal: Journal, kind: str) -> list[object]:
    return [journal.body(entry) for entry in journal.entries() if entry["kind"] == kind]


def questions(journal: Journal) -> list[object]:
    bodies = (journal.body(entry) for entry in journal.entries() if entry["kind"] == "answer")
    return [body and body["question"] for body in bodies]


def test_what_is_too_old_is_on_disk_nowhere_and_the_chain_holds(
    journal: Journal, tmp_path: Path
) -> None:
    assert len(holding(tmp_path)) == 2
    hashes = [entry["hash"] for entry in journal.entries()]
    before = START + timedelta(days=1)
    assert purge(journal, before, user="u9") == 3
    assert holding(tmp_path) == []
    assert questions(journal) == [None] * 3 + ["autre", "autre", "de u2, mois 1"] + [
        "autre",
        "autre",
        "de u2, mois 2",
    ]
    assert [entry["hash"] for entry in journal.entries()][: len(hashes)] == hashes
    assert told(journal, "retention") == [{"before": before.isoformat(), "bodies": 3}]
    assert [entry["user"] for entry in journal.entries()][-1] == "u9"
    assert journal.faults() == ()


def test_a_purge_while_the_journal_is_verified_raises_no_alarm(tmp_path: Path) -> None:
    journal = fill(tmp_path / "journal.jsonl", 1100)

    def purged(done: int, _: int) -> None:
        if done == 1000:
            assert purge(journal, START + timedelta(days=1)) == 1100

    assert journal.faults(progress=purged) == ()


def test_nothing_to_forget_is_not_told(journal: Journal) -> None:
    assert purge(journal, START) == 0
    assert told(journal, "retention") == []


def test_a_purge_of_a_purge_still_explains_what_is_gone(journal: Journal) -> None:
    erase(journal, "u1")
    for days in (40, 400):
        purge(journal, START + timedelta(days=days))
    assert set(questions(journal)) == {None}
    assert journal.faults() == ()


def test_a_user_is_erased_and_the_others_stay(journal: Journal, tmp_path: Path) -> None:
    assert erase(journal, "u1", user="u9") == 6
    assert holding(tmp_path) == []
    kept = [f"de u2, mois {number}" for number in range(3)]
    assert [each for each in questions(journal) if each] == kept
    assert told(journal, "erasure") == [{"user": "u1", "bodies": 6}]
    assert journal.faults() == ()
    journal.append("answer", {"question": "après"}, user="u1")
    [entry] = [each for each in journal.entries() if each["user"] == "u1"][-1:]
    (tmp_path / entry["kept"] / f"{entry['sha256']}.json").unlink()
    assert [fault.what for fault in journal.faults()] == [Tampering.BODY]  # written since


def test_all_that_is_held_on_a_user_is_given(journal: Journal) -> None:
    found = list(records(journal, lambda entry: entry["user"] == "u2"))
    assert [each["body"]["question"] for each in found] == [f"de u2, mois {n}" for n in range(3)]


def test_a_body_without_a_line_goes_with_the_next_purge(journal: Journal, tmp_path: Path) -> None:
    for folder in ("records/2026-01", "dossiers/voirie/records"):
        (tmp_path / folder / f"{'0' * 64}.json").write_text(CANARY, encoding="utf-8")
        (tmp_path / folder / f"{'1' * 64}.json.partial").write_text(CANARY, encoding="utf-8")
    purge(journal, START + timedelta(days=1))
    assert holding(tmp_path) == []
    assert len(list(tmp_path.rglob("*.json"))) == 10  # six answers, three anchors, the purge


@pytest.mark.parametrize(
    ("moment", "months", "expected"),
    [
        ("2026-11-25", 12, "2025-11-25"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2026-01-05", 1, "2025-12-05"),
        ("2026-12-31", 6, "2026-06-30"),
    ],
)
def test_months_before(moment: str, months: int, expected: str) -> None:
    assert f"{months_before(datetime.fromisoformat(moment), months):%Y-%m-%d}" == expected


def test_a_server_purges_when_it_starts_and_again_when_its_store_was_down(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    purged, down = Event(), [UnreachableStore("Le serveur PostgreSQL ne répond pas.")]
    monkeypatch.setattr("assistant.journal.journal._DAY", 0.01)

    class Watched(Journal):
        def forget(self, *told: Any, **more: Any) -> int:
            if down:
                raise down.pop()
            count = super().forget(*told, **more)
            purged.set()
            return count

    purge_daily(Watched(tmp_path / "journal.jsonl"), 1)
    assert purged.wait(30)
    assert holding(tmp_path) == []
    assert journal.faults() == ()


PURGE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from assistant.journal.journal import journal_of
from assistant.journal.journal import purge
purge(journal_of(Path(sys.argv[1])), datetime(2027, 1, 1, tzinfo=UTC))
sys.stdout.write("done")
"""


def test_a_purge_killed_at_any_call_that_changes_the_disk_is_finished_by_the_next(
    tmp_path: Path,
) -> None:
    for call in ("unlink", "fsync"):
        number = 1
        while True:
            home = tmp_path / f"{call}-{number}"
            journal = fill(home / "journal.jsonl", 2)
            command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}"]
            command += ["-e", f"inject={call}:signal=SIGKILL:when={number}"]
            command += [sys.executable, "-B", "-c", PURGE, str(home)]
            ran = subprocess.run(command, capture_output=True, check=False)
            assert journal.faults() == (), (call, number)
            purge(journal, datetime(2027, 1, 1, tzinfo=UTC))
            assert questions(journal) == [None, None]
            assert journal.faults() == (), (call, number)
            if ran.stdout:
                break
            number += 1
        assert number > 2
