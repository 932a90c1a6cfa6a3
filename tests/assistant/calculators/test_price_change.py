"""Prices that change and scores of tenders: what questions ask, and what is answered first."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.calculators.catalogue import calculate
from assistant.calculators.constants import Rates
from assistant.calculators.needs import Missing
from assistant.calculators.price_change import PriceUpdateAsked, price_update
from assistant.calculators.requests.parsing import parse_calculation
from assistant.calculators.revision import RevisionAsked, Rounding, revision
from assistant.errors import Ungrounded, WrongFigures
from tests.support.fake_law import FakeLaw
from tests.support.question_lists import read_lists

TODAY = date(2026, 11, 24)
RATES = Rates(Path("taux.toml"))
ANSWERED, LEFT = read_lists("changed_prices_and_scores.txt")
VALUES = (("i", Decimal(110)), ("i0", Decimal(100)))
SPACES = str.maketrans("\u202f\u00a0", "  ")


@pytest.mark.parametrize(("question", "told"), ANSWERED)
def test_the_first_line_answers(question: str, told: tuple[str, ...]) -> None:
    asked = parse_calculation(question, TODAY)
    assert asked is not None
    assert not isinstance(asked, Missing)
    first = calculate(asked, FakeLaw(), RATES).result[0]
    assert (first.text.translate(SPACES),) == told
    assert first.grounds


@pytest.mark.parametrize("question", [question for question, _ in LEFT])
def test_what_may_change_the_result_is_left_to_the_texts(question: str) -> None:
    assert parse_calculation(question, TODAY) is None


def _asked(**given: object) -> RevisionAsked:
    return RevisionAsked("p0 x i/i0", VALUES, **given)  # type: ignore[arg-type] # as told


@pytest.mark.parametrize(
    ("rounding", "price"),
    [(Rounding.NEAREST, "1 010 €"), (Rounding.UP, "1 020 €"), (Rounding.DOWN, "1 010 €")],
)
def test_the_coefficient_is_rounded_as_the_question_says(rounding: Rounding, price: str) -> None:
    values = (("i", Decimal("101.2")), ("i0", Decimal(100)))
    asked = RevisionAsked("p0 x i/i0", values, Decimal(1000), "", 2, rounding)
    found = revision(asked, FakeLaw())
    assert f"Prix révisé : {price}," in found.result[0].text.translate(SPACES)
    assert not any("n'est pas arrondi" in each for each in found.cautions)


def test_a_revision_rests_on_the_article_that_leaves_it_to_the_clauses() -> None:
    found = revision(_asked(price=Decimal(1000)), FakeLaw())
    assert {ground.article for ground in found.grounds} == {"R2112-13"}
    with pytest.raises(Ungrounded):
        revision(_asked(), FakeLaw(silent={"révision, clauses"}))


@pytest.mark.parametrize(
    "formula", ["p0 x i/i0 + 3", "p0 x p0 x i/i0", "i x i x i/i0", "p0 x i0 / i / 9"]
)
def test_a_formula_that_gives_no_credible_coefficient_is_refused(formula: str) -> None:
    with pytest.raises(WrongFigures):
        RevisionAsked(formula, VALUES, Decimal(1000))


def test_the_months_are_those_the_law_states() -> None:
    asked = PriceUpdateAsked(date(2026, 1, 15), date(2026, 6, 1))
    changed = {"actualisation, délai": Decimal(6)}
    assert "Oui" in price_update(asked, FakeLaw()).result[0].text
    assert "Non" in price_update(asked, FakeLaw(changed=changed)).result[0].text
    moved = price_update(
        asked, FakeLaw(changed={"actualisation, conditions économiques": Decimal(2)})
    )
    assert "du mois d'avril 2026" in moved.result[0].text


def test_what_the_updated_price_lacks_is_named() -> None:
    asked = PriceUpdateAsked(
        date(2026, 1, 15),
        date(2026, 6, 1),
        formula="p0 x i/i0",
        price=Decimal(1000),
        indices=((date(2026, 1, 1), Decimal(100)),),
    )
    told = [line.text for line in price_update(asked, FakeLaw()).result]
    assert told[-1] == "Pour le prix actualisé, il manque l'index du mois de mars 2026."


def test_days_that_cannot_be_are_refused() -> None:
    with pytest.raises(WrongFigures):
        PriceUpdateAsked(date(2026, 6, 1), date(2026, 1, 15))
    with pytest.raises(WrongFigures):
        PriceUpdateAsked()
