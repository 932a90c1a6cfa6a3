"""Entering: a name and a password, or an invitation, become a session; guessing becomes a lock."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import BoundedSemaphore

from assistant.accounts.account import Account, account_of
from assistant.accounts.database import Database
from assistant.accounts.passwords import Passwords, weakness
from assistant.accounts.register import Register
from assistant.accounts.sessions import Sessions
from assistant.accounts.throttle import Throttle
from assistant.accounts.tokens import digest
from assistant.errors import WrongAccount
from assistant.journal import Journal

MOST_FAILURES, LOCKED = 5, 15 * 60
"""Wrong passwords in a row after which an account is locked, and for how many seconds."""

COMPARISONS, BUSY = 3, 5
"""Passwords compared at a time, each with 64 MB of memory; who comes then waits so many seconds."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nobody comes in; `wait` is after how many seconds to try again, 0 when that is not why."""

    wait: int = 0


class Entering:
    """The door: everything that opens a session, and every try that does not."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        register: Register,
        sessions: Sessions,
        passwords: Passwords | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._journal = journal
        self._register = register
        self._sessions = sessions
        self._passwords = passwords or Passwords()
        self._clock = clock
        self._failures = Throttle(clock)
        self._comparing = BoundedSemaphore(COMPARISONS)

    def enter(self, login: str, password: str, address: str, browser: str) -> str | Refusal:
        """The token of a new session, or a refusal that tells nobody why.

        A wrong password, an unknown name, a locked, disabled or unfinished account look the same
        and take the same time.
        """
        if wait := self._failures.wait(address):
            return Refusal(wait)
        account = self._register.find(login)
        is_right = self._compared(account, password)
        if is_right is None:
            return Refusal(BUSY)
        token = self._judged(account, browser, is_right=is_right)
        if token is None:
            self._failures.count(address)
            return Refusal()
        return token

    def choose(self, invitation: str, password: str, browser: str) -> str | Refusal:
        """Use up an invitation: its password is kept, and a session opened.

        Raises WrongAccount with the reason when the password cannot be one.
        """
        account = self._register.guest(invitation)
        if account is None:
            return Refusal()
        kept = self._acceptable(account, password)
        with self._database.writing() as writing:
            used = writing.execute(
                "DELETE FROM invitations WHERE digest = ? AND until > ?",
                (digest(invitation), self._clock()),
            ).rowcount
            return self._renewed(writing, account, kept, browser) if used else Refusal()

    def change(self, user: str, current: str, password: str, browser: str) -> str | Refusal:
        """Another password for who knows the present one; every older session is closed.

        Raises WrongAccount with the reason when the new one cannot be one.
        """
        account = self._register.of(user)
        is_right = self._compared(account, current)
        if is_right is None:
            return Refusal(BUSY)
        if not is_right or account.locked_until > self._clock():
            self._judged(account, browser, is_right=False)
            return Refusal()
        kept = self._acceptable(account, password)
        with self._database.writing() as writing:
            return self._renewed(writing, account, kept, browser)

    def _compared(self, account: Account | None, password: str) -> bool | None:
        """Whether a password is that of an account; None when too many are being compared."""
        if not self._comparing.acquire(blocking=False):
            return None
        try:
            return self._passwords.match(account.password if account else None, password)
        finally:
            self._comparing.release()

    def _acceptable(self, account: Account, password: str) -> str:
        if reason := weakness(password, account.login):
            raise WrongAccount(reason)
        return self._passwords.hashed(password)

    def _renewed(
        self, writing: sqlite3.Connection, account: Account, kept: str, browser: str
    ) -> str:
        writing.execute(
            "UPDATE accounts SET password = ?, failures = 0, locked_until = 0 WHERE user = ?",
            (kept, account.user),
        )
        told = {"act": "password", "account": account.user}
        self._journal.append("account", told, user=account.user)
        self._sessions.revoked(writing, account.user)
        return self._sessions.opened(writing, account.user, browser)

    def _judged(self, known: Account | None, browser: str, *, is_right: bool) -> str | None:
        """Open a session or count a failure, by the account as it stands when it is written."""
        with self._database.writing() as writing:
            if known is None:
                self._refused(writing, "unknown", "")
                return None
            query = "SELECT * FROM accounts WHERE user = ?"
            account = account_of(writing.execute(query, (known.user,)).fetchone())
            if account.is_disabled:
                self._refused(writing, "disabled", account.user)
            elif account.locked_until > self._clock():
                self._refused(writing, "locked", account.user)
            elif not is_right or account.password != known.password:
                self._failed(writing, account)
            else:
                writing.execute("UPDATE accounts SET failures = 0 WHERE user = ?", (account.user,))
                return self._sessions.opened(writing, account.user, browser)
        return None

    def _failed(self, writing: sqlite3.Connection, account: Account) -> None:
        failures = account.failures + 1
        self._refused(writing, "password", account.user)
        if failures < MOST_FAILURES:
            writing.execute(
                "UPDATE accounts SET failures = ? WHERE user = ?", (failures, account.user)
            )
            return
        writing.execute(
            "UPDATE accounts SET failures = 0, locked_until = ? WHERE user = ?",
            (self._clock() + LOCKED, account.user),
        )
        self._journal.append("session", {"act": "locked", "seconds": LOCKED}, user=account.user)

    def _refused(self, writing: sqlite3.Connection, reason: str, user: str) -> None:
        refuse(writing, self._journal, reason, user)


def refuse(writing: sqlite3.Connection, journal: Journal, reason: str, user: str) -> None:
    """Put a refusal on record, without what was typed: it may be a password in the wrong field.

    Whatever the reason, something is written: how long it takes tells nobody which it was.
    """
    writing.execute("UPDATE refusals SET count = count + 1")
    journal.append("session", {"act": "refused", "reason": reason}, user=user)
