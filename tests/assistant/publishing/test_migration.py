"""Index and journal go to a server and come back, the same to the byte."""

import subprocess
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest

from assistant.errors import WrongMigration
from assistant.journal.journal import Journal, journal_of, purge
from assistant.publishing.migration import Migration, migrate
from assistant.tenders.service import DossierService
from ingestion.errors import IngestionError
from ingestion.index.publication import current_name, finished, repository_at
from ingestion.index.snapshot import contents_of
from ingestion.library.archive import archive_of
from ingestion.library.library import Library
from ingestion.postgresql import named_server
from ingestion.tenders.dossiers import Dossier, Dossiers
from ingestion.tenders.intake import Parcel
from tests.support.accounts_home import Hall
from tests.support.fakes import WordEmbedder
from tests.support.index_home import (
    ARTICLES,
    add,
    answers,
    build_and_publish,
    published,
    with_articles,
    write_articles,
)
from tests.support.journals import START
from tests.support.postgresql_server import Server

pytestmark = pytest.mark.slow

ROADS = Dossier("voirie-2026", reference="2026-07", team="voirie")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two indexes, the older one in use, and a journal of two days of which a text was purged."""
    home = with_articles(tmp_path, ARTICLES)
    first = current_name(home)
    add(home, write_articles(tmp_path / "code.jsonl", ARTICLES | {"R1-1": "Un autre article."}))
    build_and_publish(home)
    repository_at(home, "").serve(first)
    moments = iter([START, START, START.replace(day=6), START.replace(day=7)])
    journal = Journal(home / "journal.jsonl", lambda: next(moments, START.replace(day=7)))
    for number in range(3):
        journal.append("answer", {"question": f"numéro {number}"}, user="u1")
    purge(journal, START.replace(hour=9))
    return home


def moved(home: Path, source: str, target: str) -> Migration:
    return migrate(home, source, target, lambda step, done, total: None)


def digests(home: Path, address: str) -> dict[str, str]:
    kept = repository_at(home, address)
    return {
        name: contents_of(kept.open(name), kept.vectors(name)).digest for name in kept.finished()
    }


def test_there_and_back_is_the_same_and_goes_on(
    home: Path, tmp_path: Path, postgresql: Server
) -> None:
    address, back = postgresql.fresh(), tmp_path / "back"
    served = current_name(home)
    shown = next(iter(published(home).store.documents()))
    archived = archive_of(home).keep(shown)
    ana = Hall(home).settle("ana")
    entries = Library(home).entries
    lines = (home / "journal.jsonl").read_bytes()
    there = moved(home, "", address)
    assert there.snapshots == tuple(finished(home))
    assert (there.archived, there.accounts, there.files) == (1, 1, 2)
    assert digests(home, "") == digests(home, address)
    back.mkdir()
    assert moved(back, address, "") == there
    assert (back / "journal.jsonl").read_bytes() == lines
    assert (back / "anchors").read_bytes() == (home / "anchors").read_bytes()
    assert digests(back, "") == digests(home, "")
    assert Library(back).entries == entries
    assert list(Library(back).documents()) == list(Library(home).documents())
    assert current_name(back) == served
    verifier = str(files("assistant.journal") / "verify.sh")
    assert subprocess.run(["bash", verifier, back], check=False).returncode == 0

    (home / "settings.toml").write_text(f'store = "{address}"\n', encoding="utf-8")
    assert answers(published(home), "avance") == ["R2191-3", "R2191-3"]
    (home / "archive" / f"{archived}.json").unlink()
    assert archive_of(home).document(archived) == shown
    journal_of(home).append("answer", {"question": "sur le serveur"})
    over = Hall(home)
    assert over.accounts.sessions.identity(ana)
    assert over.enter("ana")
    over.accounts.register.set_teams("ana", {"voirie"}, by="tests")
    assert journal_of(home).faults() == ()
    after = moved(back, address, "")
    assert (back / "journal.jsonl").read_bytes()[: len(lines)] == lines
    assert Hall(back).accounts.register.get("ana").teams == frozenset({"voirie"})
    assert Hall(back).accounts.sessions.identity(ana) is None
    assert after.lines == len(list(Journal(back / "journal.jsonl").entries())) > there.lines
    assert Journal(back / "journal.jsonl").faults() == ()


def test_two_journals_do_not_become_one(home: Path, tmp_path: Path, postgresql: Server) -> None:
    address, other = postgresql.fresh(), tmp_path / "other"
    Journal(other / "journal.jsonl").append("answer", {"question": "ailleurs"})
    moved(other, "", address)
    before = journal_lines(home, address)
    with pytest.raises(WrongMigration, match="vide"):
        moved(home, "", address)
    assert journal_lines(home, address) == before
    assert repository_at(home, address).finished() == []


def filing(home: Path) -> DossierService:
    return DossierService(home, journal_of(home), WordEmbedder)


def contents_of_dossier(home: Path) -> dict[str, bytes]:
    """The files of the dossier, but those that are this machine's own."""
    folder = home / "dossiers" / ROADS.id
    named = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    own = {"lock", "fetching.lock", "archive/lock", "vectors.sqlite"}
    return {
        name: path.read_bytes()
        for name, path in named.items()
        if path.is_file() and name not in own and not name.startswith("working/")
    }


def test_dossiers_go_and_come_back_with_all_that_is_in_them(
    home: Path, tmp_path: Path, postgresql: Server
) -> None:
    address, back, other = postgresql.fresh(), tmp_path / "back", tmp_path / "other"
    filing(home).create(ROADS)
    filing(home).add(ROADS.id, [Parcel("CCAP.md", BytesIO(b"# CCAP\n\nTrente jours.\n"))])
    folder = Dossiers(home).home(ROADS.id)
    Dossiers(home).archive(ROADS.id).keep(next(iter(published(folder).store.documents())))
    before = contents_of_dossier(home)
    assert {name.partition("/")[0] for name in before} >= {"archive", "records", "generations"}
    assert moved(home, "", address).dossiers == 1
    for empty in (back, other):
        empty.mkdir()
    assert moved(back, address, "").dossiers == 1
    assert contents_of_dossier(back) == before
    assert Journal(back / "journal.jsonl").faults() == ()

    (other / "settings.toml").write_text(f'store = "{address}"\n', encoding="utf-8")
    filing(other).remove(ROADS.id, ["CCAP.md"])
    moved(back, address, "")
    assert filing(back).count(ROADS.id) == 0
    filing(back).add(ROADS.id, [Parcel("RC.md", BytesIO(b"# RC\n\nDix jours.\n"))])
    moved(back, "", address)
    assert [each.entry.source for each in filing(other).pieces(ROADS.id)] == ["RC.md"]
    assert journal_of(other).faults() == ()


def test_a_server_takes_over_the_dossiers_that_a_folder_has_and_no_other(
    tmp_path: Path, postgresql: Server
) -> None:
    address, home, other = postgresql.fresh(), tmp_path / "home", tmp_path / "other"
    for each, text in ((home, b"# CCAP\n\nUn.\n"), (other, b"# CCAP\n\nDeux.\n")):
        filing(each).create(ROADS)
        filing(each).add(ROADS.id, [Parcel("CCAP.md", BytesIO(text))])
        (each / "settings.toml").write_text(f'store = "{address}"\n', encoding="utf-8")
    assert "Un." in next(iter(filing(home).documents(ROADS.id))).text
    with pytest.raises(IngestionError, match="un autre dans"):
        filing(other).documents(ROADS.id)
    assert (other / "dossiers" / ROADS.id / "library.json").exists()


def journal_lines(home: Path, address: str) -> list[dict[str, object]]:
    (home / "settings.toml").write_text(f'store = "{address}"\n', encoding="utf-8")
    assert named_server(home, "store") == address
    return list(journal_of(home).entries())


def test_what_was_cut_short_goes_on(home: Path, postgresql: Server) -> None:
    address = postgresql.fresh()

    def stopped(step: str, done: int, total: int) -> None:
        if step == "Index" and done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate(home, "", address, stopped)
    assert repository_at(home, address).finished() == finished(home)[:1]
    assert repository_at(home, address).served() is None
    moved(home, "", address)
    assert digests(home, address) == digests(home, "")
    assert repository_at(home, address).served() == current_name(home)


def test_an_index_that_differs_under_one_name_is_refused(home: Path, postgresql: Server) -> None:
    address = postgresql.fresh()
    moved(home, "", address)
    first, second = finished(home)
    kept = repository_at(home, address)
    other = contents_of(kept.open(second), kept.vectors(second))
    described = kept.manifest(first)
    kept.discard(first)
    kept.write(other, described, lambda _: None)
    with pytest.raises(WrongMigration, match=first):
        moved(home, "", address)


def test_a_server_without_accounts_takes_over_those_of_the_folder_once(
    tmp_path: Path, postgresql: Server
) -> None:
    home, address = tmp_path / "home", postgresql.fresh()
    before = Hall(home)
    ana = before.settle("ana")
    (home / "settings.toml").write_text(f'store = "{address}"\n', encoding="utf-8")
    over = Hall(home)
    assert over.accounts.sessions.identity(ana)
    over.accounts.register.invite("ana", by="tests")
    assert Hall(home).accounts.sessions.identity(ana) is None
