import json
from pathlib import Path

import pytest

from assistant.journal.journal import journal_of
from ingestion.errors import NothingImported
from ingestion.ledger.database import open_ledger
from tests.command_line import Command, command_of, on_one_line
from tests.conftest import Engine
from tests.invoice_files import export

LINE = "F-1;Brelan SARL;02/03/2026;1 000,00;200,00;1 200,00"


@pytest.fixture
def home(engine: Engine, tmp_path: Path) -> Path:
    return engine(tmp_path / "home")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "mars [1].csv"
    path.write_bytes(export(LINE))
    return path


@pytest.fixture
def command(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """`sourcier …`: its exit code and all it says, on one line."""
    monkeypatch.setenv("COLUMNS", "300")

    return on_one_line(command_of(home, capsys))


def test_each_file_is_told_with_its_columns(command: Command, table: Path) -> None:
    code, said = command("invoices", "import", table)
    assert code == 0
    assert "mars [1].csv : accepté avec réserves (CSV, 1 facture)" in said
    assert "Montant TTC → montant ttc" in said
    assert "Fichiers : 1, dont refusés : 0. Enregistré : 1 facture." in said


def test_an_import_is_on_record(command: Command, home: Path, table: Path) -> None:
    command("invoices", "import", table)
    journal = journal_of(home)
    [entry] = journal.entries()
    assert (entry["kind"], entry["user"]) == ("ledger", "local")
    files = [{"name": "mars [1].csv", "verdict": "warned", "stored": 1}]
    assert journal.body(entry) == {"act": "imported", "kind": "invoices", "files": files}


def test_a_preview_shows_the_rows_and_writes_nothing(
    command: Command, home: Path, table: Path
) -> None:
    code, said = command("invoices", "import", table, "--preview")
    assert code == 0
    assert "1200.00 EUR" in said
    assert "À enregistrer, rien ne l'étant encore : 1 facture" in said
    with pytest.raises(NothingImported), open_ledger(home):
        pass
    assert list(journal_of(home).entries()) == []


def test_a_correction_is_given_in_french_or_by_name(command: Command, table: Path) -> None:
    code, said = command("invoices", "import", table, "--map", "Montant HT=Net à payer")
    assert code == 0
    assert "Montant HT → net à payer" in said


@pytest.mark.parametrize("text", ["Montant HT", "Montant HT=couleur"])
def test_a_correction_that_is_none_is_a_usage_error(
    command: Command, table: Path, text: str
) -> None:
    code, said = command("invoices", "import", table, "--map", text)
    assert code == 2
    assert "TITRE=COLONNE" in said


def test_a_title_that_is_nowhere_is_said(command: Command, table: Path) -> None:
    code, said = command("invoices", "import", table, "--map", "Couleur=gross")
    assert code == 1
    assert "Titres lus : Numéro de facture" in said


def test_only_refused_files_are_a_failure(command: Command, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("rien")
    code, said = command("purchases", "import", tmp_path / "notes.md", tmp_path / "absent.json")
    assert code == 1
    assert "notes.md : refusé FICHIER : Format non reconnu" in said
    assert "absent.json : refusé" in said


def test_programs_get_one_object_a_file(command: Command, table: Path) -> None:
    code, said = command("invoices", "import", table, "--json")
    assert code == 0
    (report,) = json.loads(said)
    assert (report["verdict"], report["stored"], report["left_out"]) == ("warned", 1, 0)
    assert report["sample"][0]["gross"] == "1200.00"
    assert report["comments"][0]["code"] == "DEVISE"
    named = {each["title"]: each["column"] for each in report["columns"]}
    assert named["Montant TTC"] == "gross"


def test_a_file_known_already_is_said_so(command: Command, table: Path) -> None:
    command("invoices", "import", table)
    code, said = command("invoices", "import", table)
    assert code == 0
    assert "mars [1].csv : déjà connu" in said
    assert "Enregistré : 0 facture." in said


def test_a_new_file_beside_a_known_one_is_stored(command: Command, table: Path, home: Path) -> None:
    command("invoices", "import", table)
    (table.parent / "avril.csv").write_bytes(export(LINE.replace("F-1", "F-2")))
    code, said = command("invoices", "import", table.parent / "avril.csv", table)
    assert code == 0
    assert "mars [1].csv : déjà connu" in said
    with open_ledger(home) as ledger:
        assert ledger.rows("SELECT number FROM invoice ORDER BY number") == (("F-1",), ("F-2",))


def test_purchases_known_already_are_said_so(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "decp.csv"
    path.write_text(
        "id;acheteur.id;acheteur.nom;objet;codeCPV;procedure;montant;dateNotification;"
        "titulaire_id_1\nM-1;21350238800019;Ville;Papier;30197630;Procédure adaptée;35000;"
        "2026-01-05;73282932000074\n"
    )
    command("purchases", "import", path)
    code, said = command("purchases", "import", path)
    assert code == 0
    assert "decp.csv : déjà connu" in said


def test_a_name_that_is_no_text_is_told(command: Command, tmp_path: Path) -> None:
    code, said = command("invoices", "import", tmp_path / "absent\udce9 [b].csv")
    assert code == 1
    assert "absent? [b].csv : refusé FICHIER : Ce fichier n'existe pas." in said
