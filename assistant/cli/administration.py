"""`sourcier serve | mcp | backup | restore | migrate | doctor`: for who keeps this machine.

Door of rich, for these.
"""

import socket
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text
from typer import Context

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
from assistant.cli.usage import Actions
from assistant.errors import WrongSettings
from assistant.journal.journal import journal_of
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:
    from assistant.accounts.service import Accounts
    from assistant.operations.readiness import Requirement
    from assistant.tools.tool import Desk


LOOPBACK = "127.0.0.1"

WITHOUT_LAW = (
    "Les réponses citent nos fiches. Pour citer le code lui-même, que publie la DILA (sans compte "
    "ni clé) : sourcier law install"
)

EPILOG = """\
sans compte (par défaut) : la page n'est servie qu'à cette machine, à qui s'en sert.
avec comptes : dans settings.toml, dossier des données, écrivez
  access = "accounts"
  address = "https://sourcier.mairie.fr"    ce que tapent ceux qui sont ailleurs
  trusted_proxies = ["10.0.0.5"]             le mandataire, s'il est sur une autre machine
puis « sourcier serve --host 0.0.0.0 », derrière un serveur mandataire qui chiffre (HTTPS).
Le premier démarrage donne le lien du premier administrateur ; les autres : sourcier users --help
"""


app = Actions()


@app.action(
    "serve",
    "ouvre la page (http://127.0.0.1:7860)",
    "Sert la page sur cette machine seulement, et affiche son adresse.",
    EPILOG,
)
def _serve_pages(
    ctx: Context,
    port: int = option(
        "--port PORT",
        "port (défaut : 7860)",
        number(1, 65535, "un port (de 1 à 65535)"),
        default=7860,
    ),
    host: str = option(
        "--host ADRESSE",
        f"adresse servie (défaut : {LOOPBACK} ; toute autre demande des comptes)",
        default=LOOPBACK,
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
    from assistant.operations.monitoring import begin_logs

    begin_logs(settings.logs)
    address = settings.address or f"http://{LOOPBACK if host == '0.0.0.0' else host}:{port}"
    if workers > 1:
        return _serve_by_workers(ctx.obj, settings, host, port, address, workers)
    from assistant.web.app import serve  # gradio and the models take seconds to import
    from assistant.web.serving import load_site

    site = load_site(ctx.obj, settings)
    _welcome(ctx.obj, site.accounts, address)
    serve(site, host, port, settings.trusted_proxies)
    return 0


def _serve_by_workers(
    home: Path, settings: Settings, host: str, port: int, address: str, number: int
) -> int:
    """Start those who answer, and stand before them."""
    from assistant.accounts.service import open_accounts
    from assistant.web.workers import end_when_told, listen_before, working

    end_when_told()
    with working(home, settings, host, number) as workers:
        named = settings.access == "accounts"
        _welcome(home, open_accounts(home, journal_of(home)) if named else None, address)
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
    if address.startswith("http://") and LOOPBACK not in address:
        sys.stdout.write(
            "Attention : sans HTTPS, les mots de passe passent en clair sur le réseau. Placez un "
            "serveur mandataire qui chiffre devant Sourcier.\n"
        )


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


OK, BROKEN = 0, 1

BACKUP_EPILOG = """\
exemples :
  sourcier backup                                    sourcier-20261125-2130.tar, dans ce dossier
  sourcier backup --out /mnt/coffre/sourcier.tar
  sourcier restore /mnt/coffre/sourcier.tar --data /srv/sourcier

La sauvegarde tient le journal, les textes ajoutés, les dossiers, les comptes, les factures, les
réglages, les questions de contrôle et l'index en service. Elle contient des données à protéger.
Les modèles n'y sont pas : sourcier models pull. Ni ce que tient un serveur PostgreSQL (« store »,
« ledger ») : sauvegardez-le avec lui. Les questions continuent pendant qu'elle se fait.
"""


@app.action(
    "backup", "sauvegarde tout en un fichier, sans arrêter le service", epilog=BACKUP_EPILOG
)
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


@app.action("restore", "restaure une sauvegarde dans un dossier vide", epilog=BACKUP_EPILOG)
def _restore_all(
    ctx: Context,
    file: Path = argument("FICHIER", read=Path),
    place: Path | None = option(
        "--data DOSSIER", "où restaurer : un dossier vide (défaut : le dossier des données)", Path
    ),
    user: str = ACTING_USER,
) -> int:
    """Put everything back, verified; the exit code says whether something is wrong with it."""
    from assistant.publishing.backup import restore

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


MIGRATE_EPILOG = """\
exemples :
  sourcier migrate --to postgresql://sourcier@serveur/sourcier
  sourcier migrate --from postgresql://sourcier@serveur/sourcier     le retour, dans ce dossier

Copie les index gardés, le journal, les documents archivés, les dossiers et les comptes avec leurs
sessions et leurs jetons, puis les compare par leurs empreintes.
Arrêtez le service avant, et suivez ensuite ce que dit la commande : rien ne change tant que
« store » n'est pas changé dans settings.toml. Elle reprend où elle en était si elle est
interrompue. La base doit avoir l'extension pgvector (CREATE EXTENSION vector). Le mot de passe :
PGPASSWORD ou ~/.pgpass.
Restent dans le dossier : les textes ajoutés.
"""


@app.action(
    "migrate",
    "déplace index, journal et comptes vers un serveur PostgreSQL, ou en revient",
    epilog=MIGRATE_EPILOG,
)
def _migrate_all(
    ctx: Context,
    to: str = option("--to ADRESSE", "le serveur où les mettre", default=""),
    back: str = option("--from ADRESSE", "le serveur d'où les reprendre", default=""),
) -> int:
    from assistant.publishing.backup import migrate

    if bool(to) == bool(back):
        raise WrongSettings("Donnez --to ADRESSE, ou --from ADRESSE : postgresql://…")
    console, began = Terminal(), monotonic()
    with progress_bars(console) as bars:
        moved = migrate(ctx.obj, back, to, Steps(bars))
    console.print(
        Text(
            f"{len(moved.snapshots)} index, {moved.lines} lignes du journal, {moved.archived} "
            f"documents archivés, {moved.dossiers} dossiers et {moved.accounts} comptes, les "
            "mêmes aux deux endroits "
            f"(sha256 du journal : {moved.sha256}), en {monotonic() - began:.1f} s."
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

MCP_EPILOG = """\
à écrire dans les réglages de l'assistant (client MCP) :
  {"mcpServers": {"sourcier": {"command": "sourcier", "args": ["mcp"]}}}
avec un autre dossier de données : "args": ["--data", "/chemin", "mcp"]

Outils : ask, search_texts, article, calculate, dossier_fiche, dossier_review, ledger_question.
C'est l'assistant qui lance cette commande ; lancée à la main, elle attend des messages du
protocole. Le même service par le réseau local : sourcier serve, adresse http://127.0.0.1:7860/mcp
"""


@app.action(
    "mcp",
    "sert ses outils à un assistant qui parle MCP, par l'entrée standard",
    "Sert les outils de Sourcier à un assistant qui parle MCP (Model Context Protocol).",
    MCP_EPILOG,
)
def _serve_tools(ctx: Context) -> int:
    """Answer from the first message on, while the models are still being loaded."""
    from assistant.tools.server import serve_by_stdio  # takes a second to import

    serve_by_stdio(partial(_desk, ctx.obj))
    return 0


def _desk(home: Path) -> "Desk":
    """The desk of who uses this machine."""
    from assistant.container import load_assistant, load_embedder
    from assistant.web.serving import LocalBuyerService

    settings = load_settings(home)
    assistant = load_assistant(home, settings)
    return LocalBuyerService(home, assistant, partial(load_embedder, home, settings))


# `sourcier doctor`: the check of an installation.

DOCTOR_EPILOG = """\
exemples :
  sourcier doctor                      l'installation de ce compte
  sourcier doctor --oldest 30          en panne si l'index a plus de 30 jours
  sourcier doctor --json | jq '.requirements[] | select(.state != "ok")'

✓ en ordre   ! à savoir   ✗ à réparer : la ligne dit comment. Rien n'est modifié ; le service peut
tourner. Code de sortie : 0, ou 1 quand quelque chose est à réparer.
"""

_STATE_STYLES = {"ok": "green", "warning": "yellow", "broken": "red"}


@app.action(
    "doctor",
    "vérifie cette installation, et dit quoi faire",
    "Vérifie ce dont le service a besoin : programme, moteur, poids, index, disque, droits, port, "
    "accès, mises à jour, registre, horloge.",
    DOCTOR_EPILOG,
)
def _examine(
    ctx: Context,
    port: int = option(
        "--port PORT",
        "port du service (défaut : 7860)",
        number(1, 65535, "un port (de 1 à 65535)"),
        default=7860,
    ),
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
