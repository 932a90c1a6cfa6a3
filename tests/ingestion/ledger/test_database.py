import re
from contextlib import suppress
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import get_args

import duckdb
import psycopg
import pytest

from ingestion.errors import (
    BusyIndex,
    DamagedLedger,
    IngestionError,
    NothingImported,
    QueryTooHeavy,
    StorageFull,
    UnreachableLedger,
)
from ingestion.ledger import embedded
from ingestion.ledger.database import ledger_path, ledger_server, open_ledger, rewriting
from ingestion.ledger.embedded import schema
from ingestion.ledger.rows import TableRow
from tests.support.ledger_rows import file_row, filled, invoice, purchase
from tests.support.postgresql_server import Server, on_server

both_engines = pytest.mark.usefixtures("both_engines")

REFUSED = (AssertionError, duckdb.Error, psycopg.Error)


@both_engines
def test_what_was_appended_is_read_as_decimals_and_dates(tmp_path: Path) -> None:
    one = invoice(net="0.10", vat="0.02")
    with open_ledger(filled(tmp_path, file_row(), one, *purchase())) as ledger:
        asked = "SELECT net, gross, issued, paid FROM invoice WHERE number = $1"
        rows = ledger.rows(asked, ["F-1"])
        assert rows == ((Decimal("0.10"), Decimal("0.12"), one.issued, None),)
        assert ledger.rows("SELECT count(*) FROM purchase_holder") == ((1,),)
        assert ledger.rows("SELECT kind FROM file") == (("invoices",),)


@both_engines
def test_sums_are_exact_to_the_last_cent(tmp_path: Path) -> None:
    most = Decimal("9999999999999999.99")
    home = filled(tmp_path, invoice("A", net=most, vat=0), invoice("B", net=most, vat=0))
    with open_ledger(home) as ledger:
        assert ledger.rows("SELECT sum(net) FROM invoice") == ((2 * most,),)


@both_engines
def test_text_is_in_the_order_of_its_characters_and_all_letters_have_capitals(
    tmp_path: Path,
) -> None:
    names = ["Zoé", "abc", "ABD", "élan", "a-b", "a b"]
    home = filled(tmp_path, *(invoice(f"F-{n}", supplier_name=n) for n in names))
    with open_ledger(home) as ledger:
        found = ledger.rows("SELECT supplier_name FROM invoice ORDER BY supplier_name")
        assert [name for (name,) in found] == sorted(names)
        found = ledger.rows("SELECT upper(supplier_name) FROM invoice")
        assert {name for (name,) in found} == {name.upper() for name in names}


def test_every_table_has_a_class_with_its_columns() -> None:
    tables = {
        name: set(re.findall(r'^    "?(\w+)"? [A-Z]', body, flags=re.MULTILINE))
        for name, body in re.findall(r"CREATE TABLE (\w+) \((.*?)^\);", schema(), re.DOTALL | re.M)
    }
    classes = {each.table: {field.name for field in fields(each)} for each in get_args(TableRow)}
    assert classes == tables


@both_engines
def test_a_ledger_that_does_not_exist_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NothingImported, match="sourcier invoices import"), open_ledger(tmp_path):
        pass


def test_a_file_that_is_no_ledger_is_said(tmp_path: Path) -> None:
    ledger_path(tmp_path).parent.mkdir()
    ledger_path(tmp_path).write_bytes(b"autre chose" * 500)
    with pytest.raises(DamagedLedger, match="ne se lit pas"), open_ledger(tmp_path):
        pass


@both_engines
@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM invoice",
        "WITH gone AS (DELETE FROM invoice RETURNING id) SELECT id FROM gone",
        "CREATE TEMP TABLE other (a INTEGER)",
        "SELECT 1; SELECT 2",
        "SELECT 1; DELETE FROM invoice",
        "COMMIT; DELETE FROM invoice",
        "SELECT number INTO other FROM invoice",
        "SET memory_limit = '10GB'",
        "SET TRANSACTION READ WRITE",
        "COPY invoice TO 'out.csv'",
        "COPY invoice TO PROGRAM 'true'",
        "ATTACH 'other.duckdb'",
        "SELECT set_config('transaction_read_only', 'off', true)",
        "",
    ],
)
def test_only_one_select_is_run(tmp_path: Path, sql: str) -> None:
    with open_ledger(filled(tmp_path, invoice())) as ledger:
        with pytest.raises(REFUSED):
            ledger.rows(sql)
        assert ledger.rows("SELECT count(*) FROM invoice") == ((1,),)
    with open_ledger(tmp_path) as ledger:
        assert ledger.rows("SELECT count(*) FROM invoice") == ((1,),)


@pytest.mark.parametrize("path", ["/etc/passwd", "http://127.0.0.1:1/a.csv"])
def test_no_file_and_no_address_can_be_read(tmp_path: Path, path: str) -> None:
    with open_ledger(filled(tmp_path)) as ledger, pytest.raises(duckdb.PermissionException):
        ledger.rows(f"SELECT * FROM read_csv('{path}')")


@both_engines
def test_a_question_is_stopped_after_its_time(tmp_path: Path) -> None:
    numbers = f"unnest(CAST('{{{','.join(['1'] * 999)}}}' AS INTEGER[]))"
    endless = f"SELECT count(*) FROM {', '.join(f'(SELECT {numbers}) AS t{n}' for n in range(5))}"
    if not (tmp_path / "settings.toml").exists():
        endless = "SELECT count(*) FROM range(100000000) a, range(1000000) b"
    with open_ledger(filled(tmp_path)) as ledger:
        with pytest.raises(QueryTooHeavy, match="Restreignez"):
            ledger.rows(endless, seconds=0.2)
        assert ledger.rows("SELECT 1") == ((1,),)


@both_engines
def test_a_question_may_give_so_many_rows_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for engine in ("embedded", "database"):
        monkeypatch.setattr(f"ingestion.ledger.{engine}.MOST_ROWS", 2)
    with open_ledger(filled(tmp_path, *map(invoice, "ABC"))) as ledger:
        assert len(ledger.rows("SELECT id FROM invoice LIMIT 2")) == 2
        with pytest.raises(QueryTooHeavy, match="Restreignez"):
            ledger.rows("SELECT id FROM invoice")


@both_engines
def test_what_is_written_is_lost_when_the_writer_fails(tmp_path: Path) -> None:
    filled(tmp_path, invoice("F-1"))
    with suppress(KeyboardInterrupt), rewriting(tmp_path) as draft:
        with draft.transaction():
            draft.append([invoice("F-2")])
        raise KeyboardInterrupt
    filled(tmp_path, invoice("F-3"))
    with open_ledger(tmp_path) as ledger:
        assert ledger.rows("SELECT number FROM invoice ORDER BY 1") == (("F-1",), ("F-3",))


@both_engines
def test_an_abandoned_draft_leaves_nothing(tmp_path: Path) -> None:
    with rewriting(tmp_path) as draft, draft.transaction():
        draft.append([invoice("F-1")])
        draft.is_abandoned = True
    with pytest.raises(NothingImported), open_ledger(tmp_path):
        pass


@both_engines
def test_a_transaction_that_fails_leaves_nothing_and_the_others_stay(tmp_path: Path) -> None:
    with rewriting(tmp_path) as draft:
        with draft.transaction():
            draft.append([invoice("F-1")])
        twice = (duckdb.ConstraintException, psycopg.errors.UniqueViolation)
        with pytest.raises(twice), draft.transaction():
            draft.append([invoice("F-2"), invoice("F-2")])
    with open_ledger(tmp_path) as ledger:
        assert ledger.rows("SELECT number FROM invoice") == (("F-1",),)


@both_engines
def test_a_reader_goes_on_while_another_writes(tmp_path: Path) -> None:
    with open_ledger(filled(tmp_path, invoice("F-1"))) as ledger:
        assert ledger.rows("SELECT count(*) FROM invoice") == ((1,),)
        filled(tmp_path, invoice("F-2"))
        assert ledger.rows("SELECT count(*) FROM invoice") == ((1,),)
    with open_ledger(tmp_path) as ledger:
        assert ledger.rows("SELECT count(*) FROM invoice") == ((2,),)


@both_engines
def test_two_writers_are_not_let_in(tmp_path: Path) -> None:
    with rewriting(tmp_path), pytest.raises(BusyIndex), rewriting(tmp_path):
        pass


@pytest.mark.slow
def test_two_folders_of_one_server_are_not_written_at_once(
    tmp_path: Path, postgresql: Server
) -> None:
    one, other = on_server(tmp_path / "one", postgresql), tmp_path / "other"
    other.mkdir()
    (other / "settings.toml").write_bytes((one / "settings.toml").read_bytes())
    with rewriting(one), pytest.raises(BusyIndex, match="Réessayez"), rewriting(other):
        pass
    filled(one, invoice("F-1"))
    with open_ledger(other) as ledger:
        assert ledger.rows("SELECT number FROM invoice") == (("F-1",),)


@pytest.mark.slow
def test_a_reader_of_a_server_cannot_write_whatever_it_is_asked(
    tmp_path: Path, postgresql: Server
) -> None:
    filled(on_server(tmp_path, postgresql), invoice())
    with psycopg.connect(ledger_server(tmp_path)) as owner:
        owner.execute(
            "CREATE FUNCTION sourcier.empty() RETURNS void LANGUAGE sql "
            "AS 'DELETE FROM sourcier.invoice'"
        )
    with open_ledger(tmp_path) as ledger:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            ledger.rows("SELECT empty()")
        assert ledger.rows("SELECT count(*) FROM invoice") == ((1,),)


@pytest.mark.slow
def test_a_database_of_bytes_is_refused_with_the_remedy(tmp_path: Path, postgresql: Server) -> None:
    _set(tmp_path, postgresql.fresh("SQL_ASCII"))
    with pytest.raises(UnreachableLedger, match=r"« ledger » n'est pas en UTF-8.*createdb"):
        filled(tmp_path, invoice())


def test_a_server_that_does_not_answer_is_said_with_the_remedy(tmp_path: Path) -> None:
    _set(tmp_path, f"postgresql://sourcier@/registre?host={tmp_path}")
    with pytest.raises(UnreachableLedger, match=r"ne répond pas.*settings\.toml"):
        filled(tmp_path, invoice())
    with pytest.raises(UnreachableLedger, match="ne répond pas"), open_ledger(tmp_path):
        pass


@pytest.mark.parametrize("address", ["postgresql://a:secret@/b", "host=/x password=secret"])
def test_a_password_is_not_taken_from_the_settings(tmp_path: Path, address: str) -> None:
    _set(tmp_path, address)
    with pytest.raises(UnreachableLedger, match="PGPASSWORD") as caught, open_ledger(tmp_path):
        pass
    assert "secret" not in str(caught.value)


def test_settings_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("ledger =", encoding="utf-8")
    with pytest.raises(IngestionError, match="TOML"), open_ledger(tmp_path):
        pass


def _set(home: Path, address: str) -> None:
    (home / "settings.toml").write_text(f'ledger = "{address}"\n', encoding="utf-8")


def test_a_disk_that_fills_up_leaves_the_ledger_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = filled(tmp_path, invoice("A"))

    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(embedded, "sync", full)
    with pytest.raises(StorageFull, match="est plein"):
        filled(home, invoice("B"))
    assert not list(ledger_path(home).parent.glob("*.partial*"))
    with open_ledger(home) as ledger:
        assert ledger.rows("SELECT number FROM invoice") == (("A",),)


def test_a_full_disk_is_no_damaged_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise duckdb.IOException('Could not write file "ledger": No space left on device')

    monkeypatch.setattr(duckdb, "connect", full)
    with pytest.raises(StorageFull, match="est plein"):
        filled(tmp_path, invoice("A"))
