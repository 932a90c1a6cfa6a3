"""`sourcier users` and its tokens: who logs in, and what programs show. Door of rich for these."""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.table import Column, Table
from typer import BadParameter, Context

from assistant.accounts.account import Account, teams_of
from assistant.accounts.service import AccountAdministration, Accounts, KnownAccount, open_accounts
from assistant.accounts.tokens import MOST_DAYS, USUAL, ProgramToken
from assistant.cli.actions import Actions, SeveralValues
from assistant.cli.options import (
    AS_JSON_LIST,
    Terminal,
    argument,
    flag,
    number,
    one_of,
    option,
    print_json,
)
from assistant.identity import UserRole
from assistant.journal.journal import journal_of
from assistant.settings import load_settings

OK = 0
TERMINAL = "terminal"
"""Under this name the journal keeps what is done here."""


token_app = Actions("users token")
SCOPE = "ses seuls dossiers, par leurs identifiants (défaut : ceux que voit le compte)"
DAYS = option(
    "--days N",
    f"jours de validité, {MOST_DAYS} au plus (défaut : {USUAL})",
    number(1, MOST_DAYS, f"un nombre de jours entre 1 et {MOST_DAYS}"),
    default=USUAL,
)


@token_app.action("create", cls=SeveralValues)
def _create(
    ctx: Context,
    login: str = argument("COMPTE", "au nom de qui le programme demande"),
    name: str = option("--name NOM", "le programme qui tiendra le jeton", default=""),
    roles: list[UserRole] | None = option(
        "--roles RÔLE…", "défaut : acheteur, parmi ceux du compte", one_of(UserRole)
    ),
    dossiers: list[str] | None = option("--dossiers ID…", SCOPE),
    rules: bool = flag("--rules", "les règles seules, aucun dossier"),
    days: int = DAYS,
) -> int:
    accounts = _accounts(ctx)
    token = AccountAdministration(ctx.obj, accounts, "").give_token(
        login,
        name,
        TERMINAL,
        roles=roles or [UserRole.BUYER],
        dossiers=(dossiers or ()) if rules or dossiers else None,
        days=days,
    )
    return _done(f"Jeton de {login}, montré cette seule fois, pour {days} jours :\n  {token}")


@token_app.action("list")
def _list_tokens(
    ctx: Context,
    login: str = argument("COMPTE", "ceux de ce compte (défaut : tous)", default=""),
    as_json: bool = AS_JSON_LIST,
) -> int:
    accounts = _accounts(ctx)
    owners = {account.user: account for account in accounts.register.all()}
    found = [_token_fields(each, owners[each.user]) for each in accounts.tokens.all(login)]
    if as_json:
        print_json(found)
        return OK
    Terminal().print(_token_table(found) if found else "Aucun jeton en cours.")
    return OK


def _token_table(found: Sequence[Mapping[str, Any]]) -> Table:
    whole = [Column(name, no_wrap=True) for name in ("jeton", "jusqu'au", "servi le")]
    folded = [
        Column(name, min_width=len(name), overflow="fold")
        for name in ("compte", "programme", "rôles", "dossiers")
    ]
    table = Table(*whole, *folded, box=None)  # frames would leave no room in 80 columns
    for each in found:
        seen = "ceux du compte" if each["dossiers"] is None else ", ".join(each["dossiers"])
        days, roles = (each["until"], each["used"] or "jamais"), ", ".join(each["roles"])
        table.add_row(each["id"], *days, each["login"], each["name"], roles, seen or "aucun")
    return table


@token_app.action("revoke")
def _revoke_token(
    ctx: Context, token: str = argument("JETON", "son nom dans la liste : t-…")
) -> int:
    ended = _accounts(ctx).tokens.revoke(token, TERMINAL)
    return _done(f"Jeton {ended.id} révoqué.")


def _accounts(ctx: Context) -> Accounts:
    return open_accounts(ctx.obj, journal_of(ctx.obj))


def _token_fields(token: ProgramToken, owner: Account) -> dict[str, Any]:
    """What is told of a token; never the token itself."""
    return {
        "id": token.id,
        "login": owner.login,
        "name": token.name,
        "roles": sorted(token.roles),
        "dossiers": None if token.dossiers is None else sorted(token.dossiers),
        "created": _day(token.created),
        "until": _day(token.until),
        "used": None if token.used is None else _day(token.used),
    }


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).date().isoformat()


def _done(told: str) -> int:
    sys.stdout.write(f"{told}\n")
    return OK


# `sourcier users`: the accounts of those who log in.


def role(text: str) -> UserRole:
    """A role by its French name; raises BadParameter, which Typer reports."""
    try:
        return UserRole(text)
    except ValueError as error:
        known = ", ".join(UserRole)
        raise BadParameter(f"« {text} » n'est pas un rôle ({known})") from error


app = Actions("users")
LOGIN = argument("COMPTE", "ce que la personne tape pour entrer")


@app.action("list")
def _list_accounts(ctx: Context, as_json: bool = AS_JSON_LIST) -> int:
    found = administration_of(ctx).members()
    if as_json:
        print_json(list(map(_fields, found)))
        return OK
    table = Table("compte", "nom", "rôles", "équipes", "état", "sessions", "journal")
    for each in found:
        account, fields = each.account, _fields(each)
        teams = "toutes" if fields["teams"] is None else ", ".join(fields["teams"])
        values = (account.login, account.name, ", ".join(fields["roles"]), teams, fields["state"])
        table.add_row(*values, str(fields["sessions"]), account.user)
    none = "Aucun compte. Créez le premier : sourcier users add NOM --roles administrateur"
    Terminal().print(table if found else none)
    return OK


@app.action("add", cls=SeveralValues)
def _add(
    ctx: Context,
    login: str = LOGIN,
    name: str = option("--name NOM", "prénom et nom", default=""),
    roles: list[UserRole] | None = option("--roles RÔLE…", ", ".join(UserRole), role),
    teams: list[str] | None = option("--teams ÉQUIPE…", "équipes, ou '*' pour toutes"),
) -> int:
    given = roles or [UserRole.BUYER]
    administration = administration_of(ctx)
    link = administration.create(login, name, given, teams_of(teams or ()), TERMINAL)
    return _give_link(login, link)


@app.action("roles")
def _set_roles(
    ctx: Context,
    login: str = LOGIN,
    roles: list[UserRole] = argument("RÔLE", ", ".join(UserRole), role),
) -> int:
    administration_of(ctx).register.set_roles(login, roles, TERMINAL)
    return _done(f"Rôles de {login} : {', '.join(roles)}.")


@app.action("teams")
def _set_teams(
    ctx: Context,
    login: str = LOGIN,
    teams: list[str] | None = argument("ÉQUIPE", "aucune : plus aucune équipe", default=None),
) -> int:
    given = teams_of(teams or ())
    administration_of(ctx).register.set_teams(login, given, TERMINAL)
    told = "toutes" if given is None else ", ".join(sorted(given)) or "aucune"
    return _done(f"Équipes de {login} : {told}.")


@app.action("disable")
def _disable(ctx: Context, login: str = LOGIN) -> int:
    administration_of(ctx).register.set_disabled(login, TERMINAL, disabled=True)
    return _done(f"Compte {login} fermé, ses sessions aussi.")


@app.action("enable")
def _enable(ctx: Context, login: str = LOGIN) -> int:
    administration_of(ctx).register.set_disabled(login, TERMINAL, disabled=False)
    return _done(f"Compte {login} rouvert.")


@app.action("unlock")
def _unlock(ctx: Context, login: str = LOGIN) -> int:
    administration_of(ctx).register.unlock(login, TERMINAL)
    return _done(f"Compte {login} débloqué.")


@app.action("reset")
def _reset(ctx: Context, login: str = LOGIN) -> int:
    return _give_link(login, administration_of(ctx).invite(login, TERMINAL))


@app.action("revoke")
def _revoke(ctx: Context, login: str = LOGIN) -> int:
    closed = administration_of(ctx).close_sessions(login, TERMINAL)
    return _done(f"Sessions fermées : {closed}.")


app.add_typer(token_app, name="token")


def administration_of(ctx: Context) -> AccountAdministration:
    """The accounts of a data folder, as this command changes them."""
    accounts = open_accounts(ctx.obj, journal_of(ctx.obj))
    return AccountAdministration(ctx.obj, accounts, load_settings(ctx.obj).address)


def _fields(known: KnownAccount) -> dict[str, Any]:
    """What is told of an account; never its password."""
    account = known.account
    return {
        "login": account.login,
        "name": account.name,
        "user": account.user,
        "roles": sorted(account.roles),
        "teams": None if account.teams is None else sorted(account.teams),
        "state": known.state,
        "sessions": known.sessions,
    }


def _give_link(login: str, link: str) -> int:
    return _done(
        f"Lien pour choisir le mot de passe de {login}, à usage unique, trois jours :\n  {link}"
    )
