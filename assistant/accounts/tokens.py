"""Tokens for programs: made for an account, kept as a hash, over on a day or as soon as revoked."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any

from assistant.accounts.account import Account, account_of, written
from assistant.accounts.login import Throttle, refuse
from assistant.accounts.register import AccountRegister, require_role, tell
from assistant.accounts.sessions import GLANCE, fresh_token, hash_token
from assistant.accounts.store import AccountKeeping, AccountWriting
from assistant.errors import WrongAccount
from assistant.identity import Identity, UserRole

BEGINNING = "sourcier_"
"""How a token begins, so that what looks for secrets in files finds it."""

USUAL, MOST_DAYS = 90, 366
"""Days for which a token holds when nothing is said, and at most."""

LONGEST_NAME = 100

DAY = 24 * 3600


def most_days(account: Account) -> int:
    """Days for which a token of an account holds at most. Pure.

    Fewer where a provider vouches for its owner: it says who they are when they come, not that
    they have left.
    """
    return USUAL if account.subject else MOST_DAYS


@dataclass(frozen=True, slots=True)
class ProgramToken:
    """A token as it is listed; the token itself was shown once and is kept nowhere.

    `user` is the pseudonym of its owner. `dossiers` are the only ones that it shows, None for all
    those of its owner. Times are in seconds since 1970, `used` is None until it has been.
    """

    id: str
    user: str
    name: str
    roles: frozenset[UserRole]
    dossiers: frozenset[str] | None
    created: float
    until: float
    used: float | None = None


class Tokens:
    """The tokens of everybody's programs; `by` is the pseudonym of who acts.

    A program has no right that its owner has not, as their account stands when it asks.
    """

    def __init__(self, kept: AccountKeeping, register: AccountRegister) -> None:
        self._store, self._journal, self._clock = kept.store, kept.journal, kept.clock
        self._register = register
        self._failures = Throttle(kept.clock)

    def create(
        self,
        login: str,
        name: str,
        by: str,
        *,
        roles: Collection[UserRole] = (UserRole.BUYER,),
        dossiers: Collection[str] | None = None,
        days: int = USUAL,
    ) -> str:
        """Make a token for a program of an account; it is returned this once.

        `name` says which program it is for. Raises WrongAccount when there is no such account, a
        role is not its owner's, or it would hold for too long.
        """
        account = self._register.get(login)
        _require_rights(account, roles, days)
        named, now = " ".join(name.split())[:LONGEST_NAME], self._clock()
        token, seen = BEGINNING + fresh_token(), None if dossiers is None else frozenset(dossiers)
        made = ProgramToken(
            f"t-{token_hex(4)}", account.user, named, frozenset(roles), seen, now, now + days * DAY
        )
        with self._store.writing() as writing:
            _insert(writing, made, hash_token(token))
            self._tell("token_created", account, by, made)
        return token

    def all(self, login: str = "") -> tuple[ProgramToken, ...]:
        """The tokens that still hold, the newest first, those of one account where it is named.

        Raises WrongAccount when there is no such account.
        """
        user = self._register.get(login).user if login else ""
        rows = self._store.rows(
            """SELECT * FROM {schema}.tokens WHERE until > ? AND ? IN ('', "user")
            ORDER BY created DESC, id""",
            self._clock(),
            user,
        )
        return tuple(map(_token_of, rows))

    def revoke(self, token_id: str, by: str) -> ProgramToken:
        """End a token at once; raises WrongAccount when there is none of this identifier."""
        with self._store.writing() as writing:
            found = writing.rows("DELETE FROM {schema}.tokens WHERE id = ? RETURNING *", token_id)
            if not found:
                raise WrongAccount(
                    f"Aucun jeton « {token_id[:64]} ». Voyez-les : sourcier users token list"
                )
            ended = _token_of(found[0])
            self._tell("token_revoked", self._register.of(ended.user), by, ended)
        return ended

    def identity(self, token: str, address: str = "") -> Identity | None:
        """Whose program holds a token, with the rights that the token and its owner both have.

        None when it is unknown, over or revoked, or its owner's account is closed: that is put on
        record, as often as an address may fail.
        """
        now, digest = self._clock(), hash_token(token)
        rows = self._store.rows(
            "SELECT accounts.*, tokens.id AS token, tokens.roles AS given, tokens.dossiers, used "
            'FROM {schema}.tokens JOIN {schema}.accounts USING ("user") '
            "WHERE digest = ? AND disabled = 0 AND until > ?",
            digest,
            now,
        )
        if not rows:
            self._refuse(address)
            return None
        if (rows[0]["used"] or 0) < now - GLANCE:
            with self._store.writing() as writing:
                writing.run("UPDATE {schema}.tokens SET used = ? WHERE digest = ?", now, digest)
        return _narrowed(account_of(rows[0]).identity, rows[0])

    def _refuse(self, address: str) -> None:
        if self._failures.wait(address):
            return
        self._failures.count(address)
        with self._store.writing() as writing:
            refuse(writing, self._journal, "token", "")

    def _tell(self, act: str, account: Account, by: str, token: ProgramToken) -> None:
        """Put an act on record, of dossiers how many: their names stay out of the journal."""
        seen = None if token.dossiers is None else len(token.dossiers)
        rights = {"token": token.id, "roles": sorted(token.roles), "dossiers": seen}
        tell(self._journal, act, account, by, **rights, until=int(token.until))


def _require_rights(account: Account, roles: Collection[UserRole], days: int) -> None:
    """Raise WrongAccount where a token would hold for too long, or give what its owner has not."""
    require_role(roles)
    if days > most_days(account):
        raise WrongAccount(f"Pour {account.login}, {most_days(account)} jours de validité au plus.")
    if strange := frozenset(roles) - account.roles:
        raise WrongAccount(f"{account.login} n'a pas le rôle : {', '.join(sorted(strange))}.")


def _insert(writing: AccountWriting, token: ProgramToken, digest: str) -> None:
    writing.run(
        "INSERT INTO {schema}.tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)",
        token.id,
        digest,
        token.user,
        token.name,
        written(token.roles),
        written(token.dossiers),
        token.created,
        token.until,
    )


def _token_of(row: Mapping[str, Any]) -> ProgramToken:
    return ProgramToken(
        row["id"],
        row["user"],
        row["name"],
        frozenset(map(UserRole, json.loads(row["roles"]))),
        _names(row["dossiers"]),
        row["created"],
        row["until"],
        row["used"],
    )


def _narrowed(owner: Identity, row: Any) -> Identity:  # noqa: ANN401 - a row of several tables
    roles = owner.roles & frozenset(map(UserRole, json.loads(row["given"])))
    return replace(owner, roles=roles, dossiers=_names(row["dossiers"]), token=row["token"])


def _names(kept: str | None) -> frozenset[str] | None:
    return None if kept is None else frozenset(json.loads(kept))
