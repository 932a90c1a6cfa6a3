from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.calculators.calculation import Buyer
from assistant.ledger.needs import (
    PurchaseThresholds,
    needs_table,
    opportunities,
    pooling_table,
    split_needs,
)
from assistant.ledger.purchases import (
    Contract,
    Held,
    contracts,
    held_contracts,
    repeated,
    summary_tables,
)
from assistant.ledger.query.plan import Plan, PlanMeasure, Population
from assistant.ledger.query.result import compute_result
from assistant.ledger.suppliers import Concentration, concentrations, segments, supplier_tables
from ingestion.ledger.database import open_ledger
from tests.conftest import Engine
from tests.support.fake_law import FakeLaw
from tests.support.ledger_rows import filled, purchase

pytestmark = pytest.mark.usefixtures("both_engines")

TODAY = date(2026, 11, 24)
LIMITS = PurchaseThresholds(lambda day: FakeLaw(day), Buyer.LOCAL)
FREE = "Marché passé sans publicité ni mise en concurrence préalable"


def _contract(number: str, amount: int | None = 1000, **others: object) -> Contract:
    plain = Contract(
        id=number,
        buyer="ville",
        buyer_name="Ville",
        subject="Fournitures de bureau et papier",
        procedure="",
        category="fournitures",
        family="301",
        amount=None if amount is None else Decimal(amount),
        notified=date(2026, 5, 4),
    )
    return plain._replace(**others)  # type: ignore[arg-type]


def _held(number: str, amount: int, holders: Sequence[str], family: str = "301") -> Held:
    held = " + ".join(holders)
    return Held(number, held, held, family, 100 * amount)


def test_a_contract_is_read_once_with_all_its_holders(tmp_path: Path) -> None:
    rows = [
        *purchase("1", 1000, holders=("1" * 14, "2" * 14)),
        *purchase("2", "0.5", holders=("3" * 14,), cpv="30"),
        *purchase("3", holders=()),
    ]
    with open_ledger(filled(tmp_path, *rows)) as ledger:
        every, held = contracts(ledger), held_contracts(ledger)
    assert sorted(each.amount or 0 for each in every) == [Decimal("0.50"), 1000, 1000]
    assert sorted((each.holders, each.cents, each.family) for each in held) == [
        (f"{'1' * 9} + {'2' * 9}", 100_000, "301"),
        ("3" * 9, 50, ""),
    ]
    assert {(each.family, each.is_works) for each in every} == {("301", False), ("", False)}


def test_only_what_may_be_parts_of_a_need_is_read(tmp_path: Path) -> None:
    rows = [
        *purchase("1", 35000, procedure=FREE),
        *purchase("2", 35001, procedure=FREE),
        *purchase("3", 35000, procedure=FREE, notified=date(2025, 5, 4)),
        *purchase("4", 35000, procedure=FREE, cpv="90511000"),
        *purchase("5", 35000, procedure=FREE, cpv=None),
        *purchase("6", 35000, procedure=FREE, buyer_siret="2" * 14),
        *purchase("7", 0, cpv="90511000"),
        *purchase("8", 35000, cpv="45214200"),
        *purchase("9", 35001, cpv="45214200"),
    ]
    with open_ledger(filled(tmp_path, *rows)) as ledger:
        some, every = repeated(ledger), contracts(ledger)
    assert sorted((each.family, str(each.amount)) for each in some) == [
        ("", "35000.00"),
        ("301", "35000.00"),
        ("301", "35001.00"),
    ]
    assert split_needs(some, LIMITS) == split_needs(every, LIMITS) != ()


def test_works_are_known_by_their_code_else_by_their_nature(tmp_path: Path) -> None:
    home = filled(
        tmp_path,
        *purchase("1", 1, cpv="45214200", nature="Services"),
        *purchase("2", 2, cpv=None, nature="Travaux"),
        *purchase("3", 3, cpv=None, nature="Marché"),
    )
    with open_ledger(home) as ledger:
        assert {each.amount: each.is_works for each in contracts(ledger)} == {
            1: True,
            2: True,
            3: False,
        }


def test_suppliers_are_classed_by_volume_and_frequency() -> None:
    found = segments(
        [
            *(_held(f"a{place}", 2000, "A") for place in range(4)),
            _held("b", 1500, "B"),
            _held("c", 500, "C"),
        ]
    )
    assert [(each.name, each.amount, each.volume, each.is_frequent) for each in found] == [
        ("A", Decimal(8000), "A", True),
        ("B", Decimal(1500), "B", False),
        ("C", Decimal(500), "C", False),
    ]


def test_a_group_of_suppliers_is_one_and_shares_nothing() -> None:
    found = segments([_held("1", 900, "AB"), _held("2", 100, "A")])
    assert [(each.name, each.amount, each.dependence) for each in found] == [
        ("A + B", Decimal(900), 90),
        ("A", Decimal(100), 10),
    ]
    assert [each.is_dependent for each in found] == [True, False]


def test_an_amount_below_zero_is_a_share_of_nothing() -> None:
    held = [_held("1", 1000, "A"), _held("2", -1000, "B"), _held("3", -5, "C", "302")]
    found = {each.name: (each.family, each.dependence) for each in segments(held)}
    assert found == {"A": ("301", 100), "B": ("", 0), "C": ("", 0)}
    [only] = concentrations(held)
    assert only == Concentration("301", 1, ("1",), Decimal(1000), 10_000)


def test_concentration_is_the_sum_of_the_squares_of_the_shares() -> None:
    half = [_held("1", 500, "A"), _held("2", 500, "B")]
    alone = [_held("3", 10, "A", "900")]
    many = [_held(f"m{n}", 10, (f"S{n}",), "710") for n in range(20)]
    found = {each.family: each for each in concentrations([*half, *alone, *many])}
    assert {family: each.index for family, each in found.items()} == {
        "301": 5000,
        "900": 10000,
        "710": 500,
    }
    assert found["301"].degree == "forte"
    assert found["710"].degree == "faible"


_DRAWN = st.lists(
    st.tuples(
        st.integers(1, 10**7),
        st.lists(st.sampled_from("ABC"), min_size=1, max_size=3, unique=True),
        st.sampled_from(["30192000", "90511000", ""]),
    ),
    min_size=1,
    max_size=15,
)


@given(_DRAWN)
def test_no_amount_is_counted_twice_however_many_hold_it(
    drawn: Sequence[tuple[int, list[str], str]],
) -> None:
    every = [
        _held(str(place), amount, sorted(holders), cpv[:3])
        for place, (amount, holders, cpv) in enumerate(drawn)
    ]
    found = segments(every)
    assert sum(each.amount or 0 for each in found) == sum(amount for amount, _, _ in drawn)
    ids = [one for each in found for one in each.contracts]
    assert sorted(ids) == sorted(each.id for each in every)
    assert all(0 < each.index <= 10_000 for each in concentrations(every))


@settings(max_examples=8, deadline=None)
@given(_DRAWN)
def test_spending_is_the_same_by_any_cut(
    engine: Engine, drawn: Sequence[tuple[int, list[str], str]]
) -> None:
    rows = [
        row
        for place, (amount, holders, cpv) in enumerate(drawn)
        for row in purchase(str(place), amount, [h * 14 for h in holders], cpv=cpv or None)
    ]
    plan = Plan(PlanMeasure.SUM, Population.PURCHASES, "amount")
    with (
        TemporaryDirectory() as folder,
        open_ledger(filled(engine(Path(folder)), *rows)) as ledger,
    ):
        for group in ("supplier", "cpv", "family", "buyer", "procedure"):
            result = compute_result(replace(plan, group=group), ledger, TODAY)
            spent = sum(line.value or 0 for line in result.lines)
            assert spent == result.total.value == sum(amount for amount, _, _ in drawn)


def _other(number: str, **others: object) -> Contract:
    given: dict[str, object] = {"buyer": number, "buyer_name": number}
    return _contract(number, 1000, **{**given, **others})


@pytest.mark.parametrize(
    ("others", "is_found"),
    [
        ({}, True),
        ({"subject": "Papier et fournitures de bureau - lot 2"}, True),
        ({"family": ""}, True),
        ({"buyer": "ville"}, False),
        ({"family": "451"}, False),
        ({"category": "travaux"}, False),
        ({"notified": date(2026, 5, 4) + timedelta(181)}, False),
        ({"notified": None}, False),
        ({"subject": "Papier peint des écoles et mobilier scolaire"}, False),
    ],
)
def test_alike_purchases_of_several_buyers_at_the_same_time_could_be_pooled(
    others: dict[str, object], is_found: bool
) -> None:
    found = opportunities([_contract("a"), _other("b", **others)])
    assert bool(found) is is_found
    if is_found:
        assert found[0].amount == 2000
        assert found[0].words == ("bureau", "papier")


def test_nothing_is_alike_through_a_third() -> None:
    subjects = ("papier bureau encre", "bureau encre toner", "encre toner cartouche")
    every = [_other(f"{n}", subject=text) for n, text in enumerate(subjects)]
    [found] = opportunities(every)
    assert len(found.contracts) == 3
    chained = [*every, _other("4", subject="toner cartouche recyclage")]
    assert max(len(each.contracts) for each in opportunities(chained)) == 3


def test_parts_below_a_threshold_that_their_sum_reaches_are_a_risk() -> None:
    parts = [_contract(f"{n}", 35000, procedure=FREE) for n in range(2)]
    [found] = split_needs(parts, LIMITS)
    assert (found.threshold, found.category) == ("dispense de publicité", "CPV 301")
    assert (found.amount, found.limit) == (Decimal(70000), Decimal(60000))
    assert found.reached == date(2026, 5, 4)


@pytest.mark.parametrize(
    "others",
    [
        {"buyer": "autre"},
        {"notified": date(2025, 5, 4)},
        {"family": "905"},
        {"procedure": "Procédure adaptée"},
        {"category": "travaux"},
        {"amount": Decimal(60000)},
        {"amount": None},
        {"notified": None},
    ],
)
def test_what_is_not_one_need_or_had_its_publicity_is_no_risk(others: dict[str, object]) -> None:
    one = _contract("1", 35000, procedure=FREE)
    assert split_needs([one, one._replace(id="2", **others)], LIMITS) == ()  # type: ignore[arg-type]


def test_the_threshold_is_that_of_the_day() -> None:
    first = _contract("1", 25000, procedure=FREE, notified=date(2026, 3, 30))
    before = first._replace(id="2", notified=date(2026, 3, 31))
    after = first._replace(id="2", notified=date(2026, 4, 1))
    assert [need.limit for need in split_needs([first, before], LIMITS)] == [40000]
    assert split_needs([first, after], LIMITS) == ()


def test_adapted_procedures_are_added_up_against_the_european_threshold() -> None:
    parts = [_contract(f"{n}", 80000, procedure="Procédure adaptée") for n in range(3)]
    assert [need.threshold for need in split_needs(parts, LIMITS)] == ["procédure formalisée"]
    open_ones = [each._replace(procedure="Appel d'offres ouvert") for each in parts]
    assert split_needs(open_ones, LIMITS) == ()


def test_without_code_alike_subjects_of_a_year_make_a_category() -> None:
    parts = [_contract(f"{n}", 35000, family="") for n in range(2)]
    [found] = split_needs(parts, LIMITS)
    assert found.category == "objets proches : bureau papier…"
    assert split_needs([parts[0], parts[1]._replace(subject="Tonte de gazon")], LIMITS) == ()


def test_a_threshold_that_no_text_states_is_not_guessed() -> None:
    silent = PurchaseThresholds(lambda day: FakeLaw(day, silent=("dispense",)), Buyer.LOCAL)
    parts = [_contract(f"{n}", 35000, procedure=FREE) for n in range(2)]
    assert split_needs(parts, silent) == ()


def test_tables_have_a_cell_for_each_column(tmp_path: Path) -> None:
    rows = [
        *purchase("1", 35000, procedure=FREE),
        *purchase("2", 35000, procedure=FREE, notified=date(2026, 5, 1)),
        *purchase("3", 800, buyer_siret="2" * 14, buyer_name="Autre", subject="Bureau, papier"),
        *purchase("4", 900, subject="Papier et bureau"),
    ]
    with open_ledger(filled(tmp_path, *rows)) as ledger:
        tables = [
            *summary_tables(ledger, TODAY),
            *supplier_tables(held_contracts(ledger)),
            pooling_table(contracts(ledger)),
            needs_table(repeated(ledger), LIMITS),
        ]
    for table in tables:
        assert {len(row) for row in table.rows} <= {len(table.columns)}, table.title
    assert len(tables[-2].rows) == len(tables[-1].rows) == 1


@pytest.mark.parametrize(
    ("subject", "is_works"),
    [
        ("LOT 3 - GROS OEUVRE", True),
        ("Lot n° 4 : menuiseries extérieures / serrurerie", True),
        ("Fourniture et pose de faux-plafonds", True),
        ("Travaux d'entretien de la voirie", True),
        ("TRVX DE RESTAURATION DU CLOS ET DU COUVERT", True),
        ("Maintenance des installations de chauffage", False),
        ("Fourniture et acheminement d'électricité", False),
        ("Assurance dommages aux biens", False),
        ("Maîtrise d'œuvre pour la rénovation de l'école", False),
        ("Denrées alimentaires surgelées", False),
    ],
)
def test_works_without_code_or_nature_are_known_by_their_words(
    subject: str, is_works: bool
) -> None:
    one = _contract("1", subject=subject, category="", family="")
    assert one.is_works is is_works
    assert not one._replace(category="services").is_works


@pytest.mark.parametrize("part", ["lot 4", "L7 -", "MS 12", "marché subséquent 3", "secteur B"])
def test_parts_of_one_consultation_are_no_risk_unless_their_procedure_is_a_lighter_one(
    part: str,
) -> None:
    subject = f"Confection de repas en liaison froide {part}"
    parts = [_contract(f"{n}", 150000, subject=subject, family="") for n in range(2)]
    assert split_needs(parts, LIMITS) == ()
    adapted = [each._replace(procedure="Procédure adaptée") for each in parts]
    assert [need.amount for need in split_needs(adapted, LIMITS)] == [300000]


def test_the_words_of_a_group_are_whole_and_in_the_order_of_its_first_subject() -> None:
    subjects = ("Fourniture et acheminement d'électricité", "Acheminement d'électricité - lot 1")
    [found] = opportunities([_other(f"{n}", subject=text) for n, text in enumerate(subjects)])
    assert found.words == ("acheminement", "électricité")
