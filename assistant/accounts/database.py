"""The file of the accounts: SQLite, of which a kill leaves either the old or the new."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

NAME = "accounts.sqlite"

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    user TEXT PRIMARY KEY,                       -- the pseudonym of the journal
    login TEXT NOT NULL UNIQUE COLLATE NOCASE,
    name TEXT NOT NULL,
    subject TEXT UNIQUE,                         -- who this is for an identity provider
    password TEXT,                               -- its hash, once it has been chosen
    roles TEXT NOT NULL,
    teams TEXT,                                  -- NULL: every team
    disabled INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    locked_until REAL NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS refusals (id INTEGER PRIMARY KEY, count INTEGER NOT NULL);
INSERT OR IGNORE INTO refusals VALUES (1, 0);
CREATE TABLE IF NOT EXISTS sessions (
    digest TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
    opened REAL NOT NULL,
    seen REAL NOT NULL,
    browser TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS invitations (
    user TEXT PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    digest TEXT NOT NULL UNIQUE,
    until REAL NOT NULL
);
"""
"""Times are seconds since 1970; tokens are never kept, only their hashes."""


class Database:
    """Opened anew for each use, by any thread or process; its owner alone can read the file."""

    def __init__(self, path: Path) -> None:
        """The file is created when there is none."""
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        with self._opened() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(SCHEMA)

    def rows(self, query: str, *values: object) -> list[Any]:
        """What a query finds, as rows whose columns have names."""
        with self._opened() as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One writer at a time; all of it is on disk at the end, or nothing after an exception."""
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
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
