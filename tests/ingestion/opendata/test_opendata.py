"""Open data fetched from portals, and from the command line."""

import json
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from assistant.journal.journal import journal_of
from assistant.tenders.conformity.review import day_of
from ingestion.errors import IngestionError, NothingImported
from ingestion.ledger.database import open_ledger
from ingestion.library.library import Library
from ingestion.opendata.fetching import (
    PublicDataCriteria,
    contracts_where,
    count_contracts,
    fetch_contracts,
    fetch_notice,
    find_notices,
    notices_where,
)
from ingestion.opendata.portal import OpenDataset, RecordQuery
from ingestion.tenders.dossiers import Dossiers
from tests.support.command_line import Command, command_of, on_one_line, use_small_models
from tests.support.dila_server import code, cut
from tests.support.opendata_server import Portal, publishing

LINES = [{"id": str(n), "acheteur_id": "21270681800012", "objet": "x" * 200} for n in range(40)]


@pytest.fixture
def contracts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with publishing(Portal(LINES)) as contracts:
        yield contracts


def dataset(contracts: Portal, waits: list[float] | None = None) -> OpenDataset:
    return OpenDataset(
        contracts.address, "purchases_source", ([] if waits is None else waits).append
    )


@pytest.mark.parametrize(
    ("criteria", "contracts", "notices"),
    [
        (
            PublicDataCriteria("212 706 818 00012", "45", date(2026, 1, 1), date(2026, 2, 1)),
            'acheteur_id="21270681800012" and startswith(codecpv,"45") '
            "and datenotification>=date'2026-01-01' and datenotification<=date'2026-02-01'",
            "un code entier",
        ),
        (
            PublicDataCriteria("212706818", "45210000-2"),
            'startswith(acheteur_id,"212706818") and startswith(codecpv,"45210000")',
            'search(donnees,"212706818") and search(donnees,"45210000")',
        ),
        (
            PublicDataCriteria('Ville "Or\\" or 1=1', since=date(2026, 1, 1)),
            "SIRET",
            "search(nomacheteur,\"Ville  Or   or 1=1\") and dateparution>=date'2026-01-01'",
        ),
        (PublicDataCriteria(), "Dites ce qui est cherché", "Dites ce qui est cherché"),
        (PublicDataCriteria(cpv="4"), "ni un code CPV", "ni un code CPV"),
        (
            PublicDataCriteria(since=date(2026, 2, 1), until=date(2026, 1, 1)),
            "précède",
            "précède",
        ),
    ],
)
def test_what_is_looked_for_is_said_in_the_language_of_the_portal(
    criteria: PublicDataCriteria, contracts: str, notices: str
) -> None:
    for said, expected in ((contracts_where, contracts), (notices_where, notices)):
        if "(" in expected or "=" in expected:
            assert said(criteria) == expected
        else:
            with pytest.raises(IngestionError, match=expected):
                said(criteria)


def test_what_is_cut_or_refused_for_a_moment_is_asked_again(
    contracts: Portal, tmp_path: Path
) -> None:
    contracts.failures.extend([code(429, **{"Retry-After": "7"}), code(500)])
    waits: list[float] = []
    assert count_contracts(dataset(contracts, waits), "x") == len(LINES)
    contracts.failures.extend([cut(1000), cut(0)])
    heard: list[int] = []
    fetched = fetch_contracts(dataset(contracts, waits), "x", 40, tmp_path / "f", heard.append)
    assert waits == [7, 4, 2, 4]
    assert fetched.lines == 40
    assert fetched.address.startswith(f"{contracts.address}/exports/json?where=x")
    assert heard[-1] == fetched.path.stat().st_size
    assert list((tmp_path / "f").iterdir()) == [fetched.path]


@pytest.mark.parametrize(
    ("failures", "announced", "said"),
    [
        ([code(503)] * 5, 40, "127.0.0.1 ne répond pas comme il faut"),
        ([cut(500)] * 5, 40, "Rien n'est gardé"),
        ([], 41, "annonçait 41 lignes et en a envoyé 40"),
        ([code(404)], 40, "purchases_source"),
        ([code(302, Location="http://localhost:9/x")], 40, "vers http://localhost:9/x, qui"),
        ([code(302, Location="?where=x")] * 6, 40, "sans fin"),
    ],
)
def test_what_does_not_come_whole_leaves_nothing(
    contracts: Portal, tmp_path: Path, failures: list[object], announced: int, said: str
) -> None:
    contracts.failures.extend(failures)  # type: ignore[arg-type]
    with pytest.raises(IngestionError, match=said):
        fetch_contracts(dataset(contracts), "x", announced, tmp_path / "f", lambda _: None)
    assert not (tmp_path / "f").exists()


def test_too_much_is_refused_before_it_is_asked_for_and_while_it_comes(
    contracts: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contracts.announced = 30_001
    with pytest.raises(IngestionError, match="30001 lignes correspondent"):
        count_contracts(dataset(contracts), "x")
    monkeypatch.setattr("ingestion.opendata.portal._LARGEST_EXPORT", 2000)
    with pytest.raises(IngestionError, match="dépasse"):
        fetch_contracts(dataset(contracts), "x", 40, tmp_path / "f", lambda _: None)
    assert not (tmp_path / "f").exists()


def test_an_answer_that_drips_is_given_up(contracts: Portal) -> None:
    clock = iter([0.0, 901.0])
    slow = OpenDataset(contracts.address, "x", clock=clock.__next__)
    with pytest.raises(IngestionError, match="en 15 minutes"):
        count_contracts(slow, "x")


def test_the_proxy_of_the_environment_is_asked(
    contracts: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = contracts.address.split("/")[2]
    monkeypatch.setenv("http_proxy", f"http://{host}")
    contracts.address = contracts.address.replace(host, "portail.invalid")
    assert count_contracts(dataset(contracts), "x") == len(LINES)


def test_a_refusal_says_why(contracts: Portal) -> None:
    with pytest.raises(IngestionError, match=r"code 400 : limit or offset"):
        dataset(contracts).page(RecordQuery("x"), limit=101)


def test_another_page_than_a_portal_s_names_the_setting(contracts: Portal) -> None:
    contracts.announced = "beaucoup"  # type: ignore[assignment]
    with pytest.raises(IngestionError, match=r"API Explore 2\.1.*purchases_source"):
        dataset(contracts).page(RecordQuery("x"))


def test_notices_are_paged_and_shown_once(contracts: Portal) -> None:
    contracts.records = [{"idweb": f"26-{n}", "objet": f" Objet\n{n}"} for n in range(249)]
    contracts.records.insert(100, contracts.records[99])
    heard: list[int] = []
    found = find_notices(dataset(contracts), "x", 230, heard.append)
    assert heard == [100, 200, 230]
    assert (len(found.notices), found.total) == (229, 250)
    assert found.notices[1].subject == "Objet 1"
    asked = [(each["offset"], each["limit"]) for _, each in contracts.asked]
    assert asked == [("0", "100"), ("100", "100"), ("200", "30")]
    assert contracts.asked[0][1]["order_by"] == "dateparution desc,idweb desc"
    assert "donnees" not in contracts.asked[0][1]["select"]


def test_notices_that_stop_before_their_number_are_refused(contracts: Portal) -> None:
    contracts.announced = 60
    with pytest.raises(IngestionError, match="annonce 60 avis et s'arrête à 40"):
        find_notices(dataset(contracts), "x", 60, lambda _: None)


def test_a_notice_comes_as_it_is(contracts: Portal) -> None:
    contracts.records = [{"idweb": "26-1", "donnees": "{}"}, {"idweb": "26-2"}]
    answer = fetch_notice(dataset(contracts), "26-1")
    assert answer is not None
    assert answer.content == b'{"total_count": 1, "results": [{"idweb": "26-1", "donnees": "{}"}]}'
    assert fetch_notice(dataset(contracts), "26-9") is None
    asked = len(contracts.asked)
    with pytest.raises(IngestionError, match="n'est pas un numéro"):
        fetch_notice(dataset(contracts), '26-1" or idweb="26-2')
    assert len(contracts.asked) == asked


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
