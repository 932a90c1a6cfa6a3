"""Workbooks: XLSX as another program writes them, ODS from their XML."""

import io
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment  # type: ignore[import-untyped]
from openpyxl.styles import Font  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from ingestion.chunking.passages import passages_of
from ingestion.documents.document import FileReading
from ingestion.french import written_number
from ingestion.readers import spreadsheets
from ingestion.readers.formats import to_json
from ingestion.readers.number_formats import shown
from ingestion.readers.reading import reading_json
from ingestion.readers.spreadsheets import column_name
from tests.support.question_lists import read_lists
from tests.support.reading_files import ODT_NAMES, problem, read, reading_of, with_parts, zipped

EPOCH = date(1899, 12, 30)


def workbook(write: Callable[[Any, Any], None]) -> bytes:
    """An XLSX; `write` receives the new workbook and its first sheet."""
    book = openpyxl.Workbook()
    write(book, book.active)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def with_rows(rows: str) -> bytes:
    """An XLSX whose only sheet holds this XML."""
    sheet = f'<worksheet xmlns="m"><sheetData>{rows}</sheetData></worksheet>'
    return with_parts(workbook(lambda *_: None), {"xl/worksheets/sheet1.xml": sheet})


def ods(tables: str, styles: str = "") -> bytes:
    return zipped(
        content_xml=f"<office:document-content {ODT_NAMES}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )


def ods_cell(text: str, **attributes: str) -> str:
    """A cell; `_` in the name of an attribute stands for "-"."""
    written = "".join(f' office:{k.replace("_", "-")}="{v}"' for k, v in attributes.items())
    return f"<table:table-cell{written}><text:p>{text}</text:p></table:table-cell>"


def ods_sheet(*cells: str, name: str = "Prix") -> bytes:
    row = f"<table:table-row>{''.join(cells)}</table:table-row>"
    return ods(f'<table:table table:name="{name}">{row}</table:table>')


def lines(reading: FileReading) -> list[str]:
    (document,) = reading.documents
    return document.text.split("\n")


def write_prices(book: Any, sheet: Any) -> None:
    sheet.title = "Prix"
    sheet.append(["N°", "Désignation", None, "Prix"])
    sheet.append([1, "Curage\nmanuel", None, 1234.5])
    sheet["D2"].number_format = '#,##0.00 "€"'
    sheet["B12"] = "Total"
    book.create_sheet("Vide")
    book.create_sheet("Délais")["C4"] = date(2026, 3, 3)


def test_a_sheet_is_a_heading_and_a_row_a_line_that_knows_its_cells() -> None:
    document = read(workbook(write_prices), "lot 1/BPU.xlsx")
    assert document.text.split("\n") == [
        "Prix",
        "N° | Désignation |  | Prix",
        "1 | Curage manuel |  | 1 234,50 €",
        "Total",
        "Délais",
        "03/03/2026",
    ]
    assert [(heading.level, heading.text) for heading in document.headings] == [
        (1, "Prix"),
        (1, "Délais"),
    ]
    cells = {mark.name: document.text[mark.start : mark.end] for mark in document.marks}
    assert cells == {
        "A1:D1": "N° | Désignation |  | Prix",
        "A2:D2": "1 | Curage manuel |  | 1 234,50 €",
        "B12": "Total",
        "C4": "03/03/2026",
    }


def write_merged(_: Any, sheet: Any) -> None:
    sheet.append(["Montants par lot"])
    sheet.append([None, "Tranche", "Minimum", "Maximum"])
    sheet.append(["Lot 1", "Ferme", 10, 40])
    sheet.append([None, "Optionnelle", 5, 20])
    sheet.append(["Lot 2", "Sans minimum", None, 90])
    sheet.append(["Modalités de révision des prix, telles que le CCAP les fixe " * 2, "oui"])
    sheet.append([None, "non"])
    for cells in ("A1:D1", "A3:A4", "B5:C5", "A6:A7"):
        sheet.merge_cells(cells)


def test_a_cell_keeps_its_column_and_tells_every_row_that_it_covers() -> None:
    read_lines = lines(reading_of(workbook(write_merged), "BPU.xlsx"))
    assert [line for line in read_lines if "Modalités" not in line] == [
        "Sheet",
        "Montants par lot",
        " | Tranche | Minimum | Maximum",
        "Lot 1 | Ferme | 10 | 40",
        "Lot 1 | Optionnelle | 5 | 20",
        "Lot 2 | Sans minimum |  | 90",
        "non",
    ]


def test_a_cell_of_an_ods_tells_every_row_that_it_covers() -> None:
    above = ods_cell("Lot 1").replace("-cell", '-cell table:number-rows-spanned="2"', 1)
    rows = (above + ods_cell("Ferme"), "<table:covered-table-cell/>" + ods_cell("Optionnelle"))
    table = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    reading = reading_of(ods(f'<table:table table:name="Prix">{table}</table:table>'), "BPU.ods")
    assert lines(reading)[1:] == ["Lot 1 | Ferme", "Lot 1 | Optionnelle"]


def test_a_passage_cites_its_sheet_and_cells() -> None:
    prices, delays = passages_of(read(workbook(write_prices), "lot 1/BPU.xlsx"))
    assert prices.locator == "BPU, feuille « Prix », A1:D12"
    assert delays.locator == "BPU, feuille « Délais », C4"


def test_each_passage_of_a_long_sheet_cites_its_own_cells() -> None:
    def write(_: Any, sheet: Any) -> None:
        for number in range(1, 60):
            sheet.append([None, f"Prestation {number}", number])

    found = passages_of(read(workbook(write), "DPGF.xlsx"), size=300)
    assert len(found) > 3
    assert sum(passage.text.count("\n") + 1 for passage in found) == 59
    for passage in found:
        first, last = (int(cell[1:]) for cell in passage.locator.rsplit(" ", 1)[1].split(":"))
        assert passage.text.startswith(f"Prestation {first} | ")
        assert passage.text.endswith(f"Prestation {last} | {last}")


def test_the_cells_of_a_passage_are_a_rectangle_around_its_rows() -> None:
    def write(_: Any, sheet: Any) -> None:
        sheet["AB7"], sheet["C9"], sheet["Z11"] = "a", "b", "c"

    (passage,) = passages_of(read(workbook(write), "BPU.xlsx"))
    assert passage.locator == "BPU, feuille « Sheet », C7:AB11"


def test_marks_survive_the_passage_between_processes() -> None:
    reading = reading_of(workbook(write_prices), "BPU.xlsx")
    assert reading_json.validate_json(to_json(reading)) == reading


def test_what_is_hidden_is_read_and_said() -> None:
    def write(book: Any, sheet: Any) -> None:
        sheet.title = "Prix"
        for _ in range(3):
            sheet.append(["a", "b", "c"])
        for row, column in ((2, "B"), (9, "F")):
            sheet.row_dimensions[row].hidden = True
            sheet.column_dimensions[column].hidden = True
        for name, state in (("Calcul", "hidden"), ("Marge", "veryHidden"), ("Vide", "hidden")):
            book.create_sheet(name).sheet_state = state
        book["Calcul"]["A1"] = "coefficient"
        book["Marge"]["A1"] = "marge"

    reading = reading_of(workbook(write), "BPU.xlsx")
    assert reading.warnings == (
        "feuilles masquées, lues quand même : « Calcul », « Marge »",
        "feuille « Prix », lignes masquées, lues quand même : 2",
        "feuille « Prix », colonnes masquées, lues quand même : B",
    )
    assert lines(reading)[-4:] == ["Calcul", "coefficient", "Marge", "marge"]


def test_a_cell_that_is_struck_is_left_out_and_said() -> None:
    def write(_: Any, sheet: Any) -> None:
        sheet.append(["Lot 2", "Ferme", 30000])
        for cell in sheet["B1:C1"][0]:
            cell.font = Font(strike=cell.column == 2)

    style = (
        '<style:style style:name="c1"><style:text-properties '
        'style:text-line-through-type="single"/></style:style>'
    )
    barred = ods_cell("Ferme").replace("-cell", '-cell table:style-name="c1"', 1)
    row = f"<table:table-row>{ods_cell('Lot 2')}{barred}{ods_cell('30 000')}</table:table-row>"
    sheet = f'<table:table table:name="S">{row}</table:table>'
    for data, source in ((workbook(write), "BPU.xlsx"), (ods(sheet, style), "BPU.ods")):
        reading = reading_of(data, source)
        assert lines(reading)[1:] == ["Lot 2 |  | 30 000"]
        assert reading.warnings == ("texte barré, non lu : « Ferme »",)


def test_comments_and_boxes_upon_cells_are_said_not_to_be_read() -> None:
    def write(_: Any, sheet: Any) -> None:
        sheet["A1"] = "Prix"
        sheet["A1"].comment = Comment("Ce minimum est indicatif", "acheteur")

    box = "<d><txBody><p><t>Prix fermes,</t><t>non révisables</t></p></txBody></d>"
    data = with_parts(workbook(write), {"xl/drawings/drawing1.xml": box})
    assert reading_of(data, "BPU.xlsx").warnings == (
        "commentaires et zones de texte, non lus : "
        "« Ce minimum est indicatif », « Prix fermes, non révisables »",
    )


def test_a_name_cannot_deceive_whoever_reads_the_warning() -> None:
    def write(book: Any, sheet: Any) -> None:
        sheet.append(["a"])
        hidden = book.create_sheet("Prix\u202efdp")
        hidden.sheet_state = "hidden"
        hidden["A1"] = "b"

    (warning,) = reading_of(workbook(write), "BPU.xlsx").warnings
    assert warning == "feuilles masquées, lues quand même : « Prixfdp »"


def test_a_formula_is_read_by_its_saved_value_and_never_computed() -> None:
    rows = (
        '<row r="1"><c r="A1"><v>2</v></c><c r="B1"><f>A1*3</f><v>6</v></c>'
        '<c r="C1"><f>A1*4</f></c><c r="D1" t="str"><f>""</f><v></v></c></row>'
    )
    reading = reading_of(with_rows(rows), "BPU.xlsx")
    assert lines(reading) == ["Sheet", "2 | 6"]
    assert reading.warnings == (
        "formules sans valeur enregistrée (ouvrez le classeur et enregistrez-le) : « Sheet » C1",
    )


def test_digits_above_the_line_are_no_part_of_the_number_before_them() -> None:
    call = '<r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r>'
    row = f'<row><c t="inlineStr"><is><r><t>25 000</t></r>{call}</is></c></row>'
    assert lines(reading_of(with_rows(row), "x.xlsx"))[1:] == ["25 000¹"]


def test_strings_truths_and_errors_are_written_as_they_are() -> None:
    rows = (
        '<row><c t="inlineStr"><is><r><t>Lot</t></r><r><t> 1</t></r><rPh><t>ロ</t></rPh></is></c>'
        '<c t="b"><v>1</v></c><c t="e"><v>#REF!</v></c></row>'
    )
    assert lines(reading_of(with_rows(rows), "x.xlsx")) == ["Sheet", "Lot 1 | VRAI | #REF!"]


@pytest.mark.parametrize(("code", "number"), *read_lists("number_formats.txt"))
def test_a_number_is_shown_in_french_by_the_format_of_its_cell(
    code: str, number: tuple[str, str]
) -> None:
    value, expected = number
    assert shown(value, code, EPOCH) == expected


def test_days_are_counted_from_the_day_zero_of_the_workbook() -> None:
    def write(book: Any, sheet: Any) -> None:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        sheet["A1"] = datetime(2026, 3, 12, 12, 0)

    assert lines(reading_of(workbook(write), "x.xlsx"))[1] == "12/03/2026 12:00"


@given(st.decimals(-(10**9), 10**9, places=2))
def test_a_number_written_in_french_reads_back(value: Decimal) -> None:
    text = written_number(value, 2)
    assert Decimal(text.replace(" ", "").replace(",", ".")) == value


@given(st.integers(1, 16_384))
def test_columns_have_the_names_that_spreadsheets_give_them(column: int) -> None:
    assert column_name(column) == get_column_letter(column)


def test_a_sheet_that_claims_billions_of_cells_costs_what_it_holds() -> None:
    rows = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    (passage,) = passages_of(read(with_rows(rows), "BPU.xlsx"))
    assert passage.locator == "BPU, feuille « Sheet », XFD1048576"


def test_cells_are_bounded_with_the_empty_ones_between_them() -> None:
    row = '<row><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>'
    assert problem(with_rows(row * 19), "x.xlsx") == "classeur trop grand (plus de 300000 cellules)"


def test_cells_repeated_without_end_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "_MOST_CELLS", 100)
    many = 'table:number-rows-repeated="1000000000"'
    for cell in (ods_cell("x"), '<table:table-cell table:formula="of:=1"/>'):
        table = f'<table:table table:name="F"><table:table-row {many}>{cell}</table:table-row>'
        found = problem(ods(f"{table}</table:table>"), "x.ods")
        assert found == "classeur trop grand (plus de 100 cellules)"


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_what_is_no_workbook_is_said(suffix: str) -> None:
    assert problem(zipped(a="x"), f"x.{suffix}").startswith("le contenu n'est pas un classeur")
    assert problem(b"PK\x03\x04tronqu\xe9", f"x.{suffix}").startswith("fichier corrompu")
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 100
    assert problem(ole, f"x.{suffix}").startswith("protégé par mot de passe")


def test_an_empty_workbook_is_said() -> None:
    assert problem(workbook(lambda *_: None), "x.xlsx") == "aucun texte dans le classeur"
    assert problem(ods_sheet(), "x.ods") == "aucun texte dans le classeur"


def test_declared_entities_are_refused() -> None:
    bomb = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><worksheet/>"
    data = with_parts(workbook(write_prices), {"xl/worksheets/sheet1.xml": bomb})
    assert problem(data, "x.xlsx") == "fichier refusé : il déclare des entités XML"


@pytest.mark.parametrize("suffix", ["xlsm", "xlsb", "xls"])
def test_formats_with_macros_say_what_to_do(suffix: str) -> None:
    assert problem(b"x", f"BPU.{suffix}").endswith("enregistrez-le en .xlsx")


def test_active_content_is_left_alone_and_said() -> None:
    parts = {
        "xl/vbaProject.bin": "macro",
        "xl/embeddings/oleObject1.bin": "objet",
        "xl/externalLinks/_rels/externalLink1.xml.rels": (
            '<Relationships><Relationship TargetMode="External" Type="t/externalLinkPath" '
            'Target="file://x"/><Relationship TargetMode="External" Type="t/hyperlink"/>'
            "</Relationships>"
        ),
        "xl/externalLinks/externalLink1.xml": "<externalLink><ddeLink/></externalLink>",
    }
    assert reading_of(with_parts(workbook(write_prices), parts), "BPU.xlsx").warnings == (
        "macros ignorées",
        "objets incorporés, non lus : 1",
        "liens vers l'extérieur, non suivis : 1",
        "liens vers d'autres programmes (DDE), non suivis",
    )


@pytest.mark.parametrize(
    ("formula", "is_dde"),
    [
        ("'Lot 1'!A1&\" | \"&'Lot 2'!B3", False),
        ("cmd|'/c calc'!A0", True),
        ("SUM(1,cmd|'/c calc'!A0)", True),
    ],
)
def test_a_formula_that_calls_a_program_is_said(formula: str, is_dde: bool) -> None:
    parts = {"xl/autre.xml": f"<sheet><f>{formula}</f></sheet>"}
    warnings = reading_of(with_parts(workbook(write_prices), parts), "BPU.xlsx").warnings
    assert ("liens vers d'autres programmes (DDE), non suivis" in warnings) is is_dde


def test_rows_cells_and_places_of_an_ods() -> None:
    twice = 'cell table:number-columns-repeated="2">'
    repeated = '<table:table-cell table:number-columns-repeated="2"/>'
    rows = (
        '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        f"<table:table-row>{repeated}{ods_cell('Lot')}{ods_cell('Prix')}</table:table-row>"
        "<table:table-row-group><table:table-row>"
        f"{repeated}{ods_cell('1')}{ods_cell('900 €')}</table:table-row></table:table-row-group>"
        f"<table:table-row>{ods_cell('-').replace('cell>', twice, 1)}</table:table-row>"
    )
    document = read(ods(f'<table:table table:name="Prix">{rows}</table:table>'), "BPU.ods")
    assert document.text.split("\n") == ["Prix", " |  | Lot | Prix", " |  | 1 | 900 €", "- | -"]
    (passage,) = passages_of(document)
    assert passage.locator == "BPU, feuille « Prix », A4:D6"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (ods_cell("1 234,50 €", value_type="currency", value="1234.5", currency="EUR"), None),
        (ods_cell("12 mois", value_type="float", value="12"), None),
        (ods_cell("5,5 %", value_type="percentage", value="0.055"), None),
        (ods_cell("12/03/2026 12:00", value_type="date", date_value="2026-03-12T12:00:00"), None),
        (ods_cell("3/3/26", value_type="date", date_value="2026-03-03"), "03/03/2026"),
        (
            ods_cell("1,234.50", value_type="currency", value="1234.5", currency="EUR"),
            "1 234,5 €",
        ),
        (ods_cell("1,234", value_type="float", value="1234"), "1 234"),
        (ods_cell("5.5%", value_type="percentage", value="0.055"), "5,5 %"),
        (ods_cell("###", value_type="float", value="1234"), "1 234"),
    ],
)
def test_an_ods_shows_what_its_cells_say_unless_it_is_not_french(
    cell: str, expected: str | None
) -> None:
    displayed = cell.split("<text:p>")[1].split("</text:p>")[0]
    assert lines(reading_of(ods_sheet(cell), "x.ods")) == ["Prix", expected or displayed]


def test_what_is_hidden_in_an_ods_is_read_and_said() -> None:
    properties = '<style:table-properties table:display="false"/>'
    style = f'<style:style style:name="ta2">{properties}</style:style>'
    hidden = f"<table:table-row>{ods_cell('a')}{ods_cell('b')}</table:table-row>"
    collapsed = hidden.replace("row>", 'row table:visibility="collapse">', 1)
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    tables = (
        f'<table:table table:name="Prix">{columns}{hidden}{collapsed}</table:table>'
        f'<table:table table:name="Marge" table:style-name="ta2">{hidden}</table:table>'
    )
    assert reading_of(ods(tables, style), "BPU.ods").warnings == (
        "feuilles masquées, lues quand même : « Marge »",
        "feuille « Prix », lignes masquées, lues quand même : 2",
        "feuille « Prix », colonnes masquées, lues quand même : B",
    )
