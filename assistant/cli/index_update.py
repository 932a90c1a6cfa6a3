"""`sourcier index update`: what is new in a watched folder becomes a candidate, for a timer.

Door of rich, for this action.
"""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console

from assistant.administration.schedule import Schedule, schedule_of
from assistant.cli import adding, index_build
from assistant.cli.fetching import PROCUREMENT_CODE
from assistant.cli.index_gate import OK, add_user
from assistant.cli.terminal import Terminal
from assistant.errors import WrongSettings
from assistant.settings import load_settings
from ingestion.durable import replace_bytes
from ingestion.library import Library
from ingestion.official.article import TEXT_ID

EPILOG = """\
dans settings.toml, au dossier des données :
  update_at = "02:30"               chaque jour à cette heure
  update_from = "/srv/textes"       fichiers et archives LEGI déposés là

L'heure est tenue par systemd, ou par cron :
  sourcier index update --units     les deux unités à installer
  30 2 * * * sourcier index update
"""


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action."""
    parser = actions.add_parser(
        "update",
        help="construit un candidat des textes nouveaux d'un dossier surveillé",
        description="Ajoute ce qui est nouveau dans le dossier surveillé et construit un index "
        "candidat, qui attend une décision : rien n'entre en service sans quelqu'un.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--units", action="store_true", help="affiche les unités systemd")
    add_user(parser)
    parser.set_defaults(run=_run, no_publish=True)


def _run(arguments: argparse.Namespace) -> int:
    home, schedule = arguments.home, schedule_of(load_settings(arguments.home))
    if schedule is None:
        raise WrongSettings(
            f"Aucun dossier n'est surveillé. Écrivez dans {home / 'settings.toml'} : "
            'update_at = "02:30" et update_from = "/srv/textes".'
        )
    if arguments.units:
        command = (sys.executable, "-m", "assistant.cli", "--data", str(home.absolute()))
        sys.stdout.write(schedule.units(command))
        return OK
    code = _take_in(home, schedule, Terminal())
    return max(code, index_build.run(arguments))


def _take_in(home: Path, schedule: Schedule, console: Console) -> int:
    """Add the files of the folder, and the archives that were not taken yet."""
    folder = Path(schedule.folder)
    if not folder.is_dir():
        raise WrongSettings(f"Le dossier surveillé {folder} n'existe pas.")
    archives, files = adding.found_in([folder])
    taken = _taken(home)
    fresh = [archive for archive in archives if _mark(archive) not in taken]
    if not files and not fresh:
        return OK
    decisions = adding.local_decisions(home)
    texts = _texts(home)
    changes = adding.read(fresh, texts, console) if fresh else ()
    code = adding.add_changes(home, changes, texts, files, console, decisions)
    marks = sorted(taken | {_mark(archive) for archive in fresh})
    replace_bytes(home / "updates.json", json.dumps(marks).encode())
    return code


def _texts(home: Path) -> list[str]:
    """The official texts that the library has: a daily archive holds changes of all the law."""
    names = (Path(entry.source).stem for entry in Library(home).entries)
    return [name for name in names if TEXT_ID.fullmatch(name)] or [PROCUREMENT_CODE]


def _taken(home: Path) -> set[str]:
    path = home / "updates.json"
    return set(json.loads(path.read_bytes())) if path.exists() else set()


def _mark(archive: Path) -> str:
    """What tells an archive from another: LEGI names them by their moment."""
    return f"{archive.name} {archive.stat().st_size}"
