"""`sourcier serve | users | backup | restore`: for who keeps this machine. Door of rich."""

import argparse
import json
import socket
import sys
import time
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from assistant.accounts.identity import EVERY_TEAM, Account, UserRole
from assistant.accounts.service import Accounts, open_accounts
from assistant.cli.index_build import add_user
from assistant.cli.options import Terminal
from assistant.errors import WrongSettings
from assistant.journal.journal import Journal, journal_of, purge_daily
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:
    from assistant.web.site import Site


# `sourcier serve`: the web pages.

LOOPBACK = "127.0.0.1"

EPILOG = """\
sans compte (par défaut) : la page n'est servie qu'à cette machine, à qui s'en sert.
avec comptes : dans settings.toml, dossier des données, écrivez
  access = "accounts"
  address = "https://sourcier.mairie.fr"    ce que tapent ceux qui sont ailleurs
  trusted_proxies = ["10.0.0.5"]             le mandataire, s'il est sur une autre machine
puis « sourcier serve --host 0.0.0.0 », derrière un serveur mandataire qui chiffre (HTTPS).
Le premier démarrage donne le lien du premier administrateur ; les autres : sourcier users --help
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "serve",
        help="ouvre la page (http://127.0.0.1:7860)",
        description="Sert la page sur cette machine seulement, et affiche son adresse.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--port", type=port_number, default=7860, help="port (défaut : %(default)s)"
    )
    parser.add_argument(
        "--host",
        default=LOOPBACK,
        metavar="ADRESSE",
        help="adresse servie (défaut : %(default)s ; toute autre demande des comptes)",
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    settings = load_settings(arguments.home)
    _require_accounts(arguments.host, settings, arguments.home)
    _require_free(arguments.host, arguments.port)
    sys.stdout.write("Chargement des modèles et de l'index (quelques secondes)…\n")
    sys.stdout.flush()
    from assistant.web.app import serve  # gradio and the models take seconds to import
    from assistant.web.serving import load_site

    site = load_site(arguments.home, settings)
    purge_daily(journal_of(arguments.home), settings.retention_months)
    local = f"http://{LOOPBACK if arguments.host == '0.0.0.0' else arguments.host}:{arguments.port}"
    address = settings.address or local
    _welcome(site, address)
    sys.stdout.write(f"Sourcier répond sur {address} (Ctrl+C pour arrêter)\n")
    sys.stdout.flush()
    serve(site, arguments.host, arguments.port, settings.trusted_proxies)
    return 0


def _welcome(site: "Site", address: str) -> None:
    """Say what those who start the program must know, and the link of the first administrator."""
    if site.accounts is None:
        sys.stdout.write("Sans compte : la page n'est servie qu'à cette machine.\n")
        return
    if token := site.accounts.register.first_administrator():
        sys.stdout.write(
            "Premier administrateur, compte « admin ». Choisissez son mot de passe, une seule "
            f"fois, avant trois jours :\n  {address}/invitation/{token}\n"
        )
    if address.startswith("http://") and LOOPBACK not in address:
        sys.stdout.write(
            "Attention : sans HTTPS, les mots de passe passent en clair sur le réseau. Placez un "
            "serveur mandataire qui chiffre devant Sourcier.\n"
        )


def port_number(text: str) -> int:
    """A TCP port; raises ArgumentTypeError, which argparse reports."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas un port (de 1 à 65535)")
    return int(text)


def _require_accounts(host: str, settings: Settings, home: Path) -> None:
    """Without accounts whoever reaches the page is its user: only this machine may reach it."""
    if settings.access != "accounts" and host not in (LOOPBACK, "localhost"):
        raise WrongSettings(
            f"Sans comptes, la page n'est servie qu'à cette machine. Pour la servir sur {host}, "
            f'écrivez access = "accounts" dans {home / "settings.toml"}.'
        )


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise WrongSettings(
                f"Le port {port} est déjà pris. Choisissez-en un autre : "
                f"sourcier serve --port {port + 1}"
            ) from error


# `sourcier users`: the accounts of those who log in. Door of rich, for these.

OK = 0
TERMINAL = "terminal"
"""Under this name the journal keeps what is done here."""

USERS_EPILOG = """\
exemples :
  sourcier users add ana --name "Ana Silva" --roles acheteur --teams voirie ecoles
  sourcier users roles ana acheteur referent
  sourcier users teams ana '*'              tous les dossiers
  sourcier users reset ana                  un nouveau lien pour choisir un mot de passe
  sourcier users disable ana                ferme le compte et ses sessions, tout de suite

Les comptes servent quand settings.toml dit access = "accounts" : voir sourcier serve --help
"""


def register_users(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "users",
        help="les comptes de ceux qui se connectent",
        description="Crée, change, ferme les comptes ; chaque acte est au journal et vaut tout de "
        "suite.",
        epilog=USERS_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="les comptes de cette machine")
    listing.add_argument("--json", action="store_true", help="du JSON, pour les programmes")
    listing.set_defaults(run=_list)
    listed: dict[str, Any] = {"metavar": "RÔLE", "help": ", ".join(UserRole)}
    adding = _action(actions, "add", "crée un compte, et donne le lien pour y entrer", _add)
    adding.add_argument("--name", default="", help="prénom et nom")
    adding.add_argument("--roles", nargs="+", type=role, default=[UserRole.BUYER], **listed)
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


def role(text: str) -> UserRole:
    """A role by its French name; raises ArgumentTypeError, which argparse reports."""
    try:
        return UserRole(text)
    except ValueError as error:
        known = ", ".join(UserRole)
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


# `sourcier backup | restore`: everything in one file, and back. Door of rich, for these.

BACKUP_OK, BROKEN = 0, 1

BACKUP_EPILOG = """\
exemples :
  sourcier backup                                    sourcier-20261125-2130.tar, dans ce dossier
  sourcier backup --out /mnt/coffre/sourcier.tar
  sourcier restore /mnt/coffre/sourcier.tar --data /srv/sourcier

La sauvegarde tient le journal, les textes ajoutés, les dossiers, les comptes, les factures, les
réglages, les questions de contrôle et l'index en service. Elle contient des données à protéger.
Les modèles n'y sont pas : sourcier models pull. Les questions continuent pendant qu'elle se fait.
"""


def register_backup(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the two commands."""
    saving = subparsers.add_parser(
        "backup",
        help="sauvegarde tout en un fichier, sans arrêter le service",
        epilog=BACKUP_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    saving.add_argument(
        "--out", type=Path, metavar="FICHIER", help="défaut : daté, dans ce dossier"
    )
    add_user(saving)
    saving.set_defaults(run=_back_up)
    restoring = subparsers.add_parser(
        "restore",
        help="restaure une sauvegarde dans un dossier vide",
        epilog=BACKUP_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    restoring.add_argument("file", type=Path, metavar="FICHIER")
    restoring.add_argument(
        "--data",
        dest="home",
        type=Path,
        default=argparse.SUPPRESS,
        metavar="DOSSIER",
        help="où restaurer : un dossier vide (défaut : le dossier des données)",
    )
    add_user(restoring)
    restoring.set_defaults(run=_restore)


def _back_up(arguments: argparse.Namespace) -> int:
    from assistant.publishing.backup import back_up, backup_name

    home, console, began = arguments.home, Terminal(), monotonic()
    path = arguments.out or Path(backup_name(datetime.now()))
    with console.status("Sauvegarde…"):
        made = back_up(home, path, Journal(home / "journal.jsonl"), arguments.user)
    console.print(
        Text(
            f"{made.path} : {made.files} fichiers, {made.size / 1e6:.0f} Mo, en "
            f"{monotonic() - began:.1f} s."
        )
    )
    return BACKUP_OK


def _restore(arguments: argparse.Namespace) -> int:
    from assistant.publishing.backup import restore

    console, began = Terminal(), monotonic()
    with console.status("Restauration et vérification…"):
        found = restore(arguments.file, arguments.home, arguments.user)
    console.print(
        Text(
            f"{arguments.home} : {found.files} fichiers restaurés et vérifiés, "
            f"{len(found.indexes)} index, {found.entries} enregistrements au journal, "
            f"en {monotonic() - began:.1f} s."
        )
    )
    for problem in found.problems:
        console.print(Text(problem, style="red"))
    return BROKEN if found.problems else BACKUP_OK
