"""The fields of a plan, and the measures that it asks for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import WrongPlan
from assistant.ledger.payments import late_tables
from assistant.ledger.query.measures import DEFINITIONS, NOT_PAID, UNPAID, defined, meant, told
from assistant.ledger.query.names import Name
from assistant.ledger.query.plan import (
    Bound,
    Operator,
    PeriodStep,
    Plan,
    PlanFilter,
    PlanMeasure,
    PlanPeriod,
)
from assistant.ledger.query.plan_fields import fields_of, plan_of
from ingestion.ledger.rows import Invoice, Purchase
from tests.studies.ledger import TODAY, town_basis, town_ledger
from tests.support.ledger_books import (
    INVOICES,
    NOTHING,
    PURCHASES,
    Books,
    Contract,
    bills,
    books_at,
    books_of,
    contracts,
)
from tests.support.ledger_rows import file_row, invoice

NAMES = (
    Name("supplier", "732829320", "Brelan SARL"),
    Name("supplier", "552100554", "Brelan Sud SAS"),
    Name("supplier", "SÈVE", "Sève"),
    Name("supplier", "A ; B", "A ; B"),
)

_KEYS = st.text("ABCé'<>=-/\"", min_size=1, max_size=9).map(str.strip).filter(bool)

_FILTERS = st.one_of(
    st.builds(PlanFilter, st.just("supplier"), st.just(Operator.IS), st.tuples(_KEYS)),
    st.builds(PlanFilter, st.just("number"), st.just(Operator.STARTS), st.tuples(_KEYS)),
    st.builds(
        PlanFilter,
        st.just("gross"),
        st.sampled_from([Operator.MORE, Operator.AT_MOST]),
        st.tuples(st.decimals(-(10**9), 10**9, places=2)),
    ),
    st.builds(
        PlanFilter, st.just("late_days"), st.just(Operator.MORE), st.tuples(st.integers(0, 99))
    ),
    st.builds(PlanFilter, st.just("paid"), st.sampled_from([Operator.KNOWN, Operator.UNKNOWN])),
)

_PERIODS = st.builds(
    lambda field, first, days: PlanPeriod(field, first, first + days),
    st.sampled_from(["issued", "paid"]),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.timedeltas(min_value=date.resolution, max_value=date.resolution * 400),
)

_BOUNDS = st.builds(
    Bound,
    st.sampled_from([Operator.MORE, Operator.AT_LEAST, Operator.LESS, Operator.AT_MOST]),
    st.decimals(-(10**9), 10**9, places=2),
)


@st.composite
def _plans(draw: st.DrawFn) -> Plan:
    part = tuple(draw(st.lists(_FILTERS, max_size=2, unique=True)))
    step = draw(st.sampled_from([None, *PeriodStep]))
    period = draw(st.none() | _PERIODS)
    bound = draw(st.none() | _BOUNDS)
    later = period and PlanPeriod(period.field, date(2101, 1, 1), None)
    return Plan(
        PlanMeasure.SHARE if part else PlanMeasure.SUM,
        INVOICES,
        "gross",
        tuple(draw(st.lists(_FILTERS, max_size=3, unique=True))),
        period,
        part,
        "issued" if step else draw(st.sampled_from(["supplier", "status"])),
        step,
        draw(st.booleans()),
        draw(st.none() | st.integers(1, 1000)),
        None if step or bound else draw(st.sampled_from([None, later])),
        bound,
    )


@given(_plans())
def test_a_plan_comes_back_from_its_fields(plan: Plan) -> None:
    back = plan_of(INVOICES, fields_of(plan))
    assert [each.values for each in (*back.filters, *back.part)] == [
        each.values for each in (*plan.filters, *plan.part)
    ]
    assert fields_of(back) == fields_of(plan)


def _filtered(field: str, operator: str, value: str) -> Plan:
    fields = [("champ", field), ("operateur", operator), ("valeur", value)]
    return plan_of(INVOICES, fields, NAMES)


def test_without_fields_every_row_is_counted() -> None:
    assert plan_of(INVOICES, []) == Plan(PlanMeasure.COUNT, INVOICES)


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("brelan sarl", ("732829320",)),
        ("Brelan", ("732829320",)),
        ("Brelan SARL (732829320)", ("732829320",)),
        ("552100554", ("552100554",)),
        ("sud", ("552100554",)),
        ("Brelan ; seve", ("732829320", "SÈVE")),
        ("Inconnu", ("Inconnu",)),
        ("a ; b", ("A ; B",)),
    ],
)
def test_a_supplier_is_named_as_people_write(written: str, keys: tuple[str, ...]) -> None:
    assert _filtered("supplier", "is", written).filters[0].values == keys


def test_a_status_is_named_by_its_word_or_its_code() -> None:
    assert _filtered("status", "is", "Suspendue").filters == _filtered("status", "is", "06").filters


@pytest.mark.parametrize("written", ["1234,50", "1 234,50", "1234.50", "1 234,50 €"])
def test_an_amount_is_written_the_french_way_or_the_programs(written: str) -> None:
    assert _filtered("gross", "more", written).filters[0].values == (Decimal("1234.50"),)


def test_what_is_left_empty_is_no_condition() -> None:
    empty = [("supplier", "is", ""), ("", "is", "x"), ("paid", "", "")]
    fields = [
        pair for row in empty for pair in zip(("champ", "operateur", "valeur"), row, strict=True)
    ]
    assert plan_of(INVOICES, fields).filters == ()


@pytest.mark.parametrize(
    "fields",
    [
        [("mesure", "drop table")],
        [("mesure", "sum")],
        [("mesure", "sum"), ("de", "net; --")],
        [("champ", "net) OR 1=1 --"), ("operateur", "known"), ("valeur", "")],
        [("champ", "net"), ("operateur", "; DROP"), ("valeur", "1")],
        [("champ", "net"), ("operateur", "more"), ("valeur", "beaucoup")],
        [("champ", "net"), ("operateur", "more")],
        [("champ", "late_days"), ("operateur", "more"), ("valeur", "1,5")],
        [("du", "hier")],
        [("date", "net"), ("du", "2026-01-01")],
        [("groupe", "iban_sha256")],
        [("pas", "siècle"), ("groupe", "issued")],
        [("groupe", "supplier"), ("limite", "-1")],
        [("contre_du", "2026-01-01")],
    ],
)
def test_fields_that_say_no_plan_are_refused(fields: list[tuple[str, str]]) -> None:
    with pytest.raises(WrongPlan):
        plan_of(INVOICES, fields)


def is_credit(bill: Invoice) -> bool:
    return bill.type in {"262", "381"}


def amount_owed(bill: Invoice) -> Decimal | None:
    return bill.gross if bill.payable is None else bill.payable


def is_owed(bill: Invoice) -> bool:
    amount = amount_owed(bill)
    return not is_credit(bill) and (amount is None or amount > 0)


def is_unpaid(bill: Invoice) -> bool:
    return not bill.paid and bill.status not in {"05", "11"} and is_owed(bill)


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
    if not is_owed(bill) or not bill.received or not (bill.paid or is_unpaid(bill)):
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
    with books_of(file_row(), *rows) as books:
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
    assert books.figure("Montant TTC des factures impayées") == euros(unpaid)
    left = sum((amount_owed(bill) or NOTHING for bill in unpaid if bill.currency == "EUR"), NOTHING)
    assert books.figure("Reste à payer") == left
    assert books.figure("Combien devons-nous ?") == left
    assert books.figure("Montant des factures impayées") == left
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
    every = list(chain(*rows))
    spent = sum((row.amount or NOTHING for row in every if isinstance(row, Purchase)), NOTHING)
    with books_of(file_row(), *every) as books:
        assert books.figure("Pour combien a-t-on notifié depuis 2025 ?", PURCHASES) == spent
        assert books.figure("Combien de marchés ?", PURCHASES) == len(rows)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    with books_at(town_ledger(tmp_path_factory.mktemp("measured"))) as books:
        yield books


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


def test_invoices_that_correct_or_prepare_another_one_are_told_under_sums() -> None:
    rows = [invoice("A"), invoice("B", type="384", preceding="A"), invoice("C", type="386")]
    told = (
        "2 factures rectificatives ou d'acompte comprises : une facture corrigée, ou la finale "
        "qui reprend un acompte, peut l'être aussi."
    )
    with books_of(file_row(), *rows) as books:
        assert told in books.answer("Combien avons-nous dépensé en 2026 ?").notes
        assert told in books.answer("Combien devons-nous ?").notes
        assert not books.answer("Combien de factures ?").notes
    with books_of(file_row(), rows[0]) as books:
        assert not books.answer("Combien devons-nous ?").notes


def test_invoices_without_the_day_that_is_asked_of_are_told() -> None:
    other = invoice("B", received=None, supplier_name="Compas", supplier_siren=None)
    rows = (invoice("A"), other, invoice("C", status="11"), invoice("D", type="381"))
    sent = "1 facture de statut « mise en paiement » sans date : ni payée, ni à payer."
    late = "1 facture sans date de réception : retard inconnu, non compté."
    with books_of(file_row(), *rows) as books:
        for question, figure, notes in (
            ("Combien de factures payées en 2026 ?", 0, [sent]),
            ("Combien de factures non payées ?", 2, [sent]),
            ("Combien de factures en retard ?", 1, [sent, late]),
            ("Combien de factures en retard de Compas ?", 0, [late]),
            ("Combien de factures à payer en juillet 2026 ?", 0, [sent, late]),
            ("Combien de factures ?", 3, []),
        ):
            found = books.answer(question)
            told = [note for note in found.notes if "avoir" not in note]
            assert found.total.value == figure, question
            assert told == notes, question


def test_every_definition_is_a_sentence_and_concerns_some_plan() -> None:
    assert len({each.says for each in DEFINITIONS}) == len(DEFINITIONS)
    plan = Plan(PlanMeasure.COUNT, INVOICES, filters=(NOT_PAID,))
    assert told(plan).startswith("Les avoirs ne sont pas des factures comptées ; est non payée")
    assert UNPAID in defined(plan).filters
    assert meant(plan).filters == (UNPAID,)
