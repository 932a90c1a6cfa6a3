"""The ledger's file: read with SQL under limits, written as a copy that replaces it.

Who reads keeps what was there when it was opened, and is never made to wait. Door of DuckDB.
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb

from ingestion.durable import refusals_of_disk, sync, writing
from ingestion.errors import DamagedLedger, NothingImported, QueryTooHeavy
from ingestion.ledger.rows import TableRow

Row = tuple[Any, ...]

_SECONDS = 20.0
_MOST_ROWS = 1_000_000
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
_SCHEMA = Path(__file__).with_name("schema.sql")


class Ledger:
    """Answers SQL questions, and changes nothing; for one thread."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def rows(
        self, sql: str, parameters: Sequence[object] = (), *, seconds: float = _SECONDS
    ) -> tuple[Row, ...]:
        """The rows that one SELECT gives, `?` standing for the parameters in their order.

        Raises:
            QueryTooHeavy: when it takes more time, memory or rows than the limits.
        """
        statements = self._connection.extract_statements(sql)
        assert [each.type for each in statements] == [duckdb.StatementType.SELECT], sql
        timer = Timer(seconds, self._connection.interrupt)
        timer.start()
        try:
            found = self._connection.execute(sql, list(parameters)).fetchmany(_MOST_ROWS + 1)
        except (duckdb.InterruptException, duckdb.OutOfMemoryException) as error:
            raise QueryTooHeavy(_TOO_HEAVY) from error
        finally:
            timer.cancel()
        if len(found) > _MOST_ROWS:
            raise QueryTooHeavy(_TOO_HEAVY)
        return tuple(found)


_TOO_HEAVY = (
    "Cette question demande plus de temps ou de mémoire que permis. Restreignez la période, le "
    "fournisseur ou l'acheteur."
)


class LedgerDraft(Ledger):
    """The copy that is being written; it takes the place of the ledger unless it is abandoned."""

    is_abandoned = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all that is written inside, or nothing when an exception leaves it."""
        self._connection.begin()
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()

    def append(self, rows: Iterable[TableRow]) -> None:
        """Add rows of any tables, in any order."""
        for table, same in groupby(sorted(rows, key=_table), key=_table):
            some = list(same)
            names = [field.name for field in fields(some[0])]
            with self._connection.appender(table, columns=names) as appender:
                appender.append_rows(map(attrgetter(*names), some))


@contextmanager
def open_ledger(home: Path) -> Iterator[Ledger]:
    """The ledger of a data folder, as it is now.

    Raises:
        NothingImported: when there is none yet.
        DamagedLedger: when its file cannot be read.
    """
    path = ledger_path(home)
    if not path.exists():
        raise NothingImported(
            "Aucune facture ni aucun achat n'a été importé. Lancez : sourcier invoices import "
            "FICHIER… ou sourcier purchases import FICHIER…"
        )
    with _connected(path, is_read_only=True) as connection:
        yield Ledger(connection)


@contextmanager
def rewriting(home: Path) -> Iterator[LedgerDraft]:
    """Be the only writer; what was written is in use once this ends, and lost if it raises.

    It is also lost when the draft is abandoned.

    Raises:
        BusyIndex: when someone else writes in this folder.
        DamagedLedger: when the file in use cannot be read.
    """
    path = ledger_path(home)
    with writing(path.parent), refusals_of_disk(home):
        partial = path.with_name(f"{path.name}.partial")
        for left in path.parent.glob(f"{partial.name}*"):
            left.unlink()
        is_new = not path.exists()
        if not is_new:
            shutil.copyfile(path, partial)
        with _connected(partial, is_read_only=False) as connection:
            if is_new:
                connection.execute(_SCHEMA.read_text(encoding="utf-8"))
            yield (draft := LedgerDraft(connection))
            connection.execute("CHECKPOINT")
        if draft.is_abandoned:
            partial.unlink()
            return
        sync(partial)
        partial.replace(path)
        sync(path.parent)


def ledger_path(home: Path) -> Path:
    """The file of the ledger in a data folder."""
    return home / "ledger" / "ledger.duckdb"


def _table(row: TableRow) -> str:
    return row.table


@contextmanager
def _connected(path: Path, *, is_read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    config = _READ_ONLY if is_read_only else _CONFIG
    try:
        connection = duckdb.connect(path, read_only=is_read_only, config=config)
    except duckdb.Error as error:
        raise DamagedLedger(
            f"Le registre {path} ne se lit pas. Supprimez-le, puis importez de nouveau les "
            "fichiers de factures et d'achats."
        ) from error
    try:
        yield connection
    finally:
        connection.close()
