"""Speed of the ledger: `python -m tests.studies.ledger_benchmark [--rows N] [--postgresql]`.

Prints how fast synthetic exports are imported; then for each view, each of a few questions to its
figure and rows, and each page shown for the first time, the seconds it takes, those of this process
alone, and the ratio to its goal. Needs no weights; nothing is asserted here.
"""

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi.testclient import TestClient

from assistant.calculators.calculation import Buyer
from assistant.calculators.constants import Rate, Rates
from assistant.cli.command import collect_seldom
from assistant.journal.journal import Journal
from assistant.ledger.anomalies import anomalies, anomaly_table
from assistant.ledger.late import Basis, terms
from assistant.ledger.needs import PurchaseThresholds, needs_table, pooling_table
from assistant.ledger.parsing.questions import NotUnderstood, parse_plan
from assistant.ledger.payments import late_tables
from assistant.ledger.purchases import contracts, held_contracts, repeated, summary_tables
from assistant.ledger.query.listing import in_order, listing
from assistant.ledger.query.names import names
from assistant.ledger.query.plan import Plan, PlanMeasure, Population
from assistant.ledger.query.result import compute_result, rows_meant
from assistant.ledger.query.wording import answer, figures, ranked
from assistant.ledger.service import LedgerService
from assistant.ledger.suppliers import supplier_tables
from assistant.web.ledger.frame import DAY, VIEW_TITLES, LedgerAddress
from assistant.web.ledger.frame import QUESTION as ASKED
from assistant.web.ledger.tables import ON_A_PAGE
from ingestion.index.publication import current_name, open_snapshot
from ingestion.ledger.database import open_ledger, rewriting
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.importing import ImportOrder, import_files
from ingestion.ledger.rows import FileKind, InvoiceLine, VatLine
from ingestion.library.corpus import CORPUS
from tests.support.fake_law import FakeLaw
from tests.support.fakes_page import FakeService
from tests.support.index_home import add, build_and_publish
from tests.support.page_app import app_over
from tests.support.postgresql_server import on_server, started
from tests.support.synthetic_ledger import TODAY, write_invoices, write_purchases

RUNS = 3
VIEW, QUESTION = 1.0, 3.0
"""Seconds allowed at 100,000 rows."""

LIMITS = PurchaseThresholds(FakeLaw, Buyer.LOCAL)
LAW = FakeLaw(TODAY)
RATES = tuple(
    Rate(date(year, month, 1), Decimal("2.15"), "essai")
    for year in (2024, 2025, 2026)
    for month in (1, 7)
)
TABLE = "".join(
    f'[[rate]]\nfrom = {each.begins}\npercent = "{each.percent}"\nsource = "{each.source}"\n'
    for each in RATES
)
BASIS = Basis(TODAY, terms(Buyer.LOCAL, LAW), Rates(Path("taux.toml"), RATES))
QUESTIONS = (
    (Population.INVOICES, "Quelles factures reçues en 2026 ne sont pas payées ?"),
    (Population.INVOICES, "Montant TTC des factures par fournisseur"),
    (Population.INVOICES, "Combien devons-nous d'intérêts moratoires ?"),
    (Population.INVOICES, "Délai moyen de paiement par mois en 2026"),
    (Population.PURCHASES, "Montant des marchés notifiés en 2025 par procédure"),
    (Population.PURCHASES, "Les 10 plus gros titulaires en 2025"),
)


def main() -> None:
    """Print each with its goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--data", type=Path, help="a folder to fill, or to use again")
    parser.add_argument("--postgresql", action="store_true", help="on a server of its own")
    arguments = parser.parse_args()
    collect_seldom()
    with ExitStack() as kept:
        home = arguments.data or Path(kept.enter_context(TemporaryDirectory()))
        if arguments.postgresql:
            on_server(home, kept.enter_context(started()))
        if not (home / "factures.csv").exists():
            _import(home, arguments.rows)
        _views(home)
        _pages(home)


def _import(home: Path, count: int) -> None:
    home.mkdir(exist_ok=True)
    for kind, path in (
        (FileKind.INVOICES, write_invoices(home / "factures.csv", count)),
        (FileKind.PURCHASES, write_purchases(home / "marches.csv", count)),
    ):
        began = time.perf_counter()
        [report] = import_files(home, ImportOrder(kind, (path,), {}), today=TODAY)
        seconds = time.perf_counter() - began
        _say(f"import, {kind} a second", report.stored / seconds, f"{report.stored} rows")
    with rewriting(home) as draft, draft.transaction():
        held = draft.rows("SELECT id, net, vat FROM invoice")
        draft.append(InvoiceLine(each, 1, "Essai", net=net) for each, net, _ in held)
        draft.append(VatLine(each, None, "S", net, vat) for each, net, vat in held)


def _views(home: Path) -> None:
    with open_ledger(home) as ledger:
        views: dict[str, Callable[[], object]] = {
            "invoices list": lambda: _listed(ledger),
            "invoices late": lambda: late_tables(ledger, BASIS),
            "invoices anomalies": lambda: anomaly_table(
                anomalies(ledger, LIMITS.exemption), has_limit=True
            ),
            "purchases summary": lambda: summary_tables(ledger, TODAY),
            "purchases suppliers": lambda: supplier_tables(held_contracts(ledger)),
            "purchases pooling": lambda: pooling_table(contracts(ledger)),
            "purchases thresholds": lambda: needs_table(repeated(ledger), LIMITS),
        }
        for name, view in views.items():
            _time(name, view, VIEW)
        for population, question in QUESTIONS:
            _time(question, partial(_asked, ledger, population, question), QUESTION)


def _pages(home: Path) -> None:
    """Each page of the ledger, of which nothing was seen before, under the law of the sheets."""
    law = home / "droit"
    if not law.exists():
        for path in sorted((CORPUS / "fiches").glob("*.md")):
            add(law, path)
        build_and_publish(law)
    generation = open_snapshot(law, current_name(law))
    (home / "taux.toml").write_text(TABLE, encoding="utf-8")
    service = FakeService()

    def shown(client: TestClient, address: str) -> None:
        service.ledger = LedgerService(home, Journal(home / "journal.jsonl"), lambda: generation)
        reply = client.get(address)
        assert reply.status_code == 200, reply.text

    with TestClient(app_over(service)) as client:
        for over, titles in VIEW_TITLES.items():
            for view in titles:
                _time(f"page {view}", partial(shown, client, _address(over, view)), VIEW)


def _address(over: Population, view: str) -> str:
    question = next(question for population, question in QUESTIONS if population is over)
    fields = ((ASKED, question),) if view == "calcul" else ()
    return LedgerAddress(over, view, ((DAY, TODAY.isoformat()), *fields)).address()


def _listed(ledger: Ledger) -> object:
    ids = rows_meant(Plan(PlanMeasure.COUNT, Population.INVOICES), ledger, TODAY, tuple)
    return listing(ledger, Population.INVOICES, ids[:ON_A_PAGE], TODAY)


def _asked(ledger: Ledger, population: Population, question: str) -> object:
    plan = parse_plan(question, names(ledger, population), TODAY, population)
    assert not isinstance(plan, NotUnderstood), (question, plan)
    result = compute_result(plan, ledger, TODAY, partial(BASIS.costs_of_all, ledger))
    ids = [each for line in ranked(result) for each in line.rows]
    listed = listing(ledger, population, in_order(ledger, population, ids)[:ON_A_PAGE], TODAY)
    return answer(result), figures(result), listed


def _time(name: str, run: Callable[[], object], goal: float) -> None:
    """Say the shortest of a few runs: what else the machine does only makes them longer."""
    taken = []
    for _ in range(RUNS):
        began, used = time.perf_counter(), time.process_time()
        run()
        taken.append((time.perf_counter() - began, time.process_time() - used))
    seconds, own = map(min, zip(*taken, strict=True))
    _say(name, seconds, f"s ({own:.2f} of this process), {seconds / goal:.2f} of the goal")


def _say(name: str, value: float, unit: str) -> None:
    sys.stdout.write(f"{name:55} {value:9.2f} {unit}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
