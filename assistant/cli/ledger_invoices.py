"""`sourcier invoices list | late | anomalies | explain`: what is computed of invoices."""

import argparse
import sys
from functools import partial

from assistant.cli import ledger_asking
from assistant.cli.ledger_asking import add_buyer
from assistant.cli.ledger_view import OK, USAGE, add_output, bookkeeping, see
from assistant.errors import WrongPlan
from assistant.identity import ALONE
from assistant.ledger.fields import Population
from ingestion.publication import current_name


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the actions."""
    listed = actions.add_parser("list", help="les factures, chacune avec sa source")
    add_output(listed)
    listed.set_defaults(run=partial(see, Population.INVOICES, "liste"))
    late = actions.add_parser(
        "late", help="retards, intérêts moratoires, étapes et prévision, sur le droit du jour"
    )
    add_output(late)
    add_buyer(late, is_required=True)
    late.set_defaults(run=_late)
    found = actions.add_parser("anomalies", help="doublons, TVA, références, IBAN, dépistages…")
    add_output(found)
    found.set_defaults(run=partial(see, Population.INVOICES, "anomalies"))
    explained = actions.add_parser("explain", help="dit pourquoi une anomalie n'en est pas une")
    explained.add_argument("identifier", metavar="IDENTIFIANT", help="celui de l'anomalie")
    explained.add_argument("--reason", required=True, help="l'explication")
    explained.set_defaults(run=_explain)
    ledger_asking.register(actions, Population.INVOICES)


def _late(arguments: argparse.Namespace) -> int:
    """Raises UnknownGeneration without an index: nothing is late without the law."""
    current_name(arguments.home)
    return see(Population.INVOICES, "retards", arguments)


def _explain(arguments: argparse.Namespace) -> int:
    try:
        anomaly = bookkeeping(arguments.home).explain(
            arguments.identifier, arguments.reason, ALONE.user
        )
    except WrongPlan as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    sys.stdout.write(f"Expliquée : {anomaly.says}\n")
    return OK
