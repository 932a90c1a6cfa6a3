"""The advance and the retenue de garantie: each figure with its rule."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.calculators.advance import AdvanceAsked, advance
from assistant.calculators.calculation import Buyer, Calculation
from assistant.calculators.retention import RetentionAsked, retention
from assistant.errors import WrongFigures
from assistant.question.quantities import find_quantities, fold_same_length
from tests.support.fake_law import FakeLaw

AMOUNTS = st.decimals(min_value=1, max_value=10**9, places=2, allow_nan=False)
FIGURE = Decimal(150000)
MONTHS = st.integers(min_value=1, max_value=180).map(Decimal)
BUYERS = st.sampled_from(Buyer)


def _asked(
    amount: str = "100000",
    with_tax: str | None = "120000",
    months: str = "12",
    buyer: Buyer = Buyer.LOCAL,
    *,
    is_sme: bool = False,
    is_large_buyer: bool | None = None,
) -> AdvanceAsked:
    tax = None if with_tax is None else Decimal(with_tax)
    return AdvanceAsked(Decimal(amount), tax, Decimal(months), buyer, is_sme, is_large_buyer)


def _calculated(asked: AdvanceAsked) -> Calculation:
    return advance(asked, FakeLaw())


def _sums(text: str) -> list[Fraction]:
    """The amounts in euros of a sentence, in order."""
    found = find_quantities(fold_same_length(text))
    return [Fraction(quantity.value) for quantity in found if quantity.unit == "euro"]


def _range(calculation: Calculation) -> tuple[Fraction, Fraction]:
    """The lowest and the highest advance of a result."""
    return _sums(calculation.result[1].text)[-1], _sums(calculation.result[2].text)[-1]


def _is_due(asked: AdvanceAsked) -> bool:
    return _calculated(asked).result[0].text == "L'avance est obligatoire."


@pytest.mark.parametrize(
    ("amount", "months", "is_due"),
    [
        ("50000.01", "2.5", True),
        ("50000", "3", False),
        ("50000.01", "2", False),
        ("50000", "2", False),
        ("9000000", "48", True),
    ],
)
def test_it_is_due_above_the_amount_and_above_the_duration(
    amount: str, months: str, is_due: bool
) -> None:
    assert _is_due(_asked(amount, None, months)) is is_due


def test_where_it_is_not_due_the_contract_may_still_provide_one() -> None:
    calculation = _calculated(_asked("30000", "36000", "1"))
    assert "R2191-4" in [ground.article for ground in calculation.result[0].grounds]
    assert _range(calculation) == (Fraction(1800), Fraction(10800))


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ("12", (6000, 36000)),
        ("3", (6000, 36000)),
        ("24", (3000, 18000)),
        ("36", (2000, 12000)),
        ("14", (Fraction("5142.86"), Fraction("30857.14"))),
    ],
)
def test_a_long_contract_counts_for_one_year(
    months: str, expected: tuple[Fraction, Fraction]
) -> None:
    assert _range(_calculated(_asked(months=months))) == expected


@pytest.mark.parametrize(
    ("buyer", "is_large_buyer", "lowest"),
    [
        (Buyer.STATE, False, 36000),
        (Buyer.LOCAL, True, 12000),
        (Buyer.LOCAL, False, 6000),
        (Buyer.OTHER_AUTHORITY, True, 12000),
        (Buyer.ENTITY, True, 12000),
        (Buyer.HOSPITAL, True, 6000),
    ],
)
def test_the_minimum_of_an_sme_depends_on_the_buyer(
    buyer: Buyer, is_large_buyer: bool, lowest: int
) -> None:
    asked = _asked(buyer=buyer, is_sme=True, is_large_buyer=is_large_buyer)
    assert _range(_calculated(asked)) == (Fraction(lowest), Fraction(36000))


@pytest.mark.parametrize(
    ("is_large_buyer", "told"), [(True, "oui"), (False, "non"), (None, "non précisé")]
)
def test_whether_the_buyer_is_large_is_told_as_it_was_given(
    is_large_buyer: bool | None, told: str
) -> None:
    inputs = dict(_calculated(_asked(is_large_buyer=is_large_buyer)).inputs)
    assert inputs["grand organisme public"] == told


def test_a_holder_that_is_no_sme_has_the_ordinary_minimum() -> None:
    assert _range(_calculated(_asked(buyer=Buyer.STATE)))[0] == 6000


def test_for_an_sme_of_the_state_its_establishments_are_to_be_verified() -> None:
    last = _calculated(_asked(buyer=Buyer.STATE, is_sme=True)).result[-1]
    assert last.text.startswith("À vérifier")
    assert "10\u00a0%" in last.text
    assert "tout autre établissement" in last.text
    assert "5\u00a0%" in last.text


@pytest.mark.parametrize("buyer", Buyer)
def test_a_local_authority_may_ask_for_a_guarantee_at_any_rate(buyer: Buyer) -> None:
    found = _calculated(_asked(buyer=buyer))
    assert any("quel que soit son taux" in each for each in found.cautions) == (
        buyer is Buyer.LOCAL
    )


def test_for_an_sme_a_higher_minimum_of_large_authorities_is_to_be_verified() -> None:
    last = _calculated(_asked(buyer=Buyer.LOCAL, is_sme=True)).result[-1]
    assert last.text.startswith("À vérifier : le taux minimal est 10\u00a0% si les dépenses")
    assert last.grounds


@pytest.mark.parametrize(
    ("buyer", "is_sme", "is_large_buyer"),
    [
        (Buyer.LOCAL, True, True),
        (Buyer.LOCAL, True, False),
        (Buyer.LOCAL, False, None),
        (Buyer.HOSPITAL, True, None),
    ],
)
def test_a_higher_minimum_that_is_known_or_for_nobody_is_not_to_be_verified(
    buyer: Buyer, is_sme: bool, is_large_buyer: bool | None
) -> None:
    found = _calculated(_asked(buyer=buyer, is_sme=is_sme, is_large_buyer=is_large_buyer))
    assert not any("À vérifier" in line.text for line in found.result)


@pytest.mark.parametrize(
    ("buyer", "is_large_buyer", "told"),
    [
        (Buyer.OTHER_AUTHORITY, None, "seul un grand organisme"),
        (Buyer.ENTITY, None, "seul un grand organisme"),
        (Buyer.OTHER_AUTHORITY, False, "n'est pas relevé"),
        (Buyer.HOSPITAL, None, "n'est pas relevé"),
    ],
)
def test_that_a_minimum_is_not_raised_is_said_only_where_it_is_known(
    buyer: Buyer, is_large_buyer: bool | None, told: str
) -> None:
    asked = _asked(buyer=buyer, is_sme=True, is_large_buyer=is_large_buyer)
    assert any(told in line.text for line in _calculated(asked).steps)


@pytest.mark.parametrize("buyer", [Buyer.OTHER_AUTHORITY, Buyer.ENTITY])
def test_whether_another_buyer_is_bound_is_to_be_verified(buyer: Buyer) -> None:
    last = _calculated(_asked(buyer=buyer)).result[-1]
    assert [ground.article for ground in last.grounds] == ["L2191-1"]


def test_without_the_amount_with_tax_only_rates_are_said() -> None:
    calculation = _calculated(_asked(with_tax=None, months="24"))
    assert not any(_sums(line.text) for line in calculation.result)
    assert "donnez le montant TTC" in calculation.result[1].text


def test_the_repayment_begins_at_a_share_of_the_amount_with_tax() -> None:
    begins = _calculated(_asked()).result[4]
    assert _sums(begins.text) == [78000]
    assert {ground.article for ground in begins.grounds} == {"R2191-11"}


@given(AMOUNTS, AMOUNTS, MONTHS, BUYERS, st.booleans(), st.booleans())
def test_a_larger_contract_never_has_a_smaller_advance(
    one: Decimal, other: Decimal, months: Decimal, buyer: Buyer, is_sme: bool, is_large: bool
) -> None:
    ranges = [
        _range(_calculated(AdvanceAsked(amount, amount, months, buyer, is_sme, is_large)))
        for amount in sorted((one, other))
    ]
    assert ranges[0][0] <= ranges[1][0]
    assert ranges[0][1] <= ranges[1][1]


@given(AMOUNTS, MONTHS, BUYERS, st.booleans(), st.booleans())
def test_the_minimum_is_at_most_the_maximum_and_that_at_most_the_contract(
    amount: Decimal, months: Decimal, buyer: Buyer, is_sme: bool, is_large: bool
) -> None:
    asked = AdvanceAsked(amount, amount, months, buyer, is_sme, is_large)
    lowest, highest = _range(_calculated(asked))
    assert 0 <= lowest <= highest <= Fraction(amount)


@given(AMOUNTS, MONTHS, MONTHS)
def test_a_longer_contract_of_the_same_amount_never_has_a_larger_advance(
    amount: Decimal, one: Decimal, other: Decimal
) -> None:
    long, short = (
        _range(_calculated(AdvanceAsked(amount, amount, months, Buyer.LOCAL)))
        for months in (max(one, other), min(one, other))
    )
    assert long[0] <= short[0]
    assert long[1] <= short[1]


def test_an_advance_to_the_cent_is_within_the_rates() -> None:
    found = _range(_calculated(_asked("100", "100.02")))
    assert found == (Fraction("5.01"), Fraction(30))


def test_the_only_advance_that_the_rates_allow_is_the_highest() -> None:
    one, other = _range(_calculated(_asked("100", "100.02", buyer=Buyer.STATE, is_sme=True)))
    assert one == other == 30


def test_the_figures_are_those_of_the_law() -> None:
    law = FakeLaw(changed={"avance, montant": Decimal(90000), "avance, délai": Decimal(6)})
    assert advance(_asked(), law).result[0].text == "L'avance est obligatoire."
    assert advance(_asked("90000"), law).result[0].text != "L'avance est obligatoire."


@pytest.mark.parametrize(("months", "expected"), [("12", 6000), ("24", 2400)])
def test_up_to_one_year_and_beyond_have_their_own_rates(months: str, expected: int) -> None:
    law = FakeLaw(
        changed={"avance minimale, marché long": Decimal(8), "avance, multiple": Decimal(6)}
    )
    assert _range(advance(_asked(months=months), law))[0] == expected


@pytest.mark.parametrize(
    ("amount", "with_tax", "months", "named"),
    [
        ("0", None, "12", "Le montant HT"),
        ("10", "9", "12", "inférieur au montant HT"),
        ("10", "NaN", "12", "Le montant TTC"),
        ("10", None, "0", "La durée du marché"),
        ("10", None, "Infinity", "La durée du marché"),
    ],
)
def test_what_cannot_be_true_is_explained(
    amount: str, with_tax: str | None, months: str, named: str
) -> None:
    with pytest.raises(WrongFigures, match=named):
        _asked(amount, with_tax, months)


def _highest(asked: RetentionAsked, law: FakeLaw | None = None) -> str:
    return retention(asked, law or FakeLaw()).result[0].text


@pytest.mark.parametrize("is_sme", [True, False])
@pytest.mark.parametrize("is_large_buyer", [True, False])
def test_it_is_lowered_only_for_an_sme_and_a_large_buyer(
    is_sme: bool, is_large_buyer: bool
) -> None:
    text = _highest(RetentionAsked(Decimal(100000), is_sme, is_large_buyer))
    assert ("3\u202f000\u00a0€" in text) is (is_sme and is_large_buyer)


def test_the_rate_is_that_of_the_law() -> None:
    law = FakeLaw(changed={"retenue de garantie": Decimal("7.5")})
    assert "7\u202f500\u00a0€" in _highest(RetentionAsked(Decimal(100000)), law)


@given(AMOUNTS)
def test_the_highest_retention_is_never_above_the_law(amount: Decimal) -> None:
    highest = _sums(_highest(RetentionAsked(amount)))[-1]
    assert 0 <= Fraction(amount) / 20 - highest < Fraction("0.01")


def test_the_result_is_rounded_down_to_the_cent_and_grounded() -> None:
    calculation = retention(RetentionAsked(Decimal("100.10"), is_sme=False), FakeLaw())
    assert calculation.steps[1].text.endswith(" = 5\u00a0€, au centime inférieur.")
    assert calculation.result[0].text.endswith("ne peut dépasser 5\u00a0€.")
    assert [ground.article for ground in calculation.grounds] == ["R2191-33", "R2191-35"]


def test_a_retention_of_no_amount_is_explained() -> None:
    with pytest.raises(WrongFigures, match="Le montant du marché"):
        RetentionAsked(Decimal(0))


def test_a_part_paid_directly_to_subcontractors_is_taken_off() -> None:
    asked = AdvanceAsked(
        Decimal(90000),
        Decimal(108000),
        Decimal(6),
        Buyer.LOCAL,
        is_sme=False,
        subcontracted=Decimal(45000),
    )
    found = _calculated(asked)
    assert "45\u202f000\u00a0€ : inférieur ou égal" in found.result[0].text
    assert _range(found) == (Fraction(2700), Fraction(16200))
    assert found.steps[0].grounds[0].article == "R2191-6"


def test_a_part_as_large_as_the_contract_is_explained() -> None:
    with pytest.raises(WrongFigures, match="La part sous-traitée"):
        AdvanceAsked(Decimal(90000), None, Decimal(6), Buyer.LOCAL, subcontracted=Decimal(90000))


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        ("4.99", "Le taux de 4,99\u00a0% est inférieur au minimum de 5\u00a0%."),
        ("5", "Au taux prévu de 5\u00a0%, l'avance est : 5\u00a0% de 120\u202f000\u00a0€ ="),
        ("40", "Au taux prévu de 40\u00a0%, l'avance est : 40\u00a0% de 120\u202f000\u00a0€ ="),
    ],
)
def test_the_rate_of_the_contract_is_calculated_or_too_low(rate: str, said: str) -> None:
    asked = AdvanceAsked(
        Decimal(100000), Decimal(120000), Decimal(12), Buyer.LOCAL, False, rate=Decimal(rate)
    )
    assert _calculated(asked).result[1].text.startswith(said)


@pytest.mark.parametrize(
    ("with_tax", "months", "said"),
    [
        ("60000", "6", "L'avance est obligatoire si le montant initial HT dépasse"),
        ("50000", "6", "L'avance n'est pas obligatoire (montant initial TTC"),
        ("60000", "2", "L'avance n'est pas obligatoire (délai d'exécution"),
    ],
)
def test_of_the_amount_with_tax_alone_the_duty_is_told_as_far_as_it_is_known(
    with_tax: str, months: str, said: str
) -> None:
    asked = AdvanceAsked(None, Decimal(with_tax), Decimal(months), Buyer.LOCAL)
    assert _calculated(asked).result[0].text.startswith(said)


@pytest.mark.parametrize(("is_sme", "is_told"), [(None, True), (False, False)])
def test_that_a_small_holder_has_other_rates_is_told_where_nobody_said(
    is_sme: bool | None, is_told: bool
) -> None:
    found = _calculated(AdvanceAsked(FIGURE, None, Decimal(8), Buyer.LOCAL, is_sme))
    assert any("si le titulaire est une PME" in line.text for line in found.result) is is_told
    kept = retention(RetentionAsked(FIGURE, is_sme), FakeLaw())
    assert any("si le titulaire est une PME" in line.text for line in kept.result) is is_told


def test_before_small_holders_had_other_rates_none_is_told() -> None:
    law = FakeLaw(silent={"retenue de garantie, PME", "avance minimale, PME, État"})
    told = (
        *retention(RetentionAsked(FIGURE), law).result,
        *advance(AdvanceAsked(FIGURE, None, Decimal(8), Buyer.LOCAL), law).result,
    )
    assert not any("PME" in line.text for line in told)


def test_modifications_are_told_as_terms_of_the_amount() -> None:
    asked = RetentionAsked(Decimal(106000), changes=(Decimal(10000), Decimal(-4000)))
    told = retention(asked, FakeLaw()).steps[0].text
    assert told.endswith(
        "100\u202f000\u00a0€ + 10\u202f000\u00a0€ − 4\u202f000\u00a0€ = 106\u202f000\u00a0€."
    )


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("5", "Oui : le taux minimal est de 5\u00a0%."),
        ("10", "Non : le taux minimal est de 5\u00a0%"),
    ],
)
def test_what_is_held_to_be_the_lowest_rate_is_judged_first(said: str, verdict: str) -> None:
    asked = replace(_asked(buyer=Buyer.HOSPITAL), least_said=Decimal(said))
    assert _calculated(asked).result[0].text.startswith(verdict)


def test_a_part_known_with_tax_is_taken_off_the_amount_with_tax() -> None:
    asked = AdvanceAsked(
        None, Decimal(600000), Decimal(10), Buyer.LOCAL, subcontracted_with_tax=Decimal(150000)
    )
    assert _range(_calculated(asked))[0] == 22500
    assert any("450\u202f000\u00a0€ TTC" in line.text for line in _calculated(asked).steps)


def test_a_part_with_tax_as_large_as_the_contract_is_explained() -> None:
    with pytest.raises(WrongFigures, match="TTC du marché"):
        AdvanceAsked(
            None, Decimal(60000), Decimal(10), Buyer.LOCAL, subcontracted_with_tax=Decimal(60000)
        )
