from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ingestion.ledger.records import RecordValue
from ingestion.ledger.values import (
    DecimalMark,
    Disagreement,
    amount,
    column_mark,
    day,
    parse_number,
)

CENTS = some.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False)


def column(*texts: str) -> list[RecordValue]:
    return [RecordValue("net", text, f"ligne {line}") for line, text in enumerate(texts, start=2)]


def french(value: Decimal, space: str) -> str:
    return f"{value:,.2f}".translate({ord(","): space, ord("."): ","})


@given(some.lists(CENTS, min_size=1), some.sampled_from(["", " ", "\N{NO-BREAK SPACE}", "."]))
def test_a_column_written_the_french_way_is_read_back(values: list[Decimal], space: str) -> None:
    texts = [french(value, space) for value in values]
    mark = column_mark(column(*texts))
    assert mark is DecimalMark.COMMA
    assert [parse_number(text, mark) for text in texts] == values


@given(some.lists(CENTS, min_size=1), some.sampled_from(["", ",", " "]))
def test_a_column_written_the_english_way_is_read_back(values: list[Decimal], space: str) -> None:
    texts = [f"{value:,.2f}".replace(",", space) for value in values]
    mark = column_mark(column(*texts))
    assert mark is DecimalMark.POINT
    assert [parse_number(text, mark) for text in texts] == values


@given(some.lists(CENTS, min_size=1), some.lists(CENTS, min_size=1))
def test_a_column_that_mixes_both_is_never_understood(
    first: list[Decimal], second: list[Decimal]
) -> None:
    texts = [*(french(v, "") for v in first), *(f"{v:.2f}" for v in second)]
    found = column_mark(column(*texts))
    assert isinstance(found, Disagreement)
    assert {found.first.place, found.second.place} == {"ligne 2", f"ligne {len(first) + 2}"}
    assert "n'ont pas le même séparateur" in str(found)


def test_what_may_be_a_thousand_or_decimals_is_settled_by_the_others() -> None:
    assert column_mark(column("1.234", "5,50")) is DecimalMark.COMMA
    assert parse_number("1.234", DecimalMark.COMMA) == 1234
    assert column_mark(column("1,234", "5.50")) is DecimalMark.POINT


def test_what_nothing_settles_is_not_guessed() -> None:
    found = column_mark(column("12", "1.234"))
    assert isinstance(found, Disagreement)
    assert str(found) == "« 1.234 » (ligne 3) peut se lire de deux façons"


def test_whole_numbers_need_no_mark() -> None:
    assert column_mark(column("12", "", "1 250")) is None
    assert parse_number("1 250", None) == 1250


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-12,50", "-12.50"),
        ("12,50-", "-12.50"),
        ("(12,50)", "-12.50"),
        ("\N{MINUS SIGN}12,50 €", "-12.50"),
        ("1'250,00 CHF", "1250.00"),
        ("1.250,00 EUR", "1250.00"),
        (",5", "0.5"),
        ("12 euros", "12"),
    ],
)
def test_signs_spaces_and_currencies_are_understood(text: str, expected: str) -> None:
    assert parse_number(text, DecimalMark.COMMA) == Decimal(expected)


@pytest.mark.parametrize("text", ["", "NC", "12,5,0", "1e5", "12 pièces", "1.25,00", "--3", "10 %"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_number(text, DecimalMark.COMMA) is None


@pytest.mark.parametrize(
    ("text", "currency"),
    [("12 €", "EUR"), ("USD 12", "USD"), ("12", None), ("£12", "GBP"), ("12 Euros", "EUR")],
)
def test_the_currency_of_an_amount_is_kept(text: str, currency: str | None) -> None:
    found = amount(text)
    assert found is not None
    assert found.currency == currency


def test_an_amount_in_two_currencies_is_none() -> None:
    assert amount("12 € USD") is None


@given(some.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)))
def test_every_way_to_write_a_day_puts_the_day_first(when: date) -> None:
    for text in (
        f"{when:%d/%m/%Y}",
        f"{when:%d-%m-%Y}",
        f"{when:%d.%m.%y}",
        f"{when.day}/{when.month}/{when.year}",
        f"{when:%d/%m/%Y} 10:32",
        f"{when:%Y-%m-%d}",
        f"{when:%Y-%m-%dT10:32:00}",
        f"{when:%Y%m%d}",
    ):
        assert day(text) == when, text


@pytest.mark.parametrize("text", ["30/02/2026", "03/25/2026", "hier", "2026", "", "1/2/3/4"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert day(text) is None
