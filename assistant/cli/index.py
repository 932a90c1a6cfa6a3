"""`sourcier index status | verify | publish | rollback`: what is in use, and what was."""

import argparse
from pathlib import Path

from rich.table import Column, Table
from rich.text import Text

from assistant.cli import adding, index_build, law
from assistant.cli.index_build import add_user, ask_gate_once, chosen, decisions_of
from assistant.cli.options import Terminal
from assistant.publishing.decisions import read_candidate, served_name
from assistant.publishing.upkeep import manifest_of
from ingestion.durable import lock_for_writing

# `sourcier index status`: what is published, kept and added. Door of rich, for this action.

OK, BROKEN = 0, 1


def register_status(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action."""
    status = actions.add_parser("status", help="ce qui est publié, ajouté, conservé")
    status.add_argument("--files", action="store_true", help="nomme aussi les fichiers ajoutés")
    status.add_argument(
        "--warnings", action="store_true", help="montre les avertissements de l'index en service"
    )
    status.set_defaults(run=_status)


def _status(arguments: argparse.Namespace) -> int:
    from ingestion.index.publication import finished
    from ingestion.library.library import Library
    from ingestion.tenders.dossiers import Dossiers

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
    from ingestion.errors import DamagedSnapshot
    from ingestion.index.store import read_manifest

    try:
        manifest = read_manifest(home, name)
    except DamagedSnapshot:
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
    from assistant.retrieval.ranking import tuning_for

    return f"{name} (classement non réglé pour lui)" if tuning_for(name).is_neutral else name


# `sourcier index`: verify, publish, go back; the other actions have their own files.

INDEX_OK = 0

EPILOG = """\
exemples :
  sourcier index build                                 le corpus fourni, si rien n'a été ajouté
  sourcier index add --builtin code.jsonl              le corpus fourni et le code
  sourcier index add dce/ --kind tender --dossier M24  les pièces d'un marché
  sourcier index add --text LEGITEXT000037701019 LEGI_20261120-201500.tar.gz
  sourcier index diff                                  ce qui change, et ce que cela touche
  sourcier index publish --force --reason "…"          malgré les questions de contrôle
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
    adding.register_additions(actions)
    adding.register_fetching(actions)
    index_build.register_build(actions)
    index_build.register_gate(actions)
    index_build.register_update(actions)
    register_status(actions)
    law.register_diff(actions)
    verifying = actions.add_parser(
        "verify", help="relit chaque fichier d'un index et ses passages témoins"
    )
    publishing = actions.add_parser("publish", help="met en service un index qui répond aussi bien")
    for action, run in ((verifying, _verify), (publishing, _publish)):
        action.add_argument("generation", nargs="?", help="défaut : le dernier construit")
        action.set_defaults(run=run)
    publishing.add_argument(
        "--force", action="store_true", help="malgré les questions de contrôle, avec --reason"
    )
    returning = actions.add_parser("rollback", help="revient à l'index précédent")
    returning.set_defaults(run=_rollback)
    for action in (publishing, returning):
        action.add_argument("--reason", default="", metavar="RAISON", help="gardée au journal")
        add_user(action)


def _verify(arguments: argparse.Namespace) -> int:
    from ingestion.index.publication import verify_snapshot

    name = chosen(arguments)
    with Terminal().status(Text(f"Vérification de {name}…")):
        verify_snapshot(arguments.home, name)
    Terminal().print(f"L'index {name} est intact.")
    return INDEX_OK


def _publish(arguments: argparse.Namespace) -> int:
    home, name, console = arguments.home, chosen(arguments), Terminal()
    with lock_for_writing(home):
        if not arguments.force:
            ask_gate_once(arguments, name, console)
        with console.status(Text(f"Vérification de {name} avant sa mise en service…")):
            decisions_of(arguments).publish(name, arguments.reason, force=arguments.force)
    console.print(f"L'index {name} est en service.")
    return INDEX_OK


def _rollback(arguments: argparse.Namespace) -> int:
    console = Terminal()
    with lock_for_writing(arguments.home), console.status("Vérification avant le retour…"):
        name = decisions_of(arguments).rollback(arguments.reason)
    console.print(f"L'index {name} est de nouveau en service.")
    return INDEX_OK
