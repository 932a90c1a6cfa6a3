"""The administrator's pages of accounts: who may come in, and what their programs hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from assistant.accounts.administration import AccountAdministration
from assistant.accounts.identity import EVERY_TEAM, Identity, UserRole, teams_of
from assistant.accounts.tokens import MOST_DAYS, USUAL
from assistant.errors import AssistantError, WrongAccount
from assistant.web.account_pages import at
from assistant.web.admin.answers import MISSING, REFUSED, SEEN, Text, done, page
from assistant.web.site import Reader
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
        self, problem: str = "", status: int = SEEN, secret: Secret | None = None
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
        self, user: str, problem: str = "", status: int = SEEN, secret: Secret | None = None
    ) -> Response:
        """The account of a pseudonym, with everything that may be done to it."""
        try:
            known = self.accounts.member(user)
        except WrongAccount as unknown:
            return self.everybody(str(unknown), MISSING)
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
            most_days=MOST_DAYS,
            at=at,
        )

    def changed(self, user: str, act: Callable[[str], object]) -> Response:
        """Do something to an account, by its login, and show it again."""

        def shown(problem: str, status: int) -> Response:
            return self.one(user, problem, status)

        return done(shown, f"{ROOT}/{user}", lambda: act(self.accounts.member(user).account.login))

    def told(self, shown: Callable[..., Response], what: str, act: Callable[[], str]) -> Response:
        """Do what makes a secret, and show it this once, or why it was not made."""
        try:
            return shown(secret=Secret(what, act()))
        except (AssistantError, IngestionError) as refusal:
            return shown(problem=str(refusal), status=REFUSED)


Roles = Annotated[Sequence[UserRole], Form()]


def account_routes(accounts: AccountAdministration | None, reader: Reader) -> APIRouter:
    """The pages of accounts and their forms; without accounts they say how to have some."""
    router = APIRouter(prefix=ROOT)
    pages = AccountsPages(accounts)
    add_members(router, pages, reader)
    add_changes(router, pages, reader)
    add_tokens(router, pages, reader)
    return router


def add_members(router: APIRouter, pages: AccountsPages, reader: Reader) -> None:
    """The list, one account, and what makes a link for its owner."""
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806 - a type

    @router.get("")
    def everybody(who: Who) -> Response:
        return pages.everybody()

    @router.get("/{user}")
    def one(who: Who, user: str) -> Response:
        return pages.one(user)

    @router.post("")
    def create(
        who: Who,
        login: Text,
        name: Text = "",
        roles: Roles = (),
        teams: Text = "",
    ) -> Response:
        what = f"Lien pour choisir le mot de passe de {login}"
        given = teams_of(teams.split())
        return pages.told(
            pages.everybody,
            what,
            lambda: pages.accounts.create(login.strip(), name, roles, given, who.user),
        )

    @router.post("/{user}/invitation")
    def invite(who: Who, user: str) -> Response:
        def link() -> str:
            return pages.accounts.invite(pages.accounts.member(user).account.login, who.user)

        def shown(**told: object) -> Response:
            return pages.one(user, **told)  # type: ignore[arg-type]

        return pages.told(shown, "Lien pour choisir un autre mot de passe", link)


def add_changes(router: APIRouter, pages: AccountsPages, reader: Reader) -> None:
    """What an account may do, and whether its owner may come in."""
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806 - a type

    @router.post("/{user}/roles")
    def give_roles(who: Who, user: str, roles: Roles = ()) -> Response:
        return pages.changed(
            user, lambda login: pages.accounts.register.set_roles(login, roles, who.user)
        )

    @router.post("/{user}/equipes")
    def give_teams(who: Who, user: str, teams: Text = "") -> Response:
        given = teams_of(teams.split())
        return pages.changed(
            user, lambda login: pages.accounts.register.set_teams(login, given, who.user)
        )

    @router.post("/{user}/fermer")
    def close(who: Who, user: str) -> Response:
        return pages.changed(user, lambda login: _disable(pages, login, who, disabled=True))

    @router.post("/{user}/rouvrir")
    def reopen(who: Who, user: str) -> Response:
        return pages.changed(user, lambda login: _disable(pages, login, who, disabled=False))

    @router.post("/{user}/debloquer")
    def unlock(who: Who, user: str) -> Response:
        return pages.changed(user, lambda login: pages.accounts.register.unlock(login, who.user))

    @router.post("/{user}/sessions")
    def close_sessions(who: Who, user: str) -> Response:
        return pages.changed(user, lambda login: pages.accounts.close_sessions(login, who.user))


def _disable(pages: AccountsPages, login: str, who: Identity, *, disabled: bool) -> None:
    pages.accounts.register.set_disabled(login, who.user, disabled=disabled)


def add_tokens(router: APIRouter, pages: AccountsPages, reader: Reader) -> None:
    """The tokens of someone's programs."""
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806 - a type
    Days = Annotated[int, Form(ge=1, le=MOST_DAYS)]  # noqa: N806 - a type

    @router.post("/{user}/jetons")
    def give(
        who: Who,
        user: str,
        name: Text,
        roles: Roles = (),
        scope: Text = "all",
        dossiers: Text = "",
        days: Days = USUAL,
    ) -> Response:
        seen = None if scope == "all" else dossiers.split() if scope == "some" else []

        def token() -> str:
            login = pages.accounts.member(user).account.login
            return pages.accounts.give_token(
                login, name, who.user, roles=roles, dossiers=seen, days=days
            )

        def shown(**told: object) -> Response:
            return pages.one(user, **told)  # type: ignore[arg-type]

        return pages.told(shown, f"Jeton pour {name}, {days} jours", token)

    @router.post("/{user}/jetons/revoquer")
    def revoke(who: Who, user: str, token: Text) -> Response:
        return pages.changed(user, lambda login: pages.accounts.tokens.revoke(token, who.user))
