"""What a late payment costs by the days, the rates and the amounts that a question gives."""

from datetime import date
from decimal import Decimal

import pytest

from assistant.calculators.calculation import Buyer, Calculation
from assistant.calculators.constants import no_rates
from assistant.calculators.interest import InterestAsked, interest
from assistant.calculators.payment import GivenRate, InterestTerms, PaymentAsked, payment
from assistant.errors import Ungrounded, WrongFigures
from tests.support.fake_law import FakeLaw

BANK = InterestTerms((GivenRate(Decimal("2.15")),))
BOTH = InterestTerms(
    (
        GivenRate(Decimal("2.15"), date(2026, 1, 1)),
        GivenRate(Decimal("2.40"), date(2026, 7, 1)),
    )
)


def _told(asked: InterestAsked, law: FakeLaw | None = None) -> list[str]:
    found = interest(asked, law or FakeLaw(), no_rates())
    return _texts(found)


def _texts(found: Calculation) -> list[str]:
    return [
        line.text.replace("\u202f", " ").replace("\u00a0", " ")
        for line in (*found.result, *found.steps)
    ]


def test_days_and_the_rate_of_the_bank_make_the_interest_and_all_that_is_due() -> None:
    # 8 000 × 10,15 % × 20 ÷ 365 = 44,49.
    told = _told(InterestAsked(Decimal(8000), days=20, terms=BANK))
    assert told[0] == "Intérêts moratoires : 44,49 €, au taux de 10,15 %."
    assert told[1] == "Indemnité forfaitaire : 40 €."
    assert told[2] == "Intérêts et indemnité, en tout : 44,49 € + 40 € = 84,49 €."


def test_a_rate_that_is_increased_already_is_not_increased_again() -> None:
    terms = InterestTerms((GivenRate(Decimal("10.5"), is_increased=True),))
    told = _told(InterestAsked(Decimal(36500), days=10, terms=terms))
    assert told[0] == "Intérêts moratoires : 105 €, au taux de 10,5 %."


def test_what_is_retained_bears_no_interest() -> None:
    terms = InterestTerms((GivenRate(Decimal(2)),), Decimal(1000))
    told = _told(InterestAsked(Decimal(37500), days=10, terms=terms))
    assert told[0] == "Intérêts moratoires : 100 €, au taux de 10 % sur 36 500 €."


@pytest.mark.parametrize(
    ("deadline", "paid", "rate", "day"),
    [
        (date(2026, 6, 29), date(2026, 7, 20), "10,15 %", "01/01/2026"),
        (date(2026, 6, 30), date(2026, 7, 20), "10,4 %", "01/07/2026"),
        (date(2026, 8, 3), date(2026, 9, 1), "10,4 %", "01/07/2026"),
    ],
)
def test_the_rate_is_that_of_the_half_year_of_the_first_day_of_interest(
    deadline: date, paid: date, rate: str, day: str
) -> None:
    told = _told(InterestAsked(Decimal(1000), deadline=deadline, paid=paid, terms=BOTH))
    assert rate in told[0]
    assert any(f"le taux est celui du {day}" in text for text in told)


def test_two_rates_without_the_first_day_of_interest_are_not_chosen_between() -> None:
    told = _told(InterestAsked(Decimal(1000), days=20, terms=BOTH))
    assert told[0].startswith("Il manque le taux de la Banque centrale européenne")


def test_without_a_rate_the_formula_and_the_indemnity_are_told() -> None:
    told = _told(InterestAsked(Decimal(9000), days=12))
    assert "à majorer de 8 points" in told[0]
    assert "9 000 € × taux majoré × 12 ÷ 365" in told[0]
    assert told[1] == "Indemnité forfaitaire : 40 €."


def test_every_late_payment_has_its_indemnity() -> None:
    told = _told(InterestAsked(payments=4))
    assert told == ["Indemnité forfaitaire : 160 € (4 paiements en retard × 40 €)."]


def test_what_is_due_is_paid_within_days_of_the_payment_of_the_principal() -> None:
    told = _told(InterestAsked(paid=date(2026, 3, 2)))
    assert told[0].startswith("Au plus tard le jeudi 16 avril 2026 : 45 jours après")


def test_the_rate_alone_may_be_asked() -> None:
    told = _told(InterestAsked(terms=BANK))
    assert told[0] == "Taux des intérêts moratoires : 10,15 %."


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"days": 0},
        {"amount": Decimal(0), "days": 3},
        {"amount": Decimal(10), "days": 3, "terms": InterestTerms(retained=Decimal(10))},
        {"deadline": date(2026, 5, 4), "paid": date(2026, 5, 4)},
    ],
)
def test_what_cannot_be_true_is_refused(known: dict[str, object]) -> None:
    with pytest.raises(WrongFigures):
        InterestAsked(**known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("indemnité forfaitaire", InterestAsked(payments=2)),
        ("paiement des intérêts", InterestAsked(paid=date(2026, 3, 2))),
        ("intérêts moratoires, majoration", InterestAsked(Decimal(10), days=3, terms=BANK)),
        ("intérêts moratoires, semestre", InterestAsked(Decimal(10), days=3, terms=BANK)),
        ("intérêts moratoires, base", InterestAsked(Decimal(10), days=3, terms=BANK)),
    ],
)
def test_what_no_text_states_is_refused(name: str, asked: InterestAsked) -> None:
    with pytest.raises(Ungrounded):
        interest(asked, FakeLaw(silent={name}), no_rates())


def test_an_invoice_paid_late_takes_the_rate_of_the_question() -> None:
    # Received on 4 May, due on 3 June: 11 400 × 10,15 % × 27 ÷ 365 = 85,59.
    terms = InterestTerms((GivenRate(Decimal("2.15"), date(2026, 1, 1)),), Decimal(600))
    asked = PaymentAsked(
        date(2026, 5, 4), Buyer.LOCAL, Decimal(12000), date(2026, 6, 30), terms=terms
    )
    told = _texts(payment(asked, FakeLaw(), no_rates()))
    assert "Intérêts moratoires : 85,59 €, au taux de 10,15 % sur 11 400 €." in told
    assert "Intérêts et indemnité, en tout : 85,59 € + 40 € = 125,59 €." in told
