"""`sourcier backup | restore`: everything in one file, and back. Door of rich, for these."""

import argparse
from datetime import datetime
from pathlib import Path
from time import monotonic

from rich.text import Text

from assistant.cli.index_gate import add_user
from assistant.cli.terminal import Terminal
from assistant.journal import Journal

OK, BROKEN = 0, 1

EPILOG = """\
exemples :
  sourcier backup                                    sourcier-20261125-2130.tar, dans ce dossier
  sourcier backup --out /mnt/coffre/sourcier.tar
  sourcier restore /mnt/coffre/sourcier.tar --data /srv/sourcier

La sauvegarde tient le journal, les textes ajoutés, les dossiers, les comptes, les factures, les
réglages, les questions de contrôle et l'index en service. Elle contient des données à protéger.
Les modèles n'y sont pas : sourcier models pull. Les questions continuent pendant qu'elle se fait.
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the two commands."""
    saving = subparsers.add_parser(
        "backup",
        help="sauvegarde tout en un fichier, sans arrêter le service",
        epilog=EPILOG,
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
        epilog=EPILOG,
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
    from assistant.administration.backup import back_up, backup_name

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
    return OK


def _restore(arguments: argparse.Namespace) -> int:
    from assistant.administration.restoring import restore

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
    return BROKEN if found.problems else OK
