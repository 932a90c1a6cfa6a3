"""Admission: who comes with the word of an identity provider has an account, as it describes them.

No name or address that the provider tells leads to an account: only its own name for someone does.
"""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from secrets import token_hex

from assistant.accounts.account import Account, account_of, written
from assistant.accounts.claims import Granted
from assistant.accounts.database import Database
from assistant.accounts.entering import Refusal, refuse
from assistant.accounts.register import insert, rights, tell
from assistant.accounts.sessions import Sessions
from assistant.accounts.throttle import Throttle
from assistant.journal import Journal

PROVIDER = "openid"
"""Who acts, for the journal, when a provider tells of someone or of their rights."""


class Admission:
    """The door of those for whom a provider vouches."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        sessions: Sessions,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._journal = journal
        self._sessions = sessions
        self._failures = Throttle(clock)

    def admit(self, someone: Granted, browser: str) -> str | Refusal:
        """The token of a new session; whoever comes for the first time gets an account."""
        with self._database.writing() as writing:
            query = "SELECT * FROM accounts WHERE subject = ?"
            row = writing.execute(query, (someone.subject,)).fetchone()
            account = account_of(row) if row else self._created(writing, someone)
            if account.is_disabled:
                refuse(writing, self._journal, "disabled", account.user)
                return Refusal()
            self._follow(writing, account, someone)
            return self._sessions.opened(writing, account.user, browser)

    def wait(self, address: str) -> int:
        """Seconds until who comes from an address may be heard again, 0 when they may now."""
        return self._failures.wait(address)

    def refuse(self, address: str) -> None:
        """Someone came back from the provider without a word that could be proven."""
        self._failures.count(address)
        with self._database.writing() as writing:
            refuse(writing, self._journal, "provider", "")

    def _created(self, writing: sqlite3.Connection, someone: Granted) -> Account:
        query = "SELECT 1 FROM accounts WHERE login = ?"
        taken = writing.execute(query, (someone.login,)).fetchone()
        account = Account(
            f"u-{token_hex(6)}",
            f"{someone.login}.{token_hex(3)}" if taken else someone.login,
            someone.name,
            someone.roles or frozenset(),
            frozenset() if someone.teams is None else someone.teams,
            someone.subject,
        )
        insert(writing, account)
        tell(self._journal, "created", account, PROVIDER, **rights(account))
        return account

    def _follow(self, writing: sqlite3.Connection, account: Account, someone: Granted) -> None:
        """Give an account the rights that the provider tells of, where it tells of any."""
        changed = replace(
            account,
            roles=account.roles if someone.roles is None else someone.roles,
            teams=account.teams if someone.teams is None else someone.teams,
        )
        if changed == account:
            return
        writing.execute(
            "UPDATE accounts SET roles = ?, teams = ? WHERE user = ?",
            (written(changed.roles), written(changed.teams), account.user),
        )
        self._sessions.revoked(writing, account.user, by=PROVIDER)
        tell(self._journal, "roles", account, PROVIDER, **rights(changed))
