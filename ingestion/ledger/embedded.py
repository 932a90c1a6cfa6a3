"""The engine's seam, and the ledger as a file of the data folder. Door of DuckDB."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import fields
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from threading import Timer
from typing import Any, Protocol

import duckdb

from ingestion.durable import sync
from ingestion.errors import DamagedLedger, NothingImported, QueryTooHeavy
from ingestion.ledger.rows import TableRow

# What stands between questions to the ledger and the engine that holds it.
#
# Their SQL is the part that DuckDB and PostgreSQL both speak: what one of them lacks is in its own
# module, under the name that the SQL uses.

Row = tuple[Any, ...]

SECONDS = 20.0
MOST_ROWS = 1_000_000
TOO_HEAVY = (
    "Cette question demande plus de temps ou de mémoire que permis. Restreignez la période, le "
    "fournisseur ou l'acheteur."
)
NOTHING = (
    "Aucune facture ni aucun achat n'a été importé. Lancez : sourcier invoices import "
    "FICHIER… ou sourcier purchases import FICHIER…"
)

_SCHEMA = Path(__file__).with_name("schema.sql")


class Ledger(Protocol):
    """Answers SQL questions, and changes nothing; for one thread."""

    def rows(
        self, sql: str, parameters: Sequence[object] = (), *, seconds: float = SECONDS
    ) -> tuple[Row, ...]:
        """The rows that one SELECT gives, `$1` standing for the first of the parameters.

        Raises QueryTooHeavy when it takes more time, memory or rows than the limits.
        """


class LedgerDraft(Ledger, Protocol):
    """The ledger that is being written; it is as it was when it is abandoned."""

    is_abandoned: bool

    def transaction(self) -> AbstractContextManager[None]:
        """Keep all that is written inside, or nothing when an exception leaves it."""

    def append(self, rows: Iterable[TableRow]) -> None:
        """Add rows of any tables, in any order."""

    def remove(self, table: type[TableRow], column: str, values: Sequence[str]) -> None:
        """Remove the rows of a table that have one of these values in a column."""


def schema() -> str:
    """The tables, in SQL."""
    return _SCHEMA.read_text(encoding="utf-8")


def by_table(
    rows: Iterable[TableRow],
) -> Iterator[tuple[str, list[str], Iterator[Row]]]:
    """For each table its name, the names of its columns, and the values of its rows."""
    for table, same in groupby(sorted(rows, key=_table), key=_table):
        some = list(same)
        names = [field.name for field in fields(some[0])]
        yield table, names, map(attrgetter(*names), some)


def _table(row: TableRow) -> str:
    return row.table


# The ledger as a file of the data folder, written as a copy that replaces it. Door of DuckDB.
#
# Who reads keeps what was there when it was opened, and is never made to wait.

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "1GB",
    "threads": 2,
    "max_temp_directory_size": "1GB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "enable_external_access": False,
}
_READ_ONLY = {**_CONFIG, "lock_configuration": True}


class _FileLedger(Ledger):
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def rows(
        self, sql: str, parameters: Sequence[object] = (), *, seconds: float = SECONDS
    ) -> tuple[Row, ...]:
        statements = self._connection.extract_statements(sql)
        assert [each.type for each in statements] == [duckdb.StatementType.SELECT], sql
        timer = Timer(seconds, self._connection.interrupt)
        timer.start()
        try:
            found = self._connection.execute(sql, list(parameters)).fetchmany(MOST_ROWS + 1)
        except (duckdb.InterruptException, duckdb.OutOfMemoryException) as error:
            raise QueryTooHeavy(TOO_HEAVY) from error
        finally:
            timer.cancel()
        if len(found) > MOST_ROWS:
            raise QueryTooHeavy(TOO_HEAVY)
        return tuple(found)


class _FileDraft(_FileLedger, LedgerDraft):
    is_abandoned = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._connection.begin()
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()

    def append(self, rows: Iterable[TableRow]) -> None:
        for table, names, values in by_table(rows):
            with self._connection.appender(table, columns=names) as appender:
                appender.append_rows(values)

    def remove(self, table: type[TableRow], column: str, values: Sequence[str]) -> None:
        listed = "(SELECT unnest(CAST($1 AS VARCHAR[])))"
        sql = f'DELETE FROM "{table.table}" WHERE "{column}" IN {listed}'
        self._connection.execute(sql, [list(values)])


@contextmanager
def open_file(path: Path) -> Iterator[Ledger]:
    """The ledger of a file, as it is now; raises as `open_ledger` does."""
    if not path.exists():
        raise NothingImported(NOTHING)
    with _connected(path, is_read_only=True) as connection:
        yield _FileLedger(connection)


@contextmanager
def rewriting_file(path: Path) -> Iterator[LedgerDraft]:
    """A copy that takes the place of the file once this ends; for who alone writes its folder."""
    partial = path.with_name(f"{path.name}.partial")
    _remove(partial)
    try:
        is_new = not path.exists()
        if not is_new:
            shutil.copyfile(path, partial)
        with _connected(partial, is_read_only=False) as connection:
            if is_new:
                connection.execute(schema())
            yield (draft := _FileDraft(connection))
            connection.execute("CHECKPOINT")
        if not draft.is_abandoned:
            sync(partial)
            partial.replace(path)
            sync(path.parent)
    finally:
        _remove(partial)  # on a full disk it would take the room that others need


def _remove(partial: Path) -> None:
    """Remove a copy and what the engine keeps beside it."""
    for left in partial.parent.glob(f"{partial.name}*"):
        left.unlink()


@contextmanager
def _connected(path: Path, *, is_read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    config = _READ_ONLY if is_read_only else _CONFIG
    try:
        connection = duckdb.connect(path, read_only=is_read_only, config=config)
    except duckdb.Error as error:
        if "no space left" in str(error).lower():
            raise  # who writes says that the disk is full: nothing is damaged
        raise DamagedLedger(
            f"Le registre {path} ne se lit pas. Supprimez-le, puis importez de nouveau les "
            "fichiers de factures et d'achats."
        ) from error
    try:
        yield connection
    finally:
        connection.close()
