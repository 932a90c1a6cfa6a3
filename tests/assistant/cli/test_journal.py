"""The journal from the command line, and how long it keeps words."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any
from zipfile import ZipFile

import pytest

from assistant.journal.journal import (
    KINDS,
    Journal,
    erase,
    journal_of,
    months_before,
    purge,
    purge_daily,
    records,
)
from assistant.journal.verification import Tampering
from assistant.publishing.history import index_events
from assistant.review.register import AnswerRegister, Sampling
from ingestion.errors import UnreachableStore
from tests.support.command_line import Command, command_of
from tests.support.journals import START, bodies, earlier_lines, fill
from tests.support.killed_call import is_killed_at


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
def command(home: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """`sourcier journal …`: its exit code and all it says."""
    return command_of(home, capsys, "journal")


def listed(said: str) -> list[dict[str, Any]]:
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
    path.write_bytes(b"".join(lines).replace(b'"number":2', b'"number":7'))
    assert command("verify") == (1, "modification, ligne 2 : a été modifiée après coup\n")


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
    assert [each["user"] for each in listed(command("list", "--user", "u2", "--json")[1])] == ["u2"]
    assert len(listed(command("list", "--kind", "answer", "--json")[1])) == 3
    assert len(listed(command("list", "--kind", "answer", "--last", "1", "--json")[1])) == 1
    [old] = listed(command("list", "--day", "2024-05-02", "--json")[1])
    assert old["body"] == {"question": "Une question ancienne ?"}


def test_one_is_shown(command: Command) -> None:
    [refused] = listed(command("list", "--kind", "session", "--json")[1])
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
    shown = listed(command("export", "--user", "u1")[1])
    assert [each["body"]["question"] for each in shown] == expected
    for name in ("données.json", "données.zip"):
        code, said = command("export", "--user", "u1", "--out", tmp_path / name)
        assert (code, "2 enregistrements écrits" in said) == (0, True)
    with ZipFile(tmp_path / "données.zip") as archive:
        zipped = archive.read("journal.json")
    assert json.loads(zipped) == json.loads((tmp_path / "données.json").read_bytes()) == shown
    told = bodies(journal_of(home), "export")
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
    assert [each["body"] for each in listed(command("export", "--user", "u1")[1])] == [None, None]
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


def questions(journal: Journal) -> list[object]:
    return [body and body["question"] for body in bodies(journal, "answer")]


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
    assert bodies(journal, "retention") == [{"before": before.isoformat(), "bodies": 3}]
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
    assert bodies(journal, "retention") == []


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
    assert bodies(journal, "erasure") == [{"user": "u1", "bodies": 6}]
    assert journal.faults() == ()
    journal.append("answer", {"question": "après"}, user="u1")
    [entry] = [each for each in journal.entries() if each["user"] == "u1"][-1:]
    (tmp_path / entry["kept"] / f"{entry['sha256']}.json").unlink()
    assert [fault.what for fault in journal.faults()] == [Tampering.BODY]  # written since


def test_who_erased_another_is_erased_and_the_journal_stays_whole(journal: Journal) -> None:
    erase(journal, "u1", user="u9")
    assert erase(journal, "u9") == 0
    assert bodies(journal, "erasure")[0] == {"user": "u1", "bodies": 6}
    assert journal.faults() == ()


def test_what_holds_for_everybody_outlives_its_words_and_who_said_it(journal: Journal) -> None:
    journal.append("review", Sampling(seed=7, rate=0.5).body, user="u1")
    journal.append("index", {"act": "published", "generation": "g1"}, user="u1")
    purge(journal, START + timedelta(days=400))
    erase(journal, "u1")
    assert AnswerRegister(journal).sampling == Sampling(seed=7, rate=0.5)
    assert [each.generation for each in index_events(journal)] == ["g1"]
    assert set(questions(journal)) == {None}


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


def test_a_purge_killed_at_any_call_that_changes_the_disk_is_finished_by_the_next(
    tmp_path: Path,
) -> None:
    for call in ("unlink", "fsync"):
        number = 1
        while True:
            home = tmp_path / f"{call}-{number}"
            journal = fill(home / "journal.jsonl", 2)
            work = partial(purge, journal_of(home), datetime(2027, 1, 1, tzinfo=UTC))
            is_killed = is_killed_at(call, number, work)
            assert journal.faults() == (), (call, number)
            purge(journal, datetime(2027, 1, 1, tzinfo=UTC))
            assert questions(journal) == [None, None]
            assert journal.faults() == (), (call, number)
            if not is_killed:
                break
            number += 1
        assert number > 2
