"""Rows for a spreadsheet or a terminal."""

import csv
import io
import unicodedata
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook  # type: ignore[import-untyped]
from rich.table import Table as Grid
from rich.text import Text

from assistant.cli.ledger import TableOutput, put
from assistant.cli.options import Terminal, print_anything
from assistant.errors import WrongPlan
from assistant.ledger.tables import (
    Cell,
    Format,
    LedgerTable,
    TableColumn,
    csv_bytes,
    exported,
    workbook_bytes,
    written,
)

FORMULAS = (
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\x00=1+1",
    "＝1+1",
    "|calc",
    "\tcalc",
)


def _table(*cells: Cell, heading: str = "Libellé", form: Format = Format.TEXT) -> LedgerTable:
    return LedgerTable("Essai", (TableColumn(heading, form),), tuple((cell,) for cell in cells))


def _csv(table: LedgerTable) -> list[list[str]]:
    text = csv_bytes(table).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def _sheet(table: LedgerTable) -> list[tuple[object, ...]]:
    sheet = load_workbook(io.BytesIO(workbook_bytes(table))).active
    return [tuple(cell for cell in row) for row in sheet.iter_rows()]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_text_is_a_formula_in_csv(formula: str) -> None:
    for table in (_table(formula), _table(heading=formula)):
        text = _csv(table)[-1][0]
        assert text.startswith("'")


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_text_is_a_formula_in_a_workbook(formula: str) -> None:
    [heading], [cell] = _sheet(_table(formula, heading=formula))
    for each in (heading, cell):
        assert each.data_type == "s"  # type: ignore[attr-defined]
        assert each.quotePrefix  # type: ignore[attr-defined]


@given(st.text(max_size=30))
def test_a_workbook_holds_any_text_and_no_formula(text: str) -> None:
    _, [cell] = _sheet(_table(f"a{text}"))
    assert cell.data_type == "s"  # type: ignore[attr-defined]


@given(st.text(max_size=30))
def test_csv_holds_any_text_in_one_cell(text: str) -> None:
    [_, [cell]] = _csv(_table(f"a{text}"))
    assert cell[0] == "a"


def test_what_a_table_counts_leaves_with_it_in_both_formats() -> None:
    said = "Est non payée une facture sans date de paiement."
    table = replace(_table(1, 2, form=Format.COUNT), notes=(said, "=1+1"))
    assert _csv(table)[-3:] == [[], [said], ["'=1+1"]]
    book = load_workbook(io.BytesIO(workbook_bytes(table)))
    notes = [(cell.value, cell.data_type) for [cell] in book["Notes"].iter_rows()]
    assert notes == [(said, "s"), ("=1+1", "s")]


def test_numbers_are_french_in_csv_and_never_texts_that_look_like_formulas() -> None:
    cells = (Decimal("-1234.50"), 7, date(2026, 3, 2), None)
    assert [row[0] for row in _csv(_table(*cells))[1:]] == ["-1234,50", "7", "2026-03-02", ""]


def test_numbers_and_dates_are_numbers_and_dates_in_a_workbook() -> None:
    [_, [amount]] = _sheet(_table(Decimal("-1234.50"), form=Format.EUROS))
    [_, [day]] = _sheet(_table(date(2026, 3, 2), form=Format.DATE))
    assert (amount.value, amount.data_type) == (-1234.5, "n")  # type: ignore[attr-defined]
    assert day.value.date() == date(2026, 3, 2)  # type: ignore[attr-defined]


def test_csv_opens_in_french_spreadsheets() -> None:
    assert csv_bytes(_table("é;à")).startswith(b"\xef\xbb\xbf")
    assert _csv(_table("é;à"))[1] == ["é;à"]


def test_the_suffix_says_the_format() -> None:
    for suffix, start in ((".csv", b"\xef\xbb\xbf"), (".xlsx", b"PK")):
        assert exported(_table("a"), suffix).startswith(start)
    with pytest.raises(WrongPlan, match=r"\.csv ou \.xlsx"):
        exported(_table("a"), ".pdf")


def test_a_title_that_no_sheet_may_have_is_shortened() -> None:
    book = load_workbook(
        io.BytesIO(workbook_bytes(LedgerTable("a/b:c" * 20, (TableColumn("x"),), ())))
    )
    assert len(book.active.title) == 31


@pytest.mark.parametrize(
    ("cell", "form", "text"),
    [
        (Decimal("1234.5"), Format.EUROS, "1\u202f234,50\u00a0€"),
        (Decimal("12.5"), Format.PERCENT, "12,5\u00a0%"),
        (7, Format.COUNT, "7"),
        (date(2026, 3, 2), Format.DATE, "02/03/2026"),
        (None, Format.EUROS, "–"),
        ("[bold]", Format.TEXT, "[bold]"),
    ],
)
def test_a_cell_is_written_as_french_does(cell: Cell, form: Format, text: str) -> None:
    assert written(cell, form) == text


TEXTS = st.text(max_size=40) | st.sampled_from(
    [
        "[/]",
        "[red]",
        "[/red]",
        "[bold]x",
        "\\[",
        "[link=x]",
        ":warning:",
        "\x1b[2J",
        "\r\n",
        "\udce9",
    ]
)

CAPTURED = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")


def marks(text: str) -> list[str]:
    """The letters, digits and signs of a text that can be seen and written."""
    return [each for each in text if unicodedata.category(each)[0] in "LNPS" and each != "\ufffd"]


def is_safe(printed: str) -> bool:
    """Whether a terminal finds nothing to obey."""
    return not {*printed} & {chr(each) for each in range(32) if each not in (9, 10)}


@CAPTURED
@given(TEXTS)
def test_a_message_is_printed_as_it_is(capsys: pytest.CaptureFixture[str], text: str) -> None:
    print_anything()
    Terminal().print(text)
    printed = capsys.readouterr().out
    assert marks(printed.replace("?", "")) == marks(text.replace("?", ""))
    assert is_safe(printed)


@CAPTURED
@given(st.lists(TEXTS, min_size=1, max_size=3), TEXTS)
def test_so_are_the_cells_and_titles_of_a_table(
    capsys: pytest.CaptureFixture[str], cells: list[str], title: str
) -> None:
    print_anything()
    grid = Grid(*cells, title=title, box=None)
    grid.add_row(*cells)
    Terminal().print(grid)
    Terminal().print(Text.assemble((cells[0], "bold"), title))
    assert is_safe(capsys.readouterr().out)


@CAPTURED
@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4), TEXTS, TEXTS)
def test_so_are_the_tables_of_the_ledger(
    capsys: pytest.CaptureFixture[str], rows: list[tuple[str, str]], title: str, note: str
) -> None:
    print_anything()
    columns = (TableColumn(title), TableColumn("Fournisseur"), TableColumn("TTC", Format.EUROS))
    full = tuple((*row, Decimal("1.50")) for row in rows)
    ids = tuple(("i",) for _ in rows)
    table = LedgerTable(title, columns, full, ids, (note,))
    put([table], TableOutput(Path()), lead=note)
    printed = capsys.readouterr().out
    assert is_safe(printed)
    assert printed.count("1,50") >= len(rows)
