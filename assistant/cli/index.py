"""`sourcier index`: verify, publish, go back; the other actions have their own files."""

import argparse

from rich.text import Text

from assistant.cli import (
    adding,
    fetching,
    index_build,
    index_diff,
    index_gate,
    index_status,
    index_update,
)
from assistant.cli.index_gate import add_user, ask_gate_once, chosen, decisions_of
from assistant.cli.terminal import Terminal
from ingestion.durable import writing

OK = 0

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
    adding.register(actions)
    fetching.register(actions)
    index_build.register(actions)
    index_gate.register(actions)
    index_update.register(actions)
    index_status.register(actions)
    index_diff.register(actions)
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
    from ingestion.verification import verify

    name = chosen(arguments)
    with Terminal().status(Text(f"Vérification de {name}…")):
        verify(arguments.home, name)
    Terminal().print(f"L'index {name} est intact.")
    return OK


def _publish(arguments: argparse.Namespace) -> int:
    home, name, console = arguments.home, chosen(arguments), Terminal()
    with writing(home):
        if not arguments.force:
            ask_gate_once(arguments, name, console)
        with console.status(Text(f"Vérification de {name} avant sa mise en service…")):
            decisions_of(arguments).publish(name, arguments.reason, force=arguments.force)
    console.print(f"L'index {name} est en service.")
    return OK


def _rollback(arguments: argparse.Namespace) -> int:
    console = Terminal()
    with writing(arguments.home), console.status("Vérification avant le retour…"):
        name = decisions_of(arguments).rollback(arguments.reason)
    console.print(f"L'index {name} est de nouveau en service.")
    return OK
