"""`sourcier users token`: what programs show to ask in someone's name. Door of rich, for these."""

import sys
from datetime import datetime
from typing import Any

from rich.table import Column, Table
from typer import Context

from assistant.accounts.administration import AccountAdministration
from assistant.accounts.identity import Account, UserRole
from assistant.accounts.service import Accounts, open_accounts
from assistant.accounts.tokens import MOST_DAYS, USUAL, ProgramToken
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
from assistant.cli.usage import Actions, SeveralValues
from assistant.journal.journal import journal_of

OK = 0
TERMINAL = "terminal"
"""Under this name the journal keeps what is done here."""

TOKENS_EPILOG = """\
exemples :
  sourcier users token create ana --name "Open WebUI"
  sourcier users token create ana --name "Suivi" --dossiers parcs-2026 --days 30
  sourcier users token create ana --name "Veille" --rules
  sourcier users token list ana
  sourcier users token revoke t-1a2b3c4d

Un programme le présente par l'en-tête « Authorization: Bearer JETON ». Il ne peut rien que son
propriétaire ne puisse : fermer le compte, lui ôter un rôle ou une équipe vaut pour ses jetons.
"""

app = Actions(
    "Les jetons des programmes : montrés une fois, gardés hachés, révocables tout de suite.",
    TOKENS_EPILOG,
)
SCOPE = "ses seuls dossiers, par leurs identifiants (défaut : ceux que voit le compte)"


@app.action("create", "donne un jeton à un programme, au nom d'un compte", cls=SeveralValues)
def _create(
    ctx: Context,
    login: str = argument("COMPTE", "au nom de qui le programme demande"),
    name: str = option("--name NOM", "le programme qui tiendra le jeton", default=""),
    roles: list[UserRole] | None = option(
        "--roles RÔLE…", "défaut : acheteur, parmi ceux du compte", one_of(UserRole)
    ),
    dossiers: list[str] | None = option("--dossiers ID…", SCOPE),
    rules: bool = flag("--rules", "les règles seules, aucun dossier"),
    days: int = option(
        "--days N",
        f"jours de validité, {MOST_DAYS} au plus (défaut : {USUAL})",
        number(1, MOST_DAYS, f"un nombre de jours entre 1 et {MOST_DAYS}"),
        default=USUAL,
    ),
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


@app.action("list", "les jetons en cours")
def _list_tokens(
    ctx: Context,
    login: str = argument("COMPTE", "ceux de ce compte (défaut : tous)", default=""),
    as_json: bool = AS_JSON_LIST,
) -> int:
    accounts = _accounts(ctx)
    owners = {account.user: account for account in accounts.register.all()}
    found = [_fields(each, owners[each.user]) for each in accounts.tokens.all(login)]
    if as_json:
        print_json(found)
        return OK
    whole = [Column(name, no_wrap=True) for name in ("jeton", "jusqu'au", "servi le")]
    table = Table(*whole, "compte", "programme", "rôles", "dossiers")
    for each in found:
        seen = "ceux du compte" if each["dossiers"] is None else ", ".join(each["dossiers"])
        table.add_row(
            each["id"],
            each["until"],
            each["used"] or "jamais",
            each["login"],
            each["name"],
            ", ".join(each["roles"]),
            seen or "aucun",
        )
    Terminal().print(table if found else "Aucun jeton en cours.")
    return OK


@app.action("revoke", "met fin à un jeton, tout de suite")
def _revoke(ctx: Context, token: str = argument("JETON", "son nom dans la liste : t-…")) -> int:
    ended = _accounts(ctx).tokens.revoke(token, TERMINAL)
    return _done(f"Jeton {ended.id} révoqué.")


def _accounts(ctx: Context) -> Accounts:
    return open_accounts(ctx.obj, journal_of(ctx.obj))


def _fields(token: ProgramToken, owner: Account) -> dict[str, Any]:
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
