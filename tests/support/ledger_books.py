"""A ledger seen as its pages show it and asked as the chat is, and ledgers drawn by hypothesis."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from assistant.calculators.calculation import Buyer
from assistant.journal.journal import Journal
from assistant.ledger.needs import PurchaseThresholds
from assistant.ledger.parsing.questions import parse_plan
from assistant.ledger.query.names import names
from assistant.ledger.query.plan import Plan, PlanMeasure, Population
from assistant.ledger.query.result import PlanResult, compute_result
from assistant.ledger.reckoning import Reckoning
from assistant.ledger.replies import Inquiry, Unreckoned, reply
from assistant.ledger.service import LedgerService
from assistant.ledger.tables import LedgerTable
from assistant.ledger.views import VIEWS, Sight, Sights, ViewRequest
from ingestion.errors import UnknownSnapshot
from ingestion.index.snapshot import IndexSnapshot
from ingestion.ledger.database import open_ledger
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.rows import (
    Invoice,
    Lineage,
    Purchase,
    PurchaseHolder,
    StatusEvent,
    TableRow,
)
from tests.studies.ledger import TODAY, town_basis
from tests.support.fake_law import FakeLaw
from tests.support.journals import recorded
from tests.support.ledger_rows import FILE, file_row, filled, invoice, purchase

INVOICES, PURCHASES = Population.INVOICES, Population.PURCHASES
SUPPLIERS = ("Brelan SARL", "Compas SAS", "Sève Paysage")
DAYS = st.dates(date(2025, 1, 1), TODAY)
NOTHING = Decimal(0)
_OTHER = {"supplier_siren": "552100554", "supplier_name": "Sève SAS"}


def no_generation() -> IndexSnapshot:
    raise UnknownSnapshot("aucun index")


def kept_in(home: Path) -> Path:
    """The folder, its ledger filled."""
    many = [invoice(f"A-{n}", date(2026, 1 + n, 5), net=100 * n) for n in range(1, 10)]
    places = [
        Lineage("invoice", each.id, "number", FILE, f"ligne {n}, colonne Numéro")
        for n, each in enumerate(many, 2)
    ]
    wrong = invoice(
        "B-1", date(2026, 2, 6), net=50, gross=Decimal(61), paid=date(2026, 3, 1), **_OTHER
    )
    return filled(
        home,
        file_row(),
        *many,
        *places,
        wrong,
        StatusEvent(many[0].id, "06", date(2026, 2, 10)),
        *purchase("2026-01", 35000),
    )


def on_record(home: Path) -> list[tuple[str, dict[str, object], str]]:
    """The kind, the body and the user of each entry of the journal of a folder."""
    told = recorded(Journal(home / "journal.jsonl"))
    return [(each["kind"], body or {}, each.get("user", "")) for each, body in told]


class KnownSights(Sights):
    """Sights under a law and rates that are known without an index."""

    def of(self, ledger: Ledger, look: ViewRequest) -> Sight:
        limits = PurchaseThresholds(FakeLaw, look.buyer)
        plan = look.plan or Plan(PlanMeasure.COUNT, look.over)
        rates = town_basis().rates
        return Sight(ledger, look.today, look.buyer, FakeLaw, limits, rates, plan)


@dataclass(frozen=True, slots=True)
class Books:
    """A ledger, what its pages show and what questions are answered, on one day."""

    ledger: Ledger
    books: LedgerService
    sights: Sights

    def ask(self, question: str) -> Reckoning | Unreckoned | None:
        """What the chat answers."""
        return reply(self.ledger, self.sights, Inquiry(question, TODAY, Buyer.LOCAL))

    def answer(self, question: str, over: Population = INVOICES) -> PlanResult:
        """What the chat computes of a question."""
        plan = parse_plan(question, names(self.ledger, over), TODAY, over)
        assert isinstance(plan, Plan), (question, plan)
        costs = partial(town_basis().costs_of_all, self.ledger)
        return compute_result(plan, self.ledger, TODAY, costs)

    def figure(self, question: str, over: Population = INVOICES) -> Decimal:
        """The only figure of a question, 0 for that of no row."""
        return self.answer(question, over).total.value or NOTHING

    def groups(self, question: str, over: Population = INVOICES) -> dict[str, Decimal]:
        """The figures of a question by group, those that are not nothing."""
        lines = self.answer(question, over).lines
        return {line.label: line.value for line in lines if line.value}

    def tables(self, over: Population, view: str = "apercu") -> list[LedgerTable]:
        """What a page shows."""
        sight = self.sights.of(self.ledger, ViewRequest(over, view, TODAY))
        return [each.table for each in VIEWS[over][view](sight)]


@contextmanager
def books_at(home: Path) -> Iterator[Books]:
    """Those of a data folder."""
    service = LedgerService(home, Journal(home / "journal.jsonl"), no_generation)
    with open_ledger(home) as ledger:
        yield Books(ledger, service, KnownSights(home, no_generation))


@contextmanager
def books_of(*rows: TableRow) -> Iterator[Books]:
    """Those of a ledger with these rows alone."""
    with TemporaryDirectory() as folder, books_at(filled(Path(folder), *rows)) as books:
        yield books


@st.composite
def bills(draw: st.DrawFn) -> list[Invoice]:
    """Invoices of any state: credit notes, rejected, paid or not, late, undated, in francs."""
    found = []
    for number in range(draw(st.integers(1, 12))):
        issued = draw(DAYS)
        received = draw(st.none() | st.just(issued) | st.just(issued + timedelta(3)))
        days = draw(st.none() | st.integers(0, 90))
        paid = None if days is None else (received or issued) + timedelta(days)
        net = draw(st.decimals(0, 5000, places=2, allow_nan=False))
        vat = draw(st.sampled_from([NOTHING, Decimal("19.99")]))
        found.append(
            invoice(
                f"F-{number}",
                issued,
                net=net,
                vat=vat,
                payable=draw(st.sampled_from([net + vat, net, None])),
                supplier_siren=None,
                supplier_name=draw(st.sampled_from(SUPPLIERS)),
                received=received,
                paid=paid if paid is None or paid <= TODAY else None,
                type=draw(st.sampled_from(["380", "380", "381", "262"])),
                status=draw(st.sampled_from([None, "01", "05", "06", "08", "11"])),
                currency=draw(st.sampled_from(["EUR", "EUR", "EUR", "CHF"])),
            )
        )
    return found


Contract = tuple[Purchase | PurchaseHolder, ...]
"""A contract with its holders, as rows of the ledger."""


@st.composite
def contracts(draw: st.DrawFn) -> list[Contract]:
    """Contracts of no, one or two holders, in several years and categories, of two buyers."""
    sirets = ["73282932000074", "35600000000048"]
    return [
        purchase(
            f"M-{number}",
            draw(st.integers(1, 90000)),
            draw(st.sampled_from([[], sirets[:1], sirets[1:], sirets])),
            notified=draw(DAYS),
            procedure=draw(st.sampled_from(["Procédure adaptée", "Appel d'offres ouvert", None])),
            cpv=draw(st.sampled_from(["30192000", "39130000", None])),
            buyer_siret=draw(st.sampled_from(["21350238800019", "21750001600019"])),
        )
        for number in range(draw(st.integers(1, 8)))
    ]
