"""Admission: what an identity provider says of someone, and the account that they have by it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any

from assistant.accounts.account import Account, account_of, written
from assistant.accounts.login import LoginRefusal, Throttle, refuse
from assistant.accounts.register import insert, is_taken, rights, tell
from assistant.accounts.sessions import Sessions
from assistant.accounts.store import AccountKeeping, AccountWriting
from assistant.identity import UserRole
from assistant.settings import OpenId

# Claims: what an identity provider says of someone, as an account. Pure.


@dataclass(frozen=True, slots=True)
class Granted:
    """Someone for whom a provider vouches.

    `subject` names them there for ever. `roles` and `teams` are None when the provider is not asked
    for them: then they are given on this machine.
    """

    subject: str
    login: str
    name: str
    roles: frozenset[UserRole] | None
    teams: frozenset[str] | None


def granted(claims: Mapping[str, Any], openid: OpenId) -> Granted:
    """The account that the claims of a provider describe."""
    login = _text(claims, "email", "preferred_username") or str(claims["sub"])
    parts = _text(claims, "given_name"), _text(claims, "usual_name", "family_name")
    roles = values(claims, openid.roles_claim)
    teams = values(claims, openid.teams_claim)
    return Granted(
        subject=f"{openid.issuer} {claims['sub']}",
        login=re.sub(r"[^A-Za-z0-9._@-]", "-", login).lstrip("._@-")[:56] or "compte",
        name=(_text(claims, "name") or " ".join(filter(None, parts)))[:100],
        roles=None if roles is None else _roles(roles, openid),
        teams=None if teams is None else frozenset(teams),
    )


def _text(claims: Mapping[str, Any], *names: str) -> str:
    """The first of these claims that says something, "" when none does."""
    texts = (each.strip() for name in names if isinstance(each := claims.get(name), str))
    return next(filter(None, texts), "")


def values(claims: Mapping[str, Any], name: str) -> list[str] | None:
    """The texts of a claim, whose name may lead into others ("realm_access.roles").

    None when no name is given; a claim that is missing or not a text or texts holds none.
    """
    if not name:
        return None
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return [found]
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _roles(named: Iterable[str], openid: OpenId) -> frozenset[UserRole]:
    """Ours for those of the provider; by our own names when the settings pair none."""
    table = dict(openid.roles) or {role.value: role for role in UserRole}
    return frozenset(table[name] for name in named if name in table)


# Admission: who comes with the word of an identity provider has an account, as it describes them.
#
# No name or address that the provider tells leads to an account: only its own name for someone
# does.

PROVIDER = "openid"
"""Who acts, for the journal, when a provider tells of someone or of their rights."""


class Admission:
    """The door of those for whom a provider vouches."""

    def __init__(self, kept: AccountKeeping, sessions: Sessions) -> None:
        self._store, self._journal = kept.store, kept.journal
        self._sessions = sessions
        self._failures = Throttle(kept.clock)

    def admit(self, someone: Granted, browser: str) -> str | LoginRefusal:
        """The token of a new session; whoever comes for the first time gets an account."""
        with self._store.writing() as writing:
            query = "SELECT * FROM {schema}.accounts WHERE subject = ?"
            found = writing.rows(query, someone.subject)
            account = account_of(found[0]) if found else self._created(writing, someone)
            if account.is_disabled:
                refuse(writing, self._journal, "disabled", account.user)
                return LoginRefusal()
            self._follow(writing, account, someone)
            return self._sessions.opened(writing, account.user, browser)

    def wait(self, address: str) -> int:
        """Seconds until who comes from an address may be heard again, 0 when they may now."""
        return self._failures.wait(address)

    def refuse(self, address: str) -> None:
        """Someone came back from the provider without a word that could be proven."""
        self._failures.count(address)
        with self._store.writing() as writing:
            refuse(writing, self._journal, "provider", "")

    def _created(self, writing: AccountWriting, someone: Granted) -> Account:
        taken = is_taken(writing, someone.login)
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

    def _follow(self, writing: AccountWriting, account: Account, someone: Granted) -> None:
        """Give an account the rights that the provider tells of, where it tells of any."""
        changed = replace(
            account,
            roles=account.roles if someone.roles is None else someone.roles,
            teams=account.teams if someone.teams is None else someone.teams,
        )
        if changed == account:
            return
        writing.run(
            'UPDATE {schema}.accounts SET roles = ?, teams = ? WHERE "user" = ?',
            written(changed.roles),
            written(changed.teams),
            account.user,
        )
        self._sessions.revoked(writing, account.user, by=PROVIDER)
        tell(self._journal, "roles", account, PROVIDER, **rights(changed))
