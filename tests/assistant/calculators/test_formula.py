"""Formulas of questions: what is read of them, and what they come to."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.calculators.formula import (
    find_formula,
    find_values,
    parse_formula,
    read_number,
    rounded,
    told_name,
)
from assistant.errors import WrongFigures


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("p = p0(0,15+0,85 i/i0), p0 120 k€", "P0 × (0,15 + 0,85 × I / I0)"),
        ("p0 = 40k€ revisable avec p = p0 x i/i0. i0 = 125", "P0 × I / I0"),
        ("pn = po [0,2 + 0,8xin/io], po = 3", "Po × (0,2 + 0,8 × In / Io)"),
        ("c = 15 % + 85 % i₁/i₀", "0,15 + 0,85 × I1 / I0"),
        ("note prix = 40 x mini/offre. a : 92 k€", "40 × mini / offre"),
        (
            "(note = 50 × prix le plus bas / prix de l'offre), b",
            "50 × prix le plus bas / prix de l'offre",
        ),
        ("formule au ccap : p0 x i(d-3)/i0. je prends", "P0 × I(d-3) / I0"),
        ("40 points avec 40 fois mini divise par offre : a", "40 × mini / offre"),
    ],
)
def test_a_formula_is_read_in_the_ways_people_write_it(words: str, written: str) -> None:
    found = find_formula(words)
    assert found
    assert found.written() == written


@pytest.mark.parametrize(
    "words",
    [
        "i = 112 i0 = 110",
        "a : 80 000 € (le moins cher), b",
        "offre a : 8/10 prix, 7/10 technique",
        "p = p0 × (0,15 + 0,85 × i/i0",
        "p = 3 × 4",
        "p = p0 × i/i0 ou p = p0 × s/s0",
        "debut : 12/10/2026",
    ],
)
def test_what_is_no_formula_or_several_is_none(words: str) -> None:
    assert find_formula(words) is None


def test_a_formula_comes_to_its_exact_value() -> None:
    formula = parse_formula("p0 × (1 − i0/i) + 2")
    values = {"p0": Fraction(9), "i": Fraction(3), "i0": Fraction(1)}
    assert formula.value(values) == 8
    assert formula.written(values) == "9 × (1 − 1 / 3) + 2"


def test_a_division_by_zero_is_refused() -> None:
    with pytest.raises(WrongFigures, match="divise par zéro"):
        parse_formula("p0 × i/i0").value(dict.fromkeys(("p0", "i", "i0"), Fraction(0)))


@pytest.mark.parametrize("text", ["", "bonjour", "__import__('os')", "p0 ** 9", "p0 × i/i0 ou non"])
def test_any_other_text_is_no_formula(text: str) -> None:
    with pytest.raises(WrongFigures):
        parse_formula(text)


def test_values_are_read_around_the_formula_and_never_twice() -> None:
    words = "p = p0 × i/i0 ; p0 : 42 k€, i0 (mars 2025) = 112,5 et i vaut 120"
    formula = find_formula(words)
    assert formula
    assert find_values(words, formula) == {
        "p0": 42_000,
        "i0": Fraction(225, 2),
        "i": 120,
    }
    with pytest.raises(WrongFigures, match="Deux valeurs"):
        find_values(f"{words}, i = 121", formula)


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("i et i0 valent 120 et 112,5", {"i": 120, "i0": Fraction(225, 2)}),
        ("i0 et i sont respectivement de 110 et 121", {"i": 121, "i0": 110}),
        ("i du mois de mars 2026 = 121 et i0 au depart : 110", {"i": 121, "i0": 110}),
        ("io = 110, i 3 mois avant", {"i0": 110}),
        ("i et i0 sont publies", {}),
    ],
)
def test_the_values_of_two_names_may_be_told_together_or_after_words(
    said: str, values: dict[str, Fraction]
) -> None:
    words = f"p = p0 × i/i0 ; {said}"
    formula = find_formula(words)
    assert formula
    assert find_values(words, formula) == values


def test_a_formula_is_read_as_it_is_shown() -> None:
    assert parse_formula(parse_formula("40 × pmin / p").written()).names == ("pmin", "p")


@pytest.mark.parametrize(
    ("text", "value"),
    [("42 k€", 42_000), ("15 %", Fraction(3, 20)), ("1 234,5", Fraction(2469, 2)), ("1.234", None)],
)
def test_numbers_are_read_as_french_hands_write_them(text: str, value: Fraction | None) -> None:
    assert read_number(text) == value


@given(st.fractions(-1000, 1000))
def test_rounding_is_to_the_nearest(value: Fraction) -> None:
    assert abs(Fraction(rounded(value, 2)) - value) <= Fraction(1, 200)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("i0", "I0"), ("bt01n", "BT01n"), ("in", "In"), ("mini", "mini"), ("i(d-3)", "I(d-3)")],
)
def test_names_are_shown_as_formulas_write_them(name: str, shown: str) -> None:
    assert told_name(name) == shown


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    formula = find_formula(text)
    assert formula is None or formula.names
