"""What is shared by several machines: a PostgreSQL server, asked over a few connections.

Door of psycopg, psycopg_pool and pgvector.
"""

import logging
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import psycopg
from numpy.typing import NDArray
from pgvector import Vector
from pgvector.psycopg import register_vector
from psycopg import IsolationLevel, RawServerCursor, errors, sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from ingestion.connection_refusals import refusal
from ingestion.errors import DamagedSnapshot, IngestionError, StorageFull, UnreachableStore

Row: TypeAlias = tuple[Any, ...]

CONNECTIONS = 16
"""Connections of one process; a turn holds one for the length of a query."""

CONNECTING = 10
"""Seconds after which a server that says nothing is one that cannot be reached."""

ASKING_WHY = 2
"""Seconds given to a server that did not let us in, to say why."""

IDLE = 60
"""Seconds after which a connection that nobody needed is closed: a server has few."""

SCHEMA = "sourcier_store"
"""The schema of what there is once: which snapshot is in use, the journal."""

LOCKS = 0x50C1E7
"""Class of our advisory locks: of the schema, of who writes, of snapshots held open."""

logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)  # in English what we say in French

_CREATED = """
CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;
CREATE SCHEMA IF NOT EXISTS {schema};
CREATE TABLE IF NOT EXISTS {schema}.snapshots (
    name text COLLATE "C" PRIMARY KEY, manifest bytea NOT NULL, seal bytea NOT NULL
);
CREATE TABLE IF NOT EXISTS {schema}.served (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only), name text NOT NULL
);
CREATE TABLE IF NOT EXISTS {schema}.coming (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only), name text NOT NULL
);
"""

_NEWEST = "coming"
"""The table of these that came last: where it is missing, they are of an earlier version."""


def named_server(home: Path, setting: str) -> str:
    """The address of a server that a setting of a data folder names, else ""."""
    path = home / "settings.toml"
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ""
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise IngestionError(f"{path} n'est pas un fichier TOML valide : {error}") from error
    return str(settings.get(setting, ""))


class Connected:
    """One connection, whose queries name the schema that they are about as `{schema}`."""

    def __init__(self, connection: "psycopg.Connection[Row]", schema: str) -> None:
        """The connection is open, and closed by whoever opened it."""
        self._connection = connection
        self._schema = sql.Identifier(schema)

    def rows(self, query: str, *values: object) -> list[Row]:
        """What a query finds."""
        return self._connection.execute(self._named(query), values or None).fetchall()

    def named_rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """The same, each value by the name of its column."""
        with self._connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(self._named(query), values or None).fetchall()

    def run(self, query: str, *values: object) -> int:
        """A command, or several without values; how many rows it changed."""
        return self._connection.execute(self._named(query), values or None).rowcount

    def load(self, into: str, types: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Append rows to a table, `into` as in `COPY`; numpy rows become vectors.

        Values go as text where no types are given.
        """
        command = self._named(f"COPY {into} FROM STDIN{' (FORMAT BINARY)' if types else ''}")
        if "vector" in types:
            register_vector(self._connection)
        with self._connection.cursor() as cursor, cursor.copy(command) as copy:
            if types:
                copy.set_types(types)
            for row in rows:
                copy.write_row(row)

    def _named(self, query: str) -> sql.Composed:
        return sql.SQL(query).format(schema=self._schema)


@dataclass(frozen=True, slots=True)
class ServerUse:
    """What a server is for: its name, the setting that names it, and what its account may lack."""

    server: str
    setting: str
    rights: str
    failure: type[IngestionError]

    def refuse_password(self, address: str, option: str = "") -> None:
        """Raise the failure when there is a password in an address, or it is none.

        `option` is that of a command which gives the address, where the setting does not.
        """
        named = option or self.setting
        try:
            said = conninfo_to_dict(address)
        except psycopg.ProgrammingError:  # which quotes the address, and what is secret in it
            raise self.failure(
                f"« {named} » n'est pas une adresse comme postgresql://compte@serveur/base : "
                f"corrigez-la{'' if option else ' dans settings.toml'}."
            ) from None
        if said.get("password"):
            raise self.failure(
                f"L'adresse « {named} » contient un mot de passe : retirez-le"
                f"{'' if option else ' de settings.toml'}, et donnez-le par PGPASSWORD ou par "
                "~/.pgpass."
            )

    def require_unicode(self, connected: Connected) -> None:
        """Raise the failure where the database keeps texts otherwise than in UTF-8."""
        if connected.rows("SELECT current_setting('server_encoding') = 'UTF8'") != [(True,)]:
            raise self.failure(
                f"La base de « {self.setting} » n'est pas en UTF-8. Créez-en une qui le soit : "
                "createdb --template=template0 --encoding=UTF8 NOM"
            )

    @contextmanager
    def in_french(self) -> Iterator[None]:
        """Say what the server refuses, in French and with the remedy."""
        try:
            yield
        except (errors.InsufficientPrivilege, errors.FeatureNotSupported) as error:
            raise self.failure(
                f"{self.server} refuse cette action ({said_by(error)}). Donnez à ce compte le "
                f"droit de {self.rights}"
            ) from error
        except PoolTimeout as error:  # a subclass of the next
            raise self.failure(
                f"{self.server} répond, mais n'a donné aucune connexion en {CONNECTING} secondes. "
                "Réessayez."
            ) from error
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise self.failure(refusal(said_by(error), self.server, self.setting)) from error


STORE = ServerUse(
    "Le serveur PostgreSQL",
    "store",
    "créer des schémas, et faites créer l'extension pgvector dans cette base : CREATE EXTENSION "
    "vector",
    UnreachableStore,
)


class ServerSession(Connected):
    """A connection of one's own, in one transaction that is lost unless it is kept."""

    def selected(
        self, query: str, values: Sequence[object], seconds: float, most: int
    ) -> list[Row] | None:
        """At most so many rows of one SELECT, `$1` standing for the first value.

        None when it takes more time, memory or disk than there is.
        """
        # The cursor of a query is declared for one SELECT; what it read of a table is undone with
        # its savepoint, so that a query that is stopped leaves the others to be asked.
        with self._connection.transaction(force_rollback=True):
            try:
                self._connection.execute(f"SET LOCAL statement_timeout = {int(1000 * seconds)}")
                with RawServerCursor(self._connection, "rows") as cursor:
                    return cursor.execute(query, values).fetchmany(most)
            except (errors.QueryCanceled, errors.OutOfMemory, errors.DiskFull):
                return None

    def part(self) -> AbstractContextManager[object]:
        """What is written inside is kept or lost together."""
        return self._connection.transaction()

    def keep(self) -> None:
        """Keep what was written."""
        self._connection.commit()


@contextmanager
def session(
    address: str, use: ServerUse, schema: str, options: str, *, is_read_only: bool
) -> Iterator[ServerSession]:
    """Connect apart; who only reads sees what was there when they began.

    Raises the failure of the use when the server does not answer or refuses.
    """
    use.refuse_password(address)
    with use.in_french():
        connection: psycopg.Connection[Row] = psycopg.connect(
            address, options=options, connect_timeout=CONNECTING, application_name="sourcier"
        )
        with closing(connection):
            if is_read_only:
                connection.read_only = True
                connection.isolation_level = IsolationLevel.REPEATABLE_READ
            yield ServerSession(connection, schema)


class PostgresServer:
    """A server by its address; safe to share between threads."""

    def __init__(self, address: str) -> None:
        STORE.refuse_password(address)
        self._address = address
        self._pool = ConnectionPool(
            address,
            kwargs=_KWARGS,
            min_size=0,
            max_size=CONNECTIONS,
            timeout=CONNECTING,
            check=ConnectionPool.check_connection,
            reconnect_timeout=CONNECTING,
            max_idle=IDLE,
            open=False,
        )

    def rows(self, query: str, *values: object, schema: str = SCHEMA) -> list[Row]:
        """What a query finds."""
        with self.asked(schema) as connected:
            return connected.rows(query, *values)

    def known_rows(self, query: str, *values: object, schema: str = SCHEMA) -> list[Row]:
        """The same, and nothing where the tables that it asks were never created."""
        with self.asked(schema) as connected:
            try:
                return connected.rows(query, *values)
            except errors.UndefinedTable:
                return []

    @contextmanager
    def asked(self, schema: str = SCHEMA) -> Iterator[Connected]:
        """A connection for a moment, each query by itself.

        Raises UnreachableStore when the server does not answer or refuses, StorageFull when its
        disk is.
        """
        with _in_french(), self._lent() as connection:
            yield Connected(connection, schema)

    @contextmanager
    def transaction(self, schema: str = SCHEMA) -> Iterator[Connected]:
        """The same in one transaction, kept whole once this ends, and lost if it raises."""
        with _in_french(), self._lent() as connection, connection.transaction():
            yield Connected(connection, schema)

    @contextmanager
    def _lent(self) -> Iterator["psycopg.Connection[Row]"]:
        """A connection of the pool, which does not tell why it has none: the server does."""
        self._pool.open()
        with ExitStack() as until:
            try:
                connection = until.enter_context(self._pool.connection())
            except PoolTimeout:
                psycopg.connect(self._address, **_KWARGS | {"connect_timeout": ASKING_WHY}).close()
                raise
            yield connection

    def prepare(self) -> None:
        """Create what is not there yet; raises UnreachableStore where that is not allowed.

        So it does where the database is not in UTF-8, which has not every letter, or gives bytes.
        """
        with self.transaction() as connected:
            STORE.require_unicode(connected)
            wait_alone(connected, "preparing")
            asked = "SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = %s"
            if not connected.rows(asked, SCHEMA, _NEWEST):
                connected.run(_CREATED)

    def hold(self, name: str) -> Callable[[], None]:
        """Hold something that others may hold as well, until what is returned is called.

        The server lets go by itself when this process is gone.
        """
        with _in_french():
            connection = psycopg.connect(self._address, **_KWARGS)
            connection.execute(f"SELECT pg_advisory_lock_shared({LOCKS}, hashtext(%s))", [name])
        return partial(_let_go, connection)

    @contextmanager
    def alone(self, name: str) -> Iterator[Callable[[], None] | None]:
        """Hold something that nobody else holds, on any machine; None at once where somebody does.

        What is given raises UnreachableStore once it is held no more: the server lets go by itself
        when it loses us.
        """
        asked = f"SELECT pg_try_advisory_lock({LOCKS}, hashtext(%s))"
        with _in_french():
            connection = psycopg.connect(self._address, **_KWARGS)

        def assure() -> None:
            with _in_french():
                connection.execute("SELECT 1")

        try:
            with _in_french():
                is_ours = connection.execute(asked, [name]).fetchone() == (True,)
            yield assure if is_ours else None
        finally:
            _let_go(connection)

    def is_held(self, name: str) -> bool:
        """Whether somebody holds a thing alone, or with others, at this moment."""
        asked = (
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s "
            "AND objid = (hashtext(%s)::bigint & 4294967295)::oid "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return bool(self.rows(asked, LOCKS, name))


def _let_go(connection: psycopg.Connection[Any]) -> None:
    """Release at once all that a connection holds, and close it.

    A server takes a moment to see that one was closed: what it held would seem held by another.
    """
    with closing(connection), suppress(psycopg.OperationalError, psycopg.InterfaceError):
        connection.execute("SELECT pg_advisory_unlock_all()")


def hold_alone(connected: Connected, name: str) -> bool:
    """Whether nobody holds a thing, and nobody will until the end of this transaction."""
    asked = f"SELECT pg_try_advisory_xact_lock({LOCKS}, hashtext(%s))"
    return connected.rows(asked, name) == [(True,)]


def vector_text(vector: NDArray[np.float32]) -> str:
    """A vector as a query takes it, to be read as `%s::vector`. Pure."""
    return Vector(vector).to_text()


def vectors_sent(rows: Iterable[Row]) -> NDArray[np.float32]:
    """The vectors of rows of one column, each as `vector_send` gives it. Pure."""
    return np.array([Vector.from_binary(row).to_numpy() for (row,) in rows], dtype=np.float32)


def wait_alone(connected: Connected, name: str) -> None:
    """Wait until nobody holds a thing, then hold it until the end of this transaction."""
    connected.run(f"SELECT pg_advisory_xact_lock({LOCKS}, hashtext(%s))", name)


@cache
def server_at(address: str) -> PostgresServer:
    """The server of an address, the same for the whole process."""
    return PostgresServer(address)


_KWARGS: dict[str, Any] = {
    "autocommit": True,
    "connect_timeout": CONNECTING,
    "application_name": "sourcier",
    # A graph is searched on until enough is found, and more widely than by default. What a machine
    # holds that is gone without a word is let go within a minute.
    "options": "-c jit=off -c hnsw.ef_search=400 -c hnsw.iterative_scan=strict_order "
    "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3",
}


@contextmanager
def _in_french() -> Iterator[None]:
    """The same of the store, whose disk and indexes have their own remedy."""
    with STORE.in_french():
        try:
            yield
        except errors.DiskFull as error:
            raise StorageFull(
                "Le disque du serveur PostgreSQL est plein. Libérez de la place, puis recommencez."
            ) from error
        except (errors.UndefinedTable, errors.InvalidSchemaName) as error:
            raise DamagedSnapshot(
                "L'index ouvert n'est plus sur le serveur PostgreSQL. Reposez la question, ou "
                "voyez : sourcier index status"
            ) from error


def said_by(error: psycopg.Error) -> str:
    """What the server says, on one line."""
    return " ".join(str(error).split()).rstrip(".?")
