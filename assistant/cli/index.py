"""`sourcier index`: add files, build, verify, publish, go back. Door of rich, for this command."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from assistant.settings import load_settings
from ingestion.builtin import Addition, builtin_additions
from ingestion.documents import Kind
from ingestion.durable import writing

OK, BROKEN = 0, 1

EPILOG = """\
exemples :
  sourcier index build                                 le corpus fourni, si rien n'a été ajouté
  sourcier index add --builtin code.jsonl              le corpus fourni et le code
  sourcier index add dce/ --kind tender --dossier M24  les pièces d'un marché
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
    adding = actions.add_parser("add", help="lit et garde des fichiers ou des dossiers")
    adding.add_argument("paths", nargs="*", type=Path, metavar="CHEMIN")
    adding.add_argument("--builtin", action="store_true", help="ajoute aussi le corpus fourni")
    adding.add_argument(
        "--kind", type=Kind, choices=list(Kind), default=Kind.RULES, help="défaut : %(default)s"
    )
    adding.add_argument("--dossier", metavar="ID", help="dossier de marché auquel ils appartiennent")
    adding.set_defaults(run=_add)
    building = actions.add_parser("build", help="construit, vérifie et publie un index")
    building.add_argument("--no-publish", action="store_true", help="construit sans publier")
    building.set_defaults(run=_build)
    actions.add_parser("status", help="ce qui est publié, ajouté, conservé").set_defaults(
        run=_status
    )
    for name, run, told in (
        ("verify", _verify, "relit chaque fichier d'un index et ses passages témoins"),
        ("publish", _publish, "met un index en service"),
    ):
        action = actions.add_parser(name, help=told)
        action.add_argument("generation", nargs="?", help="défaut : le dernier construit")
        action.set_defaults(run=run)
    actions.add_parser("rollback", help="revient à l'index précédent").set_defaults(run=_rollback)


def _add(arguments: argparse.Namespace) -> int:
    additions = builtin_additions() if arguments.builtin else []
    for path in arguments.paths:
        additions += _files(path, arguments.kind, arguments.dossier)
    return _add_all(arguments.home, additions)


def _files(path: Path, kind: Kind, dossier: str | None) -> list[Addition]:
    if not path.is_dir():
        return [Addition(path, path.name, kind, dossier)]
    return [
        Addition(file, file.relative_to(path.parent).as_posix(), kind, dossier)
        for file in sorted(path.rglob("*"))
        if file.is_file() and not any(part.startswith(".") for part in file.parts)
    ]


def _add_all(home: Path, additions: list[Addition]) -> int:
    from ingestion.library import Library

    console, refused, known = Console(), 0, 0
    with writing(home), _progress(console) as progress:
        library = Library(home)
        task = progress.add_task("Lecture", total=len(additions))
        for addition in additions:
            if not addition.path.exists():
                progress.print(f"[red]{addition.path} : introuvable")
                refused += 1
                continue
            added = library.add(addition.path, addition.source, addition.kind, addition.dossier)
            known += added.known
            refused += added.reading.problem is not None
            if added.reading.problem:
                progress.print(f"[red]{addition.source} : {added.reading.problem}")
            for warning in added.reading.warnings:
                progress.print(f"[yellow]{addition.source} : {warning}")
            progress.advance(task)
    kept = len(additions) - refused - known
    console.print(f"{kept} fichiers ajoutés, {known} déjà présents, {refused} refusés.")
    if kept:
        console.print("Pour les rendre interrogeables : sourcier index build")
    return BROKEN if refused and not kept and not known else OK


def _build(arguments: argparse.Namespace) -> int:
    from assistant.wiring import load_embedder
    from ingestion.build import build
    from ingestion.library import Library
    from ingestion.publication import current_manifest, publish

    console = Console()
    home: Path = arguments.home
    if not Library(home).entries:
        console.print("Rien n'a été ajouté : j'indexe le corpus fourni.")
        _add_all(home, builtin_additions())
    with console.status("Chargement du modèle de vecteurs…"):
        embedder = load_embedder(home, load_settings(home))
    with writing(home), _progress(console) as progress:
        tasks: dict[str, object] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=total)
            progress.update(tasks[step], completed=done)  # type: ignore[arg-type]

        manifest = build(home, embedder, report)
        published = current_manifest(home)
        if published is not None and published.name == manifest.name:
            console.print(f"Rien n'a changé : l'index {manifest.name} reste en service.")
            return OK
        if not arguments.no_publish:
            publish(home, manifest.name)
    said = "construit" if arguments.no_publish else "en service"
    console.print(f"Index {manifest.name} {said} : {manifest.passages} passages.")
    return OK


def _status(arguments: argparse.Namespace) -> int:
    from ingestion.generation import read_manifest
    from ingestion.library import Library
    from ingestion.publication import current_manifest, finished

    console, home = Console(), arguments.home
    current = current_manifest(home)
    table = Table("index", "construit le", "documents", "passages", "textes au", "modèle de vecteurs")
    for name in finished(home):
        manifest = read_manifest(home, name)
        used = " ← en service" if current is not None and name == current.name else ""
        table.add_row(
            name + used,
            f"{manifest.created_at:%d/%m/%Y %H:%M}",
            str(manifest.documents),
            str(manifest.passages),
            f"{manifest.state_date:%d/%m/%Y}" if manifest.state_date else "inconnu",
            manifest.embedder,
        )
    console.print(table if table.row_count else "Aucun index. Lancez : sourcier index build")
    sources = {entry.source for entry in Library(home).entries}
    waiting = sources - set(current.sources if current else ())
    console.print(f"{len(sources)} fichiers ajoutés, dont {len(waiting)} pas encore en service.")
    return BROKEN if current is None else OK


def _verify(arguments: argparse.Namespace) -> int:
    from ingestion.verification import verify

    name = _chosen(arguments)
    with Console().status(f"Vérification de {name}…"):
        verify(arguments.home, name)
    Console().print(f"L'index {name} est intact.")
    return OK


def _publish(arguments: argparse.Namespace) -> int:
    from ingestion.publication import publish

    name = _chosen(arguments)
    with writing(arguments.home):
        publish(arguments.home, name)
    Console().print(f"L'index {name} est en service.")
    return OK


def _rollback(arguments: argparse.Namespace) -> int:
    from ingestion.publication import rollback

    with writing(arguments.home):
        name = rollback(arguments.home)
    Console().print(f"L'index {name} est de nouveau en service.")
    return OK


def _chosen(arguments: argparse.Namespace) -> str:
    from ingestion.errors import UnknownGeneration
    from ingestion.publication import finished

    names = finished(arguments.home)
    if arguments.generation is None and not names:
        raise UnknownGeneration("Aucun index n'a été construit. Lancez : sourcier index build")
    return str(arguments.generation or names[-1])


@contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    with Progress(*columns, console=console) as progress:
        yield progress
