"""Where accounts are kept: in one SQLite file, or on a PostgreSQL server for several machines.

Their SQL is the part that both speak: `?` stands for a value, `{schema}` for where the tables are,
and every table is named by what this module creates.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, Protocol, TypeAlias

from assistant.journal.journal import Journal
from ingestion.postgresql import SCHEMA, Connected, server_at, wait_alone

NAME = "accounts.sqlite"

TABLES = """
CREATE TABLE IF NOT EXISTS accounts (
    "user" TEXT PRIMARY KEY,                     -- the pseudonym of the journal
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    subject TEXT UNIQUE,                         -- who this is for an identity provider
    password TEXT,                               -- its hash, once it has been chosen
    roles TEXT NOT NULL,
    teams TEXT,                                  -- NULL: every team
    disabled INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    locked_until DOUBLE PRECISION NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX IF NOT EXISTS accounts_by_login ON accounts (lower(login));
CREATE TABLE IF NOT EXISTS refusals (id INTEGER PRIMARY KEY, count INTEGER NOT NULL);
INSERT INTO refusals VALUES (1, 0) ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS sessions (
    digest TEXT PRIMARY KEY,
    "user" TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
    opened DOUBLE PRECISION NOT NULL,
    seen DOUBLE PRECISION NOT NULL,
    browser TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS invitations (
    "user" TEXT PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    digest TEXT NOT NULL UNIQUE,
    until DOUBLE PRECISION NOT NULL
);
CREATE TABLE IF NOT EXISTS tokens (
    id TEXT PRIMARY KEY,                         -- what it is called in lists
    digest TEXT NOT NULL UNIQUE,
    "user" TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name TEXT NOT NULL,                          -- the program that holds it
    roles TEXT NOT NULL,
    dossiers TEXT,                               -- NULL: every dossier of its owner
    created DOUBLE PRECISION NOT NULL,
    until DOUBLE PRECISION NOT NULL,
    used DOUBLE PRECISION                        -- NULL: never
);
"""
"""Times are seconds since 1970; tokens are never kept, only their hashes."""

COLUMNS: dict[str, Sequence[str]] = {
    "accounts": (
        *("user", "login", "name", "subject", "password", "roles", "teams"),
        *("disabled", "failures", "locked_until"),
    ),
    "refusals": ("id", "count"),
    "sessions": ("digest", "user", "opened", "seen", "browser"),
    "invitations": ("user", "digest", "until"),
    "tokens": ("id", "digest", "user", "name", "roles", "dossiers", "created", "until", "used"),
}
"""What is moved from one place to another, the first column naming a row."""


class AccountWriting(Protocol):
    """What is being written, in the hands of its only writer."""

    def rows(self, query: str, *values: object) -> list[Any]:
        """What a query finds, or has changed and returns, as rows whose columns have names."""

    def run(self, query: str, *values: object) -> int:
        """Change something; how many rows."""


class AccountStore(Protocol):
    """The tables of the accounts; for any thread, and beside other processes."""

    def rows(self, query: str, *values: object) -> list[Any]:
        """What a query finds, as rows whose columns have names."""

    def writing(self) -> AbstractContextManager[AccountWriting]:
        """One writer at a time; all of it is kept at the end, or nothing after an exception."""


@dataclass(frozen=True, slots=True)
class AccountKeeping:
    """What every part of the accounts works with: their tables, the journal of acts, the time."""

    store: AccountStore
    journal: Journal
    clock: Callable[[], float]


class _FileWriting:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, query: str, *values: object) -> list[Any]:
        return self._connection.execute(query.format(schema="main"), values).fetchall()

    def run(self, query: str, *values: object) -> int:
        return self._connection.execute(query.format(schema="main"), values).rowcount


class AccountFile:
    """Opened anew for each use; its owner alone can read it. A kill leaves the old or the new."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        with self._opened() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(TABLES)

    def rows(self, query: str, *values: object) -> list[Any]:
        """What a query finds."""
        with self._opened() as connection:
            return _FileWriting(connection).rows(query, *values)

    @contextmanager
    def writing(self) -> Iterator[AccountWriting]:
        """A transaction that nobody else writes beside."""
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield _FileWriting(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=10, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection


class _ServerWriting:
    def __init__(self, connected: Connected) -> None:
        self._connected = connected

    def rows(self, query: str, *values: object) -> list[Any]:
        return self._connected.named_rows(query.replace("?", "%s"), *values)

    def run(self, query: str, *values: object) -> int:
        return self._connected.run(query.replace("?", "%s"), *values)


class AccountServer:
    """Tables beside those of the journal."""

    def __init__(self, address: str) -> None:
        self._server = server_at(address)
        self._lock = Lock()
        if not self._server.rows("SELECT to_regclass(%s)", f"{SCHEMA}.tokens")[0][0]:
            self._server.prepare()
            with self._server.transaction() as connected:
                wait_alone(connected, "accounts")
                connected.run(f"SET LOCAL search_path TO {{schema}}; {TABLES}")

    def rows(self, query: str, *values: object) -> list[Any]:
        """What a query finds."""
        with self._server.asked() as connected:
            return _ServerWriting(connected).rows(query, *values)

    @contextmanager
    def writing(self) -> Iterator[AccountWriting]:
        """A transaction under an advisory lock of the server.

        The journal, which is written meanwhile, takes a connection more: whoever waits in this
        process waits without one.
        """
        with self._lock, self._server.transaction() as connected:
            wait_alone(connected, "accounts")
            yield _ServerWriting(connected)


def accounts_at(home: Path, address: str) -> AccountStore:
    """The accounts on a server, or those of a data folder for the address "".

    A server without accounts takes over those that a folder has, which an earlier version kept
    there beside a journal on the server.
    """
    if not address:
        return AccountFile(home / NAME)
    server = AccountServer(address)
    if has_accounts(home) and not server.rows("SELECT 1 FROM {schema}.accounts"):
        replace_all(server, contents_of(AccountFile(home / NAME)))
    return server


def has_accounts(home: Path) -> bool:
    """Whether accounts were ever kept in a data folder."""
    return (home / NAME).exists()


# All of it, as it is moved from one place to another.

AccountContents: TypeAlias = dict[str, list[list[Any]]]
"""The rows of each table, in the order of its columns and of what names a row."""


def contents_of(store: AccountStore) -> AccountContents:
    """Everything that is kept, at one moment."""
    with store.writing() as writing:
        return {
            table: sorted(
                [row[column] for column in columns]
                for row in writing.rows(f"SELECT * FROM {{schema}}.{table}")
            )
            for table, columns in COLUMNS.items()
        }


def replace_all(store: AccountStore, contents: AccountContents) -> None:
    """Keep this instead of what is kept, whole or not at all."""
    with store.writing() as writing:
        for table in reversed(COLUMNS):
            writing.run(f"DELETE FROM {{schema}}.{table}")
        for table, columns in COLUMNS.items():
            named = ", ".join(f'"{column}"' for column in columns)
            values = ", ".join("?" for _ in columns)
            for row in contents[table]:
                writing.run(f"INSERT INTO {{schema}}.{table} ({named}) VALUES ({values})", *row)


def contents_digest(contents: AccountContents) -> str:
    """The sha256 by which two places are compared. Pure."""
    return sha256(json.dumps(contents, ensure_ascii=False).encode()).hexdigest()
