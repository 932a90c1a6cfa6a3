import re
from contextlib import suppress
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import get_args

import duckdb
import pytest

from ingestion.errors import BusyIndex, DamagedLedger, NothingImported, QueryTooHeavy
from ingestion.ledger import database
from ingestion.ledger.database import ledger_path, open_ledger, rewriting
from ingestion.ledger.rows import TableRow
from tests.ledger_rows import file_row, filled, invoice, purchase

SCHEMA = Path(database.__file__).with_name("schema.sql").read_text(encoding="utf-8")


def test_what_was_appended_is_read_as_decimals_and_dates(tmp_path: Path) -> None:
    one = invoice(net="0.10", vat="0.02")
    with open_ledger(filled(tmp_path, file_row(), one, *purchase())) as ledger:
        rows = ledger.rows(
            "SELECT net, gross, issued, paid FROM invoice WHERE number = $1", ["F-1"]
        )
        assert rows == ((Decimal("0.10"), Decimal("0.12"), one.issued, None),)
        assert ledger.rows("SELECT count(*) FROM purchase_holder") == ((1,),)


def test_every_table_has_a_class_with_its_columns() -> None:
    tables = {
        name: set(re.findall(r'^    "?(\w+)"? [A-Z]', body, flags=re.MULTILINE))
        for name, body in re.findall(r"CREATE TABLE (\w+) \((.*?)^\);", SCHEMA, re.DOTALL | re.M)
    }
    classes = {each.table: {field.name for field in fields(each)} for each in get_args(TableRow)}
    assert classes == tables


def test_a_ledger_that_does_not_exist_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NothingImported, match="sourcier invoices import"), open_ledger(tmp_path):
        pass


def test_a_file_that_is_no_ledger_is_said(tmp_path: Path) -> None:
    ledger_path(tmp_path).parent.mkdir()
    ledger_path(tmp_path).write_bytes(b"autre chose" * 500)
    with pytest.raises(DamagedLedger, match="ne se lit pas"), open_ledger(tmp_path):
        pass


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM invoice",
        "CREATE TEMP TABLE other (a INTEGER)",
        "SELECT 1; SELECT 2",
        "SET memory_limit = '10GB'",
        "COPY invoice TO 'out.csv'",
        "ATTACH 'other.duckdb'",
        "",
    ],
)
def test_only_one_select_is_run(tmp_path: Path, sql: str) -> None:
    with open_ledger(filled(tmp_path)) as ledger, pytest.raises(AssertionError):
        ledger.rows(sql)


@pytest.mark.parametrize("path", ["/etc/passwd", "http://127.0.0.1:1/a.csv"])
def test_no_file_and_no_address_can_be_read(tmp_path: Path, path: str) -> None:
    with open_ledger(filled(tmp_path)) as ledger, pytest.raises(duckdb.PermissionException):
        ledger.rows(f"SELECT * FROM read_csv('{path}')")


def test_a_question_is_stopped_after_its_time(tmp_path: Path) -> None:
    endless = "SELECT count(*) FROM range(100000000) a, range(1000000) b"
    with open_ledger(filled(tmp_path)) as ledger:
        with pytest.raises(QueryTooHeavy, match="Restreignez"):
            ledger.rows(endless, seconds=0.2)
        assert ledger.rows("SELECT 1") == ((1,),)


def test_what_is_written_is_lost_when_the_writer_fails(tmp_path: Path) -> None:
    filled(tmp_path, invoice("F-1"))
    with suppress(KeyboardInterrupt), rewriting(tmp_path) as draft:
        with draft.transaction():
            draft.append([invoice("F-2")])
        raise KeyboardInterrupt
    filled(tmp_path, invoice("F-3"))
    with open_ledger(tmp_path) as ledger:
        assert ledger.rows("SELECT number FROM invoice ORDER BY 1") == (("F-1",), ("F-3",))


def test_a_transaction_that_fails_leaves_nothing_and_the_others_stay(tmp_path: Path) -> None:
    with rewriting(tmp_path) as draft:
        with draft.transaction():
            draft.append([invoice("F-1")])
        with pytest.raises(duckdb.ConstraintException), draft.transaction():
            draft.append([invoice("F-2"), invoice("F-2")])
    with open_ledger(tmp_path) as ledger:
        assert ledger.rows("SELECT number FROM invoice") == (("F-1",),)


def test_a_reader_goes_on_while_another_writes(tmp_path: Path) -> None:
    with open_ledger(filled(tmp_path, invoice("F-1"))) as ledger:
        filled(tmp_path, invoice("F-2"))
        assert ledger.rows("SELECT count(*) FROM invoice") == ((1,),)
    with open_ledger(tmp_path) as ledger:
        assert ledger.rows("SELECT count(*) FROM invoice") == ((2,),)


def test_two_writers_are_not_let_in(tmp_path: Path) -> None:
    with rewriting(tmp_path), pytest.raises(BusyIndex), rewriting(tmp_path):
        pass
