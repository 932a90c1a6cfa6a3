"""Official sources on the command line, from the archive to the documents of the library."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.journal.journal import journal_of
from ingestion.documents.document import Document, Kind, State
from ingestion.library.library import Library
from tests.support.command_line import Command, command_of, on_one_line
from tests.support.index_home import ARTICLES, write_articles
from tests.support.journals import bodies
from tests.support.legi_files import (
    CODE_ID,
    DAY,
    ELSEWHERE,
    ENDED,
    FULL,
    LAST,
    NEXT,
    OTHER_CODE_ID,
    REPLACING,
    VERSION,
    article_name,
    article_xml,
    files_of,
    other,
    suppressions,
    write_archive,
    write_folder,
)
from tests.support.legifrance_server import Legifrance, serving

SECOND = other(20, number="R12-3")
SOURCE = f"{CODE_ID}.jsonl"


@pytest.fixture
def command(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """`sourcier index …`: its exit code and all it says, on one line."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    return on_one_line(command_of(home, capsys, "index"))


@pytest.fixture
def full(tmp_path: Path) -> Path:
    return write_archive(tmp_path / FULL, files_of(VERSION, SECOND, ELSEWHERE))


@pytest.fixture
def following(tmp_path: Path) -> Path:
    files = files_of(ENDED, REPLACING) | suppressions(SECOND)
    return write_archive(tmp_path / NEXT, files)


def documents(home: Path) -> list[Document]:
    return list(Library(home).documents())


def test_an_archive_becomes_one_file_a_text(command: Command, home: Path, full: Path) -> None:
    code, said = command("add", full)
    assert code == 0
    assert "Lecture des archives" in said
    assert f"Code des sources ({CODE_ID}) : 2 versions lues, 2 ajoutées, 0 modifiées" in said
    assert "Fichiers ajoutés : 2 ; déjà présents : 0 ; refusés : 0." in said
    assert "sourcier index build" in said
    assert "Une archive quotidienne" not in said
    assert [(entry.source, entry.kind) for entry in Library(home).entries] == [
        (SOURCE, Kind.RULES),
        (f"{OTHER_CODE_ID}.jsonl", Kind.RULES),
    ]
    first = documents(home)[0]
    assert (first.reference, first.title, first.path) == ("R12-2", VERSION.code, VERSION.path)
    assert (first.valid_from, first.valid_to) == (VERSION.first_day, None)
    assert first.text.splitlines() == list(VERSION.lines)


def test_a_later_archive_ends_adds_and_suppresses(
    command: Command, home: Path, full: Path, following: Path
) -> None:
    command("add", full, "--text", CODE_ID)
    code, said = command("add", following)
    assert code == 0
    assert "2 versions lues, 1 ajoutées, 1 modifiées, 1 supprimées" in said
    assert [(each.valid_from, each.valid_to, each.state) for each in documents(home)] == [
        (VERSION.first_day, DAY, State.CHANGED),
        (DAY, None, State.IN_FORCE),
    ]
    assert "déjà présents : 1" in command("add", following)[1]


def test_a_text_that_is_not_chosen_keeps_what_the_archive_suppresses(
    command: Command, home: Path, full: Path, following: Path
) -> None:
    command("add", full)
    assert "ne changent aucun texte" in command("add", following, "--text", OTHER_CODE_ID)[1]
    assert len(documents(home)) == 3


def test_archives_given_in_any_order_are_applied_by_date(
    command: Command, home: Path, full: Path, following: Path
) -> None:
    command("add", following, full, "--text", CODE_ID)
    assert [each.valid_to for each in documents(home)] == [DAY, None]


@pytest.mark.parametrize("name", [FULL, "LEGI_20260220-203000.tar.gz"])
def test_an_older_archive_does_not_put_the_law_back(
    command: Command, home: Path, full: Path, following: Path, tmp_path: Path, name: str
) -> None:
    command("add", full, following, "--text", CODE_ID)
    before = Library(home).entries
    older = write_archive(tmp_path / name, files_of(replace(VERSION, nota=("Corrigé.",))))
    code, said = command("add", older)
    assert code == 1
    assert "avant LEGI_20260301-203000.tar.gz, du 01/03/2026" in said
    assert Library(home).entries == before
    command("remove", SOURCE)
    assert command("add", older)[0] == 0, "a text that was removed begins again"


def test_an_older_archive_is_taken_for_the_texts_that_nothing_newer_changed(
    command: Command, home: Path, full: Path, following: Path, tmp_path: Path
) -> None:
    command("add", full)
    command("add", following)
    between = replace(ELSEWHERE, lines=("La corde est de chanvre.",))
    missing = write_archive(tmp_path / "LEGI_20260220-203000.tar.gz", files_of(VERSION, between))
    code, said = command("add", missing)
    assert (code, "déjà appliquée" in said) == (0, True)
    assert [each.text for each in documents(home) if each.title == "Code des cordes"] == [
        "La corde est de chanvre."
    ]
    assert [each.valid_to for each in documents(home) if each.title == VERSION.code] == [DAY, None]


def test_a_complete_archive_replaces_what_it_does_not_have(
    command: Command, home: Path, full: Path, tmp_path: Path
) -> None:
    command("add", full, "--text", CODE_ID)
    newer = tmp_path / FULL.replace("2026", "2027")
    command("add", write_archive(newer, files_of(VERSION)))
    assert [each.reference for each in documents(home)] == ["R12-2"]


def test_texts_are_chosen(command: Command, home: Path, full: Path) -> None:
    assert command("add", full, "--text", OTHER_CODE_ID)[0] == 0
    assert [each.title for each in documents(home)] == ["Code des cordes"]
    code, said = command("add", full, "--text", "LEGITEXT000000000404")
    assert code == 0
    assert "ne changent aucun texte" in said


def test_an_archive_of_other_files_is_refused(command: Command, home: Path, tmp_path: Path) -> None:
    sheets = write_archive(tmp_path / "dce.tar.gz", {"dce/guide.md": b"# Guide\n\nUn texte.\n"})
    code, said = command("add", sheets)
    assert code == 1
    assert "dce.tar.gz, tous ses fichiers : ni article de LEGI" in said
    assert "décompressez-la" in said
    assert Library(home).entries == ()


def test_a_folder_and_loose_files_are_recognised_among_others(
    command: Command, home: Path, tmp_path: Path
) -> None:
    folder = write_folder(tmp_path / "droit", files_of(VERSION))
    write_articles(folder / "autre.jsonl", ARTICLES)
    (tmp_path / f"{SECOND.id}.xml").write_bytes(article_xml(SECOND))
    code, said = command("add", folder, tmp_path / f"{SECOND.id}.xml")
    assert code == 0
    assert "Fichiers ajoutés : 2 ; déjà présents : 0 ; refusés : 0." in said
    assert {entry.source for entry in Library(home).entries} == {SOURCE, "droit/autre.jsonl"}
    assert len(documents(home)) == 2 + len(ARTICLES)


def test_each_file_refused_is_named(command: Command, home: Path, tmp_path: Path) -> None:
    broken = {article_name(SECOND): article_xml(SECOND, "")}
    code, said = command("add", write_archive(tmp_path / FULL, files_of(VERSION) | broken))
    assert code == 0
    assert f"{FULL}, {article_name(SECOND)} : texte absent" in said
    assert len(documents(home)) == 1
    code, said = command("add", write_archive(tmp_path / LAST, broken))
    assert code == 1
    assert "texte absent" in said


def test_a_daily_archive_alone_is_said_to_be_partial(command: Command, following: Path) -> None:
    assert "ajoutez d'abord une archive complète" in command("add", following)[1]


def test_nothing_changes_when_an_archive_is_damaged(
    command: Command, home: Path, full: Path, following: Path
) -> None:
    following.write_bytes(following.read_bytes()[:-30])
    code, said = command("add", full, following)
    assert code == 1
    assert f"{NEXT} : archive abîmée" in said
    assert documents(home) == []


def test_a_text_of_which_nothing_is_left_is_removed(
    command: Command, home: Path, tmp_path: Path
) -> None:
    command("add", write_archive(tmp_path / FULL, files_of(VERSION)))
    code, said = command("add", write_archive(tmp_path / NEXT, suppressions(VERSION)))
    assert code == 0
    assert "0 versions lues, 0 ajoutées, 0 modifiées, 1 supprimées" in said
    assert "texte retiré" in said
    assert documents(home) == []
    [told] = [each for each in bodies(journal_of(home), "index") if each["act"] == "removed"]
    assert told["files"] == [SOURCE]


def test_a_file_of_the_same_name_from_elsewhere_is_not_replaced(
    command: Command, home: Path, tmp_path: Path, full: Path
) -> None:
    command("add", write_articles(tmp_path / SOURCE, ARTICLES))
    code, said = command("add", full)
    assert code == 1
    assert f"sourcier index remove '{SOURCE}'" in said
    assert len(documents(home)) == len(ARTICLES)


def test_texts_are_chosen_only_in_archives_and_by_identifier(
    command: Command, tmp_path: Path, full: Path
) -> None:
    code, said = command("add", write_articles(tmp_path / "a.jsonl", ARTICLES), "--text", CODE_ID)
    assert code == 2
    assert "aucune n'est donnée" in said
    code, said = command("add", full, "--text", "commande publique")
    assert code == 2
    assert "« commande publique » n'est pas l'identifiant d'un texte" in said


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Legifrance]:
    monkeypatch.setenv("SOURCIER_LEGIFRANCE_ID", "id")
    monkeypatch.setenv("SOURCIER_LEGIFRANCE_SECRET", "secret")
    with serving(Legifrance([ENDED, REPLACING, ELSEWHERE])) as legifrance:
        yield legifrance


def test_a_text_is_fetched_with_its_versions(
    command: Command, home: Path, server: Legifrance
) -> None:
    addresses = ("--api", server.address, "--auth", server.tokens)
    code, said = command("fetch-legifrance", *addresses, "--text", CODE_ID)
    assert code == 0
    assert "2 versions lues, 2 ajoutées" in said
    assert "sourcier index build" in said
    assert [each.valid_to for each in documents(home)] == [DAY, None]
    assert "déjà présents : 1" in command("fetch-legifrance", *addresses, "--text", CODE_ID)[1]


def test_an_archive_and_the_interface_complete_each_other(
    command: Command, home: Path, server: Legifrance, full: Path
) -> None:
    command("add", full, "--text", CODE_ID)
    addresses = ("--api", server.address, "--auth", server.tokens)
    _, said = command("fetch-legifrance", *addresses, "--text", CODE_ID)
    assert "1 ajoutées, 1 modifiées, 0 supprimées" in said
    assert len(documents(home)) == 3


def test_credentials_that_are_absent_are_said_before_anything(
    command: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCIER_LEGIFRANCE_ID", raising=False)
    code, said = command("fetch-legifrance")
    assert code == 1
    assert "SOURCIER_LEGIFRANCE_ID" in said
    assert not home.exists()
