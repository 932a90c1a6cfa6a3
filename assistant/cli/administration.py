"""`sourcier serve | worker | mcp | backup | restore | migrate | doctor`: who keeps this machine.

Door of rich, for these.
"""

import errno
import signal
import socket
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text
from typer import Context

from assistant.cli.command import Actions
from assistant.cli.options import (
    ACTING_USER,
    Steps,
    Terminal,
    argument,
    flag,
    number,
    option,
    print_json,
    progress_bars,
)
from assistant.errors import WrongSettings
from assistant.journal.journal import journal_of
from assistant.settings import LOOPBACK, Settings, load_settings
from ingestion.durable import in_words

if TYPE_CHECKING:
    from assistant.accounts.service import Accounts
    from assistant.operations.readiness import Requirement
    from assistant.tools.tool import ToolService


HERE = "127.0.0.1"
LAST_PORT = 65535

WITHOUT_LAW = (
    "Les réponses citent nos fiches. Pour citer le code lui-même, que publie la DILA (sans compte "
    "ni clé) : sourcier law install"
)


app = Actions()


def _port(told: str) -> Any:  # noqa: ANN401 - as Typer's
    reads = number(1, LAST_PORT, f"un port (de 1 à {LAST_PORT})")
    return option("--port PORT", f"{told} (défaut : 7860)", reads, default=7860)


@app.action("serve")
def _serve_pages(
    ctx: Context,
    port: int = _port("port"),
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
    from assistant.publishing.upkeep import is_law_indexed

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


OK, BROKEN = 0, 1


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
    return OK


@app.action("backup")
def _back_up_all(
    ctx: Context,
    out: Path | None = option("--out FICHIER", "défaut : daté, dans ce dossier", Path),
    user: str = ACTING_USER,
) -> int:
    from assistant.publishing.backup import back_up, backup_name

    home, console, began = ctx.obj, Terminal(), monotonic()
    path = out or Path(backup_name(datetime.now()))
    with console.status("Sauvegarde…"):
        made = back_up(home, path, journal_of(home), user)
    console.print(
        Text(
            f"{made.path} : {made.files} fichiers, {made.size / 1e6:.0f} Mo, en "
            f"{monotonic() - began:.1f} s."
        )
    )
    return OK


@app.action("restore", like="backup")
def _restore_all(
    ctx: Context,
    file: Path = argument("FICHIER", read=Path),
    place: Path | None = option(
        "--data DOSSIER", "où restaurer : un dossier vide (défaut : le dossier des données)", Path
    ),
    user: str = ACTING_USER,
) -> int:
    """Put everything back, verified; the exit code says whether something is wrong with it."""
    from assistant.publishing.restoration import restore

    home, console, began = place or ctx.obj, Terminal(), monotonic()
    with console.status("Restauration et vérification…"):
        found = restore(file, home, user)
    console.print(
        Text(
            f"{home} : {found.files} fichiers restaurés et vérifiés, {len(found.indexes)} index, "
            f"{found.entries} enregistrements au journal, en {monotonic() - began:.1f} s."
        )
    )
    for problem in found.problems:
        console.print(Text(problem, style="red"))
    return BROKEN if found.problems else OK


@app.action("migrate")
def _migrate_all(
    ctx: Context,
    to: str = option("--to ADRESSE", "le serveur où les mettre", default=""),
    back: str = option("--from ADRESSE", "le serveur d'où les reprendre", default=""),
) -> int:
    from assistant.publishing.migration import migrate

    if bool(to) == bool(back):
        raise WrongSettings("Donnez --to ADRESSE, ou --from ADRESSE : postgresql://…")
    console, began = Terminal(), monotonic()
    with progress_bars(console) as bars:
        moved = migrate(ctx.obj, back, to, Steps(bars))
    console.print(
        Text(
            f"{len(moved.snapshots)} index, {moved.lines} lignes du journal, {moved.archived} "
            f"documents archivés, {moved.files} fichiers ajoutés, {moved.dossiers} dossiers et "
            f"{moved.accounts} comptes, les mêmes aux deux endroits (sha256 du journal : "
            f"{moved.sha256}), en {monotonic() - began:.1f} s."
        )
    )
    console.print(Text(_next_setting(ctx.obj, to)))
    return OK


def _next_setting(home: Path, to: str) -> str:
    """What is to be written in the settings for the other place to be used."""
    path = home / "settings.toml"
    if to:
        return f'Pour vous en servir, écrivez dans {path} : store = "{to}"'
    return f"Pour vous en servir, retirez la ligne « store » de {path}."


# `sourcier mcp`: the tools, served by standard input and output to who starts it.


@app.action("mcp")
def _serve_tools(ctx: Context) -> int:
    """Answer from the first message on, while the models are still being loaded."""
    from assistant.tools.server import serve_by_stdio  # takes a second to import

    serve_by_stdio(partial(_service, ctx.obj))
    return 0


def _service(home: Path) -> "ToolService":
    """The service of who uses this machine."""
    from assistant.container import load_assistant, load_embedder
    from assistant.web.serving import LocalBuyerService

    settings = load_settings(home)
    assistant = load_assistant(home, settings)
    return LocalBuyerService(home, assistant, partial(load_embedder, home, settings))


# `sourcier doctor`: the check of an installation.


_STATE_STYLES = {"ok": "green", "warning": "yellow", "broken": "red"}


@app.action("doctor")
def _examine(
    ctx: Context,
    port: int = _port("port du service"),
    oldest: int | None = option(
        "--oldest JOURS",
        "âge que l'index ne doit pas dépasser (défaut : signalé après 90 jours)",
        number(1, 10000, "un nombre de jours"),
    ),
    as_json: bool = flag("--json", "un objet JSON, pour les programmes"),
) -> int:
    """Examine, tell, and say by the exit code whether something is to be repaired."""
    from assistant.container import chosen_embedder  # takes seconds to import
    from assistant.operations.checkup import Installation, examine
    from assistant.operations.readiness import holds, requirement_fields

    limit = timedelta(days=oldest) if oldest else None
    place = Installation(ctx.obj, port, partial(chosen_embedder, ctx.obj), limit)
    columns = TextColumn("Vérification : {task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Terminal(is_stderr=True), transient=True) as bar:
        task = bar.add_task("…", total=None)

        def begun(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=total)

        found = tuple(examine(place, begun))
    if as_json:
        print_json({"status": "ok" if holds(found) else "broken", **requirement_fields(found)})
    else:
        _show_checked(found)
    return OK if holds(found) else BROKEN


def _show_checked(found: "Sequence[Requirement]") -> None:
    console = Terminal()
    for each in found:
        line = Text.assemble(
            (each.state.mark, _STATE_STYLES[each.state]), f" {each.name} : {each.told}"
        )
        console.print(line, soft_wrap=True)
        if each.remedy:
            console.print(Text(f"    → {each.remedy}"), soft_wrap=True)
    wrong = sum(each.state == "broken" for each in found)
    told = f"{wrong} à réparer." if wrong else "Rien n'est à réparer."
    console.print(Text(told, style="bold"))
