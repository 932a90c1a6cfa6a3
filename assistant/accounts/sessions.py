"""Sessions: kept here, known to a browser by a token, over as soon as they are closed here."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass

from assistant.accounts.account import account_of
from assistant.accounts.database import Database
from assistant.accounts.tokens import digest, fresh_token
from assistant.identity import Identity
from assistant.journal import Journal

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
            digest(token),
            now - IDLE,
            now - LONGEST,
        )
        if not rows:
            return None
        if rows[0]["seen"] < now - GLANCE:
            with self._database.writing() as writing:
                writing.execute(
                    "UPDATE sessions SET seen = ? WHERE digest = ?", (now, digest(token))
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
            (digest(token), user, now, now, browser[:200]),
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
                row["digest"] == digest(token),
            )
            for row in rows
        )

    def close(self, token: str) -> None:
        """Log out."""
        with self._database.writing() as writing:
            found = writing.execute(
                "DELETE FROM sessions WHERE digest = ? RETURNING user", (digest(token),)
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
