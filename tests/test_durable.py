import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from ingestion.durable import hold, lock_for_writing, replace_bytes, require_space
from ingestion.errors import BusyIndex, IngestionError, StorageFull

WRITE_UNTIL_KILLED = """
import sys
from pathlib import Path
from ingestion.durable import lock_for_writing
with lock_for_writing(Path(sys.argv[1])):
    print("writing", flush=True)
    sys.stdin.read()
"""


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    replace_bytes(tmp_path / "pointer", b"old")
    replace_bytes(tmp_path / "pointer", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("pointer", b"new")]


def test_a_failed_replacement_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError("the disk has gone")

    replace_bytes(tmp_path / "pointer", b"old")
    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="gone"):
        replace_bytes(tmp_path / "pointer", b"new")
    assert (tmp_path / "pointer").read_bytes() == b"old"


def test_the_bytes_are_on_disk_before_the_name_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names_at_sync = []
    monkeypatch.setattr("os.fsync", lambda _: names_at_sync.append(sorted(tmp_path.glob("*"))))
    replace_bytes(tmp_path / "pointer", b"new")
    assert names_at_sync == [[tmp_path / "pointer.partial"], [tmp_path / "pointer"]]


def test_a_second_writer_is_refused_at_once_and_welcome_after_a_kill(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITE_UNTIL_KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"writing\n"
        with pytest.raises(BusyIndex, match="Réessayez"), lock_for_writing(tmp_path):
            pytest.fail("two writers")
        first.kill()
    with lock_for_writing(tmp_path):
        pass


def test_two_writers_of_one_process_are_no_better(tmp_path: Path) -> None:
    with lock_for_writing(tmp_path), pytest.raises(BusyIndex), lock_for_writing(tmp_path):
        pytest.fail("two writers")


def test_a_file_is_held_by_many_or_by_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    first, second = hold(path, alone=False), hold(path, alone=False)
    assert first is not None
    assert second is not None
    assert hold(path, alone=True) is None
    first.close()
    assert hold(path, alone=True) is None
    second.close()
    alone = hold(path, alone=True)
    assert alone is not None
    assert hold(path, alone=False) is None
    alone.close()


def test_a_full_disk_is_said_in_french(tmp_path: Path) -> None:
    with (
        pytest.raises(StorageFull, match=r"est plein\. Libérez de la place"),
        lock_for_writing(tmp_path),
    ):
        Path("/dev/full").write_bytes(b"something")


def test_a_full_database_too(tmp_path: Path) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE big (body BLOB)")
    connection.execute("PRAGMA max_page_count = 2")
    with pytest.raises(StorageFull, match="est plein"), lock_for_writing(tmp_path):
        connection.execute("INSERT INTO big VALUES (zeroblob(100000))")
    connection.close()


def test_a_failure_without_a_reason_on_a_nearly_full_disk_is_the_disks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="compaction"), lock_for_writing(tmp_path):
        raise ValueError("compaction failed")
    monkeypatch.setattr("ingestion.durable._NEARLY_FULL", 1 << 60)
    with pytest.raises(StorageFull, match="est plein"), lock_for_writing(tmp_path):
        raise ValueError("compaction failed")
    with pytest.raises(IngestionError, match="Rien à indexer"), lock_for_writing(tmp_path):
        raise IngestionError("Rien à indexer.")


def test_a_folder_closed_to_writing_is_said_in_french(tmp_path: Path) -> None:
    with pytest.raises(IngestionError, match="Corrigez les droits"), lock_for_writing(tmp_path):
        raise PermissionError(13, "Permission denied", str(tmp_path / "library.json"))


def test_room_is_asked_for_before_the_work(tmp_path: Path) -> None:
    require_space(tmp_path / "not yet there", 1)
    with pytest.raises(StorageFull, match=r"environ \d+ Mo libres .* il en reste \d+ Mo"):
        require_space(tmp_path / "not yet there", 1 << 60)
