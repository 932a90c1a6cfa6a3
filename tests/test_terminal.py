"""What is printed in a terminal is what was given, whatever it looks like."""

import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.table import Table as Grid
from rich.text import Text

from assistant.cli.ledger import TableOutput, put
from assistant.cli.options import Terminal, print_anything
from assistant.ledger.tables import Format, LedgerTable, TableColumn

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
