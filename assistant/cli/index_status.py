"""`sourcier index status`: what is published, kept and added. Door of rich, for this action."""

import argparse
from pathlib import Path

from rich.table import Column, Table

from assistant.administration.candidate import read_candidate
from assistant.administration.decisions import served_name
from assistant.administration.storage import manifest_of
from assistant.cli.terminal import Terminal

OK, BROKEN = 0, 1


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action."""
    status = actions.add_parser("status", help="ce qui est publié, ajouté, conservé")
    status.add_argument("--files", action="store_true", help="nomme aussi les fichiers ajoutés")
    status.add_argument(
        "--warnings", action="store_true", help="montre les avertissements de l'index en service"
    )
    status.set_defaults(run=_status)


def _status(arguments: argparse.Namespace) -> int:
    from ingestion.dossiers import Dossiers
    from ingestion.library import Library
    from ingestion.publication import finished

    console, home = Terminal(), arguments.home
    current = served_name(home)
    name_column = Column("index", no_wrap=True)  # it is copied into the other commands
    table = Table("", name_column, "construit le", "documents", "passages", "textes au", "modèle")
    for name in finished(home):
        table.add_row("▶" if name == current else "", name, *_described(home, name))
    console.print(table if table.row_count else "Aucun index. Lancez : sourcier index build")
    if current is not None:
        console.print(f"▶ En service : {current}")
    if waiting := read_candidate(home):
        console.print(f"Candidat, qui attend une décision : {waiting.generation}")
    published = manifest_of(home, current)
    entries = Library(home).entries
    added = {entry.source for entry in entries}
    served = set(published.sources if published else ())
    console.print(
        f"Fichiers ajoutés : {len(added)}, dont pas encore en service : {len(added - served)}. "
        f"Retirés mais encore en service : {len(served - added)}."
    )
    warnings = published.warnings if published else ()
    if warnings and not arguments.warnings:
        console.print(f"Avertissements : {len(warnings)} (voir : sourcier index status --warnings)")
    for warning in warnings if arguments.warnings else ():
        console.print(warning, style="yellow")
    if dossiers := Dossiers(home).all():
        console.print(f"Dossiers : {len(dossiers)} (voir : sourcier dossier list)")
    if arguments.files and entries:
        files = Table("fichier", "emploi")
        for entry in entries:
            files.add_row(entry.source, entry.kind)
        console.print(files)
    return OK if current in finished(home) else BROKEN


def _described(home: Path, name: str) -> tuple[str, ...]:
    from ingestion.errors import DamagedGeneration
    from ingestion.manifest import read_manifest

    try:
        manifest = read_manifest(home, name)
    except DamagedGeneration:
        return ("abîmé",)
    return (
        f"{manifest.created_at.astimezone():%d/%m/%Y %H:%M}",
        str(manifest.documents),
        str(manifest.passages),
        f"{manifest.state_date:%d/%m/%Y}" if manifest.state_date else "inconnu",
        _embedder(manifest.embedder),
    )


def _embedder(name: str) -> str:
    """An embedder, and whether the ranking was fitted with it."""
    from assistant.tuning import tuning_for

    return f"{name} (classement non réglé pour lui)" if tuning_for(name).is_neutral else name
