import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest

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
from ingestion.ledger.records import RecordSheet
from ingestion.ledger.rows import FileKind
from tests.invoice_files import workbook

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


def test_lines_without_known_titles_are_not_understood() -> None:
    assert understood(sheet(("a", "b"), ("c", "d")), INVOICES, {}, {}) is None
    assert understood(sheet(), INVOICES, {}, {}) is None


def test_a_correction_moves_a_column_and_an_empty_one_leaves_it_out() -> None:
    titles = sheet(("numero", "date facture", "Total", "montant ttc", "objet"))
    found = fields(understood(titles, INVOICES, {"Total": "gross", "Objet": ""}, {}))
    assert found["Total"] == "gross"
    assert found["montant ttc"] is None
    assert found["objet"] is None


def test_corrections_alone_make_a_line_of_titles() -> None:
    given = {"A": "number", "B": "issued"}
    assert fields(understood(sheet(("A", "B")), INVOICES, given, {})) == given


def test_what_is_kept_goes_before_what_is_guessed(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    titles = sheet(("numero", "date facture", "Total"))
    corrected = understood(titles, INVOICES, {"Total": "gross"}, {})
    assert corrected is not None
    keep(tmp_path, [corrected])
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


def test_words_of_statuses_and_types_have_their_codes() -> None:
    assert code_of("statuses", "Mise à disposition du comptable") == "09"
    assert code_of("types", "AVOIR") == "381"
    assert code_of("statuses", "perdue") is None


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
