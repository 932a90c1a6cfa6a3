"""Awarding and changing a contract."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis import strategies as st

from assistant.calculators.award import StandstillAsked, TurnoverAsked, standstill, turnover
from assistant.calculators.calculation import Buyer, Calculation, CalculationLine, Nature
from assistant.calculators.modification import ModificationAsked, modification
from assistant.errors import WrongFigures
from ingestion.french import in_words
from tests.support.fake_law import FakeLaw

SENT = date(2026, 12, 18)


def test_eleven_days_by_electronic_means() -> None:
    found = standstill(StandstillAsked(SENT), FakeLaw())
    assert [line.text for line in found.result] == [
        "Le marché peut être signé à partir du mardi 29 décembre 2026."
    ]
    assert {ground.article for ground in found.grounds} == {"R2182-1"}


def test_sixteen_days_otherwise() -> None:
    """The case decided by the Conseil d'État: sent on 28 December, signed on 13 January."""
    found = standstill(StandstillAsked(date(2010, 12, 28), is_electronic=False), _law_of_2010())
    assert "à partir du jeudi 13 janvier 2011" in found.result[0].text


def test_the_days_are_those_the_law_states() -> None:
    law = FakeLaw(changed={"suspension": Decimal(20)})
    found = standstill(StandstillAsked(SENT), law)
    assert "20 jours" in found.steps[0].text
    assert "jeudi 7 janvier 2027" in found.result[0].text


@pytest.mark.parametrize("is_formalised", [True, False])
def test_the_procedure_that_the_wait_is_of_is_told(*, is_formalised: bool) -> None:
    found = standstill(StandstillAsked(SENT, is_formalised=is_formalised), FakeLaw())
    told = any("procédure adaptée n'a pas de délai" in each for each in found.cautions)
    assert told is is_formalised
    assert found.steps[0].text.startswith("Procédure formalisée, ") is is_formalised


def test_nothing_to_wait_for_outside_formal_procedures() -> None:
    found = standstill(StandstillAsked(SENT, is_formalised=False), FakeLaw())
    assert "Aucun délai minimal" in found.result[0].text
    assert found.result[0].grounds


def test_nothing_to_wait_for_when_only_one_took_part() -> None:
    found = standstill(StandstillAsked(SENT, is_only_tenderer=True), FakeLaw())
    assert "sans attendre" in found.result[0].text
    assert {ground.article for ground in found.grounds} == {"R2182-2"}


@given(some.dates(date(2019, 4, 1), date(2060, 12, 31)))
def test_weekends_and_holidays_move_nothing(sent: date) -> None:
    found = standstill(StandstillAsked(sent), FakeLaw())
    assert in_words(sent + timedelta(11)) in found.result[0].text


def _law_of_2010() -> FakeLaw:
    return FakeLaw(date(2010, 12, 28), changed={"suspension, sans voie électronique": Decimal(16)})


AMOUNTS = some.decimals(Decimal("0.01"), Decimal("99999999"), places=2)


@pytest.mark.parametrize(
    ("day", "ceiling"),
    [(date(2025, 12, 31), "240\u202f000"), (date(2026, 1, 1), "180\u202f000")],
)
def test_the_ceiling_is_that_of_its_day(day: date, ceiling: str) -> None:
    found = turnover(TurnoverAsked(Decimal(120000)), FakeLaw(day))
    assert ceiling in found.result[0].text
    assert found.result[0].grounds[0].article == "R2142-7"


@given(AMOUNTS)
def test_the_ceiling_is_never_above_the_law(amount: Decimal) -> None:
    found = turnover(TurnoverAsked(amount), FakeLaw())
    said = found.result[0].text.removesuffix("\u00a0€.").rpartition("dépasser ")[2]
    ceiling = Decimal(said.replace("\u202f", "").replace(",", "."))
    assert 0 <= amount * Decimal("1.5") - ceiling < Decimal("0.01")


def test_nothing_is_no_amount() -> None:
    with pytest.raises(WrongFigures, match="supérieur à zéro"):
        TurnoverAsked(Decimal(0))


SMALL = "Modification de faible montant : "
UNFORESEEN = "Prestations supplémentaires ou circonstances imprévues : "
INITIALS = st.decimals(min_value=1, max_value=10**8, places=2, allow_nan=False)

CHANGES = st.lists(
    st.decimals(min_value=-(10**7), max_value=10**7, places=2, allow_nan=False),
    min_size=1,
    max_size=5,
)


def _calculated(
    initial: str | Decimal,
    *changes: str | Decimal,
    nature: Nature = Nature.SERVICES,
    buyer: Buyer = Buyer.LOCAL,
    is_unforeseen: bool = False,
) -> Calculation:
    amounts = tuple(map(Decimal, changes))
    asked = ModificationAsked(Decimal(initial), amounts, nature, buyer, is_unforeseen)
    return modification(asked, FakeLaw())


def _line(calculation: Calculation, lead: str) -> CalculationLine:
    [line] = [line for line in calculation.result if line.text.startswith(lead)]
    return line


def _verdict(calculation: Calculation, lead: str = SMALL) -> str:
    """The first words after a lead: possible, exclue, à vérifier."""
    return _line(calculation, lead).text.removeprefix(lead).replace(" pour", ",").split(",")[0]


@pytest.mark.parametrize(
    ("nature", "change", "verdict"),
    [
        (Nature.SERVICES, "19999.99", "possible"),
        (Nature.SERVICES, "20000", "exclue"),
        (Nature.SUPPLIES, "20000", "exclue"),
        (Nature.SOCIAL_SERVICES, "20000", "exclue"),
        (Nature.WORKS, "29999.99", "possible"),
        (Nature.WORKS, "30000", "exclue"),
    ],
)
def test_a_small_amount_stays_below_the_share_of_its_nature(
    nature: Nature, change: str, verdict: str
) -> None:
    assert _verdict(_calculated("200000", change, nature=nature)) == verdict


@pytest.mark.parametrize(
    ("nature", "buyer", "threshold"),
    [
        (Nature.WORKS, Buyer.LOCAL, 5404000),
        (Nature.WORKS, Buyer.ENTITY, 5404000),
        (Nature.SERVICES, Buyer.STATE, 140000),
        (Nature.SERVICES, Buyer.LOCAL, 216000),
        (Nature.SERVICES, Buyer.HOSPITAL, 216000),
        (Nature.SUPPLIES, Buyer.OTHER_AUTHORITY, 216000),
        (Nature.SUPPLIES, Buyer.ENTITY, 432000),
    ],
)
def test_it_also_stays_below_the_european_threshold(
    nature: Nature, buyer: Buyer, threshold: int
) -> None:
    below, at = (
        _calculated("90000000", str(change), nature=nature, buyer=buyer)
        for change in (threshold - 1, threshold)
    )
    assert (_verdict(below), _verdict(at)) == ("possible", "exclue")
    assert "Annexe 2" in [ground.article for ground in _line(at, SMALL).grounds]


def test_successive_modifications_count_together() -> None:
    assert _verdict(_calculated("200000", "12000")) == "possible"
    assert _verdict(_calculated("200000", "12000", "8000")) == "exclue"


def test_a_decrease_counts_as_much_as_an_increase() -> None:
    assert _verdict(_calculated("200000", "-25000")) == "exclue"
    assert _verdict(_calculated("200000", "-15000")) == "possible"


def test_whether_a_decrease_makes_up_for_an_increase_is_to_be_verified() -> None:
    assert _verdict(_calculated("200000", "25000", "-10000")) == "à vérifier"


def test_an_additional_need_is_measured_one_modification_at_a_time() -> None:
    calculation = _calculated("200000", "90000", "100000", is_unforeseen=True)
    assert _verdict(calculation, UNFORESEEN) == "possible selon la cause"
    assert _verdict(calculation) == "exclue"
    assert calculation.result[0].text.startswith(UNFORESEEN)
    assert "90\u202f000\u00a0€ = 45\u00a0%" in calculation.result[0].text


def test_what_is_small_leads_whatever_the_need() -> None:
    assert _calculated("200000", "9000", is_unforeseen=True).result[0].text.startswith(SMALL)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (("7000",), " ; il reste moins de 13\u202f000\u00a0€."),
        (("7000", "5000"), " ; il reste moins de 8\u202f000\u00a0€."),
        ((), "possible si l'ensemble est inférieur à 20\u202f000\u00a0€."),
        (("20000",), "(10\u00a0% du montant initial) n'est pas inférieur à 20\u202f000\u00a0€."),
        (("19999.99",), "(9,999995\u00a0% du montant initial)"),
        (("-7000",), "est inférieur à 20\u202f000\u00a0€."),
    ],
)
def test_a_small_amount_is_told_with_its_share_and_what_is_left(
    changes: tuple[str, ...], said: str
) -> None:
    assert said in _calculated("200000", *changes).result[0].text


def test_the_european_threshold_is_named_where_it_is_the_limit() -> None:
    said = _calculated("4000000", "250000").result[0].text
    assert said.endswith(
        "(6,25\u00a0% du montant initial) n'est pas inférieur à "
        "216\u202f000\u00a0€, seuil européen."
    )


def test_nothing_at_all_is_no_modification() -> None:
    with pytest.raises(WrongFigures, match="au moins une modification"):
        ModificationAsked(None, (), Nature.WORKS, Buyer.LOCAL)


def test_above_its_limit_it_is_closed_and_the_modification_named() -> None:
    calculation = _calculated("200000", "90000", "100000.01", is_unforeseen=True)
    text = _line(calculation, UNFORESEEN).text
    assert "exclu pour 100\u202f000,01\u00a0€" in text
    assert "90\u202f000" not in text


def test_the_limit_does_not_bind_an_entity_that_is_no_authority() -> None:
    calculation = _calculated("200000", "150000", buyer=Buyer.ENTITY, is_unforeseen=True)
    assert _verdict(calculation, UNFORESEEN) == "à vérifier"


def test_an_additional_need_may_call_for_a_notice() -> None:
    notice = _calculated("200000", "1", is_unforeseen=True).result[2]
    assert notice.grounds[0].article == "R2194-10"


def test_grounds_that_no_amount_closes_remain_to_be_verified() -> None:
    articles = [
        line.grounds[0].article
        for line in _calculated("200000", "500000").result
        if "à vérifier" in line.text
    ]
    assert articles == ["R2194-2", "R2194-1", "R2194-7"]


@given(INITIALS, CHANGES, st.sampled_from(Nature), st.sampled_from(Buyer))
def test_what_is_possible_with_more_modifications_was_possible_with_fewer(
    initial: Decimal, changes: list[Decimal], nature: Nature, buyer: Buyer
) -> None:
    prefixes = accumulate(([change] for change in changes), list.__add__)
    verdicts = [
        _verdict(_calculated(initial, *prefix, nature=nature, buyer=buyer)) for prefix in prefixes
    ]
    possible = [verdict == "possible" for verdict in verdicts]
    assert possible == sorted(possible, reverse=True)


@given(INITIALS, CHANGES, st.sampled_from(Nature), st.sampled_from(Buyer))
def test_opposite_modifications_have_the_same_verdict(
    initial: Decimal, changes: list[Decimal], nature: Nature, buyer: Buyer
) -> None:
    opposite = [-change for change in changes]
    one, other = (
        _verdict(_calculated(initial, *each, nature=nature, buyer=buyer))
        for each in (changes, opposite)
    )
    assert one == other


@given(CHANGES, st.sampled_from(Nature), st.sampled_from(Buyer))
def test_shares_of_an_unknown_amount_are_judged_as_those_of_a_small_one(
    changes: list[Decimal], nature: Nature, buyer: Buyer
) -> None:
    shares = modification(ModificationAsked(None, tuple(changes), nature, buyer), FakeLaw())
    amounts = _calculated("100", *changes, nature=nature, buyer=buyer)
    assert _verdict(shares) == _verdict(amounts)


@pytest.mark.parametrize(
    ("share", "small"),
    [
        (
            "12",
            "possible, l'ensemble est inférieur à 15\u00a0%, et à condition de l'être aussi au "
            "seuil européen de 5\u202f404\u202f000\u00a0€ HT.",
        ),
        ("20", "exclue, l'ensemble n'est pas inférieur à 15\u00a0%."),
    ],
)
def test_below_its_share_an_unknown_amount_has_another_limit(share: str, small: str) -> None:
    asked = ModificationAsked(None, (Decimal(share),), Nature.WORKS, Buyer.LOCAL, True)
    calculation = modification(asked, FakeLaw())
    assert _line(calculation, SMALL).text == SMALL + small
    assert _line(calculation, UNFORESEEN).text.endswith("ne dépasse 50\u00a0%.")
    assert not any("\u00a0€ =" in line.text for line in calculation.steps)


def test_the_shares_are_those_of_the_law() -> None:
    asked = ModificationAsked(
        Decimal(200000), (Decimal(9000),), Nature.SERVICES, Buyer.LOCAL, is_unforeseen=True
    )
    law = FakeLaw(
        changed={
            "modification, fournitures et services": Decimal(4),
            "modification imprévue": Decimal(4),
        }
    )
    calculation = modification(asked, law)
    assert _verdict(calculation) == "exclue"
    assert _verdict(calculation, UNFORESEEN) == "exclu"


@pytest.mark.parametrize(
    ("initial", "changes", "named"),
    [
        ("0", ["1"], "Le montant initial"),
        ("1", ["1", "NaN"], "Le montant d'une modification"),
    ],
)
def test_what_cannot_be_true_is_explained(initial: str, changes: list[str], named: str) -> None:
    with pytest.raises(WrongFigures, match=named):
        _calculated(initial, *changes)


@pytest.mark.parametrize(
    ("change", "told"), [("20000", "à condition de l'être aussi au"), ("40000", "exclue")]
)
def test_the_european_threshold_of_other_services_is_not_that_of_social_ones(
    change: str, told: str
) -> None:
    asked = ModificationAsked(
        Decimal(300000), (Decimal(change),), Nature.SOCIAL_SERVICES, Buyer.LOCAL
    )
    law = FakeLaw(silent={"seuil européen, autre pouvoir adjudicateur"})
    assert told in modification(asked, law).result[0].text
