"""`sourcier purchases fetch` and `notices fetch`, from a portal on this machine to what is kept."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from assistant.journal.journal import journal_of
from assistant.tenders.conformity.review import day_of
from ingestion.errors import NothingImported
from ingestion.ledger.database import open_ledger
from ingestion.library.library import Library
from ingestion.tenders.dossiers import Dossiers
from tests.command_line import Command, command_of, on_one_line, use_small_models
from tests.dila_server import code
from tests.opendata_server import Portal, publishing

LINE = {
    "id": "2026-07",
    "acheteur_id": "21270681800012",
    "objet": "Curage des fossés",
    "codecpv": "90641000-2",
    "montant": 48000.5,
    "dureemois": 12,
    "datenotification": "2026-03-02",
    "lieuexecution_code": "27200",
    "titulaire_id_1": "55208131766522",
    "titulaire_id_2": "38474056700018",
    "titulaire_id_3": "CDL",
    "montantmodification": "CDL",
    "datenotificationmodificationmodification": "CDL",
}
CHANGED = LINE | {
    "titulaire_id_2": "CDL",
    "montantmodification": "52000",
    "datenotificationmodificationmodification": "2026-06-01",
}
EFORMS = {
    "ContractNotice": {
        "@xmlns:cbc": "urn:x",
        "cbc:IssueDate": "2026-03-12+01:00",
        "cbc:NoticeTypeCode": {"@listName": "competition", "#text": "cn-standard"},
        "cac:ProcurementProjectLot": [
            {
                "cbc:ID": {"@schemeName": "Lot", "#text": "LOT-0001"},
                "cac:ProcurementProject": {
                    "cbc:Name": {"@languageID": "FRA", "#text": "Curage"},
                    "cac:PlannedPeriod": {
                        "cbc:DurationMeasure": {"@unitCode": "MONTH", "#text": "12"}
                    },
                },
            }
        ],
    }
}
NOTICE = {
    "idweb": "26-31207",
    "objet": "Curage des fossés",
    "nomacheteur": "Commune de Vernon",
    "dateparution": "2026-03-14",
    "datelimitereponse": "2026-04-20T12:00:00+02:00",
    "nature_libelle": "Avis de marché",
    "etat": "INITIAL",
    "donnees": json.dumps({"EFORMS": EFORMS}),
    "gestion": json.dumps({"reference": "26-31207"}),
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def portal(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    """A portal that `home` is set to ask, of contracts and of notices."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with publishing(Portal([LINE, CHANGED])) as portal:
        settings = (f'{kind}_source = "{portal.address}"' for kind in ("purchases", "notices"))
        (home / "settings.toml").write_text("\n".join(settings))
        yield portal


@pytest.fixture
def command(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """`sourcier …`: its exit code and what it says, on standard output alone as JSON."""
    use_small_models(monkeypatch)
    monkeypatch.setenv("COLUMNS", "300")

    return on_one_line(command_of(home, capsys))


def on_record(home: Path, kind: str) -> list[dict[str, Any]]:
    journal = journal_of(home)
    return [journal.body(each) or {} for each in journal.entries() if each["kind"] == kind]


def test_fetched_contracts_are_in_the_ledger_with_where_they_came_from(
    command: Command, portal: Portal, home: Path
) -> None:
    code, said = command("purchases", "fetch", "--buyer", "21270681800012", "--since", "2026-01-01")
    assert code == 0, said
    [file] = (home / "fetched").iterdir()
    digest = sha256(file.read_bytes()).hexdigest()
    assert json.loads(file.read_bytes()) == [LINE, CHANGED]
    assert "Enregistré : 1 marché." in said
    assert digest in said
    [told] = on_record(home, "fetch")
    assert told["address"].startswith(f"{portal.address}/exports/json?where=acheteur_id")
    del told["address"]
    assert told == {"act": "purchases", "lines": 2, "file": file.name, "sha256": digest}
    with open_ledger(home) as ledger:
        [bought] = ledger.rows("SELECT amount, notified, cpv, months, place FROM purchase")
        holders = ledger.rows("SELECT siret FROM purchase_holder ORDER BY siret")
        changes = ledger.rows("SELECT amount FROM purchase_change")
        [[place]] = ledger.rows(
            "SELECT place FROM lineage WHERE file = $1 AND column_name = 'amount' "
            "AND table_name = 'purchase'",
            [digest],
        )
    assert [str(each) for each in bought] == ["48000.50", "2026-03-02", "90641000-2", "12", "27200"]
    assert [siret for (siret,) in holders] == ["38474056700018", "55208131766522"]
    assert [str(amount) for (amount,) in changes] == ["52000.00"]
    assert place == "[1]/montant"


def test_a_preview_and_what_finds_nothing_keep_nothing_but_the_record(
    command: Command, portal: Portal, home: Path
) -> None:
    code, said = command("purchases", "fetch", "--cpv", "90", "--preview")
    assert (code, "À enregistrer, rien ne l'étant encore : 1 marché" in said) == (0, True)
    portal.records = []
    assert command("purchases", "fetch", "--cpv", "91")[0] == 3
    assert [told["lines"] for told in on_record(home, "fetch")] == [2, 0]
    assert not (home / "fetched").exists()
    with pytest.raises(NothingImported), open_ledger(home):
        pass


def test_a_failure_is_told_and_on_record(command: Command, portal: Portal, home: Path) -> None:
    portal.failures.append(code(404))
    exit_code, said = command("purchases", "fetch", "--buyer", "212706818")
    assert (exit_code, "Vérifiez « purchases_source »" in said) == (1, True)
    assert "code 404" in on_record(home, "fetch")[0]["problem"]


def test_nothing_is_asked_without_a_criterion(command: Command, portal: Portal) -> None:
    assert command("purchases", "fetch")[0] == 1
    assert command("notices", "fetch")[0] == 1
    assert command("notices", "fetch", "26-31207")[0] == 2
    assert portal.asked == []


def test_notices_are_listed_for_people_and_for_programs(
    command: Command, portal: Portal, home: Path
) -> None:
    portal.records = [NOTICE]
    code, said = command("notices", "fetch", "--buyer", "Vernon")
    assert code == 0
    assert "26-31207 │ 2026-03-14 │ 2026-04-20 │ Avis de marché (initial) │ Commune de" in said
    found = json.loads(command("notices", "fetch", "--buyer", "Vernon", "--json")[1])
    assert (found["total"], found["notices"][0]["number"]) == (1, "26-31207")
    assert command("notices", "fetch", "--buyer", "inconnu")[0] == 3
    assert [told["found"] for told in on_record(home, "fetch")] == [1, 1, 0]


def test_a_notice_becomes_a_piece_whose_day_of_sending_is_read(
    command: Command, portal: Portal, home: Path
) -> None:
    portal.records = [NOTICE]
    assert command("notices", "fetch", "26-31207", "--into", "curage-2026")[0] == 1
    assert portal.asked == []
    command("dossier", "create", "curage-2026")
    code, said = command("notices", "fetch", "26-31207", "--into", "curage-2026")
    assert code == 0, said
    assert "avis-boamp-26-31207.json" in said
    assert "champs non lus : gestion" in said
    dossiers = Dossiers(home)
    [entry] = Library(dossiers.home("curage-2026")).entries
    [told] = on_record(home, "fetch")
    assert (entry.piece, entry.sha256) == ("avis", told["sha256"])
    documents = list(Library(dossiers.home("curage-2026")).documents())
    assert "Durée : 12 mois" in documents[0].text
    assert str(day_of(documents, dossiers.get("curage-2026"))) == "2026-03-12"
    assert command("notices", "fetch", "26-99999", "--into", "curage-2026")[0] == 3
