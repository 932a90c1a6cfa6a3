import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.citations.checker import read
from assistant.question.quantities import find_numerals, find_quantities, fold_same_length
from tests.spelling import spell


def keys(text: str) -> list[str]:
    return [quantity.key for quantity in find_quantities(fold_same_length(text))]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        *((text, "40000 euro") for text in ("40 000 €", "40\u202f000 euros", "40.000 €", "40 k€")),
        *((text, "40000 euro") for text in ("quarante mille euros", "€40,000", "EUR 40,000")),
        *((text, "1500000 euro") for text in ("1,5 million d'euros", "1 500 000 €", "1,5 M€")),
        ("un million cinq cent mille euros", "1500000 euro"),
        ("5,404 millions d'euros", "5404000 euro"),
        ("1 234,56 €", "30864/25 euro"),
        *((text, "1/5 ratio") for text in ("20 %", "vingt pour cent", "twenty percent", "1/5")),
        *((text, "2/3 ratio") for text in ("deux tiers", "two thirds")),
        *((text, "1/10 ratio") for text in ("10 %", "le dixième du montant", "au dixième de la")),
        ("le dixième jour", "10 rank"),
        *((text, "3/2 times") for text in ("une fois et demie", "1,5 fois")),
        *((text, "12 month") for text in ("un an", "douze mois", "12 months", "one year")),
        ("dix-huit mois", "18 month"),
        ("un an et demi", "18 month"),
        *((text, "21 day") for text in ("vingt-et-un jours", "vingt et un jours", "21 days")),
        *((text, "2026-04-01 date") for text in ("1er avril 2026", "01/04/2026", "April 1, 2026")),
        ("deuxième", "2 rank"),
        ("2°", "2 item"),
        ("quatre-vingt-dix-neuf", "99 count"),
    ],
)
def test_one_quantity_however_written(written: str, key: str) -> None:
    assert keys(written) == [key]


def test_a_number_is_not_cut_at_its_spaces() -> None:
    assert keys("45 000 € puis 1 234,56 €") == ["45000 euro", "30864/25 euro"]


def test_a_range_shares_its_unit() -> None:
    assert keys("de 5 à 10 jours") == ["5 day", "10 day"]
    assert keys("entre 35 jours et 12 mois") == ["35 day", "12 month"]


@pytest.mark.parametrize("text", ["un marché neuf", "un tiers payeur", "une offre", "R"])
def test_articles_and_names_are_no_quantities(text: str) -> None:
    assert "count" not in " ".join(keys(text))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("inférieur à 60 000 €", "lt 60000 euro"),
        ("moins de 60 000 €", "lt 60000 euro"),
        ("ne peut être supérieur à 5 %", "le 1/20 ratio"),
        ("n'excède pas 5 %", "le 1/20 ratio"),
        ("5 % au maximum", "le 1/20 ratio"),
        ("plafonné à 5 %", "le 1/20 ratio"),
        ("le montant maximum du marché est fixé à 800 000 €", "le 800000 euro"),
        ("au moins dix jours", "ge 10 day"),
        ("dix jours au moins", "ge 10 day"),
        ("à partir de 25 000 €", "from 25000 euro"),
        ("plus de 3 mois", "gt 3 month"),
        ("dans les 15 jours", "le 15 day"),
        ("avant le 1er avril 2026", "before 2026-04-01 date"),
        ("no more than 5%", "le 1/20 ratio"),
    ],
)
def test_a_bound_belongs_to_its_quantity(text: str, key: str) -> None:
    assert key in [atom.key for atom in read(text)]


def test_a_bound_holds_for_what_is_coordinated() -> None:
    text = "inférieure à 60 000 € pour les fournitures ou à 100 000 € pour les travaux"
    found = [atom.key for atom in read(text) if atom.kind == "quantity"]
    assert found == ["lt 60000 euro", "lt 100000 euro"]


@given(st.integers(min_value=0, max_value=999_999_999))
def test_numbers_spelled_in_french_are_read_back(number: int) -> None:
    (numeral,) = find_numerals(spell(number))
    assert numeral.value == number


@given(
    st.integers(min_value=1, max_value=999_999_999), st.sampled_from([" ", "\u00a0", "\u202f", "."])
)
def test_figures_are_read_back_with_any_separator(number: int, separator: str) -> None:
    written = f"{number:,}".replace(",", separator)
    assert keys(f"{written} euros") == [f"{number} euro"]
