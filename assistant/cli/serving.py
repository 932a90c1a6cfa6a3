"""`sourcier serve | worker`: the pages, and the builds that they ask for."""

import errno
import signal
import socket
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from typer import Context

from assistant.cli.actions import Actions
from assistant.cli.options import LAST_PORT, number, option, port_option
from assistant.errors import WrongSettings
from assistant.journal.journal import journal_of
from assistant.settings import LOOPBACK, Settings, load_settings
from ingestion.durable import in_words

if TYPE_CHECKING:
    from assistant.accounts.service import Accounts

HERE = "127.0.0.1"

WITHOUT_LAW = (
    "Les réponses citent nos fiches. Pour citer le code lui-même, que publie la DILA (sans compte "
    "ni clé) : sourcier law install"
)


app = Actions()


@app.action("serve")
def _serve_pages(
    ctx: Context,
    port: int = port_option("port"),
    host: str = option(
        "--host ADRESSE",
        f"adresse servie (défaut : {HERE} ; toute autre demande des comptes)",
        default=HERE,
    ),
    workers: int = option(
        "--workers NOMBRE",
        "processus qui répondent (défaut : 1) ; chacun tient le modèle de vecteurs en mémoire",
        number(1, 64, "un nombre de processus (de 1 à 64)"),
        default=1,
    ),
    place: Path | None = option("--place", "", Path, hidden=True),
) -> int:
    settings = load_settings(ctx.obj)
    _require_accounts(host, settings, ctx.obj)
    if place:
        return _work(ctx.obj, settings, host, place)
    _require_free(host, port)
    sys.stdout.write("Chargement des modèles et de l'index (quelques secondes)…\n")
    sys.stdout.flush()
    if workers > 1:
        return _serve_by_workers(ctx.obj, settings, host, port, workers)
    return _serve_alone(ctx.obj, settings, host, port)


def _serve_alone(home: Path, settings: Settings, host: str, port: int) -> int:
    from assistant.operations.monitoring import begin_logs
    from assistant.web.app import serve  # gradio and the models take seconds to import
    from assistant.web.serving import load_site

    begin_logs(settings.logs)
    site = load_site(home, settings)
    _welcome(home, site.accounts, _address(settings, host, port))
    serve(site, host, port, settings.trusted_proxies)
    return 0


def _address(settings: Settings, host: str, port: int) -> str:
    reached = HERE if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    return settings.address or f"http://{reached}:{port}"


def _serve_by_workers(home: Path, settings: Settings, host: str, port: int, number: int) -> int:
    """Start those who answer, and stand before them."""
    from assistant.accounts.service import open_accounts
    from assistant.operations.monitoring import begin_logs
    from assistant.web.workers import end_when_told, listen_before, working

    begin_logs(settings.logs)
    end_when_told()
    with working(home, settings, host, number) as workers:
        named = settings.access == "accounts"
        accounts = open_accounts(home, journal_of(home)) if named else None
        _welcome(home, accounts, _address(settings, host, port))
        listen_before(workers, host, port, settings.trusted_proxies)
    return 0


def _work(home: Path, settings: Settings, host: str, place: Path) -> int:
    """Answer behind the process that started this one."""
    from assistant.operations.monitoring import begin_logs
    from assistant.web.app import serve_at
    from assistant.web.serving import load_site
    from assistant.web.workers import end_with_parent, lent_beside

    end_with_parent()
    begin_logs(settings.logs)
    serve_at(load_site(home, settings, lent_beside(place)), host, place)
    return 0


def _welcome(home: Path, accounts: "Accounts | None", address: str) -> None:
    """Say what those who start the program must know, and where the page is."""
    _invite_first(accounts, address)
    from assistant.publishing.official_texts import is_law_indexed

    if not is_law_indexed(home):
        sys.stdout.write(f"{WITHOUT_LAW}\n")
    sys.stdout.write(f"Sourcier répond sur {address} (Ctrl+C pour arrêter)\n")
    sys.stdout.flush()


def _invite_first(accounts: "Accounts | None", address: str) -> None:
    """Give the link of the first administrator, once."""
    if accounts is None:
        sys.stdout.write("Sans compte : la page n'est servie qu'à cette machine.\n")
        return
    if token := accounts.register.first_administrator():
        sys.stdout.write(
            "Premier administrateur, compte « admin ». Choisissez son mot de passe, une seule "
            f"fois, avant trois jours :\n  {address}/invitation/{token}\n"
        )
    if address.startswith("http://") and urlsplit(address).hostname not in LOOPBACK:
        sys.stdout.write(
            "Attention : sans HTTPS, les mots de passe passent en clair sur le réseau. Placez un "
            "serveur mandataire qui chiffre devant Sourcier.\n"
        )


def _require_accounts(host: str, settings: Settings, home: Path) -> None:
    """Without accounts whoever reaches the page is its user: only this machine may reach it."""
    if settings.access != "accounts" and host not in LOOPBACK:
        raise WrongSettings(
            f"Sans comptes, la page n'est servie qu'à cette machine. Pour la servir sur {host}, "
            f'écrivez access = "accounts" dans {home / "settings.toml"}.'
        )


def _require_free(host: str, port: int) -> None:
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            is_named = not isinstance(error, socket.gaierror)
            why = in_words(error) if is_named else "ce nom n'est celui d'aucune adresse"
            raise WrongSettings(f"Impossible d'écouter sur {host}, port {port} : {why}.") from error
        other = port + 1 if port < LAST_PORT else port - 1
        raise WrongSettings(
            f"Le port {port} est déjà pris. Choisissez-en un autre : sourcier serve --port {other}"
        ) from error


@app.action("worker")
def _build_for_all(ctx: Context) -> int:
    from assistant.cli.index_build import build_ordered
    from assistant.operations.monitoring import begin_logs
    from assistant.publishing.build_queue import queue_of

    settings, queue = load_settings(ctx.obj), queue_of(ctx.obj)
    if queue is None:
        raise WrongSettings(
            "Sans serveur, chaque construction se fait là où elle est demandée. Pour une file : "
            f'store = "postgresql://…" dans {ctx.obj / "settings.toml"}.'
        )
    begin_logs(settings.logs)
    for stopping in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stopping, signal.SIG_DFL)  # at once: a build leaves nothing half done
    sys.stdout.write("Sourcier attend des constructions (Ctrl+C pour arrêter)\n")
    sys.stdout.flush()
    queue.work(partial(build_ordered, ctx.obj))
    return 0
