"""Invoices imported and asked about from the command line."""

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.command import main
from assistant.journal.journal import journal_of
from assistant.llm.language_model import EngineUse
from ingestion.errors import NothingImported
from ingestion.ledger.database import open_ledger
from ingestion.ledger.rows import Lineage
from tests.conftest import Engine
from tests.support.command_line import Command, command_of, on_one_line
from tests.support.fakes import ScriptedModel
from tests.support.index_home import build_and_publish
from tests.support.invoice_files import export
from tests.support.journals import bodies
from tests.support.ledger_rows import FILE, add_sheets, file_row, filled, invoice, purchase

OK, BROKEN, USAGE, NOT_UNDERSTOOD = 0, 1, 2, 3
HOSTILE = "Zoé'); DROP TABLE invoice; --"
RATES = '[[rate]]\nfrom = 2026-01-01\npercent = "2.15"\nsource = "essai"\n'
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def home(engine: Engine, tmp_path: Path) -> Path:
    one = invoice("A-1", date(2026, 2, 2), net=1000, vat=200)
    return filled(
        engine(tmp_path / "home"),
        file_row(),
        one,
        Lineage("invoice", one.id, "number", FILE, "ligne 2, colonne Numéro"),
        invoice("A-2", date(2026, 3, 2), net=500, vat=100, paid=date(2026, 3, 20)),
        invoice("Z-1", date(2026, 3, 3), net=7, supplier_siren=None, supplier_name=HOSTILE),
        *purchase("2026-01", 35000, procedure="Sans publicité"),
        *purchase("2026-02", 35000, procedure="Sans publicité"),
    )


@pytest.fixture
def law(home: Path, law_alone: Path) -> Path:
    """The data folder with the sheets that late payment and thresholds need."""
    return Path(shutil.copytree(law_alone, home, dirs_exist_ok=True))


@pytest.fixture(scope="module")
def law_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with these sheets and no ledger."""
    home = tmp_path_factory.mktemp("law") / "home"
    add_sheets(home)
    build_and_publish(home)
    return home


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a data folder: its exit code and all it says."""
    return lambda home, *arguments: command_of(home, capsys)(*arguments)


def test_a_question_is_answered_with_its_plan_its_figure_and_its_rows(run: Run, home: Path) -> None:
    question = "Montant HT des factures non payées"
    code, said = run(home, "invoices", "ask", question, "--date", "2026-11-24")
    assert code == OK
    assert "1\u202f007\u00a0€ (somme du montant HT des factures, non payées)." in said
    assert "essai.csv, ligne 2, colonne Numéro" in said


def test_the_same_answer_is_given_to_programs(run: Run, home: Path) -> None:
    code, said = run(home, "invoices", "ask", "Montant TTC par fournisseur", "--json")
    assert code == OK
    figures = json.loads(said)["tables"][0]
    assert [row["Valeur"] for row in figures["rows"]] == ["1800.00", "27.00"]
    assert [len(ids) for ids in figures["sources"]] == [2, 1]


def test_what_the_model_proposes_is_shown_without_a_figure_until_it_is_accepted(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = {"condition": "rien", "mesure": "rien", "regroupement": "par devise"}
    model = ScriptedModel({"Question": json.dumps(chosen)})
    monkeypatch.setattr("assistant.container.load_model", lambda home, settings: model)
    question = ("invoices", "ask", "Montant HT, devises")
    assert run(home, *question)[0] == NOT_UNDERSTOOD
    assert not model.prompts
    code, said = run(home, *question, "--proposition", "montrer")
    assert code == NOT_UNDERSTOOD
    assert "somme du montant HT des factures, par devise" in said
    assert "507" not in said
    code, said = run(home, *question, "--proposition", "calculer")
    assert code == OK
    assert "1\u202f507" in said


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_where_a_question_went_to_have_a_plan_proposed_is_said(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    as_json: tuple[str, ...],
) -> None:
    model = ScriptedModel({"Question": '{"condition": "rien"}'})
    monkeypatch.setattr("assistant.container.load_model", lambda home, settings: model)
    for use, told in (
        (
            EngineUse("a.fr", "m", sent=True),
            "La question est allée au serveur a.fr, où le modèle m",
        ),
        (EngineUse("a.fr", "m", problem="il dort"), "la question est restée sur cette machine"),
        (EngineUse("a.fr", "m"), ""),
    ):
        model.engine = use
        words = ("Montant HT, devises", "--proposition", "calculer", *as_json)
        assert main(["--data", str(home), "invoices", "ask", *words]) == NOT_UNDERSTOOD
        said = capsys.readouterr()
        shown, other = (said.err, said.out) if as_json else (said.out, said.err)
        assert (told in shown, "a.fr" in shown, "a.fr" in other) == (True, bool(told), False)


@pytest.mark.parametrize("question", ["Pourquoi ?", "Factures de '; UPDATE users; --"])
def test_what_is_not_understood_says_what_can_be_asked(run: Run, home: Path, question: str) -> None:
    code, said = run(home, "invoices", "ask", question)
    assert code == NOT_UNDERSTOOD
    assert "Combien de factures" in said


def test_a_question_on_contracts_is_led_to_them(run: Run, home: Path) -> None:
    code, said = run(home, "invoices", "ask", "Marchés notifiés en 2025")
    assert code == NOT_UNDERSTOOD
    assert "sourcier purchases ask" in said


def test_without_a_buyer_nothing_is_said_late(run: Run, home: Path) -> None:
    code, said = run(home, "invoices", "ask", "Quelles factures sont en retard ?")
    assert (code, "--acheteur" in said) == (USAGE, True)


def test_late_payment_is_computed_on_the_indexed_law(run: Run, law: Path) -> None:
    (law / "taux.toml").write_text(RATES, encoding="utf-8")
    day = ("--date", "2026-09-15", "--acheteur", "collectivite")
    code, said = run(law, "invoices", "late", *day, "--json")
    assert code == OK, said
    late = json.loads(said)["tables"][0]
    assert [row["Facture"] for row in late["rows"]] == ["A-1", "Z-1"]
    # From 2 February: 30 days end on 4 March; 195 days at 2.15 + 8 points on 1 200 €.
    assert late["rows"][0]["Retard (jours)"] == 195
    assert late["rows"][0]["Intérêts"] == "65.07"
    question = "Quelles factures dépassent 30 jours et combien devons-nous d'intérêts moratoires ?"
    code, said = run(law, "invoices", "ask", question, *day)
    assert code == OK, said
    assert said.lstrip().startswith("66,32\u00a0€")
    code, said = run(law, "invoices", "late", "--acheteur", "entite")
    assert code == USAGE


def test_late_payment_needs_an_index(run: Run, home: Path) -> None:
    code, said = run(home, "invoices", "late", "--acheteur", "collectivite")
    assert (code, "sourcier index build" in said) == (BROKEN, True)


def test_invoices_are_listed_and_exported_without_formulas(
    run: Run, home: Path, tmp_path: Path
) -> None:
    filled(home, invoice("=1+1", date(2026, 5, 5)))
    out = tmp_path / "factures.csv"
    code, _ = run(home, "invoices", "list", "--out", str(out))
    assert code == OK
    lines = out.read_text(encoding="utf-8-sig").splitlines()
    assert [line.partition(";")[0] for line in lines] == ["Facture", "A-1", "A-2", "Z-1", "'=1+1"]
    [exported] = bodies(journal_of(home))
    assert exported == {"ledger": "Factures", "rows": 4, "format": "csv"}
    book = tmp_path / "factures.XLSX"
    assert run(home, "invoices", "list", "--out", str(book))[0] == OK
    assert book.read_bytes().startswith(b"PK")
    assert run(home, "invoices", "list", "--out", "factures.pdf")[0] == USAGE


def test_an_anomaly_is_explained_once_and_told_last(run: Run, home: Path) -> None:
    filled(home, invoice("B-1", date(2026, 5, 5), gross=1, payable=None))
    found = json.loads(run(home, "invoices", "anomalies", "--json")[1])["tables"][0]["rows"]
    [wrong] = [row for row in found if row["Règle"] == "Les totaux ne s'additionnent pas"]
    arguments = ("explain", wrong["Identifiant"], "--reason", "saisie")
    assert run(home, "invoices", *arguments)[0] == OK
    [explained] = bodies(journal_of(home))
    told = {"act": "explained", "anomaly": wrong["Identifiant"], "reason": "saisie"}
    assert explained == told | {"rule": "totals"}
    code, said = run(home, "invoices", *arguments)
    assert (code, "Déjà expliquée" in said) == (USAGE, True)
    last = json.loads(run(home, "invoices", "anomalies", "--json")[1])["tables"][0]["rows"][-1]
    assert re.fullmatch(r"saisie \(\d\d/\d\d/\d{4}\)", last["Explication"])


@pytest.mark.parametrize("action", ["summary", "suppliers", "pooling"])
def test_purchases_are_told_without_an_index(run: Run, home: Path, action: str) -> None:
    code, said = run(home, "purchases", action, "--json")
    assert code == OK, said
    assert json.loads(said)["tables"]


def test_thresholds_are_those_of_the_indexed_law(run: Run, law: Path) -> None:
    september: dict[str, Any] = {
        "buyer_siret": None,
        "buyer_name": "Autre ville",
        "notified": date(2026, 9, 1),
    }
    for number in ("1", "2"):
        filled(law, *purchase(number, 35000, procedure="Sans publicité", **september))
    code, said = run(law, "purchases", "thresholds", "--acheteur", "collectivite", "--json")
    assert code == OK, said
    needs = {each["Acheteur"]: each for each in json.loads(said)["tables"][0]["rows"]}
    need = needs["Autre ville"]
    assert (need["Cumul HT"], need["Montant du seuil"]) == ("70000.00", "60000")


def test_a_question_on_purchases_is_answered(run: Run, home: Path) -> None:
    code, said = run(home, "purchases", "ask", "Montant des marchés de fournitures en 2026")
    assert code == OK
    assert said.lstrip().startswith("70\u202f000\u00a0€")


def test_without_a_ledger_the_command_says_how_to_import(run: Run, tmp_path: Path) -> None:
    code, said = run(tmp_path, "invoices", "list")
    assert (code, "sourcier invoices import" in said) == (BROKEN, True)


LINE = "F-1;Brelan SARL;02/03/2026;1 000,00;200,00;1 200,00"


@pytest.fixture
def empty_home(engine: Engine, tmp_path: Path) -> Path:
    return engine(tmp_path / "home")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "mars [1].csv"
    path.write_bytes(export(LINE))
    return path


@pytest.fixture
def command(empty_home: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """`sourcier …`: its exit code and all it says, on one line."""
    return on_one_line(command_of(empty_home, capsys))


def test_each_file_is_told_with_its_columns(command: Command, table: Path) -> None:
    code, said = command("invoices", "import", table)
    assert code == 0
    assert "mars [1].csv : accepté avec réserves (CSV, 1 facture)" in said
    assert "Montant TTC → montant ttc" in said
    assert "Fichiers : 1, dont refusés : 0. Enregistré : 1 facture." in said


def test_an_import_is_on_record(command: Command, empty_home: Path, table: Path) -> None:
    command("invoices", "import", table)
    journal = journal_of(empty_home)
    [entry] = journal.entries()
    assert (entry["kind"], entry["user"]) == ("ledger", "local")
    files = [{"name": "mars [1].csv", "verdict": "warned", "stored": 1}]
    assert journal.body(entry) == {"act": "imported", "kind": "invoices", "files": files}


def test_a_preview_shows_the_rows_and_writes_nothing(
    command: Command, empty_home: Path, table: Path
) -> None:
    code, said = command("invoices", "import", table, "--preview")
    assert code == 0
    assert "1200.00 EUR" in said
    assert "À enregistrer, rien ne l'étant encore : 1 facture" in said
    with pytest.raises(NothingImported), open_ledger(empty_home):
        pass
    assert list(journal_of(empty_home).entries()) == []


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


def test_a_new_file_beside_a_known_one_is_stored(
    command: Command, table: Path, empty_home: Path
) -> None:
    command("invoices", "import", table)
    (table.parent / "avril.csv").write_bytes(export(LINE.replace("F-1", "F-2")))
    code, said = command("invoices", "import", table.parent / "avril.csv", table)
    assert code == 0
    assert "mars [1].csv : déjà connu" in said
    with open_ledger(empty_home) as ledger:
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
