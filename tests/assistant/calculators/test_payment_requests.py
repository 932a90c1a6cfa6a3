"""Payments asked in words: what is read of them, what is asked back, what is left to the texts."""

from datetime import date

import pytest
from pydantic import TypeAdapter

from assistant.calculators.catalogue import Asked
from assistant.calculators.interest import InterestAsked
from assistant.calculators.needs import Missing
from assistant.calculators.payment import PaymentAsked
from assistant.calculators.requests.parsing import parse_calculation
from tests.support.question_lists import read_lists, read_rows

TODAY = date(2026, 11, 24)
KINDS = {each.__name__: TypeAdapter[Asked](each) for each in (PaymentAsked, InterestAsked)}
CALCULATED = tuple(
    (row.pop("question"), KINDS[row.pop("asked")].validate_python(row))
    for row in read_rows("payments_calculated.jsonl")
)
LEFT, LACKING = read_lists("payments_left.txt")


@pytest.mark.parametrize(("question", "expected"), CALCULATED)
def test_a_payment_is_calculated_with_what_the_question_gives(
    question: str, expected: Asked
) -> None:
    assert parse_calculation(question, TODAY) == expected


@pytest.mark.parametrize("question", [question for question, _ in LEFT])
def test_a_payment_with_words_that_are_not_read_is_left_to_the_texts(question: str) -> None:
    assert parse_calculation(question, TODAY) is None


@pytest.mark.parametrize(("question", "facts"), LACKING)
def test_the_fact_that_lacks_is_asked_back(question: str, facts: tuple[str, ...]) -> None:
    found = parse_calculation(question, TODAY)
    assert isinstance(found, Missing)
    assert found.facts[0].startswith(facts[0])
