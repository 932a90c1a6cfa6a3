"""Sessions: kept with the accounts, known to a browser by a token."""

import secrets
from dataclasses import dataclass
from hashlib import sha256

from assistant.accounts.account import account_of
from assistant.accounts.store import AccountKeeping, AccountWriting
from assistant.identity import Identity

# Tokens: what a browser holds, and the hash that is kept here instead.


def fresh_token() -> str:
    """A random text of 256 bits that stands in an address or a cookie as it is."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is kept of a token. Pure."""
    return sha256(token.encode(errors="replace")).hexdigest()


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

    def __init__(self, kept: AccountKeeping) -> None:
        self._store, self._journal, self._clock = kept.store, kept.journal, kept.clock

    def identity(self, token: str) -> Identity | None:
        """Who holds the token of an open session, as their account stands now."""
        now = self._clock()
        rows = self._store.rows(
            'SELECT accounts.*, seen FROM {schema}.sessions JOIN {schema}.accounts USING ("user") '
            "WHERE digest = ? AND disabled = 0 AND seen > ? AND opened > ?",
            hash_token(token),
            now - IDLE,
            now - LONGEST,
        )
        if not rows:
            return None
        if rows[0]["seen"] < now - GLANCE:
            with self._store.writing() as writing:
                writing.run(
                    "UPDATE {schema}.sessions SET seen = ? WHERE digest = ?", now, hash_token(token)
                )
        return account_of(rows[0]).identity

    def opened(self, writing: AccountWriting, user: str, browser: str) -> str:
        """Open a session, and clear away those that are over; returns its token."""
        now, token = self._clock(), fresh_token()
        over = "DELETE FROM {schema}.sessions WHERE seen <= ? OR opened <= ?"
        writing.run(over, now - IDLE, now - LONGEST)
        into = "INSERT INTO {schema}.sessions VALUES (?, ?, ?, ?, ?)"
        writing.run(into, hash_token(token), user, now, now, browser[:200])
        self._journal.append("session", {"act": "opened"}, user=user)
        return token

    def of(self, user: str, token: str = "") -> tuple[Session, ...]:
        """The open sessions of someone, the latest first; `token` is that of the one in use."""
        now = self._clock()
        rows = self._store.rows(
            'SELECT * FROM {schema}.sessions WHERE "user" = ? AND seen > ? AND opened > ? '
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
        with self._store.writing() as writing:
            ended = 'DELETE FROM {schema}.sessions WHERE digest = ? RETURNING "user"'
            for row in writing.rows(ended, hash_token(token)):
                self._journal.append("session", {"act": "closed"}, user=row["user"])

    def revoke(self, user: str, session_id: str = "", by: str = "") -> int:
        """Close a session of someone, or all of them; returns how many there were."""
        with self._store.writing() as writing:
            return self.revoked(writing, user, session_id, by)

    def revoked(
        self, writing: AccountWriting, user: str, session_id: str = "", by: str = ""
    ) -> int:
        """The same within what is being written; `by` is who does it, if not they themselves."""
        closed = writing.run(
            """DELETE FROM {schema}.sessions
            WHERE "user" = ? AND ? IN ('', substr(digest, 1, 16))""",
            user,
            session_id,
        )
        if closed:
            told = {"act": "revoked", "account": user, "sessions": closed}
            self._journal.append("session", told, user=by or user)
        return closed
