"""Advances and guarantees asked in words: what is read of them, what is left to the texts."""

from datetime import date
from typing import get_args

import pytest
from pydantic import TypeAdapter

from assistant.calculators.catalogue import Asked
from assistant.calculators.requests.parsing import parse_calculation
from tests.support.question_lists import read_lists, read_rows

TODAY = date(2026, 11, 24)
KINDS = {each.__name__: TypeAdapter[Asked](each) for each in get_args(Asked)}
CALCULATED = tuple(
    (row.pop("question"), KINDS[row.pop("asked")].validate_python(row))
    for row in read_rows("advances_calculated.jsonl")
)
(LEFT,) = read_lists("advances_left.txt")


@pytest.mark.parametrize(("question", "expected"), CALCULATED)
def test_what_a_question_gives_is_calculated_with(question: str, expected: Asked) -> None:
    assert parse_calculation(question, TODAY) == expected


@pytest.mark.parametrize("question", [question for question, *_ in LEFT])
def test_what_would_change_the_figure_leaves_it_to_the_texts(question: str) -> None:
    assert parse_calculation(question, TODAY) is None
