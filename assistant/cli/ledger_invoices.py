"""`sourcier invoices list | late | anomalies | explain`: what is computed of invoices."""

import argparse
import sys
from datetime import UTC, datetime

from assistant.calculators.law import IndexedLaw
from assistant.calculators.situation import Buyer
from assistant.cli import ledger_asking
from assistant.cli.ledger_asking import add_buyer, basis_of
from assistant.cli.ledger_view import add_output, put
from assistant.errors import Ungrounded, WrongFigures, WrongPlan
from assistant.identity import ALONE
from assistant.journal import journal_of
from assistant.ledger.anomalies import Explanation, anomalies, explain
from assistant.ledger.anomaly_view import anomaly_table
from assistant.ledger.fields import Population
from assistant.ledger.late_view import late_tables
from assistant.ledger.limits import Limits
from assistant.ledger.plan import Measure, Plan
from assistant.ledger.result import computed
from assistant.ledger.result_view import listing
from assistant.ledger.screenings import Limit
from ingestion.generation import open_generation
from ingestion.ledger.database import open_ledger
from ingestion.publication import current_manifest, current_name

OK, USAGE, REFUSED = 0, 2, 3


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the actions."""
    listed = actions.add_parser("list", help="les factures, chacune avec sa source")
    add_output(listed)
    listed.set_defaults(run=_list)
    late = actions.add_parser(
        "late", help="retards, intérêts moratoires, étapes et prévision, sur le droit du jour"
    )
    add_output(late)
    add_buyer(late, is_required=True)
    late.set_defaults(run=_late)
    found = actions.add_parser("anomalies", help="doublons, TVA, références, IBAN, dépistages…")
    add_output(found)
    found.set_defaults(run=_anomalies)
    explained = actions.add_parser("explain", help="dit pourquoi une anomalie n'en est pas une")
    explained.add_argument("identifier", metavar="IDENTIFIANT", help="celui de l'anomalie")
    explained.add_argument("--reason", required=True, help="l'explication")
    explained.set_defaults(run=_explain)
    ledger_asking.register(actions, Population.INVOICES)


def _list(arguments: argparse.Namespace) -> int:
    every = Plan(Measure.COUNT, Population.INVOICES)
    with open_ledger(arguments.home) as ledger:
        result = computed(every, ledger, arguments.as_of)
        table = listing(ledger, Population.INVOICES, result.total.rows, arguments.as_of)
    put([table], arguments)
    return OK


def _late(arguments: argparse.Namespace) -> int:
    try:
        basis = basis_of(arguments)
    except WrongFigures as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    except Ungrounded as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    with open_ledger(arguments.home) as ledger:
        tables = late_tables(ledger, basis)
    put(tables, arguments)
    return OK


def _anomalies(arguments: argparse.Namespace) -> int:
    limit = _limit(arguments)
    with open_ledger(arguments.home) as ledger:
        found = anomalies(ledger, limit)
    put([anomaly_table(found, has_limit=limit is not None)], arguments)
    return OK


def _explain(arguments: argparse.Namespace) -> int:
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    with open_ledger(arguments.home) as ledger:
        found = anomalies(ledger, _limit(arguments))
    try:
        explanation = Explanation(arguments.reason, ALONE.user, now)
        anomaly = explain(arguments.home, found, arguments.identifier, explanation)
    except WrongPlan as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    told = {"act": "explained", "anomaly": arguments.identifier, "reason": arguments.reason}
    journal_of(arguments.home).append("ledger", told, user=ALONE.user)
    sys.stdout.write(f"Expliquée : {anomaly.says}\n")
    return OK


def _limit(arguments: argparse.Namespace) -> Limit | None:
    """The threshold of each day, None when no index is published."""
    home = arguments.home
    if current_manifest(home) is None:
        return None
    generation = open_generation(home, current_name(home))
    return Limits(lambda day: IndexedLaw(generation, day), Buyer.LOCAL).exemption
