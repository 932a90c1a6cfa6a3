"""Login: a password or an invitation becomes a session; guessing becomes a lock. Door of argon2."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assistant.accounts.account import Account, account_of
from assistant.accounts.register import AccountRegister
from assistant.accounts.sessions import Sessions, hash_token
from assistant.accounts.store import AccountKeeping, AccountWriting
from assistant.errors import WrongAccount
from assistant.journal.journal import Journal

# Throttle: how many failures an address may make before it has to wait.

MOST, WINDOW = 20, 15 * 60
"""Failures of one address within so many seconds: many people may share one, few mistype often."""

MOST_ADDRESSES = 10_000


class Throttle:
    """Counts failures by address, in memory; with too many addresses the oldest are forgotten."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures: dict[str, list[float]] = {}
        self._lock = Lock()

    def count(self, address: str) -> None:
        """One failure more."""
        with self._lock:
            recent = self._recent(address)
            self._failures.pop(address, None)  # an address that fails again is the newest
            self._failures[address] = [*recent, self._clock()]
            while len(self._failures) > MOST_ADDRESSES:
                del self._failures[next(iter(self._failures))]

    def wait(self, address: str) -> int:
        """Seconds until an address may try again, 0 when it may."""
        with self._lock:
            recent = self._recent(address)
        return int(recent[-MOST] + WINDOW - self._clock()) + 1 if len(recent) >= MOST else 0

    def _recent(self, address: str) -> list[float]:
        since = self._clock() - WINDOW
        return [each for each in self._failures.get(address, ()) if each > since]


# Passwords: what may be one, and their hashes. Door of argon2.

SHORTEST, LONGEST = 12, 200
"""Characters; a phrase is easier to keep in mind than a riddle of signs."""

FEWEST_DIFFERENT = 5


class Passwords:
    """Makes hashes and compares with them; both cost time and memory on purpose."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """By default as costly as argon2-cffi advises."""
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash("nobody has this password")

    def hashed(self, password: str) -> str:
        """What is kept of a password."""
        return self._hasher.hash(password)

    def match(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one that was kept; as slow when none was."""
        try:
            self._hasher.verify(kept or self._nobody, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None


def weakness(password: str, login: str) -> str:
    """Why this cannot be the password of an account, in French; "" when it can. Pure."""
    if len(password) < SHORTEST:
        return f"Le mot de passe doit compter au moins {SHORTEST} caractères."
    if len(password) > LONGEST:
        return f"Le mot de passe ne peut dépasser {LONGEST} caractères."
    if login.casefold() in password.casefold():
        return "Le mot de passe ne peut contenir le nom du compte."
    if len(set(password)) < FEWEST_DIFFERENT:
        return "Le mot de passe répète trop les mêmes caractères."
    return ""


MOST_FAILURES, LOCKED = 5, 15 * 60
"""Wrong passwords in a row after which an account is locked, and for how many seconds."""

COMPARISONS, BUSY = 3, 5
"""Passwords compared at a time, each with 64 MB of memory; who comes then waits so many seconds."""


@dataclass(frozen=True, slots=True)
class LoginRefusal:
    """Nobody comes in; `wait` is after how many seconds to try again, 0 when that is not why."""

    wait: int = 0


class Login:
    """The door: everything that opens a session, and every try that does not."""

    def __init__(
        self,
        kept: AccountKeeping,
        register: AccountRegister,
        sessions: Sessions,
        passwords: Passwords,
    ) -> None:
        self._store, self._journal, self._clock = kept.store, kept.journal, kept.clock
        self._register = register
        self._sessions = sessions
        self._passwords = passwords
        self._failures = Throttle(kept.clock)
        self._comparing = BoundedSemaphore(COMPARISONS)

    def enter(self, login: str, password: str, address: str, browser: str) -> str | LoginRefusal:
        """The token of a new session, or a refusal that tells nobody why.

        A wrong password, an unknown name, a locked, disabled or unfinished account look the same
        and take the same time.
        """
        if wait := self._failures.wait(address):
            return LoginRefusal(wait)
        account = self._register.find(login)
        is_right = self._compared(account, password)
        if is_right is None:
            return LoginRefusal(BUSY)
        token = self._judged(account, browser, is_right=is_right)
        if token is None:
            self._failures.count(address)
            return LoginRefusal()
        return token

    def choose(self, invitation: str, password: str, browser: str) -> str | LoginRefusal:
        """Use up an invitation: its password is kept, and a session opened.

        Raises WrongAccount with the reason when the password cannot be one.
        """
        account = self._register.guest(invitation)
        if account is None:
            return LoginRefusal()
        kept = self._acceptable(account, password)
        with self._store.writing() as writing:
            used = writing.run(
                "DELETE FROM {schema}.invitations WHERE digest = ? AND until > ?",
                hash_token(invitation),
                self._clock(),
            )
            return self._renewed(writing, account, kept, browser) if used else LoginRefusal()

    def change(self, user: str, current: str, password: str, browser: str) -> str | LoginRefusal:
        """Another password for who knows the present one; every older session is closed.

        A locked account is told to wait, whatever was typed. Raises WrongAccount with the reason
        when the new one cannot be one.
        """
        account = self._register.of(user)
        is_right = self._compared(account, current)
        if is_right is None:
            return LoginRefusal(BUSY)
        locked = account.locked_until - self._clock()
        if not is_right or locked > 0:
            self._judged(account, browser, is_right=False)
            return LoginRefusal(int(locked) + 1 if locked > 0 else 0)
        kept = self._acceptable(account, password)
        with self._store.writing() as writing:
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

    def _renewed(self, writing: AccountWriting, account: Account, kept: str, browser: str) -> str:
        writing.run(
            """UPDATE {schema}.accounts SET password = ?, failures = 0, locked_until = 0
            WHERE "user" = ?""",
            kept,
            account.user,
        )
        told = {"act": "password", "account": account.user}
        self._journal.append("account", told, user=account.user)
        self._sessions.revoked(writing, account.user)
        return self._sessions.opened(writing, account.user, browser)

    def _judged(self, known: Account | None, browser: str, *, is_right: bool) -> str | None:
        """Open a session or count a failure, by the account as it stands when it is written."""
        with self._store.writing() as writing:
            if known is None:
                self._refused(writing, "unknown", "")
                return None
            query = 'SELECT * FROM {schema}.accounts WHERE "user" = ?'
            account = account_of(writing.rows(query, known.user)[0])
            if account.is_disabled:
                self._refused(writing, "disabled", account.user)
            elif account.locked_until > self._clock():
                self._refused(writing, "locked", account.user)
            elif not is_right or account.password != known.password:
                self._failed(writing, account)
            else:
                _count(writing, account, 0)
                return self._sessions.opened(writing, account.user, browser)
        return None

    def _failed(self, writing: AccountWriting, account: Account) -> None:
        failures = account.failures + 1
        self._refused(writing, "password", account.user)
        if failures < MOST_FAILURES:
            _count(writing, account, failures)
            return
        writing.run(
            'UPDATE {schema}.accounts SET failures = 0, locked_until = ? WHERE "user" = ?',
            self._clock() + LOCKED,
            account.user,
        )
        self._journal.append("session", {"act": "locked", "seconds": LOCKED}, user=account.user)

    def _refused(self, writing: AccountWriting, reason: str, user: str) -> None:
        refuse(writing, self._journal, reason, user)


def refuse(writing: AccountWriting, journal: Journal, reason: str, user: str) -> None:
    """Put a refusal on record, without what was typed: it may be a password in the wrong field.

    Whatever the reason, something is written: how long it takes tells nobody which it was.
    """
    writing.run("UPDATE {schema}.refusals SET count = count + 1")
    journal.append("session", {"act": "refused", "reason": reason}, user=user)


def _count(writing: AccountWriting, account: Account, failures: int) -> None:
    query = 'UPDATE {schema}.accounts SET failures = ? WHERE "user" = ?'
    writing.run(query, failures, account.user)
