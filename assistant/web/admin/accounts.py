"""The administrator's pages of accounts: who may come in, and what their programs hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from assistant.accounts.account import EVERY_TEAM, teams_of
from assistant.accounts.service import AccountAdministration
from assistant.accounts.tokens import MOST_DAYS, USUAL, most_days
from assistant.errors import AssistantError, WrongAccount
from assistant.identity import UserRole
from assistant.web.admin.pages import Text, done, page
from assistant.web.authentication import at
from assistant.web.site import Who
from ingestion.errors import IngestionError

ALONE_HERE = (
    "Cette machine a un seul utilisateur, sans compte. Pour que d'autres entrent, écrivez "
    'access = "accounts" dans settings.toml, puis redémarrez Sourcier.'
)

ROOT = "/comptes"


@dataclass(frozen=True, slots=True)
class Secret:
    """What is shown once: what it is for, and its text."""

    told: str
    text: str


class AccountsPages:
    """The list of accounts, and the page of each; `secret` is shown this once."""

    def __init__(self, accounts: AccountAdministration | None) -> None:
        self._accounts = accounts

    @property
    def accounts(self) -> AccountAdministration:
        """The accounts of this machine; raises WrongAccount where it has one user."""
        if self._accounts is None:
            raise WrongAccount(ALONE_HERE)
        return self._accounts

    def everybody(
        self, problem: str = "", status: int = HTTPStatus.OK, secret: Secret | None = None
    ) -> Response:
        """Everybody, and the form for one more."""
        return page(
            "accounts",
            "Comptes",
            status,
            problem=problem,
            secret=secret,
            alone="" if self._accounts else ALONE_HERE,
            members=self._accounts.members() if self._accounts else (),
            roles=UserRole,
        )

    def one(
        self,
        user: str,
        problem: str = "",
        status: int = HTTPStatus.OK,
        secret: Secret | None = None,
    ) -> Response:
        """The account of a pseudonym, with everything that may be done to it."""
        try:
            known = self.accounts.member(user)
        except WrongAccount as unknown:
            return self.everybody(str(unknown), HTTPStatus.NOT_FOUND)
        return page(
            "account",
            known.account.name or known.account.login,
            status,
            problem=problem,
            secret=secret,
            known=known,
            every_team=EVERY_TEAM,
            roles=UserRole,
            days=USUAL,
            most_days=most_days(known.account),
            at=at,
        )

    def login(self, user: str) -> str:
        """What the owner of a pseudonym types to come in; raises WrongAccount."""
        return self.accounts.member(user).account.login

    def changed(self, user: str, act: Callable[[str], object]) -> Response:
        """Do something to an account, by its login, and show it again."""
        return done(partial(self.one, user), f"{ROOT}/{user}", lambda: act(self.login(user)))

    def disable(self, login: str, *, by: str, disabled: bool) -> None:
        """Close an account, or open it again."""
        self.accounts.register.set_disabled(login, by, disabled=disabled)

    def told(self, shown: Callable[..., Response], what: str, act: Callable[[], str]) -> Response:
        """Do what makes a secret, and show it this once, or why it was not made."""
        try:
            return shown(secret=Secret(what, act()))
        except (AssistantError, IngestionError) as refusal:
            return shown(problem=str(refusal), status=HTTPStatus.CONFLICT)


def pages_of(request: Request) -> AccountsPages:
    """Those of the application of a request."""
    return AccountsPages(request.app.state.accounts)


Pages = Annotated[AccountsPages, Depends(pages_of)]
Roles = Annotated[Sequence[UserRole], Form()]
Days = Annotated[int, Form(ge=1, le=MOST_DAYS)]

account_routes = APIRouter(prefix=ROOT)
"""The pages of accounts and their forms; without accounts they say how to have some."""


@account_routes.get("")
def show_everybody(who: Who, pages: Pages) -> Response:
    """Everybody."""
    return pages.everybody()


@account_routes.get("/{user}")
def show_account(who: Who, pages: Pages, user: str) -> Response:
    """One account."""
    return pages.one(user)


@account_routes.post("")
def create(
    who: Who, pages: Pages, login: Text, name: Text = "", roles: Roles = (), teams: Text = ""
) -> Response:
    """Create an account, and make the link for its owner."""
    given = teams_of(_named(teams))
    return pages.told(
        pages.everybody,
        f"Lien pour choisir le mot de passe de {login}",
        lambda: pages.accounts.create(login.strip(), name, roles, given, who.user),
    )


def _named(teams: str) -> list[str]:
    """The teams of a field, whose names may have spaces."""
    return [name for each in teams.split(";") if (name := " ".join(each.split()))]


@account_routes.post("/{user}/invitation")
def invite(who: Who, pages: Pages, user: str) -> Response:
    """Make a link to choose another password."""
    return pages.told(
        partial(pages.one, user),
        "Lien pour choisir un autre mot de passe",
        lambda: pages.accounts.invite(pages.login(user), who.user),
    )


@account_routes.post("/{user}/roles")
def give_roles(who: Who, pages: Pages, user: str, roles: Roles = ()) -> Response:
    """Say what its owner may do."""
    return pages.changed(
        user, lambda login: pages.accounts.register.set_roles(login, roles, who.user)
    )


@account_routes.post("/{user}/equipes")
def give_teams(who: Who, pages: Pages, user: str, teams: Text = "") -> Response:
    """Say whose dossiers its owner sees."""
    given = teams_of(_named(teams))
    return pages.changed(
        user, lambda login: pages.accounts.register.set_teams(login, given, who.user)
    )


@account_routes.post("/{user}/fermer")
def close(who: Who, pages: Pages, user: str) -> Response:
    """Close it."""
    return pages.changed(user, partial(pages.disable, by=who.user, disabled=True))


@account_routes.post("/{user}/rouvrir")
def reopen(who: Who, pages: Pages, user: str) -> Response:
    """Open it again."""
    return pages.changed(user, partial(pages.disable, by=who.user, disabled=False))


@account_routes.post("/{user}/debloquer")
def unlock(who: Who, pages: Pages, user: str) -> Response:
    """End the lock that wrong passwords brought."""
    return pages.changed(user, lambda login: pages.accounts.register.unlock(login, who.user))


@account_routes.post("/{user}/sessions")
def close_sessions(who: Who, pages: Pages, user: str) -> Response:
    """Log its owner out everywhere."""
    return pages.changed(user, lambda login: pages.accounts.close_sessions(login, who.user))


@account_routes.post("/{user}/jetons")
def give_token(
    who: Who,
    pages: Pages,
    user: str,
    name: Text,
    roles: Roles = (),
    scope: Text = "all",
    dossiers: Text = "",
    days: Days = USUAL,
) -> Response:
    """Make a token for a program of its owner."""
    seen = None if scope == "all" else dossiers.split() if scope == "some" else []
    return pages.told(
        partial(pages.one, user),
        f"Jeton pour {name}, {days} jours",
        lambda: pages.accounts.give_token(
            pages.login(user), name, who.user, roles=roles, dossiers=seen, days=days
        ),
    )


@account_routes.post("/{user}/jetons/revoquer")
def revoke_token(who: Who, pages: Pages, user: str, token: Text) -> Response:
    """End a token."""
    return pages.changed(user, lambda login: pages.accounts.tokens.revoke(token, who.user))
