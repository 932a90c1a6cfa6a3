"""The ledger of a data folder: a file of it, or a PostgreSQL server."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

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
from ingestion.postgresql import ServerSession, ServerUse, named_server, session

# The ledger in a schema of a PostgreSQL server, which its owner backs up.
#
# Who reads keeps what was there when it was opened; who writes does so in one transaction. The
# password comes from PGPASSWORD or ~/.pgpass, never from the settings.

_SCHEMA = "sourcier"
_LOCK = 0x50C1E6
_USE = ServerUse(
    "Le serveur du registre",
    "ledger",
    f"créer et de lire le schéma « {_SCHEMA} ».",
    UnreachableLedger,
)

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
    def __init__(self, asked: ServerSession) -> None:
        self._asked = asked

    def rows(
        self, sql: str, parameters: Sequence[object] = (), *, seconds: float = SECONDS
    ) -> tuple[Row, ...]:
        found = self._asked.selected(sql, parameters, seconds, MOST_ROWS + 1)
        if found is None or len(found) > MOST_ROWS:
            raise QueryTooHeavy(TOO_HEAVY)
        return tuple(found)


class _ServerDraft(_ServerLedger, LedgerDraft):
    is_abandoned = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._asked.part():
            yield

    def append(self, rows: Iterable[TableRow]) -> None:
        for table, names, values in by_table(rows):
            columns = ", ".join(f'"{name}"' for name in names)
            self._asked.load(f'"{table}" ({columns})', (), values)

    def remove(self, table: type[TableRow], column: str, values: Sequence[str]) -> None:
        sql = f'DELETE FROM "{table.table}" WHERE "{column}" = ANY(%s)'
        self._asked.run(sql, list(values))


@contextmanager
def open_server(address: str) -> Iterator[Ledger]:
    """The ledger of a server, as it is now; raises as `open_ledger` does."""
    with session(address, _USE, _SCHEMA, _OPTIONS, is_read_only=True) as asked:
        if not _has_schema(asked):
            raise NothingImported(NOTHING)
        yield _ServerLedger(asked)


@contextmanager
def rewriting_server(address: str) -> Iterator[LedgerDraft]:
    """One transaction, kept once this ends unless the draft is abandoned.

    Raises BusyIndex when anyone else writes to this server.
    """
    with session(address, _USE, _SCHEMA, _OPTIONS, is_read_only=False) as asked:
        if asked.rows("SELECT pg_try_advisory_xact_lock(%s)", _LOCK) != [(True,)]:
            raise BusyIndex(BUSY)
        if not _has_schema(asked):
            _USE.require_unicode(asked)
            asked.run("CREATE SCHEMA {schema}")
            asked.run(schema().replace(" VARCHAR", ' VARCHAR COLLATE "C"'))
            asked.run(_OWN)
        yield (draft := _ServerDraft(asked))
        if not draft.is_abandoned:
            for (table,) in asked.rows(_TABLES, _SCHEMA):
                asked.run(f'ANALYZE {{schema}}."{table}"')
            asked.keep()


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = %s"


def _has_schema(asked: ServerSession) -> bool:
    return bool(asked.rows("SELECT 1 FROM pg_namespace WHERE nspname = %s", _SCHEMA))


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
