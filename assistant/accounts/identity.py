"""Identity: who acts, in which roles, and which part of the site is for whom. Values."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class UserRole(StrEnum):
    """What someone may do; a person may have several roles, and none includes another."""

    BUYER = "acheteur"
    REFERENT = "referent"
    ADMINISTRATOR = "administrateur"

    @property
    def label(self) -> str:
        """What the role is called in French; its value is what is typed and stored."""
        return "référent IA" if self is UserRole.REFERENT else self.value


@dataclass(frozen=True, slots=True)
class Identity:
    """Someone who is known to the program.

    `user` is the pseudonym under which the journal names them, `name` what they are called on
    their own pages. `teams` are those whose dossiers they see, None for every dossier. `token` is
    the identifier of the one that a program of theirs holds, "" for themselves, and `dossiers` are
    the only ones that it is shown of theirs, None for all of these.
    """

    user: str
    name: str
    roles: frozenset[UserRole]
    teams: frozenset[str] | None
    token: str = ""
    dossiers: frozenset[str] | None = None


ALONE = Identity("local", "", frozenset(UserRole), None)
"""The one user of a machine of their own, who needs no account."""


# Account: what is known of someone who may use this machine. Values.

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


# Areas: which part of the site is for whom, as one table.
#
# The gate before the pages enforces it, the tests walk every route against it, and the file of the
# homologation prints it. Pure.


@dataclass(frozen=True, slots=True)
class Area:
    """The addresses that begin with a path, and who may ask for them.

    `role` is the one they take; without one, everybody who is known may come in, and nobody needs
    to be known where `is_open`. Where `is_single`, the path is the only address. Programs come in
    with a token where it `is_for_programs`, and nowhere else.
    """

    path: str
    title: str
    role: UserRole | None = None
    is_open: bool = False
    is_single: bool = False
    is_for_programs: bool = False

    def holds(self, path: str) -> bool:
        """Whether an address lies in it."""
        below = f"{self.path.rstrip('/')}/"
        return path == self.path or (path.startswith(below) and not self.is_single)

    def admits(self, identity: Identity | None) -> bool:
        """Whether someone may come in; None is someone who is not known."""
        if self.is_open or identity is None:
            return self.is_open
        return self.role is None or self.role in identity.roles


AREAS = (
    Area("/health", "État du service", is_open=True, is_single=True),
    Area("/ready", "Ce qui manque au service", is_open=True, is_single=True),
    Area("/metrics", "Mesures du service, pour sa surveillance", is_open=True, is_single=True),
    Area("/page", "Feuilles de style et scripts", is_open=True),
    Area("/login", "Connexion", is_open=True, is_single=True),
    Area("/login/openid", "Connexion par le fournisseur d'identité", is_open=True),
    Area("/invitation", "Choix du mot de passe, par un lien à usage unique", is_open=True),
    Area("/account", "Mon compte et mes sessions"),
    Area("/v1", "Questions des programmes, par un jeton", UserRole.BUYER, is_for_programs=True),
    Area("/mcp", "Outils des assistants (MCP), par un jeton", UserRole.BUYER, is_for_programs=True),
    Area("/referent", "Contrôle des réponses", UserRole.REFERENT),
    Area("/admin", "Administration", UserRole.ADMINISTRATOR),
    Area("/", "Questions, dossiers, textes, factures et achats", UserRole.BUYER),
)
"""The first that holds an address decides; the last holds every address."""


def area_of(path: str) -> Area:
    """The area in which an address lies."""
    return next(area for area in AREAS if area.holds(path))


def entrance(identity: Identity) -> str:
    """The first page of someone: that of the buyer, else of another of their roles."""
    own = [area.path for area in reversed(AREAS) if area.role and area.admits(identity)]
    return own[0] if own else "/account"
