"""One figure, one definition: what the chat computes is what Python finds over the rows.

The truths are plain Python, written from the sentences of the definitions.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from assistant.ledger.payments import late_tables
from assistant.ledger.query.measures import DEFINITIONS, NOT_PAID, UNPAID, defined, meant, told
from assistant.ledger.query.plan import Plan, PlanMeasure
from ingestion.ledger.database import open_ledger
from ingestion.ledger.rows import Invoice, Purchase
from tests.ledger_books import (
    INVOICES,
    NOTHING,
    PURCHASES,
    Books,
    Contract,
    bills,
    contracts,
    opened,
)
from tests.ledger_rows import file_row, filled
from tests.studies.ledger import town_basis, town_ledger
from tests.studies.ledger_truth import TODAY


def is_credit(bill: Invoice) -> bool:
    return bill.type == "381"


def amount_owed(bill: Invoice) -> Decimal | None:
    return bill.gross if bill.payable is None else bill.payable


def is_owed(bill: Invoice) -> bool:
    amount = amount_owed(bill)
    return not is_credit(bill) and (amount is None or amount > 0)


def is_unpaid(bill: Invoice) -> bool:
    return not bill.paid and bill.status != "05" and is_owed(bill)


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
    if not is_owed(bill) or not bill.received or (bill.status == "05" and not bill.paid):
        return 0
    return ((bill.paid or TODAY) - bill.received).days - 30


def by_month(rows: Sequence[Invoice], title: str) -> dict[str, Decimal]:
    found: dict[str, list[Invoice]] = defaultdict(list)
    for bill in rows:
        day = getattr(bill, title)
        found[f"{day:%Y-%m}" if day else "non renseigné"].append(bill)
    return {month: amount for month, some in found.items() if (amount := euros(some))}


@settings(max_examples=10, deadline=None)
@given(bills())
def test_chat_and_python_agree_on_any_invoices(rows: list[Invoice]) -> None:
    with TemporaryDirectory() as folder:
        home = filled(Path(folder), file_row(), *rows)
        with open_ledger(home) as ledger:
            books = opened(home, ledger)
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
    assert books.figure("Montant des factures impayées") == euros(unpaid)
    left = sum((amount_owed(bill) or NOTHING for bill in unpaid if bill.currency == "EUR"), NOTHING)
    assert books.figure("Reste à payer") == left
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


@settings(max_examples=8, deadline=None)
@given(contracts())
def test_chat_and_python_agree_on_any_contracts(rows: list[Contract]) -> None:
    with TemporaryDirectory() as folder:
        home = filled(Path(folder), file_row(), *(row for each in rows for row in each))
        with open_ledger(home) as ledger:
            books = opened(home, ledger)
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


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    home = town_ledger(tmp_path_factory.mktemp("measured"))
    with open_ledger(home) as ledger:
        yield opened(home, ledger)


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
