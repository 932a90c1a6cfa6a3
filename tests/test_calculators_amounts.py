"""Amounts as French texts write them, and the rates of interest that a file holds."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.calculators.amounts import (
    euros,
    numeral,
    percent,
    plausible,
    require_positive,
    share,
)
from assistant.calculators.constants import Rate, Rates, half_year, read_rates
from assistant.errors import WrongFigures

AMOUNTS = st.decimals(min_value=0, max_value=10**11, places=2, allow_nan=False)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "0 €"),
        ("40", "40 €"),
        ("1234.5", "1 234,50 €"),
        ("5404000", "5 404 000 €"),
        ("-4000", "-4 000 €"),
        ("1E+3", "1 000 €"),
        ("0.005", "0,01 €"),
    ],
)
def test_an_amount_is_written_as_french_texts_do(amount: str, written: str) -> None:
    assert euros(Decimal(amount)).replace("\u202f", " ").replace("\u00a0", " ") == written


@pytest.mark.parametrize(
    ("value", "written"), [("10", "10"), ("2.50", "2,5"), ("60000", "60\u202f000"), ("1E+2", "100")]
)
def test_a_number_has_no_useless_digit(value: str, written: str) -> None:
    assert numeral(Decimal(value)) == written
    assert percent(Decimal(value)) == f"{written}\u00a0%"


@given(AMOUNTS, st.decimals(min_value=0, max_value=100, places=2, allow_nan=False))
def test_a_share_is_at_most_half_a_cent_from_the_exact_one(amount: Decimal, rate: Decimal) -> None:
    assert abs(share(amount, rate) - amount * rate / 100) <= Decimal("0.005")


@given(AMOUNTS, AMOUNTS)
def test_the_share_of_a_larger_amount_is_not_smaller(one: Decimal, other: Decimal) -> None:
    assert share(min(one, other), Decimal(30)) <= share(max(one, other), Decimal(30))


@pytest.mark.parametrize("value", ["0", "-1", "NaN", "Infinity", "1E+12"])
def test_an_impossible_amount_is_explained(value: str) -> None:
    with pytest.raises(WrongFigures, match="Le montant du marché doit être"):
        require_positive(Decimal(value), "Le montant du marché")


def test_a_decrease_is_plausible() -> None:
    assert plausible(Decimal(-5), "Le montant d'une modification") == -5


# Calculators rates


FIRST = '[[rate]]\nfrom = 2026-01-01\npercent = "2.15"\nsource = "BCE, 5 février 2026"\n'


def _read(home: Path, text: str) -> Rates:
    (home / "taux.toml").write_text(text, encoding="utf-8")
    return read_rates(home)


def test_a_rate_holds_for_its_half_year_and_no_other(tmp_path: Path) -> None:
    rates = _read(tmp_path, FIRST)
    rate = Rate(date(2026, 1, 1), Decimal("2.15"), "BCE, 5 février 2026")
    assert rates.on(date(2026, 1, 1)) == rates.on(date(2026, 6, 30)) == rate
    assert rates.on(date(2025, 12, 31)) is None
    assert rates.on(date(2026, 7, 1)) is None


def test_without_a_file_no_rate_is_known(tmp_path: Path) -> None:
    assert read_rates(tmp_path).rows == ()


def test_a_comma_is_read_as_french_writes_it(tmp_path: Path) -> None:
    assert _read(tmp_path, FIRST.replace("2.15", "2,15")).rows[0].percent == Decimal("2.15")


def test_one_remedy_names_every_missing_half_year_once_in_their_order(tmp_path: Path) -> None:
    days = (date(2026, 11, 3), date(2025, 1, 1), date(2026, 7, 1))
    remedy = read_rates(tmp_path).remedy(*days)
    assert "ne sont pas connus : premier semestre 2025, second semestre 2026." in remedy
    assert remedy.count("[[rate]]") == 1
    assert "from = 2025-01-01" in remedy


def test_the_remedy_names_the_half_year_and_the_file_and_can_be_pasted(tmp_path: Path) -> None:
    rates = read_rates(tmp_path)
    remedy = rates.remedy(date(2026, 11, 3))
    assert "second semestre 2026" in remedy
    assert str(tmp_path / "taux.toml") in remedy
    pasted = remedy.partition("\n")[2].replace("…", "2", 1).replace("…", "BCE")
    assert _read(tmp_path, pasted).on(date(2026, 11, 3)) == Rate(
        date(2026, 7, 1), Decimal(2), "BCE"
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[[rate]", "TOML"),
        ("", r"\[\[rate\]\]"),
        ("[rate]\nfrom = 2026-01-01", r"\[\[rate\]\]"),
        ("taux = 2", r"\[\[rate\]\]"),
        (FIRST.replace("2026-01-01", "2026-02-01"), "1er janvier ou le 1er juillet"),
        (FIRST.replace("2026-01-01", '"2026-01-01"'), "À corriger"),
        (FIRST.replace('"2.15"', "2.15"), "entre guillemets"),
        (FIRST.replace("2.15", "deux"), "« deux »"),
        (FIRST.replace("2.15", "NaN"), "« NaN »"),
        (FIRST.replace("2.15", "215"), "entre 0 et 100"),
        (FIRST.replace("BCE, 5 février 2026", " "), "source"),
        (FIRST + FIRST, "deux taux"),
    ],
)
def test_a_file_that_cannot_be_used_is_explained(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(WrongFigures, match=named) as caught:
        _read(tmp_path, text)
    assert "taux.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (date(2026, 6, 30), date(2026, 1, 1)),
        (date(2026, 7, 1), date(2026, 7, 1)),
        (date(2026, 12, 31), date(2026, 7, 1)),
    ],
)
def test_a_half_year_begins_in_january_or_july(day: date, begins: date) -> None:
    assert half_year(day) == begins
