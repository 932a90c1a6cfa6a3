"""`sourcier serve`: the web pages."""

import argparse
import socket
import sys

from assistant.errors import WrongSettings
from assistant.settings import load_settings


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "serve",
        help="ouvre la page (http://127.0.0.1:7860)",
        description="Sert la page sur cette machine seulement, et affiche son adresse.",
    )
    parser.add_argument(
        "--port", type=port_number, default=7860, help="port (défaut : %(default)s)"
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    _require_free(arguments.port)
    sys.stdout.write("Chargement des modèles et de l'index (quelques secondes)…\n")
    sys.stdout.flush()
    from assistant.page.app import serve  # gradio and the models take seconds to import
    from assistant.wiring import load_site

    site = load_site(arguments.home, load_settings(arguments.home))
    sys.stdout.write(
        f"Sourcier répond sur http://127.0.0.1:{arguments.port} (Ctrl+C pour arrêter)\n"
    )
    sys.stdout.flush()
    serve(site, "127.0.0.1", arguments.port)
    return 0


def port_number(text: str) -> int:
    """A TCP port; raises ArgumentTypeError, which argparse reports."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas un port (de 1 à 65535)")
    return int(text)


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise WrongSettings(
                f"Le port {port} est déjà pris. Choisissez-en un autre : "
                f"sourcier serve --port {port + 1}"
            ) from error
