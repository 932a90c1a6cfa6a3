"""`sourcier serve`: the web pages."""

import argparse
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import WrongSettings
from assistant.journal import journal_of
from assistant.journal.retention import purge_daily
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:
    from assistant.page.site import Site

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
    from assistant.page.app import serve  # gradio and the models take seconds to import
    from assistant.serving import load_site

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
