"""`sourcier purchases summary | suppliers | pooling | thresholds`: what is computed of them."""

import argparse
from functools import partial

from assistant.cli import ledger_asking
from assistant.cli.ledger_asking import add_buyer
from assistant.cli.ledger_view import add_output, see
from assistant.ledger.fields import Population
from ingestion.publication import current_name


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the actions."""
    for name, view, said in (
        ("summary", "apercu", "dépenses par année, procédure, CPV, acheteur et titulaire"),
        ("suppliers", "titulaires", "titulaires : volume, fréquence, dépendance, concentration"),
        ("pooling", "mutualisation", "besoins proches de plusieurs acheteurs"),
    ):
        parser = actions.add_parser(name, help=said)
        add_output(parser)
        parser.set_defaults(run=partial(see, Population.PURCHASES, view))
    thresholds = actions.add_parser(
        "thresholds", help="cumuls par catégorie homogène, risques de fractionnement"
    )
    add_output(thresholds)
    add_buyer(thresholds, is_required=True)
    thresholds.set_defaults(run=_thresholds)
    ledger_asking.register(actions, Population.PURCHASES)


def _thresholds(arguments: argparse.Namespace) -> int:
    """Raises UnknownGeneration without an index: thresholds are those of the law."""
    current_name(arguments.home)
    return see(Population.PURCHASES, "seuils", arguments)
