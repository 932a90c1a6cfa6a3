"""Accounts to log in to, with passwords that cost little to compare."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from argon2 import PasswordHasher

from assistant.accounts.login import Passwords
from assistant.accounts.service import Accounts, open_accounts
from assistant.accounts.store import COLUMNS, AccountServer, replace_all
from assistant.identity import UserRole
from assistant.journal.journal import Journal

PASSWORD = "un mot de passe de marche"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(slots=True)
class Clock:
    """A time that only the test moves."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Hall:
    """The accounts of a folder, their journal and their clock."""

    home: Path
    clock: Clock = field(default_factory=Clock)
    passwords: Passwords = field(default_factory=lambda: Passwords(CHEAP))

    def __post_init__(self) -> None:
        self.journal = Journal(self.home / "journal.jsonl")
        self.accounts: Accounts = open_accounts(self.home, self.journal, self.passwords, self.clock)

    def settle(
        self,
        login: str,
        roles: Iterable[UserRole] = (UserRole.BUYER,),
        teams: Iterable[str] | None = (),
    ) -> str:
        """An account whose password has been chosen; the token of the session that this opened."""
        register = self.accounts.register
        named = None if teams is None else frozenset(teams)
        invitation = register.create(login, login.title(), frozenset(roles), named, by="tests")
        token = self.accounts.entering.choose(invitation, PASSWORD, "tests")
        assert isinstance(token, str)
        return token

    def enter(self, login: str, password: str = PASSWORD, address: str = "192.0.2.1") -> str | None:
        """The token of a new session, None when it was refused."""
        entered = self.accounts.entering.enter(login, password, address, "tests")
        return entered if isinstance(entered, str) else None

    def acts(self, kind: str) -> list[tuple[str, str]]:
        """What the journal holds of a kind: the act, and the pseudonym of who did it."""
        found = []
        for entry in self.journal.entries():
            if entry["kind"] == kind:
                body = self.journal.body(entry)
                assert body is not None
                found.append((body["act"], entry.get("user", "")))
        return found


def clear_accounts(address: str) -> None:
    """Leave nothing of the accounts on a server but the row in which refusals are counted."""
    replace_all(AccountServer(address), {table: [] for table in COLUMNS} | {"refusals": [[1, 0]]})
