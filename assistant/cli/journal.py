"""`sourcier journal verify`: does the chain of records hold?"""

import argparse
import sys

from assistant.journal import Journal


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("journal", help="vérifie le journal des questions et réponses")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verifying = actions.add_parser(
        "verify", help="contrôle l'enchaînement de tous les enregistrements"
    )
    verifying.set_defaults(run=_verify)


def _verify(arguments: argparse.Namespace) -> int:
    faults = list(Journal(arguments.home / "journal.jsonl").faults())
    for fault in faults:
        sys.stdout.write(f"ligne {fault.line} : {fault.reason}\n")
    if not faults:
        sys.stdout.write("Le journal est intact.\n")
    return 1 if faults else 0
