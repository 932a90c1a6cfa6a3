"""A backup taken while questions are answered, and restored into an empty folder or not at all."""

import random
import shutil
import sqlite3
import stat
import tarfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Event

import pytest

from assistant.answering.record import contract
from assistant.cli.command import main
from assistant.errors import WrongBackup
from assistant.evaluation.runs import run_turn
from assistant.journal.journal import Journal, journal_of
from assistant.publishing.backup import back_up, contents
from assistant.publishing.restoration import restore
from ingestion.durable import hold
from ingestion.index.publication import current_name, finished
from ingestion.legislation.official_copy import OfficialCopy
from ingestion.tenders.dossiers import Dossier, Dossiers
from tests.support.administered import PAYMENT, USER, administered
from tests.support.small_index import DOSSIER, assistant_over

QUESTIONS = (
    (PAYMENT, None),
    ("Sous quel montant acheter sans publicité ni mise en concurrence ?", None),
    ("Quand l'avance est-elle accordée ?", None),
    ("Quelles sont les pénalités de retard ?", DOSSIER),
    ("Quelle est la recette des crêpes ?", None),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in use: an index, a dossier, a journal, gold questions, accounts, weights."""
    folder = tmp_path_factory.mktemp("used")
    home = administered(folder / "home", folder)
    answers(home)
    (home / "models").mkdir()
    (home / "models" / "weights.gguf").write_bytes(b"x" * 1000)
    (home / "settings.toml").write_text("evidence_limit = 5\n")
    (home / "incoming" / "sent").mkdir(parents=True)
    (home / "incoming" / "sent" / "factures.csv").write_text("sent, and not stored yet")
    with closing(sqlite3.connect(home / "accounts.sqlite")) as accounts:
        accounts.execute("CREATE TABLE users (name TEXT)")
        accounts.execute("INSERT INTO users VALUES ('Ana')")
        accounts.commit()
    return home


@pytest.fixture(scope="module")
def saved(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "sourcier.tar"
    back_up(home, path, journal_of(home), USER)
    return path


def answers(home: Path) -> Sequence[object]:
    """What is answered, without what differs from one turn to the next."""
    assistant = assistant_over(home, journal_of(home))
    told = []
    for question, dossier in QUESTIONS:
        line = contract(run_turn(assistant, question, None, dossier))
        told.append({key: line[key] for key in line.keys() - {"record_id", "seconds"}})
    return told


def kinds(home: Path) -> list[str]:
    return [entry["kind"] for entry in journal_of(home).entries()]


def test_what_is_restored_answers_the_same(home: Path, saved: Path, tmp_path: Path) -> None:
    found = restore(saved, tmp_path / "new", USER)
    assert found.problems == ()
    assert len(found.indexes) == 2
    assert answers(tmp_path / "new") == answers(home)
    assert finished(tmp_path / "new") == [current_name(home)]
    for name in ("gold.jsonl", "settings.toml", "library.json"):
        assert (tmp_path / "new" / name).read_bytes() == (home / name).read_bytes()
    with closing(sqlite3.connect(tmp_path / "new" / "accounts.sqlite")) as accounts:
        assert accounts.execute("SELECT name FROM users").fetchall() == [("Ana",)]
    assert list(journal_of(tmp_path / "new").faults()) == []
    assert kinds(tmp_path / "new")[found.entries] == "restore"
    assert "backup" in kinds(home)
    with tarfile.open(saved) as archive:
        names = archive.getnames()
    assert not [
        name for name in names if name.startswith(("models", "vectors", "lock", "incoming"))
    ]
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new" / "accounts.sqlite").stat().st_mode) == 0o600


def places(size: int) -> Iterator[int]:
    """First and last bytes, and some between."""
    drawn = random.Random(2026)
    yield from (0, 100, 512, size - 1, size - 1025, size - 2000)
    yield from (drawn.randrange(size) for _ in range(40))


def test_one_flipped_bit_anywhere_is_refused(saved: Path, tmp_path: Path) -> None:
    content = bytearray(saved.read_bytes())
    altered = tmp_path / "altered.tar"
    for place in places(len(content)):
        content[place] ^= 1 << place % 8
        altered.write_bytes(content)
        with pytest.raises(WrongBackup, match="un octet au moins"):
            restore(altered, tmp_path / "new", USER)
        content[place] ^= 1 << place % 8
    for cut in (b"", content[:-1], content[:2048], content + b"\0"):
        altered.write_bytes(cut)
        with pytest.raises(WrongBackup):
            restore(altered, tmp_path / "new", USER)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["altered.tar"]


def test_nothing_is_restored_over_something(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(WrongBackup, match="n'est pas vide"):
        restore(saved, tmp_path, USER)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_backup_is_restored_where_one_is_and_beside_weights(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "volume"
    (home / "models").mkdir(parents=True)
    (home / "models" / "weights.gguf").touch()
    (home / "lost+found").mkdir()
    before = home.stat().st_ino
    monkeypatch.chdir(home)
    assert restore(saved, Path(), USER).problems == ()
    assert home.stat().st_ino == before, "a mounted disk cannot be replaced by another folder"
    assert (home / "models" / "weights.gguf").exists()
    assert not list(home.glob(".*"))


def test_a_refused_backup_leaves_an_empty_folder_empty(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "altered.tar").write_bytes(saved.read_bytes()[:-1] + b"x")
    (tmp_path / "volume").mkdir()
    with pytest.raises(WrongBackup):
        restore(tmp_path / "altered.tar", tmp_path / "volume", USER)
    assert list((tmp_path / "volume").iterdir()) == []


def test_a_backup_while_everybody_writes_holds_whole_lines(home: Path, tmp_path: Path) -> None:
    stopped = Event()

    def write(number: int) -> None:
        with closing(sqlite3.connect(home / "accounts.sqlite", timeout=30)) as accounts:
            while not stopped.is_set():
                journal_of(home).append("answer", {"text": "é" * 9000 * number})
                with accounts:
                    accounts.execute("INSERT INTO users VALUES (?)", ("x" * 2000,))

    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(write, number) for number in range(1, 5)]
        try:
            for number in range(5):
                back_up(home, tmp_path / f"{number}.tar", journal_of(home), USER)
        finally:
            stopped.set()
        for each in writing:
            each.result()
    for number in range(5):
        found = restore(tmp_path / f"{number}.tar", tmp_path / f"new{number}", USER)
        assert found.problems == ()
        with closing(sqlite3.connect(tmp_path / f"new{number}" / "accounts.sqlite")) as accounts:
            assert accounts.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_was_not_sound_when_it_was_saved_is_said(saved: Path, tmp_path: Path) -> None:
    restore(saved, tmp_path / "new", USER)
    with (tmp_path / "new" / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"kind": "ans')
    back_up(tmp_path / "new", tmp_path / "again.tar", journal_of(tmp_path / "new"), USER)
    found = restore(tmp_path / "again.tar", tmp_path / "third", USER)
    assert any("Journal, ligne" in problem for problem in found.problems)


def test_a_folder_whose_server_does_not_answer_is_restored_and_it_is_said(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.postgresql.CONNECTING", 1)
    monkeypatch.setattr("assistant.publishing.backup.served_name", lambda home: "")
    used = shutil.copytree(home, tmp_path / "used")
    settings = f'store = "postgresql://a@/b?host={tmp_path}"\n'
    (used / "settings.toml").write_text(settings, encoding="utf-8")
    back_up(used, tmp_path / "s.tar", Journal(used / "journal.jsonl"), USER)
    found = restore(tmp_path / "s.tar", tmp_path / "new", USER)
    assert found.indexes[0] == current_name(home)
    [problem] = found.problems
    assert "pas au journal" in problem
    assert "ne répond pas" in problem


def test_a_backup_kept_among_the_data_is_in_no_later_one(home: Path, saved: Path) -> None:
    kept = [home / "sourcier-20261127-0200.tar", home / "copies" / "sourcier.save"]
    for copy in kept:
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(saved, copy)
    (home / "pieces.tar").write_bytes(b"x" * 10_000)
    made = back_up(home, home / "sourcier-20261128-0200.tar", journal_of(home), USER).path
    with tarfile.open(made) as archive:
        names = archive.getnames()
    assert not {copy.relative_to(home).as_posix() for copy in kept} & set(names)
    assert "pieces.tar" in names
    for path in (*kept, made, home / "pieces.tar"):
        path.unlink()


def test_a_backup_does_not_wait_for_the_official_texts(home: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool, OfficialCopy(home).alone():
        made = pool.submit(back_up, home, tmp_path / "s.tar", journal_of(home), USER)
        assert made.result(timeout=20).path.exists()


def test_a_dossier_that_is_deleted_meanwhile_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    dossiers = Dossiers(home)
    for name in ("menage-1", "voirie-2"):
        dossiers.create(Dossier(name))

    def deleting(root: Path, leases: ExitStack) -> Iterator[Path]:
        if root.name == "menage-1":
            dossiers.delete(root.name)
        return contents(root, leases)

    monkeypatch.setattr("assistant.publishing.backup.contents", deleting)
    back_up(home, tmp_path / "s.tar", journal_of(home), USER)
    assert restore(tmp_path / "s.tar", tmp_path / "new", USER).problems == ()
    assert [each.id for each in Dossiers(tmp_path / "new").all()] == ["voirie-2"]


def test_a_database_in_use_is_copied_whole_whatever_the_folders_above_are_called(
    tmp_path: Path,
) -> None:
    home = tmp_path / "generations" / "sourcier"
    home.mkdir(parents=True)
    with closing(sqlite3.connect(home / "accounts.sqlite")) as accounts:
        accounts.execute("PRAGMA journal_mode=WAL")
        accounts.execute("CREATE TABLE users (name TEXT)")
        accounts.execute("INSERT INTO users VALUES ('Ana')")
        accounts.commit()  # which is in the log beside the file as long as this is open
        back_up(home, tmp_path / "s.tar", journal_of(home), USER)
    restore(tmp_path / "s.tar", tmp_path / "new", USER)
    with closing(sqlite3.connect(tmp_path / "new" / "accounts.sqlite")) as restored:
        assert restored.execute("SELECT name FROM users").fetchall() == [("Ana",)]


def test_what_a_killed_backup_left_is_written_anew(home: Path, tmp_path: Path) -> None:
    path, left = tmp_path / "s.tar", tmp_path / "s.tar.partial"
    left.touch(mode=0o600)
    left.write_bytes(b"x" * 10_000_000)
    other = hold(left, alone=True)
    assert other is not None
    with other, pytest.raises(WrongBackup, match="en cours"):
        back_up(home, path, journal_of(home), USER)
    back_up(home, path, journal_of(home), USER)
    assert restore(path, tmp_path / "new", USER).problems == ()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_commands(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "s.tar"
    assert main(["--data", str(home), "backup", "--out", str(file)]) == 0
    assert main(["--data", str(home), "backup", "--out", str(file)]) == 1
    assert "existe déjà" in capsys.readouterr().err
    assert main(["restore", str(file), "--data", str(tmp_path / "new")]) == 0
    assert "2 index" in " ".join(capsys.readouterr().out.split())
    assert main(["--data", str(tmp_path / "new"), "restore", str(file)]) == 1
