"""`sourcier models list | pull | verify`. Door of rich, for this command."""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from assistant.cli.options import Terminal
from ingestion.errors import ModelUnavailable
from ingestion.models.catalogue import (
    Catalogue,
    Model,
    WeightsState,
    load_catalogue,
    models_folder,
    state,
)
from ingestion.models.pull import Progress as Report
from ingestion.models.pull import pull

OK, BROKEN, USAGE = 0, 1, 2
LINE_SECONDS = 5.0
WIDE = 110  # columns from which the description of each model has room

EPILOG = """\
exemples :
  sourcier models pull                       les deux modèles par défaut
  sourcier models pull ministral-3-3b        un modèle du catalogue
  sourcier models pull --from /media/cle     depuis un dossier, sans réseau
  sourcier models verify                     relit chaque octet et compare les empreintes
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command; `args.home` comes from the parent parser."""
    parser = subparsers.add_parser(
        "models",
        help="modèles : ce qui existe, téléchargement, vérification",
        description="Les modèles de langue et de vecteurs : catalogue, téléchargement, empreintes.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="le catalogue et ce qui est sur cette machine")
    listing.set_defaults(run=_list)
    pulling = actions.add_parser(
        "pull",
        help="télécharge et vérifie des modèles ; relancé, continue là où il en était",
        description="Télécharge des modèles, vérifie leur empreinte et les range. "
        "Interrompu, il continue là où il en était quand on le relance.",
    )
    pulling.add_argument("names", nargs="*", metavar="NOM", help="par défaut : les deux modèles")
    pulling.add_argument(
        "--from",
        dest="given",
        type=Path,
        metavar="DOSSIER",
        help="prend les fichiers dans ce dossier au lieu de les télécharger",
    )
    pulling.set_defaults(run=_pull)
    verifying = actions.add_parser("verify", help="relit chaque octet et compare les empreintes")
    verifying.add_argument("names", nargs="*", metavar="NOM", help="par défaut : tous les présents")
    verifying.set_defaults(run=_verify)


def _list(args: argparse.Namespace) -> int:
    folder = models_folder(args.home)
    console = Terminal()
    table = Table(box=None)
    for title in ("Nom", "Rôle", "Licence", "Taille", "Mémoire", "Ici"):
        table.add_column(title, no_wrap=True)
    if described := console.width >= WIDE:
        table.add_column("Modèle")
    for model in load_catalogue(folder).models:
        found = state(model, folder)
        table.add_row(
            model.name,
            "langue" if model.role == "llm" else "vecteurs",
            model.licence,
            _gigabytes(model.size),
            _gigabytes(model.memory),
            "–" if found is WeightsState.ABSENT else found.value,
            *([model.title] if described else []),
            style="bold" if model.default else "",
        )
    console.print(table)
    console.print(f"En gras : par défaut. Dossier : {folder}", highlight=False, soft_wrap=True)
    return OK


def _pull(args: argparse.Namespace) -> int:
    folder = models_folder(args.home)
    try:
        models = _chosen(load_catalogue(folder), args.names)
    except ModelUnavailable as exc:
        return _complain(exc, USAGE)
    if args.given is not None and not args.given.is_dir():
        return _complain(f"Le dossier {args.given} n'existe pas.", USAGE)
    for model in models:
        _warn_memory(model)
        try:
            with _shown(model) as report:
                path = pull(model, folder, report, given=args.given)
        except KeyboardInterrupt:
            return _complain("Interrompu. Relancez la même commande pour continuer.", BROKEN)
        pinned = "" if model.sha256 else " (empreinte enregistrée : le catalogue n'en fixe pas)"
        Terminal().print(f"{model.name} : vérifié{pinned}, {path}", highlight=False, soft_wrap=True)
    return OK


def _verify(args: argparse.Namespace) -> int:
    folder = models_folder(args.home)
    catalogue = load_catalogue(folder)
    try:
        models = _chosen(catalogue, args.names) if args.names else catalogue.models
    except ModelUnavailable as exc:
        return _complain(exc, USAGE)
    states = {model.name: state(model, folder, fresh=True) for model in models}
    if not args.names:
        states = {name: found for name, found in states.items() if found is not WeightsState.ABSENT}
    if not states:
        return _complain("Aucun modèle sur cette machine : sourcier models pull", BROKEN)
    for name, found in states.items():
        remedy = "" if found is WeightsState.INTACT else f" (remède : sourcier models pull {name})"
        Terminal().print(f"{name} : {found.value}{remedy}", highlight=False, soft_wrap=True)
    return OK if set(states.values()) == {WeightsState.INTACT} else BROKEN


def _chosen(catalogue: Catalogue, names: list[str]) -> tuple[Model, ...]:
    return tuple(catalogue.get(name) for name in names) or catalogue.defaults()


def _warn_memory(model: Model) -> None:
    installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if installed < model.memory:
        Terminal(is_stderr=True).print(
            f"Attention : {model.name} demande {_gigabytes(model.memory)} de mémoire, "
            f"cette machine en a {_gigabytes(installed)}."
        )


@contextmanager
def _shown(model: Model) -> Iterator[Report]:
    """A bar in a terminal, a line now and then elsewhere."""
    if not sys.stdout.isatty():
        yield _lines(model)
        return
    columns = (DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(TextColumn("{task.description}"), BarColumn(), *columns) as bars:
        task = bars.add_task(model.name, total=None)

        def report(step: str, done: int, total: int) -> None:
            bars.update(task, description=f"{model.name} : {step}")
            if total > 1:
                bars.update(task, completed=done, total=total)

        yield report


def _lines(model: Model) -> Report:
    began = time.monotonic()
    last_step, last_at = "", began

    def report(step: str, done: int, total: int) -> None:
        nonlocal last_step, last_at
        now = time.monotonic()
        if last_step == step and now - last_at < LINE_SECONDS:
            return
        last_step, last_at = step, now
        amount = f" : {done / 1e6:.0f} Mo sur {total / 1e6:.0f}" if total > 1 else ""
        Terminal().print(f"{model.name} : {step}{amount}, {now - began:.0f} s", highlight=False)

    return report


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} Go".replace(".", ",")


def _complain(message: object, code: int) -> int:
    Terminal(is_stderr=True).print(str(message), style="red", highlight=False, soft_wrap=True)
    return code
