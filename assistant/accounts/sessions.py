"""Sessions: kept in one SQLite file with the accounts, known to a browser by a token."""

import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from assistant.accounts.identity import Identity, account_of
from assistant.journal.journal import Journal

# Tokens: what a browser holds, and the hash that is kept here instead.


def fresh_token() -> str:
    """A random text of 256 bits that stands in an address or a cookie as it is."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is kept of a token. Pure."""
    return sha256(token.encode(errors="replace")).hexdigest()


# The file of the accounts: SQLite, of which a kill leaves either the old or the new.

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
CREATE TABLE IF NOT EXISTS tokens (
    id TEXT PRIMARY KEY,                         -- what it is called in lists
    digest TEXT NOT NULL UNIQUE,
    user TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name TEXT NOT NULL,                          -- the program that holds it
    roles TEXT NOT NULL,
    dossiers TEXT,                               -- NULL: every dossier of its owner
    created REAL NOT NULL,
    until REAL NOT NULL,
    used REAL                                    -- NULL: never
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


# Sessions: kept here, known to a browser by a token, over as soon as they are closed here.

IDLE, LONGEST = 2 * 3600, 12 * 3600
"""Seconds without a request, and in all, after which a session is over."""

GLANCE = 60
"""Seconds within which the last request of a session is not written down again."""


@dataclass(frozen=True, slots=True)
class Session:
    """An open session as its owner sees it; times are in seconds since 1970."""

    id: str
    opened: float
    seen: float
    browser: str
    is_this: bool


class Sessions:
    """The open sessions of everybody."""

    def __init__(
        self, database: Database, journal: Journal, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._journal = journal
        self._clock = clock

    def identity(self, token: str) -> Identity | None:
        """Who holds the token of an open session, as their account stands now."""
        now = self._clock()
        rows = self._database.rows(
            "SELECT accounts.*, seen FROM sessions JOIN accounts USING (user) "
            "WHERE digest = ? AND NOT disabled AND seen > ? AND opened > ?",
            hash_token(token),
            now - IDLE,
            now - LONGEST,
        )
        if not rows:
            return None
        if rows[0]["seen"] < now - GLANCE:
            with self._database.writing() as writing:
                writing.execute(
                    "UPDATE sessions SET seen = ? WHERE digest = ?", (now, hash_token(token))
                )
        return account_of(rows[0]).identity

    def opened(self, writing: sqlite3.Connection, user: str, browser: str) -> str:
        """Open a session, and clear away those that are over; returns its token."""
        now, token = self._clock(), fresh_token()
        writing.execute(
            "DELETE FROM sessions WHERE seen <= ? OR opened <= ?", (now - IDLE, now - LONGEST)
        )
        writing.execute(
            "INSERT INTO sessions VALUES (?, ?, ?, ?, ?)",
            (hash_token(token), user, now, now, browser[:200]),
        )
        self._journal.append("session", {"act": "opened"}, user=user)
        return token

    def of(self, user: str, token: str = "") -> tuple[Session, ...]:
        """The open sessions of someone, the latest first; `token` is that of the one in use."""
        now = self._clock()
        rows = self._database.rows(
            "SELECT * FROM sessions WHERE user = ? AND seen > ? AND opened > ? "
            "ORDER BY seen DESC, opened DESC",
            user,
            now - IDLE,
            now - LONGEST,
        )
        return tuple(
            Session(
                row["digest"][:16],
                row["opened"],
                row["seen"],
                row["browser"],
                row["digest"] == hash_token(token),
            )
            for row in rows
        )

    def close(self, token: str) -> None:
        """Log out."""
        with self._database.writing() as writing:
            found = writing.execute(
                "DELETE FROM sessions WHERE digest = ? RETURNING user", (hash_token(token),)
            ).fetchall()
            for row in found:
                self._journal.append("session", {"act": "closed"}, user=row["user"])

    def revoke(self, user: str, session_id: str = "", by: str = "") -> int:
        """Close a session of someone, or all of them; returns how many there were."""
        with self._database.writing() as writing:
            return self.revoked(writing, user, session_id, by)

    def revoked(
        self, writing: sqlite3.Connection, user: str, session_id: str = "", by: str = ""
    ) -> int:
        """The same within what is being written; `by` is who does it, if not they themselves."""
        closed = writing.execute(
            "DELETE FROM sessions WHERE user = ? AND ? IN ('', substr(digest, 1, 16))",
            (user, session_id),
        ).rowcount
        if closed:
            told = {"act": "revoked", "account": user, "sessions": closed}
            self._journal.append("session", told, user=by or user)
        return closed
