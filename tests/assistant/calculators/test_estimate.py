"""The estimated value of a need and the procedure that it leads to."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.calculators.calculation import Buyer, Calculation, Nature
from assistant.calculators.estimate import EstimateAsked, ValueBasis, estimate
from assistant.errors import Ungrounded, WrongFigures
from tests.support.fake_law import FakeLaw

ARTICLES = {
    ValueBasis.DURATION: "R2121-1",
    ValueBasis.FRAMEWORK: "R2121-8",
    ValueBasis.OPERATION: "R2121-5",
    ValueBasis.HOMOGENEOUS: "R2121-6",
    ValueBasis.LOTS: "R2121-1",
    ValueBasis.TRANCHES: "R2121-1",
    ValueBasis.OPTIONS: "R2121-1",
}


def _found(
    *amounts: str,
    nature: Nature | None = Nature.SERVICES,
    buyer: Buyer | None = Buyer.LOCAL,
    basis: ValueBasis = ValueBasis.DURATION,
    months: str | None = None,
    period: str = "12",
) -> Calculation:
    over = None if months is None else Decimal(months)
    parts = tuple(map(Decimal, amounts))
    asked = EstimateAsked(parts, nature, buyer, basis, over, Decimal(period))
    return estimate(asked, FakeLaw())


def test_what_is_bought_once_is_added_to_what_comes_back() -> None:
    asked = EstimateAsked(
        (Decimal(2400),),
        Nature.SERVICES,
        Buyer.LOCAL,
        ValueBasis.DURATION,
        Decimal(60),
        once=(Decimal(19500),),
    )
    assert asked.value == Decimal(31500)
    found = estimate(asked, FakeLaw())
    told = {label: _plain(value) for label, value in found.inputs}
    assert (told["montants HT"], told["montant HT payé une fois"]) == ("2 400 €", "19 500 €")
    [first, *_] = found.result
    assert "19 500 € + 2 400 € × 5 ans = 31 500 € HT" in _plain(first.text)
    with pytest.raises(WrongFigures):
        replace(asked, once=(Decimal(0),))


def _plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("basis", ValueBasis)
def test_the_value_comes_first_with_its_rule(basis: ValueBasis) -> None:
    first = _found("40000", "30000", basis=basis).result[0]
    assert _plain(first.text).startswith("Valeur à retenir : 40 000 € + 30 000 € = 70 000 € HT (")
    assert [ground.article for ground in first.grounds] == [ARTICLES[basis]]


@pytest.mark.parametrize(
    ("amounts", "months", "period", "told"),
    [
        (("19000",), "48", "12", "19 000 € × 4 ans = 76 000 € HT"),
        (("19000",), "12", "12", "19 000 € × 1 an = 19 000 € HT"),
        (("10000",), "30", "12", "10 000 € × 2,5 ans = 25 000 € HT"),
        (("900",), "60", "1", "900 € × 60 mois = 54 000 € HT"),
        (("3000",), "12", "3", "3 000 € × 4 périodes = 12 000 € HT"),
        (("19000", "1000"), "24", "12", "(19 000 € + 1 000 €) × 2 ans = 40 000 € HT"),
        (("220000",), None, "12", "Valeur à retenir : 220 000 € HT"),
    ],
)
def test_what_comes_back_counts_as_often_as_it_does(
    amounts: tuple[str, ...], months: str | None, period: str, told: str
) -> None:
    assert told in _plain(_found(*amounts, months=months, period=period).result[0].text)


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("14999.99", "sans publicité ni mise en concurrence"),
        ("15000", "procédure adaptée possible"),
        ("54000", "procédure formalisée"),
    ],
)
def test_the_procedure_is_that_of_the_whole_value(amount: str, said: str) -> None:
    assert said in _found(amount, months="48").result[1].text


def test_without_nature_and_buyer_every_case_is_told() -> None:
    found = _found("208000", nature=None, buyer=None, basis=ValueBasis.FRAMEWORK)
    said = [_plain(line.text) for line in found.result[1:]]
    authorities = "État ou établissement public administratif de l'État, collectivité, hôpital"
    assert said[0].startswith(f"Travaux, {authorities} : procédure adaptée possible.")
    assert "BOAMP" in said[0]
    assert any(
        each.startswith("Fournitures ou services, État") and "procédure formalisée" in each
        for each in said
    )
    assert any(
        each.startswith("Fournitures ou services, collectivité, hôpital : procédure adaptée")
        for each in said
    )
    assert all(line.grounds for line in found.result)


def test_no_case_is_told_of_works_where_they_cannot_be_bought() -> None:
    asked = EstimateAsked((Decimal(208000),), None, None, ValueBasis.FRAMEWORK, may_be_works=False)
    found = estimate(asked, FakeLaw())
    assert len(found.result) > 1
    assert all(line.text.startswith("Fournitures ou services") for line in found.result[1:])
    assert ("objet", "fournitures ou services") in found.inputs


def test_what_was_taken_as_told_is_to_be_verified() -> None:
    assert "homogènes" in _found("1", basis=ValueBasis.HOMOGENEOUS).cautions[0]
    assert "même opération" in _found("1", basis=ValueBasis.OPERATION).cautions[0]


def test_a_rule_that_no_text_states_stops_it() -> None:
    asked = EstimateAsked((Decimal(1),), Nature.WORKS, Buyer.LOCAL, ValueBasis.OPERATION)
    with pytest.raises(Ungrounded, match="R2121-5"):
        estimate(asked, FakeLaw(silent={"valeur estimée, opération de travaux"}))


@pytest.mark.parametrize(
    ("amounts", "months", "named"),
    [((), None, "au moins un montant"), (("0",), None, "montant"), (("1",), "0", "durée")],
)
def test_what_cannot_be_true_is_explained(
    amounts: tuple[str, ...], months: str | None, named: str
) -> None:
    with pytest.raises(WrongFigures, match=named):
        _found(*amounts, months=months)


@given(some.lists(some.decimals(1, 10**6, places=2), min_size=1, max_size=4), some.integers(1, 8))
def test_the_value_is_the_sum_of_its_years(amounts: list[Decimal], years: int) -> None:
    asked = EstimateAsked(
        tuple(amounts), Nature.WORKS, Buyer.LOCAL, ValueBasis.DURATION, Decimal(12 * years)
    )
    assert asked.value == sum(sum(amounts) for _ in range(years))
