"""`sourcier purchases summary | suppliers | pooling | thresholds`: what is computed of them."""

import argparse

from assistant.calculators.law import IndexedLaw
from assistant.cli import ledger_asking
from assistant.cli.ledger_asking import add_buyer
from assistant.cli.ledger_view import add_output, put
from assistant.ledger.fields import Population
from assistant.ledger.limits import Limits
from assistant.ledger.purchase_view import (
    needs_table,
    pooling_table,
    summary_tables,
    supplier_tables,
)
from assistant.ledger.purchases import contracts
from ingestion.generation import open_generation
from ingestion.ledger.database import open_ledger
from ingestion.publication import current_name

OK = 0


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the actions."""
    for name, run, said in (
        ("summary", _summary, "dépenses par année, procédure, CPV, acheteur et titulaire"),
        ("suppliers", _suppliers, "titulaires : volume, fréquence, dépendance, concentration"),
        ("pooling", _pooling, "besoins proches de plusieurs acheteurs"),
        ("thresholds", _thresholds, "cumuls par catégorie homogène, risques de fractionnement"),
    ):
        parser = actions.add_parser(name, help=said)
        add_output(parser)
        parser.set_defaults(run=run)
        if run is _thresholds:
            add_buyer(parser, is_required=True)
    ledger_asking.register(actions, Population.PURCHASES)


def _summary(arguments: argparse.Namespace) -> int:
    with open_ledger(arguments.home) as ledger:
        put(summary_tables(ledger, arguments.as_of), arguments)
    return OK


def _suppliers(arguments: argparse.Namespace) -> int:
    with open_ledger(arguments.home) as ledger:
        found = contracts(ledger)
    put(supplier_tables(found), arguments)
    return OK


def _pooling(arguments: argparse.Namespace) -> int:
    with open_ledger(arguments.home) as ledger:
        found = contracts(ledger)
    put([pooling_table(found)], arguments)
    return OK


def _thresholds(arguments: argparse.Namespace) -> int:
    home = arguments.home
    with open_ledger(home) as ledger:
        found = contracts(ledger)
    generation = open_generation(home, current_name(home))
    limits = Limits(lambda day: IndexedLaw(generation, day), arguments.buyer)
    put([needs_table(found, limits)], arguments)
    return OK
