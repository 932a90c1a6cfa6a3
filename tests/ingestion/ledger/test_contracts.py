import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.calculators.calculation import Buyer
from assistant.ledger.needs import PurchaseThresholds, opportunities, split_needs
from assistant.ledger.purchases import contracts
from assistant.ledger.query.plan import Plan, PlanMeasure, PlanPeriod, Population
from assistant.ledger.query.sums import groups
from ingestion.errors import UnreadableFile
from ingestion.ledger.columns import understood
from ingestion.ledger.contracts import read_json, read_xml
from ingestion.ledger.database import open_ledger
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.entries import purchase_entries
from ingestion.ledger.importing import FileReport, ImportOrder, import_files
from ingestion.ledger.records import Contents, LedgerEntry
from ingestion.ledger.rows import FileKind, Purchase, PurchaseChange, PurchaseHolder
from ingestion.ledger.tables import read_csv, tabulated
from tests.support.fake_law import FakeLaw
from tests.support.shared_texts import SHARED

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


def from_csv(*lines: str, header: str = HEADER) -> tuple[LedgerEntry, ...]:
    (sheet,) = read_csv("\n".join((header, *lines)).encode()).sheets
    columns = understood(sheet, FileKind.PURCHASES, {}, {})
    assert columns is not None
    records, _ = tabulated(sheet, columns, FileKind.PURCHASES)
    return purchase_entries(records, "f", TODAY)


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


STATED = "id;acheteur_id;titulaire_id;montant;dateNotification;dureeMois;modification_id"
NOTIFIED = "M1;213;111;1000;2026-02-01;12;0"


@pytest.mark.parametrize("is_reversed", [False, True])
def test_the_later_states_of_a_contract_are_its_changes(is_reversed: bool) -> None:
    later = [f"M1;213;{holder};1500;2026-06-01;24;1" for holder in ("111", "333")]
    lines = [NOTIFIED, NOTIFIED.replace("111", "222"), *later]
    (entry,) = from_csv(*lines[:: -1 if is_reversed else 1], header=STATED)
    main = purchase(entry)
    assert (main.amount, main.months, main.notified) == (Decimal(1000), 12, date(2026, 2, 1))
    assert [row for row in entry.rows if isinstance(row, PurchaseChange)] == [
        PurchaseChange(main.id, date(2026, 6, 1), Decimal(1500), 24)
    ]
    assert sorted(map(str, holders(entry))) == ["111", "222"]
    assert entry.comments == ()


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


@pytest.mark.parametrize("months", ["NC", "12.5", "1000000000000"])
def test_a_value_that_its_column_cannot_hold_is_left_empty_and_said(months: str) -> None:
    found = from_json({**CONTRACT, "dureeMois": months})
    assert purchase(found[0]).months is None
    assert f"« {months} » n'est pas un nombre" in said(found, "VALEUR")[0]


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


# Published contracts, added up by plain Python over the files and by the ledger.
#
# The cleaning is what the import says: lines of one buyer, number, day and amount are one contract;
# several holders of one hold it together, each by its SIREN; amounts that cannot be true are left
# empty; days that cannot be true are reported and kept as they are.


PUBLISHED_ON = date(2026, 2, 6)
FIRST, INCREDIBLE = date(2016, 4, 1), Decimal(10) ** 10

Totals = dict[tuple[str, int], Decimal]
"""Euros by who, "" for nobody known, and year."""

with_published = pytest.mark.skipif(
    not DECP.is_dir(), reason="no ../shared: no published contracts"
)


class Published:
    """A file of contracts as plain Python cleans it; `columns` are buyer, number, day, amount."""

    def __init__(self, name: str, columns: tuple[str, ...], holder: str = "") -> None:
        with (DECP / name).open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file))
        self.lines = len(lines)
        self.holders: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for line in lines:
            self.holders[tuple(line[column] for column in columns)].add(
                _siren(line.get(holder, ""))
            )

    def totals(self, *, by_holder: bool) -> Totals:
        """Euros by buyer or holders together, and year."""
        found: Totals = defaultdict(Decimal)
        for (buyer, _, day, amount), holders in self.holders.items():
            who = " + ".join(sorted(holders)) if by_holder else buyer
            if amount and Decimal(amount) < INCREDIBLE:
                found[who, int(day[:4])] += Decimal(amount).quantize(Decimal("0.01"))
        return dict(found)

    def doubtful_days(self) -> int:
        days = (date.fromisoformat(day) for _, _, day, _ in self.holders)
        return sum(not FIRST <= day <= PUBLISHED_ON for day in days)


def _siren(number: str) -> str:
    """The company of a SIRET; any other number as it is."""
    return number[:9] if len(number) == 14 else number


def _imported(home: Path, name: str) -> FileReport:
    [report] = import_files(
        home, ImportOrder(FileKind.PURCHASES, (DECP / name,), {}), today=PUBLISHED_ON
    )
    return report


def _totals(ledger: Ledger, group: str) -> Totals:
    """The ledger's own, by the plan that a question for the totals of a year makes."""
    years = ledger.rows("SELECT DISTINCT year(notified) FROM purchase")
    found: Totals = {}
    for (year,) in years:
        period = PlanPeriod("notified", date(year, 1, 1), date(year, 12, 31))
        plan = Plan(PlanMeasure.SUM, Population.PURCHASES, "amount", period=period, group=group)
        ((sums, _),) = groups([plan], ledger, PUBLISHED_ON, ())
        found |= {(key or "", year): each.total for key, each in sums.items() if each.known}
    return found


@pytest.fixture(scope="module")
def recent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FileReport, Ledger]]:
    home = tmp_path_factory.mktemp("recent")
    report = _imported(home, "decp_recent_2026-02.csv")
    with open_ledger(home) as ledger:
        yield report, ledger


RECENT = ("id_acheteur", "id_marche", "date_notification", "montant_marche")


@with_published
def test_totals_by_buyer_and_year_agree_with_plain_python(
    recent: tuple[FileReport, Ledger],
) -> None:
    published = Published("decp_recent_2026-02.csv", RECENT)
    totals = published.totals(by_holder=False)
    assert len(totals) > 1600
    assert _totals(recent[1], "buyer") == totals
    every = contracts(recent[1])
    assert sum(each.amount or 0 for each in every) == sum(totals.values())


@with_published
def test_what_is_found_in_published_contracts_is_of_the_buyers_and_amounts_told(
    recent: tuple[FileReport, Ledger],
) -> None:
    every = contracts(recent[1])
    assert all(len(each.buyers) > 1 for each in opportunities(every))
    limits = PurchaseThresholds(lambda day: FakeLaw(day), Buyer.LOCAL)
    for need in split_needs(every, limits):
        assert need.amount == sum(each.amount or 0 for each in need.contracts) >= need.limit
        assert len({each.buyer for each in need.contracts}) == 1
        assert all((each.amount or 0) < need.limit * 2 for each in need.contracts)


@with_published
def test_lines_that_come_twice_and_impossible_days_are_reported(
    recent: tuple[FileReport, Ledger],
) -> None:
    report, ledger = recent
    published = Published("decp_recent_2026-02.csv", RECENT)
    assert ledger.rows("SELECT count(*) FROM purchase") == ((len(published.holders),),)
    doubtful = [each for each in report.comments if each.code == "DATE"]
    assert len(doubtful) == published.doubtful_days() > 0
    assert published.lines - len(published.holders) == 238


@with_published
def test_totals_by_holder_and_year_agree_and_no_contract_is_counted_twice(tmp_path: Path) -> None:
    name = "decp_2024H2_travaux_cpv4521.csv"
    columns = ("acheteur_id", "id", "dateNotification", "montant")
    published = Published(name, columns, "titulaire_id")
    report = _imported(tmp_path, name)
    assert (report.stored, report.left_out) == (len(published.holders), 0)
    with open_ledger(tmp_path) as ledger:
        found = _totals(ledger, "supplier")
    assert found == published.totals(by_holder=True)
    assert sum(found.values()) == sum(published.totals(by_holder=False).values())
