"""Files written whole, and a full disk."""

import errno
import io
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.cli.command import main
from assistant.identity import UserRole
from assistant.journal.journal import Journal, journal_of
from assistant.publishing.service import AdministrationService
from assistant.tenders.service import DossierService
from assistant.web.admin.app import admin_app
from assistant.web.site import SingleUser, requiring
from ingestion.durable import hold, in_words, lock_for_writing, replace_bytes, require_space
from ingestion.errors import BusyIndex, IngestionError, StorageFull
from ingestion.index.store import MANIFEST
from ingestion.library.library import Library
from ingestion.tenders.dossiers import Dossier, Dossiers
from ingestion.tenders.intake import Parcel
from tests.support.administered import administered
from tests.support.fakes import WordEmbedder
from tests.support.fakes_page import FakeService
from tests.support.index_home import add, build_only, write_articles
from tests.support.page_app import app_over
from tests.support.review_home import application, house

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


ARTICLES = {"R2192-10": "Le délai de paiement est fixé à trente jours."}
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
TEXT = b"# CCAP\n\n## Article 12\n\nTrente jours.\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


class Disk:
    """A disk with room for so many writes made durable, then none until it is emptied."""

    def __init__(self) -> None:
        self.left = 1 << 30
        self._real = os.fsync

    def fsync(self, descriptor: int) -> None:
        self.left -= 1
        if self.left < 0:
            raise FULL
        self._real(descriptor)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr("os.fsync", disk.fsync)
    return disk


def filled_up(disk: Disk, act: Callable[[], object], most: int = 60) -> Iterator[int]:
    """Do it with room for no write, then for one, and so on until it succeeds."""
    for room in range(most):
        disk.left = room
        said = refusal(act)
        disk.left = 1 << 30
        if said is None:
            return
        assert "plein" in said
        assert "Errno" not in said
        yield room
    pytest.fail("there is never room enough")


def refusal(act: Callable[[], object]) -> str | None:
    try:
        act()
    except StorageFull as error:
        return str(error)
    return None


def left(home: Path) -> set[str]:
    """What stands below a folder, locks aside."""
    return {
        str(path.relative_to(home))
        for path in home.rglob("*")
        if path.is_file() and path.name not in {"lock", "journal.jsonl"}
    }


def filing(home: Path) -> DossierService:
    return DossierService(home, Journal(home / "journal.jsonl"), WordEmbedder)


def test_a_dossier_is_opened_or_not(home: Path, disk: Disk) -> None:
    rooms = list(filled_up(disk, lambda: filing(home).create(Dossier("ecole"))))
    assert len(rooms) > 2
    assert [dossier.id for dossier in Dossiers(home).all()] == ["ecole"]


def test_a_dossier_that_was_not_opened_is_not_there(home: Path, disk: Disk) -> None:
    for _ in filled_up(disk, lambda: filing(home).create(Dossier("ecole"))):
        assert Dossiers(home).all() == ()
        assert not list((home / "dossiers").glob("*"))


def test_a_piece_is_kept_whole_or_not_at_all(home: Path, disk: Disk) -> None:
    filing(home).create(Dossier("ecole"))
    folder = home / "dossiers" / "ecole"

    def sent() -> None:
        filing(home).add("ecole", [Parcel("CCAP.md", io.BytesIO(TEXT))])

    for _ in filled_up(disk, sent):
        entries = Library(folder).entries
        assert len([name for name in left(folder) if name.startswith("originals")]) == len(entries)
        assert not [name for name in left(folder) if "incoming-" in name or "partial" in name]
        assert all((each / MANIFEST).exists() for each in (folder / "generations").glob("*"))
        assert filing(home).awaits_index("ecole") == bool(entries)
        [piece] = filing(home).pieces("ecole") or [None]
        assert (piece is None) == (not entries)
    assert not filing(home).awaits_index("ecole")


def test_nothing_is_left_of_an_index(home: Path, tmp_path: Path, disk: Disk) -> None:
    add(home, write_articles(tmp_path / "code.jsonl", ARTICLES))
    for _ in filled_up(disk, lambda: build_only(home)):
        assert all((each / MANIFEST).exists() for each in (home / "generations").glob("*"))


def test_the_journal_says_it(home: Path, disk: Disk) -> None:
    journal = Journal(home / "journal.jsonl")
    journal.append("answer", {"n": 1})
    for _ in filled_up(disk, lambda: journal.append("answer", {"n": 2})):
        assert len(list(journal.entries())) == 1
        assert journal.faults() == ()


def test_a_command_says_it_without_a_number(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise FULL

    monkeypatch.setattr("assistant.cli.dossier.filing_of", full)
    assert main(["--data", str(home), "dossier", "list"]) == 1
    assert capsys.readouterr().err == "Fichier ou disque inaccessible : le disque est plein.\n"


def test_other_refusals_are_said_in_words_too() -> None:
    assert in_words(OSError(errno.EROFS, "Read-only", "/x")) == (
        "disque ouvert en lecture seule (/x)"
    )
    assert in_words(OSError(errno.ENOMEM, "Cannot allocate memory")) == "la mémoire manque"
    assert in_words(OSError("autre")) == "autre"


def test_a_journal_is_anchored_or_says_why_not(home: Path, disk: Disk) -> None:
    journal = Journal(home / "journal.jsonl")
    journal.append("notice", {"told": "un mot"})
    assert list(filled_up(disk, journal.anchor))
    assert journal.anchor() is not None


def full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def told(client: TestClient, method: str, path: str, **form: str) -> str:
    answer = client.request(method, path, data=form or None, follow_redirects=False)
    assert answer.status_code == 503
    return answer.text


def test_on_the_buyer_s_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    service = FakeService()
    monkeypatch.setattr(service.filing, "create", full)
    client = TestClient(app_over(service), raise_server_exceptions=False)
    text = told(client, "POST", "/dossiers", id="neuf", reference="", title="", team="")
    assert "Le disque a refusé" in text
    assert "le disque est plein" in text
    assert "No space left" not in text


def test_on_the_referent_s_pages(
    small_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = house(small_home).review
    monkeypatch.setattr(review, "items", full)
    client = TestClient(application(review), raise_server_exceptions=False)
    client.headers["x-user"] = "u-anne"
    assert "Le disque a refusé" in told(client, "GET", "/referent/")


def test_on_the_administrator_s_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = administered(tmp_path / "home", tmp_path)
    office = AdministrationService(home, journal_of(home), ("false",))
    monkeypatch.setattr(office, "start_build", full)
    app = admin_app(office, requiring(SingleUser(), UserRole.ADMINISTRATOR))
    client = TestClient(app, raise_server_exceptions=False)
    assert "Le disque a refusé" in told(client, "POST", "/build")
