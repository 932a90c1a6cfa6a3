"""Numbers as they are written in questions and texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question.quantities import find_quantities, fold_same_length


def _read(text: str) -> list[str]:
    return [each.key for each in find_quantities(fold_same_length(text))]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("un coefficient de 0.125 250", ["1/8 count", "250 count"]),
        ("un coefficient de 0,125 250,00 €", ["1/8 count", "250 euro"]),
        ("0,125 €", ["1/8 euro"]),
        ("1.234 €", ["1234 euro"]),
        ("1,234 million", ["1234000 count"]),
        ("lot 0 500", ["500 count"]),
    ],
)
def test_what_begins_with_zero_is_a_part_of_one_and_never_thousands(
    text: str, keys: list[str]
) -> None:
    assert _read(text) == keys


@given(st.text("0123456789., '/-€%", max_size=12))
def test_any_figures_can_be_read(text: str) -> None:
    _read(text)
    _read(f"{text} 0.123 456.789")
