"""`sourcier users`: the accounts of those who log in. Door of rich, for these."""

import argparse
import json
import sys
import time
from collections.abc import Collection
from typing import Any

from rich.table import Table

from assistant.accounts.account import EVERY_TEAM, Account
from assistant.accounts.parts import Accounts, open_accounts
from assistant.cli.terminal import Terminal
from assistant.identity import Role
from assistant.journal import Journal
from assistant.settings import load_settings

OK = 0
TERMINAL = "terminal"
"""Under this name the journal keeps what is done here."""

EPILOG = """\
exemples :
  sourcier users add ana --name "Ana Silva" --roles acheteur --teams voirie ecoles
  sourcier users roles ana acheteur referent
  sourcier users teams ana '*'              tous les dossiers
  sourcier users reset ana                  un nouveau lien pour choisir un mot de passe
  sourcier users disable ana                ferme le compte et ses sessions, tout de suite

Les comptes servent quand settings.toml dit access = "accounts" : voir sourcier serve --help
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "users",
        help="les comptes de ceux qui se connectent",
        description="Crée, change, ferme les comptes ; chaque acte est au journal et vaut tout de "
        "suite.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="les comptes de cette machine")
    listing.add_argument("--json", action="store_true", help="du JSON, pour les programmes")
    listing.set_defaults(run=_list)
    listed: dict[str, Any] = {"metavar": "RÔLE", "help": ", ".join(Role)}
    adding = _action(actions, "add", "crée un compte, et donne le lien pour y entrer", _add)
    adding.add_argument("--name", default="", help="prénom et nom")
    adding.add_argument("--roles", nargs="+", type=role, default=[Role.BUYER], **listed)
    adding.add_argument("--teams", nargs="*", default=[], help="équipes, ou '*' pour toutes")
    roles = _action(actions, "roles", "donne d'autres rôles", _roles)
    roles.add_argument("roles", nargs="+", type=role, **listed)
    teams = _action(actions, "teams", "donne d'autres équipes", _teams)
    teams.add_argument("teams", nargs="*", metavar="ÉQUIPE", help="aucune : plus aucune équipe")
    _action(actions, "disable", "ferme un compte et ses sessions", _disable)
    _action(actions, "enable", "rouvre un compte", _enable)
    _action(actions, "unlock", "débloque un compte après cinq échecs", _unlock)
    _action(actions, "reset", "oublie le mot de passe, et donne un nouveau lien", _reset)
    _action(actions, "revoke", "ferme toutes les sessions d'un compte", _revoke)


def _action(actions: Any, name: str, told: str, run: Any) -> argparse.ArgumentParser:  # noqa: ANN401
    action: argparse.ArgumentParser = actions.add_parser(name, help=told)
    action.add_argument("login", metavar="COMPTE", help="ce que la personne tape pour entrer")
    action.set_defaults(run=run)
    return action


def role(text: str) -> Role:
    """A role by its French name; raises ArgumentTypeError, which argparse reports."""
    try:
        return Role(text)
    except ValueError as error:
        known = ", ".join(Role)
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas un rôle ({known})") from error


def _list(arguments: argparse.Namespace) -> int:
    accounts = _accounts(arguments)
    found = accounts.register.all()
    if arguments.json:
        described = [_fields(accounts, account) for account in found]
        sys.stdout.write(json.dumps(described, ensure_ascii=False, indent=2) + "\n")
        return OK
    table = Table("compte", "nom", "rôles", "équipes", "état", "sessions", "journal")
    for account in found:
        fields = _fields(accounts, account)
        teams = "toutes" if fields["teams"] is None else ", ".join(fields["teams"])
        values = (account.login, account.name, ", ".join(fields["roles"]), teams, fields["state"])
        table.add_row(*values, str(fields["sessions"]), account.user)
    none = "Aucun compte. Créez le premier : sourcier users add NOM --roles administrateur"
    Terminal().print(table if found else none)
    return OK


def _add(arguments: argparse.Namespace) -> int:
    teams = _named(arguments.teams)
    token = _accounts(arguments).register.create(
        arguments.login, arguments.name, arguments.roles, teams, TERMINAL
    )
    return _give_link(arguments, token)


def _roles(arguments: argparse.Namespace) -> int:
    _accounts(arguments).register.set_roles(arguments.login, arguments.roles, TERMINAL)
    return _done(f"Rôles de {arguments.login} : {', '.join(arguments.roles)}.")


def _teams(arguments: argparse.Namespace) -> int:
    teams = _named(arguments.teams)
    _accounts(arguments).register.set_teams(arguments.login, teams, TERMINAL)
    told = "toutes" if teams is None else ", ".join(sorted(teams)) or "aucune"
    return _done(f"Équipes de {arguments.login} : {told}.")


def _disable(arguments: argparse.Namespace) -> int:
    _accounts(arguments).register.set_disabled(arguments.login, TERMINAL, disabled=True)
    return _done(f"Compte {arguments.login} fermé, ses sessions aussi.")


def _enable(arguments: argparse.Namespace) -> int:
    _accounts(arguments).register.set_disabled(arguments.login, TERMINAL, disabled=False)
    return _done(f"Compte {arguments.login} rouvert.")


def _unlock(arguments: argparse.Namespace) -> int:
    _accounts(arguments).register.unlock(arguments.login, TERMINAL)
    return _done(f"Compte {arguments.login} débloqué.")


def _reset(arguments: argparse.Namespace) -> int:
    return _give_link(arguments, _accounts(arguments).register.invite(arguments.login, TERMINAL))


def _revoke(arguments: argparse.Namespace) -> int:
    accounts = _accounts(arguments)
    account = accounts.register.get(arguments.login)
    closed = accounts.sessions.revoke(account.user, by=TERMINAL)
    return _done(f"Sessions fermées : {closed}.")


def _accounts(arguments: argparse.Namespace) -> Accounts:
    return open_accounts(arguments.home, Journal(arguments.home / "journal.jsonl"))


def _named(teams: Collection[str]) -> frozenset[str] | None:
    """The teams as an account keeps them: None for all of them."""
    return None if EVERY_TEAM in teams else frozenset(teams)


def _fields(accounts: Accounts, account: Account) -> dict[str, Any]:
    """What is told of an account; never its password."""
    return {
        "login": account.login,
        "name": account.name,
        "user": account.user,
        "roles": sorted(account.roles),
        "teams": None if account.teams is None else sorted(account.teams),
        "state": _state(account),
        "sessions": len(accounts.sessions.of(account.user)),
    }


def _state(account: Account) -> str:
    if account.is_disabled:
        return "fermé"
    if account.locked_until > time.time():
        return "bloqué"
    return "ouvert" if account.password or account.subject else "invité"


def _give_link(arguments: argparse.Namespace, token: str) -> int:
    address = load_settings(arguments.home).address or "http://127.0.0.1:7860"
    return _done(
        f"Lien pour choisir le mot de passe de {arguments.login}, à usage unique, trois jours :\n"
        f"  {address.rstrip('/')}/invitation/{token}"
    )


def _done(told: str) -> int:
    sys.stdout.write(f"{told}\n")
    return OK
