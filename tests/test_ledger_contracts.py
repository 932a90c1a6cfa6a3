import csv
import json
import os
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ingestion.errors import UnreadableFile
from ingestion.ledger.columns import understood
from ingestion.ledger.contracts import read_json, read_xml
from ingestion.ledger.database import open_ledger
from ingestion.ledger.entries import purchase_entries
from ingestion.ledger.importing import ImportOrder, import_files
from ingestion.ledger.records import Contents, LedgerEntry
from ingestion.ledger.rows import FileKind, Purchase, PurchaseChange, PurchaseHolder
from ingestion.ledger.tables import read_csv, tabulated

SHARED = Path(os.environ.get("SOURCIER_SHARED") or Path(__file__).parents[2] / "shared")
DECP = SHARED / "data/decp"
TODAY = date(2026, 11, 24)

CONTRACT: dict[str, Any] = {
    "id": "2026-01",
    "acheteur": {"id": "21350238800019"},
    "objet": "Terreau",
    "codeCPV": "14212310",
    "procedure": "Procédure adaptée",
    "lieuExecution": {"code": "21000", "typeCode": "Code postal"},
    "dureeMois": 12,
    "dateNotification": "2026-02-01",
    "datePublicationDonnees": "2026-02-20",
    "montant": 1234.5,
    "titulaires": [
        {"titulaire": {"typeIdentifiant": "SIRET", "id": "73282932000074"}},
        {"titulaire": {"typeIdentifiant": "SIRET", "id": "39280913700027"}},
    ],
    "modifications": [
        {"modification": {"id": 1, "dateNotificationModification": "2026-05-01", "montant": 1500}}
    ],
}
HEADER = "id;acheteur_id;titulaire_id;montant;dateNotification;objet"


def entries(contents: Contents) -> tuple[LedgerEntry, ...]:
    return purchase_entries(contents.records, "f", TODAY)


def from_json(*contracts: dict[str, Any]) -> tuple[LedgerEntry, ...]:
    return entries(read_json(json.dumps({"marches": {"marche": contracts}}).encode()))


def from_csv(*lines: str) -> tuple[LedgerEntry, ...]:
    (sheet,) = read_csv("\n".join((HEADER, *lines)).encode()).sheets
    columns = understood(sheet, FileKind.PURCHASES, {}, {})
    assert columns is not None
    return purchase_entries(tabulated(sheet, columns, FileKind.PURCHASES).records, "f", TODAY)


def holders(entry: LedgerEntry) -> list[str | None]:
    return [row.siret for row in entry.rows if isinstance(row, PurchaseHolder)]


def purchase(entry: LedgerEntry) -> Purchase:
    assert isinstance(entry.main, Purchase)
    return entry.main


def said(found: Sequence[LedgerEntry], code: str) -> list[str]:
    return [c.sentence for each in found for c in each.comments if c.code == code]


def test_a_contract_is_read_with_its_holders_changes_and_places() -> None:
    (entry,) = from_json(CONTRACT)
    main = purchase(entry)
    assert (main.contract_id, main.buyer_siret, main.cpv) == (
        "2026-01",
        "21350238800019",
        "14212310",
    )
    assert (main.amount, main.months, main.notified) == (Decimal("1234.50"), 12, date(2026, 2, 1))
    assert holders(entry) == ["73282932000074", "39280913700027"]
    assert [row for row in entry.rows if isinstance(row, PurchaseChange)] == [
        PurchaseChange(main.id, date(2026, 5, 1), Decimal(1500))
    ]
    places = {each.column_name: each.place for each in entry.lineage if each.row == main.id}
    assert places["amount"] == "/marches/marche[1]/montant"
    assert entry.comments == ()


def test_xml_json_and_csv_give_the_same_contract() -> None:
    xml = (
        "<marches><marche><id>2026-01</id><acheteur><id>21350238800019</id></acheteur>"
        "<objet>Terreau</objet><dateNotification>2026-02-01</dateNotification>"
        "<montant>1234.5</montant><titulaires><titulaire><id>73282932000074</id></titulaire>"
        "<titulaire><id>39280913700027</id></titulaire></titulaires></marche></marches>"
    )
    (of_xml,) = entries(read_xml(xml.encode()))
    few = {"id", "acheteur", "objet", "dateNotification", "montant", "titulaires"}
    (of_json,) = from_json({key: value for key, value in CONTRACT.items() if key in few})
    start, end = "2026-01;21350238800019", "1234,50;01/02/2026;Terreau"
    (of_csv,) = from_csv(f"{start};73282932000074;{end}", f"{start};39280913700027;{end}")
    assert of_xml.rows == of_json.rows == of_csv.rows


def test_several_holders_are_one_contract_counted_once() -> None:
    found = from_csv(
        "M1;213;111;1000;2026-02-01;Sel", "M1;213;222;1000;2026-02-01;Sel", "M2;213;111;5;;Eau"
    )
    assert sum(purchase(each).amount or 0 for each in found) == 1005
    assert holders(found[0]) == ["111", "222"]
    assert not said(found, "DOUBLON")


def test_a_line_repeated_is_counted_once_and_said() -> None:
    found = from_csv(*["M1;213;111;1000;2026-02-01;Sel"] * 3)
    assert len(found) == 1
    assert said(found, "DOUBLON") == ["En double, compté une fois : ligne 2, ligne 3, ligne 4."]


def test_lots_under_one_number_are_counted_each_and_said() -> None:
    found = from_csv("M1;213;111;1000;2026-02-01;Sel", "M1;213;222;2000;2026-02-01;Sable")
    assert [purchase(each).amount for each in found] == [1000, 2000]
    assert len(said(found, "MEME-NUMERO")) == 1


def test_the_same_number_of_another_buyer_is_another_contract() -> None:
    assert not said(from_csv("M1;213;1;10;;a", "M1;214;1;10;;a"), "MEME-NUMERO")


@pytest.mark.parametrize(
    ("notified", "published", "reason"),
    [
        ("2027-07-22", None, "dans l'avenir"),
        ("2005-02-20", None, "avant les données essentielles"),
        ("2026-02-01", "2026-01-15", "avant sa notification"),
    ],
)
def test_an_impossible_day_is_kept_and_said(
    notified: str, published: str | None, reason: str
) -> None:
    contract = {**CONTRACT, "dateNotification": notified, "datePublicationDonnees": published}
    found = from_json(contract)
    assert purchase(found[0]).notified == date.fromisoformat(notified)
    assert reason in said(found, "DATE")[0]


def test_an_amount_that_is_none_is_left_empty_and_said() -> None:
    found = from_json({**CONTRACT, "montant": 99999999999999})
    assert purchase(found[0]).amount is None
    assert said(found, "MONTANT")


def test_a_value_of_the_wrong_type_is_left_empty_and_said() -> None:
    found = from_json({**CONTRACT, "dureeMois": "NC"})
    assert purchase(found[0]).months is None
    assert "« NC » n'est pas un nombre" in said(found, "VALEUR")[0]


def test_a_contract_without_number_or_buyer_is_refused() -> None:
    found = from_json({**CONTRACT, "id": ""}, {**CONTRACT, "acheteur": {}})
    assert [each.is_refused for each in found] == [True, True]
    assert "le numéro du marché" in said(found, "MANQUE")[0]


@pytest.mark.parametrize("data", [b"{}", b'{"marches": []}', b"[1]", b"{", b"null"])
def test_json_that_is_no_essential_data_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_json(data)


LINES = some.tuples(
    some.sampled_from(["M1", "M2"]),
    some.sampled_from(["213", "214"]),
    some.sampled_from(["111", "222", ""]),
    some.sampled_from(["1000,00", "20,50", ""]),
    some.sampled_from(["2026-02-01", "2026-03-01", ""]),
    some.sampled_from(["Sel", "Sable"]),
)


@given(some.lists(LINES, min_size=1, max_size=20), some.randoms(use_true_random=False))
def test_the_order_of_the_lines_and_their_repetition_change_no_total(
    lines: list[tuple[str, ...]], shuffle: Any
) -> None:
    def total(some_lines: list[tuple[str, ...]]) -> tuple[int, Decimal]:
        found = from_csv(*(";".join(line) for line in some_lines))
        return len(found), sum((purchase(e).amount or Decimal(0) for e in found), Decimal(0))

    shuffled = [*lines, *lines[:3]]
    shuffle.shuffle(shuffled)
    distinct = {(n, b, a, d) for n, b, _, a, d, _ in lines}
    expected = sum((Decimal((a or "0").replace(",", ".")) for _, _, a, _ in distinct), Decimal(0))
    assert total(lines) == total(shuffled) == (len(distinct), expected)


@pytest.mark.parametrize(
    ("name", "number", "buyer", "amount", "day"),
    [
        (
            "decp_recent_2026-02.csv",
            "id_marche",
            "id_acheteur",
            "montant_marche",
            "date_notification",
        ),
        ("decp_2024H2_travaux_cpv4521.csv", "id", "acheteur_id", "montant", "dateNotification"),
    ],
)
def test_real_totals_by_year_agree_with_a_count_of_the_lines(
    tmp_path: Path, name: str, number: str, buyer: str, amount: str, day: str
) -> None:
    if not DECP.exists():
        pytest.skip("no ../shared: the essential data are absent")
    with (DECP / name).open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    distinct = {(each[buyer], each[number], Decimal(each[amount]), each[day]) for each in lines}
    expected: dict[int, Decimal] = {}
    for _, _, value, when in distinct:
        if value < 10**10:
            expected[int(when[:4])] = expected.get(int(when[:4]), Decimal(0)) + value
    (report,) = import_files(
        tmp_path, ImportOrder(FileKind.PURCHASES, (DECP / name,), {}), today=TODAY
    )
    assert (report.stored, report.left_out) == (len(distinct), 0)
    with open_ledger(tmp_path) as ledger:
        found = ledger.rows(
            "SELECT year(notified), sum(amount) FROM purchase GROUP BY ALL ORDER BY ALL"
        )
    assert dict(found) == expected
