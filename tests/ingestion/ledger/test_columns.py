import io
import re
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as some

from ingestion.errors import IngestionError, UnreadableFile
from ingestion.ledger import tables
from ingestion.ledger.columns import (
    Columns,
    code_of,
    field_named,
    french_name,
    keep,
    read_kept,
    understood,
)
from ingestion.ledger.records import RecordSheet, RecordValue
from ingestion.ledger.rows import FileKind, VatLine
from ingestion.ledger.values import (
    DecimalMark,
    Disagreement,
    amount,
    cells,
    column_mark,
    day,
    parse_number,
)
from tests.support.invoice_files import workbook

INVOICES, PURCHASES = FileKind.INVOICES, FileKind.PURCHASES


def sheet(*lines: tuple[str, ...]) -> RecordSheet:
    return RecordSheet("", tuple(enumerate(lines, start=1)))


def fields(columns: Columns | None) -> dict[str, str | None]:
    assert columns is not None
    return {column.title: column.field for column in columns.columns}


CHORUS = {
    "numeroFacture": "number",
    "typeFacture": "type",
    "codeFournisseur": "supplier_siret",
    "fournisseur": "supplier_name",
    "codeDestinataire": "buyer_siret",
    "designationDestinataire": "buyer_name",
    "codeServiceExecutant": "service",
    "dateFacture": "issued",
    "dateDepot": "received",
    "montantHT": "net",
    "montantTTC": "gross",
    "montantAPayer": "payable",
    "Devise": "currency",
    "Statut": "status",
    "numeroMarche": "contract",
    "numeroBonCommande": "commitment",
    "idFacture": None,
}


def test_the_columns_of_chorus_pro_are_recognised() -> None:
    assert fields(understood(sheet(tuple(CHORUS)), INVOICES, {}, {})) == CHORUS


def test_accents_case_and_small_words_do_not_matter() -> None:
    found = fields(understood(sheet(("N° DE FACTURE", "Date de la Facture")), INVOICES, {}, {}))
    assert list(found.values()) == ["number", "issued"]


def test_an_earlier_title_of_a_column_goes_first() -> None:
    found = fields(understood(sheet(("Date", "Date facture", "numero")), INVOICES, {}, {}))
    assert found == {"Date": None, "Date facture": "issued", "numero": "number"}


def test_titles_are_found_below_other_lines() -> None:
    lines = (("Export du 3 mars",), ("numero", "date facture"), ("F-1", "03/03/2026"))
    found = understood(sheet(*lines), INVOICES, {}, {})
    assert found is not None
    assert found.line == 2


def test_the_separator_of_a_csv_is_not_that_of_a_line_above_its_titles() -> None:
    data = "Factures 2026, achats, tous lots\nNuméro;TTC\nF-1;12,50\nF-2;30,00\n".encode()
    [sheet] = tables.read_csv(data).sheets
    assert sheet.lines[1:3] == ((2, ("Numéro", "TTC")), (3, ("F-1", "12,50")))


def test_lines_without_known_titles_are_not_understood() -> None:
    assert understood(sheet(("a", "b"), ("c", "d")), INVOICES, {}, {}) is None
    assert understood(sheet(), INVOICES, {}, {}) is None


@pytest.mark.parametrize("title", ["Reste à payer", "Montant dû", "Montant", "Compte"])
def test_what_may_be_another_amount_or_another_account_is_left_out(title: str) -> None:
    found = fields(understood(sheet(("numero", "date facture", title)), INVOICES, {}, {}))
    assert found[title] is None


def test_a_correction_moves_a_column_and_an_empty_one_leaves_it_out() -> None:
    titles = sheet(("numero", "date facture", "Total", "montant ttc", "objet"))
    found = fields(understood(titles, INVOICES, {"Total": "gross", "Objet": ""}, {}))
    assert found["Total"] == "gross"
    assert found["montant ttc"] is None
    assert found["objet"] is None


def test_corrections_alone_make_a_line_of_titles() -> None:
    given = {"A": "number", "B": "issued"}
    assert fields(understood(sheet(("A", "B")), INVOICES, given, {})) == given


def test_what_is_kept_of_the_same_kind_goes_before_what_is_guessed(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    titles = sheet(("numero", "date facture", "Total"))
    corrected = understood(titles, INVOICES, {"Total": "gross"}, {})
    assert corrected is not None
    contracts = understood(titles, PURCHASES, {"numero": "contract_id", "Total": "amount"}, {})
    assert contracts is not None
    keep(tmp_path, INVOICES, [corrected])
    keep(tmp_path, PURCHASES, [contracts])
    again = fields(understood(titles, INVOICES, {}, read_kept(tmp_path)))
    assert again["Total"] == "gross"
    other = sheet(("numero", "date facture", "Total", "autre"))
    assert fields(understood(other, INVOICES, {}, read_kept(tmp_path)))["Total"] is None


def test_a_damaged_memory_of_columns_is_said(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "mappings.json").write_text("{")
    with pytest.raises(IngestionError, match="Supprimez-le"):
        read_kept(tmp_path)


def test_a_column_is_named_in_french_or_by_its_own_name() -> None:
    assert field_named(INVOICES, "gross") == "gross"
    assert field_named(INVOICES, "Montant TTC") == "gross"
    assert field_named(INVOICES, "couleur") is None
    assert french_name(INVOICES, "gross") == "montant ttc"


@pytest.mark.parametrize(
    ("group", "code", "words"),
    [
        ("statuses", "05", "Rejeté, Annulée"),
        ("statuses", "06", "Suspendu"),
        ("statuses", "09", "Mise à disposition du comptable"),
        ("statuses", "11", "Payé, Réglé"),
        ("types", "381", "AVOIR, Note d'avoir, Facture d’avoir, avoir fournisseur"),
        *(("types", code, code) for code in ("261", "262", "393", "396", "502", "503")),
        ("statuses", None, "perdue"),
    ],
)
def test_words_of_statuses_and_types_have_their_codes(
    group: str, code: str | None, words: str
) -> None:
    assert {code_of(group, word) for word in words.split(", ")} == {code}


def test_the_essential_data_are_recognised_in_their_two_writings() -> None:
    for titles in (
        ("id", "acheteur_id", "titulaire_id", "montant", "dateNotification", "codeCPV"),
        ("MARCHE_ID", "ACHETEURS_ID", "TITULAIRES_ID", "MONTANT", "NOTIFICATION_DATE", "CPV_CODE"),
    ):
        found = list(fields(understood(sheet(titles), PURCHASES, {}, {})).values())
        assert found == ["contract_id", "buyer_siret", "holder_siret", "amount", "notified", "cpv"]


# Workbooks that would take a minute to read are refused at once, or read as far as they go


def _declaring(data: bytes, size: str) -> bytes:
    """A workbook whose sheet declares another size than its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name.startswith("xl/worksheets/"):
                part = re.sub(
                    rb'<dimension ref="[^"]*"', b'<dimension ref="%s"' % size.encode(), part
                )
            after.writestr(name, part)
    return out.getvalue()


def test_a_sheet_is_read_as_far_as_its_cells_go() -> None:
    data = _declaring(workbook(("Numéro", "TTC"), ("F-1", Decimal("12.5"))), "A1:XFD1048576")
    [sheet] = tables.read_xlsx(data).sheets
    assert sheet.lines == ((1, ("Numéro", "TTC")), (2, ("F-1", "12.5")))


def test_more_cells_than_can_be_read_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = workbook(*[("a", "b")] * 6)
    monkeypatch.setattr(tables, "_MOST_CELLS", 12)
    assert len(tables.read_xlsx(data).sheets[0].lines) == 6
    monkeypatch.setattr(tables, "_MOST_CELLS", 11)
    with pytest.raises(UnreadableFile, match="trop grand"):
        tables.read_xlsx(data)


def test_so_are_cells_far_apart() -> None:
    book = openpyxl.Workbook()
    for line in range(1, 200):
        book.active.cell(line, 16_384, "x")
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(UnreadableFile, match="trop grand"):
        tables.read_xlsx(out.getvalue())


# How a column writes its numbers and days


CENTS = some.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False)


def column(*texts: str) -> list[RecordValue]:
    return [RecordValue("net", text, f"ligne {line}") for line, text in enumerate(texts, start=2)]


def french(value: Decimal, space: str) -> str:
    return f"{value:,.2f}".translate({ord(","): space, ord("."): ","})


@given(some.lists(CENTS, min_size=1), some.sampled_from(["", " ", "\N{NO-BREAK SPACE}", "."]))
def test_a_column_written_the_french_way_is_read_back(values: list[Decimal], space: str) -> None:
    texts = [french(value, space) for value in values]
    mark = column_mark(column(*texts))
    assert mark is DecimalMark.COMMA
    assert [parse_number(text, mark) for text in texts] == values


@given(some.lists(CENTS, min_size=1), some.sampled_from(["", ",", " "]))
def test_a_column_written_the_english_way_is_read_back(values: list[Decimal], space: str) -> None:
    texts = [f"{value:,.2f}".replace(",", space) for value in values]
    mark = column_mark(column(*texts))
    assert mark is DecimalMark.POINT
    assert [parse_number(text, mark) for text in texts] == values


@given(some.lists(CENTS, min_size=1), some.lists(CENTS, min_size=1))
def test_a_column_that_mixes_both_is_never_understood(
    first: list[Decimal], second: list[Decimal]
) -> None:
    texts = [*(french(v, "") for v in first), *(f"{v:.2f}" for v in second)]
    found = column_mark(column(*texts))
    assert isinstance(found, Disagreement)
    assert {found.first.place, found.second.place} == {"ligne 2", f"ligne {len(first) + 2}"}
    assert "n'ont pas le même séparateur" in str(found)


def test_what_may_be_a_thousand_or_decimals_is_settled_by_the_others() -> None:
    assert column_mark(column("1.234", "5,50")) is DecimalMark.COMMA
    assert parse_number("1.234", DecimalMark.COMMA) == 1234
    assert column_mark(column("1,234", "5.50")) is DecimalMark.POINT


def test_what_nothing_settles_is_not_guessed() -> None:
    found = column_mark(column("12", "1.234"))
    assert isinstance(found, Disagreement)
    assert str(found) == "« 1.234 » (ligne 3) peut se lire de deux façons"


def test_whole_numbers_need_no_mark() -> None:
    assert column_mark(column("12", "", "1 250")) is None
    assert parse_number("1 250", None) == 1250


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-12,50", "-12.50"),
        ("12,50-", "-12.50"),
        ("(12,50)", "-12.50"),
        ("\N{MINUS SIGN}12,50 €", "-12.50"),
        ("1'250,00 CHF", "1250.00"),
        ("1.250,00 EUR", "1250.00"),
        (",5", "0.5"),
        ("12 euros", "12"),
        ("+€5", "5"),
    ],
)
def test_signs_spaces_and_currencies_are_understood(text: str, expected: str) -> None:
    assert parse_number(text, DecimalMark.COMMA) == Decimal(expected)


@pytest.mark.parametrize(
    "text", ["", "NC", "12,5,0", "1e5", "12 pièces", "1.25,00", "--3", "10 %", "12 TTC"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_number(text, DecimalMark.COMMA) is None


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("12 €", "EUR"),
        ("USD 12", "USD"),
        ("12", None),
        ("£12", "GBP"),
        ("12 Euros", "EUR"),
        ("12 xpf", "XPF"),
    ],
)
def test_the_currency_of_an_amount_is_kept(text: str, currency: str | None) -> None:
    found = amount(text)
    assert found is not None
    assert found.currency == currency


@pytest.mark.parametrize(("rate", "is_kept"), [("999.99", True), ("-100", True), ("1000", False)])
def test_a_rate_that_its_column_cannot_hold_is_left_empty_and_said(
    rate: str, is_kept: bool
) -> None:
    found = cells(VatLine, [RecordValue("rate", rate, "ligne 2")], "ligne 2")
    assert ("rate" in found.values, bool(found.comments)) == (is_kept, not is_kept)


@pytest.mark.parametrize("text", ["12 € USD", "12 € $", "12€50", "12 EUR 50", "12 euros 50"])
def test_an_amount_in_two_currencies_or_parts_is_none(text: str) -> None:
    assert amount(text) is None


@given(some.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)))
def test_every_way_to_write_a_day_puts_the_day_first(when: date) -> None:
    for text in (
        f"{when:%d/%m/%Y}",
        f"{when:%d-%m-%Y}",
        f"{when:%d.%m.%y}",
        f"{when.day}/{when.month}/{when.year}",
        f"{when:%d/%m/%Y} 10:32",
        f"{when:%Y-%m-%d}",
        f"{when:%Y-%m-%dT10:32:00}",
        f"{when:%Y-%m-%d}Z",
        f"{when:%Y-%m-%d}+01:00",
        f"{when:%Y%m%d}",
    ):
        assert day(text) == when, text


@pytest.mark.parametrize("text", ["30/02/2026", "03/25/2026", "hier", "2026", "", "1/2/3/4"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert day(text) is None
