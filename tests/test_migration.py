"""Index and journal go to a server and come back, the same to the byte."""

import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from assistant.errors import WrongMigration
from assistant.journal.journal import Journal, journal_of, purge
from assistant.publishing.backup import Migration, migrate
from ingestion.index.publication import current_name, finished, repository_at
from ingestion.index.snapshot import contents_of
from ingestion.library.archive import archive_of
from ingestion.library.library import Library
from ingestion.postgresql import named_server
from tests.accounts_home import Hall
from tests.index_home import (
    ARTICLES,
    add,
    answers,
    build_and_publish,
    published,
    with_articles,
    write_articles,
)
from tests.journals import START
from tests.postgresql_server import Server

pytestmark = pytest.mark.slow


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
