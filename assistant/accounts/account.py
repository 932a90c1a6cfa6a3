"""Account: what is known of someone who may use this machine. Values."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistant.identity import Identity, UserRole

EVERY_TEAM = "*"
"""How commands and pages write that someone sees the dossiers of every team."""


class AccountState(StrEnum):
    """Whether someone can come in; the value is the French word."""

    OPEN = "ouvert"
    INVITED = "invité"
    LOCKED = "bloqué"
    CLOSED = "fermé"


@dataclass(frozen=True, slots=True)
class Account:
    """Someone's account; `user` is their pseudonym, `login` what they type.

    `subject` names them at an identity provider, "" for an account of this machine. `locked_until`
    is in seconds since 1970.
    """

    user: str
    login: str
    name: str
    roles: frozenset[UserRole]
    teams: frozenset[str] | None
    subject: str = ""
    password: str | None = None
    is_disabled: bool = False
    failures: int = 0
    locked_until: float = 0.0

    @property
    def identity(self) -> Identity:
        """Who acts when this account does."""
        return Identity(self.user, self.name or self.login, self.roles, self.teams)

    def state(self, now: float) -> AccountState:
        """Whether its owner can come in, at a moment in seconds since 1970."""
        if self.is_disabled:
            return AccountState.CLOSED
        if self.locked_until > now:
            return AccountState.LOCKED
        can_enter = self.password or self.subject
        return AccountState.OPEN if can_enter else AccountState.INVITED


def account_of(row: Mapping[str, Any]) -> Account:
    """The account of a row of the database. Pure."""
    return Account(
        user=row["user"],
        login=row["login"],
        name=row["name"],
        roles=frozenset(map(UserRole, json.loads(row["roles"]))),
        teams=None if row["teams"] is None else frozenset(json.loads(row["teams"])),
        subject=row["subject"] or "",
        password=row["password"],
        is_disabled=bool(row["disabled"]),
        failures=row["failures"],
        locked_until=row["locked_until"],
    )


def written(names: frozenset[UserRole] | frozenset[str] | None) -> str | None:
    """Roles or teams as the database keeps them. Pure."""
    return None if names is None else json.dumps(sorted(names))


def teams_of(names: Collection[str]) -> frozenset[str] | None:
    """The teams that someone typed, as an account keeps them: None for every team. Pure."""
    return None if EVERY_TEAM in names else frozenset(names)
