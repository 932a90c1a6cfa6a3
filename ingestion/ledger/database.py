"""The ledger of a data folder: a file of it, or a PostgreSQL server. Door of psycopg."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
from psycopg import IsolationLevel, RawServerCursor, errors, sql
from psycopg.conninfo import conninfo_to_dict

from ingestion.durable import BUSY, lock_for_writing, refusals_of_disk
from ingestion.errors import (
    BusyIndex,
    NothingImported,
    QueryTooHeavy,
    UnreachableLedger,
)
from ingestion.ledger.embedded import (
    MOST_ROWS,
    NOTHING,
    SECONDS,
    TOO_HEAVY,
    Ledger,
    LedgerDraft,
    Row,
    by_table,
    open_file,
    rewriting_file,
    schema,
)
from ingestion.ledger.rows import TableRow
from ingestion.postgresql import named_server, said_by

# The ledger in a schema of a PostgreSQL server, which its owner backs up. Door of psycopg.
#
# Who reads keeps what was there when it was opened; who writes does so in one transaction. The
# password comes from PGPASSWORD or ~/.pgpass, never from the settings.

_SCHEMA = "sourcier"
_LOCK = 0x50C1E6
_CONNECTING = 10
"""Seconds after which a server that says nothing is one that cannot be reached."""

# Our own `upper` goes before the one of the server; text is in the order of DuckDB.
_OPTIONS = " ".join(
    f"-c {name}={value}"
    for name, value in (
        ("search_path", f"{_SCHEMA},pg_catalog"),
        ("datestyle", "ISO"),
        ("timezone", "UTC"),
        ("jit", "off"),
        ("cursor_tuple_fraction", "1"),
        ("work_mem", "64MB"),
    )
)
_OWN = """
CREATE FUNCTION upper(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN pg_catalog.upper($1 COLLATE "und-x-icu");
CREATE INDEX ON lineage ("row");
"""


class _ServerLedger(Ledger):
    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._connection = connection

    def rows(
        self, sql: str, parameters: Sequence[object] = (), *, seconds: float = SECONDS
    ) -> tuple[Row, ...]:
        limit = f"SET LOCAL statement_timeout = {int(1000 * seconds)}"
        # The cursor of a query is declared for one SELECT; what it read of a table is undone with
        # its savepoint, so that a query that is stopped leaves the others to be asked.
        with self._connection.transaction(force_rollback=True):
            try:
                self._connection.execute(limit)
                with RawServerCursor(self._connection, "rows") as cursor:
                    cursor.execute(sql, parameters)
                    found = cursor.fetchmany(MOST_ROWS + 1)
            except (errors.QueryCanceled, errors.OutOfMemory, errors.DiskFull) as error:
                raise QueryTooHeavy(TOO_HEAVY) from error
        if len(found) > MOST_ROWS:
            raise QueryTooHeavy(TOO_HEAVY)
        return tuple(found)


class _ServerDraft(_ServerLedger, LedgerDraft):
    is_abandoned = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._connection.transaction():
            yield

    def append(self, rows: Iterable[TableRow]) -> None:
        for table, names, values in by_table(rows):
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
            )
            with self._connection.cursor() as cursor, cursor.copy(into) as copy:
                for each in values:
                    copy.write_row(each)


@contextmanager
def open_server(address: str) -> Iterator[Ledger]:
    """The ledger of a server, as it is now; raises as `open_ledger` does."""
    with _connected(address) as connection:
        connection.read_only = True
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        if not _has_schema(connection):
            raise NothingImported(NOTHING)
        yield _ServerLedger(connection)


@contextmanager
def rewriting_server(address: str) -> Iterator[LedgerDraft]:
    """One transaction, kept once this ends unless the draft is abandoned.

    Raises BusyIndex when anyone else writes to this server.
    """
    with _connected(address) as connection:
        found = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK]).fetchone()
        if found != (True,):
            raise BusyIndex(BUSY)
        if not _has_schema(connection):
            _create(connection)
        yield (draft := _ServerDraft(connection))
        if draft.is_abandoned:
            connection.rollback()
        else:
            for (table,) in connection.execute(_TABLES, [_SCHEMA]).fetchall():
                connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
            connection.commit()


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = %s"


def _has_schema(connection: psycopg.Connection[Row]) -> bool:
    found = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [_SCHEMA])
    return found.fetchone() is not None


def _create(connection: psycopg.Connection[Row]) -> None:
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(_SCHEMA)))
    connection.execute(schema().replace(" VARCHAR", ' VARCHAR COLLATE "C"').encode())
    connection.execute(_OWN)


@contextmanager
def _connected(address: str) -> Iterator[psycopg.Connection[Row]]:
    """A connection that is left without keeping what was not committed."""
    if conninfo_to_dict(address).get("password"):
        raise UnreachableLedger(
            "L'adresse du registre contient un mot de passe : retirez-le de settings.toml, et "
            "donnez-le par PGPASSWORD ou par ~/.pgpass."
        )
    try:
        connection = psycopg.connect(
            address, options=_OPTIONS, connect_timeout=_CONNECTING, application_name="sourcier"
        )
        try:
            yield connection
        finally:
            connection.close()
    except errors.InsufficientPrivilege as error:
        raise UnreachableLedger(
            f"Le serveur du registre refuse cette action ({said_by(error)}). Donnez à ce compte le "
            f"droit de créer et de lire le schéma « {_SCHEMA} »."
        ) from error
    except psycopg.OperationalError as error:
        raise UnreachableLedger(
            f"Le serveur du registre ne répond pas ({said_by(error)}). Démarrez-le, ou corrigez "
            "« ledger » dans settings.toml (mot de passe : PGPASSWORD ou ~/.pgpass)."
        ) from error


def open_ledger(home: Path) -> AbstractContextManager[Ledger]:
    """The ledger of a data folder, as it is now.

    Raises:
        NothingImported: when there is none yet.
        DamagedLedger: when its file cannot be read.
        UnreachableLedger: when its server cannot be asked.
    """
    address = ledger_server(home)
    return open_server(address) if address else open_file(ledger_path(home))


@contextmanager
def rewriting(home: Path) -> Iterator[LedgerDraft]:
    """Be the only writer; what was written is in use once this ends, and lost if it raises.

    It is also lost when the draft is abandoned.

    Raises:
        BusyIndex: when someone else writes in this folder or to this server.
        DamagedLedger: when the file in use cannot be read.
        UnreachableLedger: when the server cannot be written to.
    """
    path = ledger_path(home)
    with lock_for_writing(path.parent), refusals_of_disk(home):
        address = ledger_server(home)
        with rewriting_server(address) if address else rewriting_file(path) as draft:
            yield draft


def ledger_path(home: Path) -> Path:
    """The file of the ledger in a data folder."""
    return home / "ledger" / "ledger.duckdb"


def ledger_server(home: Path) -> str:
    """The address of a PostgreSQL server that the settings of a data folder name, else ""."""
    return named_server(home, "ledger")
