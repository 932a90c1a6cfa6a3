"""One figure, one definition: what a page shows is what the chat answers, and what Python finds.

The truths are plain Python over the rows, written from the sentences of the definitions.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.journal.journal import Journal
from assistant.ledger.parsing.questions import parse_plan
from assistant.ledger.parsing.vocabulary import names
from assistant.ledger.payments.tables import late_tables
from assistant.ledger.query.measures import DEFINITIONS, NOT_PAID, UNPAID, defined, meant, told
from assistant.ledger.query.plan import Plan, PlanMeasure, Population
from assistant.ledger.query.result import PlanResult, compute_result
from assistant.ledger.service import LedgerService
from assistant.ledger.tables import LedgerTable
from assistant.ledger.views import ViewRequest
from ingestion.errors import UnknownSnapshot
from ingestion.index.snapshot import IndexSnapshot
from ingestion.ledger.database import open_ledger
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.rows import Invoice, Purchase, PurchaseHolder
from tests.ledger_rows import file_row, filled, invoice, purchase
from tests.studies.ledger import town_basis, town_ledger
from tests.studies.ledger_truth import TODAY

INVOICES, PURCHASES = Population.INVOICES, Population.PURCHASES
SUPPLIERS = ("Brelan SARL", "Compas SAS", "Sève Paysage")
DAYS = st.dates(date(2025, 1, 1), TODAY)
NOTHING = Decimal(0)


def no_generation() -> IndexSnapshot:
    raise UnknownSnapshot("aucun index")


@dataclass(frozen=True, slots=True)
class Books:
    """A ledger, what its pages show and what questions are answered, on one day."""

    ledger: Ledger
    books: LedgerService

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
        return [each.table for each in self.books.exhibits(ViewRequest(over, view, TODAY))]


def opened(home: Path, ledger: Ledger) -> Books:
    return Books(ledger, LedgerService(home, Journal(home / "journal.jsonl"), no_generation))


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
        found.append(
            invoice(
                f"F-{number}",
                issued,
                net=net,
                vat=draw(st.sampled_from([NOTHING, Decimal("19.99")])),
                supplier_siren=None,
                supplier_name=draw(st.sampled_from(SUPPLIERS)),
                received=received,
                paid=paid if paid is None or paid <= TODAY else None,
                type=draw(st.sampled_from(["380", "380", "380", "381"])),
                status=draw(st.sampled_from([None, "01", "05", "06", "08", "11"])),
                currency=draw(st.sampled_from(["EUR", "EUR", "EUR", "CHF"])),
            )
        )
    return found


def is_credit(bill: Invoice) -> bool:
    return bill.type == "381"


def is_unpaid(bill: Invoice) -> bool:
    is_owed = bill.gross is None or bill.gross > 0
    return not bill.paid and not is_credit(bill) and bill.status != "05" and is_owed


def euros(rows: Iterable[Invoice]) -> Decimal:
    """What they add up to, credit notes taken off."""
    total = NOTHING
    for bill in rows:
        if bill.currency == "EUR" and bill.gross is not None:
            total += -bill.gross if is_credit(bill) else bill.gross
    return total


def tenths(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


def late_days(bill: Invoice) -> int:
    is_owed = not is_credit(bill) and (bill.gross is None or bill.gross > 0)
    if not is_owed or not bill.received or (bill.status == "05" and not bill.paid):
        return 0
    return ((bill.paid or TODAY) - bill.received).days - 30


def by_month(rows: Sequence[Invoice], title: str) -> dict[str, Decimal]:
    found: dict[str, list[Invoice]] = defaultdict(list)
    for bill in rows:
        day = getattr(bill, title)
        found[f"{day:%Y-%m}" if day else "non renseigné"].append(bill)
    return {month: amount for month, some in found.items() if (amount := euros(some))}


def compare_pages(books: Books) -> None:
    """Every figure of the pages that needs no law, and the same questions in the chat."""
    whole, months, suppliers, statuses = books.tables(INVOICES)
    shown = {str(row[0]): row[1:] for row in whole.rows}
    for label, count, amount in (
        ("Factures, avoirs déduits du montant", "Combien de factures ?", "Montant des factures"),
        ("Payées", "Combien de factures payées ?", "Montant des factures payées"),
        ("Non payées", "Combien de factures impayées ?", "Montant des factures impayées"),
        (
            "Dont suspendues",
            "Combien de factures non payées sont suspendues ?",
            "Montant des factures suspendues non payées",
        ),
        ("Rejetées", "Combien de factures rejetées ?", "Montant des factures rejetées"),
        ("Avoirs", "Combien d'avoirs ?", "Montant des avoirs"),
    ):
        assert shown[label] == (books.figure(count), books.figure(amount)), label
    for table, question in (
        (months, "Montant TTC des factures par mois"),
        (suppliers, "Montant TTC des factures par fournisseur"),
        (statuses, "Montant TTC des factures par statut"),
    ):
        figures = {str(row[0]): row[1] for row in table.rows if row[1]}
        assert figures == books.groups(question), question


@settings(max_examples=10, deadline=None)
@given(bills())
def test_pages_chat_and_python_agree_on_any_invoices(rows: list[Invoice]) -> None:
    with TemporaryDirectory() as folder:
        home = filled(Path(folder), file_row(), *rows)
        with open_ledger(home) as ledger:
            books = opened(home, ledger)
            compare_pages(books)
            compare_truths(books, rows)


def compare_truths(books: Books, rows: Sequence[Invoice]) -> None:
    """What is asked, and what the sentences of the definitions make of the rows."""
    invoices = [bill for bill in rows if not is_credit(bill)]
    unpaid = [bill for bill in rows if is_unpaid(bill)]
    paid = [bill for bill in invoices if bill.paid]
    late = [bill for bill in unpaid if late_days(bill) > 0]
    assert books.figure("Combien de factures ?") == len(invoices)
    assert books.figure("Combien de factures impayées ?") == len(unpaid)
    assert books.figure("Combien de factures non payées ?") == len(unpaid)
    assert books.figure("Reste à payer") == euros(unpaid)
    assert books.figure("Combien de factures en retard ?") == len(late)
    assert books.figure("Combien de facturé ?") == euros(rows)
    assert books.figure("Combien d'avoirs ?") == len(rows) - len(invoices)
    if invoices:
        share = tenths(Decimal(100) * len(unpaid) / len(invoices))
        assert books.figure("Quelle part des factures est impayée ?") == share
    if timed := [(bill.paid - bill.received).days for bill in paid if bill.paid and bill.received]:
        mean = tenths(Decimal(sum(timed)) / len(timed))
        assert books.figure("Délai moyen de paiement") == mean
    settled = [bill for bill in rows if bill.paid]
    assert books.groups("Montant payé par mois") == by_month(settled, "paid")
    assert books.groups("Montant des factures reçues par mois") == by_month(rows, "received")
    assert books.groups("Montant des factures par mois") == by_month(rows, "issued")
    owed, stages, _ = late_tables(books.ledger, town_basis())
    assert sum(int(str(row[2] or 0)) for row in stages.rows) == len(unpaid)
    assert f"{len(late)} en retard au" in owed.notes[0]
    assert {str(row[0]) for row in owed.rows if row[3] is None} == {b.number for b in late}


Contract = tuple[Purchase | PurchaseHolder, ...]
"""A contract with its holders, as rows of the ledger."""


@st.composite
def contracts(draw: st.DrawFn) -> list[Contract]:
    """Contracts of one or two holders, in several years."""
    sirets = ["73282932000074", "35600000000048"]
    return [
        purchase(
            f"M-{number}",
            draw(st.integers(1, 90000)),
            draw(st.sampled_from([sirets[:1], sirets[1:], sirets])),
            notified=draw(DAYS),
            procedure=draw(st.sampled_from(["Procédure adaptée", "Appel d'offres ouvert"])),
        )
        for number in range(draw(st.integers(1, 8)))
    ]


@settings(max_examples=8, deadline=None)
@given(contracts())
def test_pages_chat_and_python_agree_on_any_contracts(rows: list[Contract]) -> None:
    with TemporaryDirectory() as folder:
        home = filled(Path(folder), file_row(), *(row for each in rows for row in each))
        with open_ledger(home) as ledger:
            books = opened(home, ledger)
            compare_purchases(books)
            spent = sum(
                (
                    row.amount or NOTHING
                    for each in rows
                    for row in each
                    if isinstance(row, Purchase)
                ),
                NOTHING,
            )
            assert books.figure("Pour combien a-t-on notifié depuis 2025 ?", PURCHASES) == spent
            assert books.figure("Combien de marchés ?", PURCHASES) == len(rows)


def compare_purchases(books: Books) -> None:
    """Every figure of the page of spending, and the same questions in the chat."""
    whole, years, procedures, families, buyers, holders, _ = books.tables(PURCHASES)
    assert whole.rows[0][1] == books.figure("Montant des marchés", PURCHASES)
    for table, by in (
        (years, "année"),
        (procedures, "procédure"),
        (families, "groupe CPV"),
        (buyers, "acheteur"),
        (holders, "titulaire"),
    ):
        figures = {str(row[0]): row[1] for row in table.rows if row[1]}
        answered = books.groups(f"Montant des marchés par {by}", PURCHASES)
        assert figures == dict(list(answered.items())[: len(figures)]), by
    suppliers, _ = books.tables(PURCHASES, "titulaires")
    known = books.groups("Montant des marchés par titulaire", PURCHASES)
    assert {str(row[0]): row[1] for row in suppliers.rows if row[1]} == known


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    home = town_ledger(tmp_path_factory.mktemp("measured"))
    with open_ledger(home) as ledger:
        yield opened(home, ledger)


def test_the_pages_of_the_town_are_what_the_chat_answers(town: Books) -> None:
    whole, months, suppliers, statuses = town.tables(INVOICES)
    assert len(suppliers.rows) == 15  # the first ones; the chat has them all
    shown = {str(row[0]): row[1] for row in whole.rows}
    assert shown["Non payées"] == town.figure("Combien de factures impayées ?") == 20
    for table, by in ((months, "mois"), (suppliers, "fournisseur"), (statuses, "statut")):
        answered = town.groups(f"Montant TTC des factures par {by}")
        assert {str(row[0]): row[1] for row in table.rows}.items() <= answered.items(), by
    compare_purchases(town)


def test_what_a_figure_counts_is_told_under_it_everywhere(town: Books) -> None:
    found = town.answer("Combien de factures impayées ?")
    assert "ni rejetée, ni avoir" in found.told[0]
    assert "18 avoirs de côté." in found.told
    [whole, *_] = town.tables(INVOICES)
    assert "ni rejetée, ni avoir" in whole.notes[0]
    reckoned = town.books.reckon("Combien de factures impayées ?", TODAY)
    assert reckoned is not None
    assert any("ni rejetée, ni avoir" in note for note in getattr(reckoned, "notes", ()))


def test_what_was_asked_by_name_is_what_is_counted(town: Books) -> None:
    assert town.figure("Combien d'avoirs impayés ?") == 18
    assert town.figure("Combien de factures rejetées ?") == 6


def test_every_definition_is_a_sentence_and_concerns_some_plan() -> None:
    assert len({each.name for each in DEFINITIONS}) == len(DEFINITIONS)
    plan = Plan(PlanMeasure.COUNT, INVOICES, filters=(NOT_PAID,))
    assert told(plan).startswith("Les avoirs ne sont pas des factures comptées ; est non payée")
    assert UNPAID in defined(plan).filters
    assert meant(plan).filters == (UNPAID,)
