"""The accounts of a data folder: all their parts, and what administrators do."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from assistant.accounts.account import Account, AccountState
from assistant.accounts.admission import Admission
from assistant.accounts.login import Login, Passwords
from assistant.accounts.register import AccountRegister
from assistant.accounts.sessions import Sessions
from assistant.accounts.store import AccountKeeping, accounts_at
from assistant.accounts.tokens import USUAL, ProgramToken, Tokens
from assistant.identity import UserRole
from assistant.journal.journal import Journal
from ingestion.postgresql import named_server
from ingestion.tenders.dossiers import Dossiers

# The parts of the accounts, over one data folder.


@dataclass(frozen=True, slots=True)
class Accounts:
    """Who there is, how they come in, who is inside, and what their programs hold."""

    register: AccountRegister
    entering: Login
    admission: Admission
    sessions: Sessions
    tokens: Tokens


def open_accounts(
    home: Path,
    journal: Journal,
    passwords: Passwords | None = None,
    clock: Callable[[], float] = time.time,
) -> Accounts:
    """The accounts of a data folder: in it, or where its settings name a server."""
    kept = AccountKeeping(accounts_at(home, named_server(home, "store")), journal, clock)
    sessions = Sessions(kept)
    register = AccountRegister(kept, sessions)
    entering = Login(kept, register, sessions, passwords or Passwords())
    return Accounts(register, entering, Admission(kept, sessions), sessions, Tokens(kept, register))


# Administration of accounts: what commands and pages ask of them alike.


HERE = "http://127.0.0.1:7860"
"""Where the pages are when nobody comes from elsewhere."""


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account as an administrator sees it: `sessions` are open, `tokens` hold, newest first."""

    account: Account
    state: AccountState
    sessions: int
    tokens: tuple[ProgramToken, ...]


class AccountAdministration:
    """The accounts of one data folder; `by` is the pseudonym of who acts.

    What cannot be done raises WrongAccount with a French sentence. What takes a single act is asked
    of `register` and `tokens` themselves.
    """

    def __init__(
        self, home: Path, accounts: Accounts, address: str, clock: Callable[[], float] = time.time
    ) -> None:
        """`address` is the one that people type to reach the pages, "" on this machine alone."""
        self._home = home
        self.register = accounts.register
        self.tokens = accounts.tokens
        self._sessions = accounts.sessions
        self._address = (address or HERE).rstrip("/")
        self._clock = clock

    def members(self) -> tuple[KnownAccount, ...]:
        """Everybody, by what they type to log in."""
        return tuple(map(self._member, self.register.all()))

    def member(self, user: str) -> KnownAccount:
        """The account of a pseudonym."""
        return self._member(self.register.of(user))

    def create(
        self,
        login: str,
        name: str,
        roles: Collection[UserRole],
        teams: Collection[str] | None,
        by: str,
    ) -> str:
        """Create an account; the link by which its owner chooses a password, once."""
        named = " ".join(name.split())
        return self._link(self.register.create(login, named, roles, teams, by))

    def invite(self, login: str, by: str) -> str:
        """Forget the password and the sessions of an account; the link to choose another."""
        return self._link(self.register.invite(login, by))

    def close_sessions(self, login: str, by: str) -> int:
        """Close every session of an account at once; how many there were."""
        return self._sessions.revoke(self.register.get(login).user, by=by)

    def give_token(
        self,
        login: str,
        name: str,
        by: str,
        *,
        roles: Collection[UserRole],
        dossiers: Collection[str] | None = None,
        days: int = USUAL,
    ) -> str:
        """Make a token for a program, which is returned this once.

        `dossiers` are those that it is shown, None for all those of its owner. Raises
        UnknownDossier for one that its owner does not see.
        """
        seen = Dossiers(self._home, self.register.get(login).teams)
        named = None if dossiers is None else [seen.get(each).id for each in dossiers]
        return self.tokens.create(login, name, by, roles=roles, dossiers=named, days=days)

    def _member(self, account: Account) -> KnownAccount:
        return KnownAccount(
            account,
            account.state(self._clock()),
            len(self._sessions.of(account.user)),
            self.tokens.all(account.login),
        )

    def _link(self, token: str) -> str:
        return f"{self._address}/invitation/{token}"
