"""`sourcier journal`: what it says, what it writes, and with which exit code."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from assistant.journal.journal import KINDS, Journal, journal_of
from tests.command_line import Command, command_of
from tests.journals import earlier_lines


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Five entries: two questions of u1, a login of u2 refused, and a purged question of 2024."""
    old = Journal(tmp_path / "journal.jsonl", lambda: datetime(2024, 5, 2, 9, tzinfo=UTC))
    old.append("answer", {"question": "Une question ancienne ?"}, user="u1")
    journal = journal_of(tmp_path)
    journal.append("answer", {"question": "Quel délai de paiement ?", "outcome": "answered"})
    journal.append("answer", {"question": "Quelle avance ?"}, user="u1")
    journal.append("session", {"act": "refused", "reason": "mot de passe"}, user="u2")
    return tmp_path


@pytest.fixture
def command(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """`sourcier journal …`: its exit code and all it says."""
    monkeypatch.setenv("COLUMNS", "200")

    return command_of(home, capsys, "journal")


def records(said: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(said)
    return found


def test_an_intact_journal_is_said_so(command: Command) -> None:
    assert command("verify") == (0, "Le journal est intact.\n")
    assert json.loads(command("verify", "--json")[1]) == {"intact": True, "faults": []}


def test_what_was_altered_is_located_and_named(command: Command, home: Path) -> None:
    path = home / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join((*lines[:2], *lines[3:])))
    code, said = command("verify")
    assert code == 1
    assert said == (
        "suppression, ligne 3 : suit un vide : il manque 1 enregistrement entre les n° 2 et 4\n"
    )
    code, said = command("verify", "--json")
    assert code == 1
    [fault] = json.loads(said)["faults"]
    assert (fault["line"], fault["what"]) == (3, "suppression")


def test_anchors_kept_elsewhere_show_a_cut_tail(
    command: Command, home: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "ailleurs.txt"
    code, said = command("anchor", "--out", elsewhere)
    assert code == 0
    assert "Ancré : n° 5" in said
    assert elsewhere.read_bytes() == (home / "anchors").read_bytes()
    assert command("verify", "--anchors", elsewhere)[0] == 0
    path = home / "journal.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    (home / "anchors").unlink()
    assert command("verify")[0] == 0
    code, said = command("verify", "--anchors", elsewhere)
    assert code == 1
    assert said.startswith("fin coupée, ligne 4 : manque, avec l'enregistrement n° 5, ancré le ")


def test_anchors_that_are_none_are_refused(command: Command, tmp_path: Path) -> None:
    wrong = tmp_path / "autre.txt"
    assert command("verify", "--anchors", wrong)[0] == 1
    wrong.write_text("2026-11-25 trois abc\n", encoding="utf-8")
    code, said = command("verify", "--anchors", wrong)
    assert code == 1
    assert "ligne 1 : attendu « AAAA-MM-JJ numéro empreinte »" in said


def test_an_empty_journal_has_nothing_to_anchor(command: Command, home: Path) -> None:
    (home / "journal.jsonl").unlink()
    assert command("anchor")[0] == 1
    assert "Aucun enregistrement" in command("list")[1]


def test_entries_are_listed_and_chosen(command: Command) -> None:
    said = command("list")[1]
    assert "Quel délai de paiement ?" in said
    assert KINDS["session"] in said
    assert "refusée" in said
    assert [each["user"] for each in records(command("list", "--user", "u2", "--json")[1])] == [
        "u2"
    ]
    assert len(records(command("list", "--kind", "answer", "--json")[1])) == 3
    assert len(records(command("list", "--kind", "answer", "--last", "1", "--json")[1])) == 1
    [old] = records(command("list", "--day", "2024-05-02", "--json")[1])
    assert old["body"] == {"question": "Une question ancienne ?"}


def test_one_is_shown(command: Command) -> None:
    [refused] = records(command("list", "--kind", "session", "--json")[1])
    code, said = command("show", refused["id"])
    assert code == 0
    assert said.startswith(f"n° {refused['number']} · ")
    assert '"reason": "mot de passe"' in said
    assert json.loads(command("show", refused["id"], "--json")[1]) == refused
    assert command("show", "0" * 16) == (1, f"Le journal n'a pas d'enregistrement {'0' * 16}.\n")


def test_all_of_one_user_is_exported_and_that_is_told(
    command: Command, home: Path, tmp_path: Path
) -> None:
    expected = ["Une question ancienne ?", "Quelle avance ?"]
    shown = records(command("export", "--user", "u1")[1])
    assert [each["body"]["question"] for each in shown] == expected
    for name in ("données.json", "données.zip"):
        code, said = command("export", "--user", "u1", "--out", tmp_path / name)
        assert (code, "2 enregistrements écrits" in said) == (0, True)
    with ZipFile(tmp_path / "données.zip") as archive:
        zipped = archive.read("journal.json")
    assert json.loads(zipped) == json.loads((tmp_path / "données.json").read_bytes()) == shown
    journal = journal_of(home)
    told = [journal.body(each) for each in journal.entries() if each["kind"] == "export"]
    expected_told = {"what": "journal", "user": "u1", "kind": None, "day": None, "records": 2}
    assert told == [expected_told] * 3


def test_old_texts_are_purged_by_the_setting_or_the_months_given(
    command: Command, home: Path
) -> None:
    (home / "settings.toml").write_text("retention_months = 600", encoding="utf-8")
    assert "oubliés : 0" in command("purge")[1]
    (home / "settings.toml").unlink()
    assert command("purge", "--json") == (0, '{"forgotten": 1}\n')
    assert "oubliés : 0" in command("purge", "--months", "1")[1]
    assert "texte oublié" in command("list")[1]
    assert command("verify")[0] == 0


def test_what_an_earlier_version_wrote_into_its_lines_is_said_to_stay(
    command: Command, home: Path
) -> None:
    (home / "journal.jsonl").write_bytes(b"".join(earlier_lines(2)))
    said = command("purge", "--months", "1")[1]
    assert "2 lignes d'une version antérieure portent leur texte" in said


def test_a_user_is_erased(command: Command) -> None:
    assert command("erase", "--user", "u1") == (0, "Textes de u1 oubliés : 2.\n")
    assert [each["body"] for each in records(command("export", "--user", "u1")[1])] == [None, None]
    assert command("verify")[0] == 0


@pytest.mark.parametrize("words", [("--months", "0"), ("--months", "un")])
def test_a_number_of_months_is_one(command: Command, words: tuple[str, ...]) -> None:
    code, said = command("purge", *words)
    assert code == 2
    assert "n'est pas un nombre de mois" in said


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ((), "anchor --out"),
        (("verify",), "verify.sh"),
        (("anchor",), "premier enregistrement de chaque jour"),
        (("list",), "AAAA-MM-JJ"),
        (("show",), "identifiant"),
        (("export",), "pseudonyme"),
        (("purge",), "retention_months"),
        (("erase",), "empreintes"),
        (("erase",), "évaluation"),
    ],
)
def test_help_teaches(command: Command, action: tuple[str, ...], told: str) -> None:
    code, said = command(*action, "--help")
    assert code == 0
    assert told in said
