"""`sourcier index`: build, verify, publish, go back; the other actions have their own files."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, TaskID

from assistant.cli import adding, calc_constants, fetching, index_diff, index_status
from assistant.settings import load_settings
from ingestion.builtin import builtin_additions
from ingestion.durable import writing
from ingestion.embedding import Embedder
from ingestion.manifest import Manifest

OK, BROKEN = 0, 1
SHOWN_WARNINGS = 10

EPILOG = """\
exemples :
  sourcier index build                                 le corpus fourni, si rien n'a été ajouté
  sourcier index add --builtin code.jsonl              le corpus fourni et le code
  sourcier index add dce/ --kind tender --dossier M24  les pièces d'un marché
  sourcier index add --text LEGITEXT000037701019 LEGI_20261120-201500.tar.gz
  sourcier index diff                                  ce qui change, et ce que cela touche
  sourcier index build && sourcier index status
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "index",
        help="ajoute des textes, construit et publie l'index",
        description="Les textes que Sourcier peut citer. Un index se construit à côté de celui "
        "qui répond, se vérifie, puis le remplace d'un coup.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    adding.register(actions)
    fetching.register(actions)
    building = actions.add_parser("build", help="construit, vérifie et publie un index")
    building.add_argument("--no-publish", action="store_true", help="construit sans publier")
    building.set_defaults(run=_build)
    index_status.register(actions)
    index_diff.register(actions)
    for name, run, told in (
        ("verify", _verify, "relit chaque fichier d'un index et ses passages témoins"),
        ("publish", _publish, "met un index en service"),
    ):
        action = actions.add_parser(name, help=told)
        action.add_argument("generation", nargs="?", help="défaut : le dernier construit")
        action.set_defaults(run=run)
    actions.add_parser("rollback", help="revient à l'index précédent").set_defaults(run=_rollback)


def _build(arguments: argparse.Namespace) -> int:
    from assistant.wiring import load_embedder
    from ingestion.library import Library

    console, home = Console(), arguments.home
    with writing(home):
        if not Library(home).entries:
            console.print("Aucune règle n'a été ajoutée : j'indexe le corpus fourni.")
            adding.add_all(home, builtin_additions(), console)
        with console.status("Chargement du modèle de vecteurs…"):
            embedder = load_embedder(home, load_settings(home))
        _build_rules(home, embedder, console, publishes=not arguments.no_publish)
    build_dossiers(home, embedder, console)
    return OK


def _build_rules(home: Path, embedder: Embedder, console: Console, *, publishes: bool) -> None:
    used_before = index_status.used(home)
    manifest = _built(home, embedder, console)
    name = manifest.name
    _warn(manifest, console)
    calc_constants.warn(home, name, console)
    if name == used_before:
        console.print(f"Rien n'a changé : l'index {name} reste en service.")
        return
    if publishes:
        _publish_and_say(home, name, console)
    console.print(f"Index {name} : {manifest.passages} passages.")
    if not publishes:
        console.print(f"Pour le mettre en service : sourcier index publish {name}")


def build_dossiers(home: Path, embedder: Embedder, console: Console) -> None:
    """Index the pieces of each dossier that have changed; a dossier is used once it is built."""
    from ingestion.dossiers import Dossiers
    from ingestion.intake import index
    from ingestion.library import Library

    dossiers = Dossiers(home)
    for dossier in dossiers.all():
        folder = dossiers.home(dossier.id)
        if not Library(folder).entries:
            continue
        with writing(folder):
            used_before = index_status.used(folder)
            with adding.progress_bars(console) as progress:
                manifest = index(folder, embedder, Steps(progress))
            if manifest and manifest.name != used_before:
                console.print(escape(f"Dossier {dossier.id} : {manifest.passages} passages."))


def _built(home: Path, embedder: Embedder, console: Console) -> Manifest:
    """What the index of everything added to a data folder holds."""
    from ingestion.build import build

    with adding.progress_bars(console) as progress:
        return build(home, embedder, Steps(progress))


def _warn(manifest: Manifest, console: Console) -> None:
    for warning in manifest.warnings[:SHOWN_WARNINGS]:
        console.print(f"[yellow]{escape(warning)}")
    if (rest := len(manifest.warnings) - SHOWN_WARNINGS) > 0:
        console.print(f"… et {rest} autres : sourcier index status --warnings")


class Steps:
    """One bar a step, begun when the step is."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}

    def __call__(self, step: str, done: int, total: int) -> None:
        """Move the bar of a step, which appears when it has begun."""
        if step not in self._bars:
            self._bars[step] = self._progress.add_task(step, total=total)
        self._progress.update(self._bars[step], completed=done)


def _verify(arguments: argparse.Namespace) -> int:
    from ingestion.verification import verify

    name = _chosen(arguments)
    with Console().status(f"Vérification de {name}…"):
        verify(arguments.home, name)
    Console().print(f"L'index {name} est intact.")
    return OK


def _publish(arguments: argparse.Namespace) -> int:
    name = _chosen(arguments)
    with writing(arguments.home):
        _publish_and_say(arguments.home, name, Console())
    return OK


def _publish_and_say(home: Path, name: str, console: Console) -> None:
    from ingestion.publication import publish

    with console.status(f"Vérification de {name} avant sa mise en service…"):
        publish(home, name)
    console.print(f"L'index {name} est en service.")


def _rollback(arguments: argparse.Namespace) -> int:
    from ingestion.publication import rollback

    console = Console()
    with writing(arguments.home), console.status("Vérification avant le retour…"):
        name = rollback(arguments.home)
    console.print(f"L'index {name} est de nouveau en service.")
    return OK


def _chosen(arguments: argparse.Namespace) -> str:
    from ingestion.errors import UnknownGeneration
    from ingestion.publication import finished

    names = finished(arguments.home)
    if arguments.generation is None and not names:
        raise UnknownGeneration("Aucun index n'a été construit. Lancez : sourcier index build")
    return str(arguments.generation or names[-1])
