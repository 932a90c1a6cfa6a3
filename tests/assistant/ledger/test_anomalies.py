from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from assistant.errors import WrongPlan
from assistant.ledger.anomalies import (
    Explained,
    Explanation,
    anomalies,
    anomaly_table,
    explain,
)
from assistant.ledger.anomaly_rules import Anomaly, Limit, load_rules, mean_gap
from ingestion.ledger.database import open_ledger
from ingestion.ledger.rows import (
    FileKind,
    InvoiceLine,
    Level,
    Purchase,
    PurchaseChange,
    Remark,
    StatusEvent,
    TableRow,
    VatLine,
)
from tests.support.ledger_rows import FILE, file_row, filled, invoice, purchase

pytestmark = pytest.mark.usefixtures("both_engines")

OTHER = {"supplier_siren": "552100554", "supplier_name": "Sève SAS"}
DAY = date(2026, 3, 2)


def _found(home: Path, *rows: TableRow, limit: Limit | None = None) -> list[Anomaly]:
    return [each.anomaly for each in _explained(filled(home, *rows), limit)]


def _explained(home: Path, limit: Limit | None = None) -> tuple[Explained, ...]:
    with open_ledger(home) as ledger:
        return anomalies(ledger, limit)


def _rules(found: list[Anomaly]) -> list[str]:
    return [each.rule.name for each in found]


def test_sound_invoices_have_no_anomaly(tmp_path: Path) -> None:
    other = invoice("B-1", DAY, net=70, vat="3.85", **OTHER)
    rows = (
        invoice("A-1", DAY),
        invoice("A-2", DAY + timedelta(30)),
        other,
        VatLine(other.id, Decimal("5.5"), "S", Decimal(70), Decimal("3.85")),
        InvoiceLine(other.id, 1, "Tonte", Decimal(2), Decimal(35), Decimal(70)),
    )
    assert _found(tmp_path, *rows) == []


def test_a_second_invoice_refused_under_the_same_key_is_found(tmp_path: Path) -> None:
    said = "Facture A-1 : même fournisseur, même numéro, même année, mais date."
    remark = Remark(FILE, "ligne 24", "G1.45", Level.REFUSED, said)
    same = replace(remark, row="ligne 25", level=Level.WARNING)
    [found] = _found(tmp_path, file_row(), invoice("A-1"), remark, same)
    assert (found.rule.name, found.says) == ("duplicate key", said)


def test_a_contract_sent_again_is_no_invoice(tmp_path: Path) -> None:
    remark = Remark(FILE, "ligne 24", "G1.45", Level.REFUSED, "Marché 12 : déjà là.")
    assert _found(tmp_path, file_row(FileKind.PURCHASES), remark) == []


def test_the_same_key_with_and_without_siren_is_found_once(tmp_path: Path) -> None:
    found = _found(tmp_path, invoice("A-1"), invoice("a-1", supplier_siren=None))
    assert _rules(found) == ["duplicate key"]


@pytest.mark.parametrize(
    ("number", "day", "net", "others", "combination"),
    [
        ("A-101", DAY, 1000, OTHER, 2),
        ("a 101", DAY, 1000, {}, 3),
        ("A-0101", DAY, 1000, {}, 3),
        ("A-1O1", DAY, 1000, {}, 3),
        ("A-110", DAY, 1000, {}, 3),
        ("A-101B", DAY, 1000, {}, 3),
        ("A 101", DAY, 1005, {}, 6),
        ("A 101", DAY + timedelta(6), 1000, {}, 7),
        ("A-101", DAY + timedelta(6), 1000, OTHER, 9),
        ("A-101", date(2026, 2, 3), 1000, OTHER, 9),
        ("A-102", DAY, 1000, {}, None),
        ("A-101", DAY + timedelta(60), 1000, OTHER, None),
        ("A-101", DAY, 1005, OTHER, None),
        ("A 101", DAY + timedelta(8), 1000, {}, None),
        ("A 101", DAY, 1500, {}, None),
    ],
)
def test_near_duplicates_are_those_of_the_nine_combinations(
    tmp_path: Path,
    number: str,
    day: date,
    net: int,
    others: dict[str, str],
    combination: int | None,
) -> None:
    one = invoice("A-101", DAY, net=1000, vat=0)
    other = invoice(number, day, net=net, vat=0, **others)
    found = [each for each in _found(tmp_path, one, other) if each.rule.name == "near duplicate"]
    if combination is None:
        assert found == []
    else:
        assert [f"combinaison {combination} " in each.says for each in found] == [True]
        assert set(found[0].rows) == {one.id, other.id}


def test_the_same_number_across_two_years_is_a_near_duplicate(tmp_path: Path) -> None:
    found = _found(tmp_path, invoice("A", date(2025, 12, 30)), invoice("A", date(2026, 1, 2)))
    assert "combinaison 4 " in found[0].says


def test_totals_that_do_not_add_up_are_found(tmp_path: Path) -> None:
    [found] = _found(tmp_path, invoice("A", gross=Decimal("120.01"), payable=None))
    assert found.rule.name == "totals"
    assert "0,01" in found.says


@pytest.mark.parametrize(
    ("base", "tax", "is_wrong"),
    [("100.00", "20.00", False), ("100.02", "20.00", False), ("100.10", "20.00", True)],
)
def test_vat_is_that_of_its_base_to_the_cent(
    tmp_path: Path, base: str, tax: str, is_wrong: bool
) -> None:
    one = invoice("A", net=base, vat=tax)
    line = VatLine(one.id, Decimal(20), "S", Decimal(base), Decimal(tax))
    assert (_rules(_found(tmp_path, one, line)) == ["vat"]) is is_wrong


def test_rates_make_the_totals(tmp_path: Path) -> None:
    one = invoice("A")
    lines = [VatLine(one.id, Decimal(20), "S", Decimal(50), Decimal(10)) for _ in range(3)]
    [found] = _found(tmp_path, one, *lines)
    assert found.rule.name == "vat"
    assert "les bases font 150\u00a0€, le total HT 100\u00a0€" in found.says
    assert "les taxes font 30\u00a0€, le total de TVA 20\u00a0€" in found.says


def test_lines_make_the_total_by_their_net_and_not_by_quantity_and_price(tmp_path: Path) -> None:
    one, other = invoice("A"), invoice("B", net=300)
    found = _found(
        tmp_path,
        one,
        other,
        InvoiceLine(one.id, 1, "Tonte", Decimal(3), Decimal("33.33"), Decimal(100)),
        InvoiceLine(other.id, 1, "Tonte", Decimal(3), Decimal(100), Decimal(299)),
    )
    assert [(each.rule.name, each.rows) for each in found] == [("lines", (other.id,))]


@pytest.mark.parametrize(
    ("others", "rule"),
    [
        ({"payable": Decimal(130)}, "payable"),
        ({"type": "381"}, "credit note alone"),
        ({"type": "262"}, "credit note alone"),
        ({"type": "381", "preceding": "A-0"}, None),
        ({"due": DAY - timedelta(1)}, "due date"),
        ({"due": DAY}, None),
        ({"supplier_siret": "55210055400013"}, "identifiers"),
        ({"supplier_siret": "7328293200007"}, "identifiers"),
        ({"supplier_siret": "73282932000074"}, None),
        ({"supplier_siren": "732829321"}, "identifiers"),
        ({"buyer_siret": "35600000012345", "buyer_siren": "356000000"}, None),
    ],
)
def test_each_rule_finds_its_fault_and_no_other(
    tmp_path: Path, others: dict[str, object], rule: str | None
) -> None:
    faulty = replace(invoice("A", DAY), **others)  # type: ignore[arg-type]
    assert _rules(_found(tmp_path, faulty)) == ([rule] if rule else [])


def test_another_account_of_the_same_supplier_is_found_on_the_first_invoice(tmp_path: Path) -> None:
    one, two, three = (
        invoice(number, DAY + timedelta(days), iban_sha256=account)
        for number, days, account in (("A", 0, "aa"), ("B", 30, "bb"), ("C", 60, "bb"))
    )
    other = invoice("D", DAY + timedelta(40), iban_sha256="cc", **OTHER)
    [found] = _found(tmp_path, one, two, three, other)
    assert (found.rule.name, found.rows) == ("bank details", (one.id, two.id))


@pytest.mark.parametrize(
    ("day", "months", "is_found"),
    [
        ("2027-01-31", None, False),
        ("2027-02-02", None, True),
        ("2027-02-02", 24, False),
        ("2028-02-02", 24, True),
    ],
)
def test_an_invoice_after_the_months_of_its_contract_is_found(
    tmp_path: Path, day: str, months: int | None, is_found: bool
) -> None:
    contract = purchase("2026-01", months=12, notified=date(2026, 2, 1))
    change = PurchaseChange(contract[0].id, date(2026, 9, 1), months=months)  # type: ignore[union-attr]
    one = invoice("A", date.fromisoformat(day), contract="2026-01")
    found = _found(tmp_path, *contract, change, one)
    assert (_rules(found) == ["after the end"]) is is_found


@pytest.mark.parametrize(
    ("months", "is_found"), [(48, False), (None, False), (99999, False), (18, True)]
)
def test_an_invoice_is_after_the_end_of_every_contract_of_its_number(
    tmp_path: Path, months: int | None, is_found: bool
) -> None:
    lots = (
        purchase("2026-01", amount, months=lasts, notified=date(2026, 2, 1))
        for amount, lasts in ((1000, 12), (2000, months))
    )
    one = invoice("A", date(2028, 2, 2), contract="2026-01")
    found = _found(tmp_path, *(row for lot in lots for row in lot), one)
    assert _rules(found) == ["after the end"] * is_found
    assert not is_found or "pour 18 mois" in found[0].says


def test_a_payment_before_the_service_is_found(tmp_path: Path) -> None:
    one, other = invoice("A", DAY), invoice("B", DAY, net=3)
    events = (
        StatusEvent(one.id, "11", DAY),
        StatusEvent(one.id, "07", DAY + timedelta(1)),
        StatusEvent(other.id, "07", DAY),
        StatusEvent(other.id, "11", DAY),
    )
    found = _found(tmp_path, one, other, *events)
    assert [(each.rule.name, each.rows) for each in found] == [("paid before service", (one.id,))]


def test_a_reference_is_missing_only_where_others_of_the_file_have_it(tmp_path: Path) -> None:
    one, other = invoice("A", commitment="BC-1"), invoice("B", net=7)
    elsewhere = replace(invoice("C", net=9), file="e" * 64)
    [found] = _found(tmp_path, one, other, elsewhere)
    assert (found.rule.name, found.rows) == ("missing reference", (other.id,))
    assert "engagement" in found.says
    assert "marché" not in found.says


def _amounts(home: Path, *amounts: tuple[int, int], limit: int = 60000) -> list[str]:
    rows = [
        invoice(f"N-{place:02}{place}", DAY + timedelta(days), net=net, vat=0)
        for place, (days, net) in enumerate(amounts)
    ]
    return _rules(_found(home, *rows, limit=lambda day: Decimal(limit)))


def test_amounts_just_below_the_threshold_together_above_it_are_a_screening(tmp_path: Path) -> None:
    assert _amounts(tmp_path, (0, 55000), (10, 58000)) == ["split amounts"]
    assert load_rules()["split amounts"].is_screening


@pytest.mark.parametrize(
    "amounts",
    [
        ((0, 55000),),
        ((0, 55000), (31, 58000)),
        ((0, 55000), (10, 60000)),
        ((0, 20000), (10, 55000)),
    ],
)
def test_other_amounts_are_not_split(tmp_path: Path, amounts: tuple[tuple[int, int], ...]) -> None:
    assert _amounts(tmp_path, *amounts) == []


def test_without_the_law_no_threshold_is_looked_at(tmp_path: Path) -> None:
    rows = [invoice(number, DAY, net=net) for number, net in (("A", 55000), ("B", 58000))]
    found = _explained(filled(tmp_path, *rows))
    assert found == ()
    assert any("non cherchés" in note for note in anomaly_table(found, has_limit=False).notes)


def _many(count: int, nets: list[str], **others: object) -> list[TableRow]:
    return [
        invoice(
            f"{others.get('supplier_siren', 'A')}-{place}{place}",
            DAY + timedelta(place),
            net=net,
            vat=0,
            **others,
        )
        for place, net in zip(range(count), nets, strict=True)
    ]


def test_round_amounts_are_screened_on_many_invoices_only(tmp_path: Path) -> None:
    odd = [f"{place * 37 + 3}.17" for place in range(60)]
    rounds = [f"{place * 100 + 700}" for place in range(29)]
    assert _found(tmp_path, *_many(60, odd, **OTHER), *_many(29, rounds)) == []
    thirtieth = invoice("A-last", DAY + timedelta(90), net=9900, vat=0)
    [found] = _found(tmp_path, thirtieth)
    assert (found.rule.name, len(found.rows)) == ("round amounts", 30)


def test_benford_is_screened_on_large_populations_only(tmp_path: Path) -> None:
    nines = [f"{900 + place}.{place % 90 + 10}" for place in range(300)]
    rows = _many(300, nines)
    assert _found(tmp_path, *rows[1:]) == []
    found = _found(tmp_path, rows[0])
    assert {each.rule.name for each in found} == {"benford"}


def test_amounts_over_several_magnitudes_follow_benford() -> None:
    lot = Random(7)
    digits = Counter(int(str(10 ** lot.uniform(1, 5))[0]) for _ in range(3000))
    assert mean_gap(digits) < 0.01
    assert mean_gap({9: 100}) > 0.15


def test_an_explained_anomaly_stays_explained(tmp_path: Path) -> None:
    home = filled(tmp_path, invoice("A", gross=Decimal(130), payable=None))
    [open_one] = _explained(home)
    told = Explanation("arrondi accepté", "u-1", datetime(2026, 11, 24, 9))
    explain(home, [open_one], open_one.anomaly.id, told)
    filled(home, invoice("B", net=7))
    [found] = _explained(home)
    assert found == Explained(open_one.anomaly, told)
    assert anomaly_table([found], has_limit=True).rows[0][-1] == (
        "arrondi accepté (u-1, 24/11/2026)"
    )


def test_what_is_not_found_or_already_explained_is_not_explained(tmp_path: Path) -> None:
    home = filled(tmp_path, invoice("A", gross=Decimal(130), payable=None))
    told = Explanation("vu", "u-1", datetime(2026, 11, 24, 9))
    with pytest.raises(WrongPlan, match="Aucune anomalie"):
        explain(home, _explained(home), "inconnue", told)
    identifier = _explained(home)[0].anomaly.id
    explain(home, _explained(home), identifier, told)
    with pytest.raises(WrongPlan, match="Déjà expliquée"):
        explain(home, _explained(home), identifier, told)


def test_an_anomaly_keeps_its_name_whatever_the_order_of_its_rows() -> None:
    rule = load_rules()["near duplicate"]
    assert Anomaly(rule, ("a", "b"), "").id == Anomaly(rule, ("b", "a"), "autre").id
    assert Anomaly(rule, ("a", "b"), "").id != Anomaly(load_rules()["vat"], ("a", "b"), "").id


def test_every_rule_is_said_in_full() -> None:
    for rule in load_rules().values():
        assert all((rule.title, rule.source, rule.check))
    assert [rule.name for rule in load_rules().values() if rule.is_screening] == [
        "split amounts",
        "round amounts",
        "benford",
    ]


def test_our_own_invoices_have_the_anomalies_their_readme_lists(tmp_path: Path) -> None:
    from ingestion.ledger.importing import ImportOrder, import_files
    from ingestion.library.corpus import CORPUS

    order = ImportOrder(FileKind.INVOICES, (CORPUS / "factures" / "factures.csv",), {})
    import_files(tmp_path, order, today=date(2028, 4, 1))
    found = [each.anomaly for each in _explained(tmp_path)]
    assert [(each.rule.name, each.says[:19]) for each in found] == [
        ("duplicate key", "Facture JB-2027-007"),
        ("totals", "Facture SC-2027-023"),
    ]


def test_a_purchase_alone_is_no_anomaly(tmp_path: Path) -> None:
    rows = purchase()
    assert isinstance(rows[0], Purchase)
    assert _found(tmp_path, *rows) == []
