"""The administrator's administration over a real small index, building in a process of its own."""

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from assistant.journal.journal import journal_of
from assistant.publishing.build_record import Build, BuildState
from assistant.publishing.service import KEPT_BACKUPS, AdministrationService
from assistant.publishing.sources import Standing
from ingestion.durable import lock_for_writing
from ingestion.errors import BusyIndex, IngestionError
from ingestion.index.publication import current_name, finished
from ingestion.library.library import Added, Library
from ingestion.tenders.intake import Parcel
from tests.assistant.publishing.test_gate import NEW
from tests.support.administered import USER, acts, add_code, administered
from tests.support.legi_files import (
    CODE_ID,
    NEXT,
    OTHER_CODE_ID,
    VERSION,
    article_xml,
    files_of,
    write_archive,
)
from tests.support.small_index import ARTICLES, write_code

COMMAND = (sys.executable, "-m", "tests.support.command_line", "--data")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return administered(tmp_path / "home", tmp_path)


@pytest.fixture
def administration(home: Path) -> Iterator[AdministrationService]:
    administration = AdministrationService(home, journal_of(home), (*COMMAND, str(home)))
    yield administration
    administration.stop_build()
    waited(administration, lambda build: build is None or build.state is not BuildState.RUNNING)


def waited(
    administration: AdministrationService, until: Callable[[Build | None], bool]
) -> Build | None:
    """The build once it is as wanted; a test that waits five minutes for it fails."""
    for _ in range(3000):
        build = administration.build
        if until(build):
            return build
        time.sleep(0.1)
    pytest.fail(f"{administration.build}\n{administration.log}")


def ended(build: Build | None) -> bool:
    return build is not None and build.state is not BuildState.RUNNING


def examining(build: Build | None) -> bool:
    return build is not None and any(step.name == "Questions de contrôle" for step in build.steps)


def test_a_candidate_is_built_beside_the_page_and_waits(
    administration: AdministrationService, home: Path, tmp_path: Path
) -> None:
    served = current_name(home)
    with write_code(tmp_path, [*ARTICLES, NEW]).open("rb") as file:
        [receipt] = administration.add([Parcel("code.jsonl", file)], (), USER)
    assert receipt.refusal is None
    administration.start_build(USER)
    build = waited(administration, ended)
    assert build is not None
    assert (build.state, build.user) == (BuildState.FINISHED, USER), administration.log
    assert [(step.done, step.total) for step in build.steps][:1] == [(6, 6)]
    candidate = administration.candidate
    assert candidate is not None
    assert candidate.verdict is not None
    assert (candidate.verdict.passed, current_name(home)) == (True, served)
    changes = administration.changes()
    assert [each.reference for each in changes.difference.added] == ["R2193-1"]
    assert "passages" in administration.log
    administration.publish(candidate.generation, "", USER, force=False)
    assert administration.roll_back("Essai", USER) == served
    assert acts(home) == ["added", "built", "gate_passed", "published", "rolled_back"]


def test_a_second_writer_is_refused_while_the_first_one_goes_on(
    administration: AdministrationService,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PAUSE", "3")
    add_code(home, tmp_path, [*ARTICLES, NEW])
    folders = sorted((home / "generations").iterdir())
    administration.start_build(USER)
    waited(administration, examining)
    for act in (
        lambda: administration.start_build(USER),
        lambda: administration.publish(current_name(home), "", USER, force=False),
        lambda: administration.roll_back("", USER),
        lambda: administration.remove("code.jsonl", USER),
        lambda: administration.add((), (), USER),
    ):
        with pytest.raises(BusyIndex, match="en cours"):
            act()
        assert examining(administration.build)
        assert not ended(administration.build)
    administration.stop_build()
    build = waited(administration, ended)
    assert build is not None
    assert build.state is BuildState.CANCELLED
    assert sorted((home / "generations").iterdir()) == folders
    assert administration.candidate is None


def test_a_build_is_stopped_before_it_has_begun(
    administration: AdministrationService, home: Path, tmp_path: Path
) -> None:
    add_code(home, tmp_path, [*ARTICLES, NEW])
    administration.start_build(USER)
    administration.stop_build()
    build = waited(administration, ended)
    assert build is not None
    assert build.state is BuildState.CANCELLED
    assert administration.candidate is None


def test_a_killed_build_says_so_and_the_next_one_goes_on(
    administration: AdministrationService,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PAUSE", "1")
    add_code(home, tmp_path, [*ARTICLES, NEW])
    administration.start_build(USER)
    waited(administration, examining)
    first_line, *_ = (home / "build.jsonl").read_text().splitlines()
    os.kill(json.loads(first_line)["process"], signal.SIGKILL)
    build = waited(administration, ended)
    assert build is not None
    assert build.state is BuildState.KILLED
    monkeypatch.setenv("PAUSE", "0")
    administration.start_build(USER)
    waited(administration, ended)
    assert administration.candidate is not None


def test_files_are_listed_with_where_they_stand(
    administration: AdministrationService, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "note.md").write_text("# Note\n\nUn texte.\n")
    with (tmp_path / "note.md").open("rb") as file:
        administration.add([Parcel("note.md", file)], (), USER)
    administration.remove("petits-achats.md", USER)
    standing = {each.name: each.standing for each in administration.sources()}
    assert standing == {
        "code.jsonl": Standing.SERVED,
        "note.md": Standing.WAITING,
        "petits-achats.md": Standing.REMOVED,
    }
    with pytest.raises(IngestionError, match=r"absent\.md"):
        administration.remove("absent.md", USER)
    assert acts(home) == ["added", "removed"]


def test_what_was_added_before_one_broke_off_is_on_record(
    administration: AdministrationService, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Library.add

    def interrupted(library: Library, path: Path, *told: Any) -> Added:
        if told[0] == "autre.md":
            raise IngestionError("le disque ne répond pas")
        return read(library, path, *told)

    monkeypatch.setattr("ingestion.library.library.Library.add", interrupted)
    names = ("note.md", "autre.md")
    sent = [Parcel(name, BytesIO(b"# Note\n\nUn texte.\n" + name.encode())) for name in names]
    with pytest.raises(IngestionError, match="disque"):
        administration.add(sent, (), USER)
    assert acts(home) == ["added"]


def test_unpacked_days_are_taken_each_with_its_list(
    administration: AdministrationService,
) -> None:
    listed = "liste_suppression_legi.dat"
    sent = ((f"1/{listed}", b""), (f"{VERSION.id}.xml", article_xml(VERSION)), (f"2/{listed}", b""))
    receipts = administration.add([Parcel(name, BytesIO(data)) for name, data in sent], (), USER)
    assert [(each.name, each.refusal) for each in receipts] == [
        (f"{CODE_ID}.jsonl", None),
        (listed, "ne change aucun texte"),
        (listed, "ne change aucun texte"),
    ]


def test_an_archive_that_brings_nothing_is_said(
    administration: AdministrationService, tmp_path: Path
) -> None:
    sheets = write_archive(tmp_path / "dce.tar.gz", {"dce/guide.md": b"# Guide\n\nUn texte.\n"})
    day = write_archive(tmp_path / NEXT, files_of(VERSION))
    sent = [Parcel(each.name, BytesIO(each.read_bytes())) for each in (day, sheets)]
    receipts = administration.add(sent, (OTHER_CODE_ID,), USER)
    assert [(each.name, (each.refusal or "").partition(";")[0]) for each in receipts] == [
        ("dce.tar.gz, tous ses fichiers", "ni article de LEGI ni liste de suppressions "),
        (NEXT, "ne change aucun des textes demandés"),
    ]


def test_neither_the_index_in_service_nor_the_candidate_is_discarded(
    administration: AdministrationService, home: Path
) -> None:
    served = current_name(home)
    other = "20200101-000000-000"
    shutil.copytree(home / "generations" / served, home / "generations" / other)
    with pytest.raises(IngestionError, match="en service"):
        administration.discard(served, USER)
    administration.discard(other, USER)
    assert finished(home) == [served]
    assert [part for part, size in administration.usage().parts if size] != []


def test_the_last_backups_are_kept(administration: AdministrationService, home: Path) -> None:
    named = [home / "backups" / name for name in ("avant.tar", "sourcier-avant-migration.tar")]
    for path in named:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"kept by hand")
        os.utime(path, (0, 0))
    for second in range(KEPT_BACKUPS + 2):
        administration.back_up(datetime(2026, 11, 25, 12, 0, second, tzinfo=UTC), USER)
    names = [each.name for each in administration.backups()]
    assert set(names[KEPT_BACKUPS:]) == {path.name for path in named}
    assert names[0] == "sourcier-20261125-120004.tar"
    assert administration.backup(names[0], USER)
    assert administration.backup("../journal.jsonl", USER) is None


def test_the_lock_is_free_once_everything_is_done(
    administration: AdministrationService, home: Path
) -> None:
    administration.stop_build()
    with lock_for_writing(home):
        assert administration.build is None
