"""The register: accounts created, changed, disabled; each act is on record before it holds."""

import re
from collections.abc import Collection
from secrets import token_hex

from assistant.accounts.account import Account, account_of, written
from assistant.accounts.sessions import Sessions, fresh_token, hash_token
from assistant.accounts.store import AccountKeeping, AccountWriting
from assistant.errors import WrongAccount
from assistant.identity import UserRole
from assistant.journal.journal import Journal

INVITED = 3 * 24 * 3600
"""Seconds during which the link to choose a password may be followed, once."""

FIRST = "admin"
"""What the first administrator types."""

_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,63}")


class AccountRegister:
    """The accounts of this machine. `by` is the pseudonym of who acts."""

    def __init__(self, kept: AccountKeeping, sessions: Sessions) -> None:
        self._store, self._journal, self._clock = kept.store, kept.journal, kept.clock
        self._sessions = sessions

    def all(self) -> tuple[Account, ...]:
        """Every account, by what is typed to log in."""
        rows = self._store.rows("SELECT * FROM {schema}.accounts ORDER BY lower(login)")
        return tuple(map(account_of, rows))

    def find(self, login: str) -> Account | None:
        """The account of who types this, None when there is none."""
        query = "SELECT * FROM {schema}.accounts WHERE lower(login) = lower(?)"
        rows = self._store.rows(query, login)
        return account_of(rows[0]) if rows else None

    def get(self, login: str) -> Account:
        """The same; raises WrongAccount when there is none."""
        found = self.find(login)
        if found is None:
            raise WrongAccount(
                f"Aucun compte « {login[:64]} ». Voyez les comptes : sourcier users list"
            )
        return found

    def of(self, user: str) -> Account:
        """The account of a pseudonym; raises WrongAccount when there is none."""
        rows = self._store.rows('SELECT * FROM {schema}.accounts WHERE "user" = ?', user)
        if not rows:
            raise WrongAccount("Ce compte n'existe plus.")
        return account_of(rows[0])

    def create(
        self,
        login: str,
        name: str,
        roles: Collection[UserRole],
        teams: Collection[str] | None,
        by: str,
    ) -> str:
        """Create an account; returns the token with which its owner chooses a password.

        Raises WrongAccount when the login is taken or is not one, or there is no role.
        """
        if not _LOGIN.fullmatch(login):
            raise WrongAccount(
                f"« {login[:64]} » ne peut pas nommer un compte : de 2 à 64 lettres sans accent, "
                "chiffres, points, tirets, tirets bas ou @."
            )
        require_role(roles)
        seen = None if teams is None else frozenset(teams)
        account = Account(f"u-{token_hex(6)}", login, name, frozenset(roles), seen)
        with self._store.writing() as writing:
            if is_taken(writing, login):
                raise WrongAccount(f"Le compte « {login} » existe déjà.")
            insert(writing, account)
            self._tell("created", account, by, **rights(account))
            return self._invited(writing, account)

    def first_administrator(self) -> str | None:
        """Create one where there is no account at all; returns the token of the invitation."""
        if self.all():
            return None
        roles = {UserRole.ADMINISTRATOR}
        return self.create(FIRST, "Premier administrateur", roles, frozenset(), by="start")

    def invite(self, login: str, by: str) -> str:
        """Forget the password and the sessions of an account; returns the token of a new choice.

        Raises WrongAccount for one's own, which would be lost with the page that shows the link,
        for one that is closed, and for one whose passwords are a provider's.
        """
        account = self.get(login)
        if account.user == by:
            raise WrongAccount("Changez votre propre mot de passe sur la page « Mon compte ».")
        if account.is_disabled:
            raise WrongAccount("Ce compte est fermé : rouvrez-le d'abord.")
        if account.subject:
            raise WrongAccount(
                "Cette personne entre par le fournisseur d'identité, qui garde son mot de passe."
            )
        with self._store.writing() as writing:
            forgotten = 'UPDATE {schema}.accounts SET password = NULL WHERE "user" = ?'
            writing.run(forgotten, account.user)
            self._sessions.revoked(writing, account.user, by=by)
            self._tell("reset", account, by)
            return self._invited(writing, account)

    def set_roles(self, login: str, roles: Collection[UserRole], by: str) -> None:
        """Give other roles, and close the sessions opened with the old ones."""
        require_role(roles)
        self._change(login, "roles", written(frozenset(roles)), by)

    def set_teams(self, login: str, teams: Collection[str] | None, by: str) -> None:
        """Give other teams, None for all, and close the sessions opened with the old ones."""
        self._change(login, "teams", None if teams is None else written(frozenset(teams)), by)

    def set_disabled(self, login: str, by: str, *, disabled: bool) -> None:
        """Close an account and its sessions at once, or open it again."""
        self._change(login, "disabled", int(disabled), by)

    def unlock(self, login: str, by: str) -> None:
        """End the lock that wrong passwords brought."""
        account = self.get(login)
        with self._store.writing() as writing:
            writing.run(
                'UPDATE {schema}.accounts SET failures = 0, locked_until = 0 WHERE "user" = ?',
                account.user,
            )
            self._tell("unlocked", account, by)

    def guest(self, token: str) -> Account | None:
        """The account for which an invitation still holds."""
        rows = self._store.rows(
            'SELECT accounts.* FROM {schema}.invitations JOIN {schema}.accounts USING ("user") '
            "WHERE digest = ? AND until > ? AND disabled = 0",
            hash_token(token),
            self._clock(),
        )
        return account_of(rows[0]) if rows else None

    def _change(self, login: str, column: str, value: str | int | None, by: str) -> None:
        account = self.get(login)
        with self._store.writing() as writing:
            before = _administrators(writing)
            changed = f'UPDATE {{schema}}.accounts SET {column} = ? WHERE "user" = ? RETURNING *'
            (row,) = writing.rows(changed, value, account.user)
            if _lacks_one(before, _administrators(writing)):
                raise WrongAccount(
                    "Il ne resterait aucun administrateur : donnez d'abord ce rôle à un autre."
                )
            self._sessions.revoked(writing, account.user, by=by)
            told = rights(account_of(row))
            acts = {0: "enabled", 1: "disabled"}
            act = acts[int(value or 0)] if column == "disabled" else column
            self._tell(act, account, by, **told)

    def _invited(self, writing: AccountWriting, account: Account) -> str:
        token = fresh_token()
        writing.run(
            """INSERT INTO {schema}.invitations VALUES (?, ?, ?) ON CONFLICT ("user")
            DO UPDATE SET digest = excluded.digest, until = excluded.until""",
            account.user,
            hash_token(token),
            self._clock() + INVITED,
        )
        return token

    def _tell(self, act: str, account: Account, by: str, **what: object) -> None:
        tell(self._journal, act, account, by, **what)


def tell(journal: Journal, act: str, account: Account, by: str, **what: object) -> None:
    """Put an act on an account on record."""
    journal.append("account", {"act": act, "account": account.user, **what}, user=by)


def insert(writing: AccountWriting, account: Account) -> None:
    """Write a new account."""
    writing.run(
        """INSERT INTO {schema}.accounts ("user", login, name, subject, roles, teams)
        VALUES (?, ?, ?, ?, ?, ?)""",
        account.user,
        account.login,
        account.name,
        account.subject or None,
        written(account.roles),
        written(account.teams),
    )


def is_taken(writing: AccountWriting, login: str) -> bool:
    """Whether an account is already named so."""
    query = "SELECT 1 FROM {schema}.accounts WHERE lower(login) = lower(?)"
    return bool(writing.rows(query, login))


def rights(account: Account) -> dict[str, object]:
    """What the journal keeps of what an account may do. Pure."""
    teams = None if account.teams is None else sorted(account.teams)
    return {"roles": sorted(account.roles), "teams": teams}


def require_role(roles: Collection[UserRole]) -> None:
    """Raise WrongAccount when there is none."""
    if not roles:
        raise WrongAccount(f"Donnez au moins un rôle : {', '.join(UserRole)}.")


def _administrators(writing: AccountWriting) -> list[Account]:
    query = "SELECT * FROM {schema}.accounts WHERE disabled = 0 AND roles LIKE ?"
    return list(map(account_of, writing.rows(query, f'%"{UserRole.ADMINISTRATOR}"%')))


def _lacks_one(before: Collection[Account], after: Collection[Account]) -> bool:
    """Whether a change takes the last administrator away, or the last who has ever come in."""
    could, can = (any(each.password or each.subject for each in some) for some in (before, after))
    return (could and not can) or (bool(before) and not after)
