"""Amounts, rates of interest, periods and working days, and how they are written."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis import strategies as st

from assistant import operations
from assistant.calculators.amounts import (
    Zone,
    add_days,
    add_months,
    end_of_period,
    euros,
    is_working_day,
    next_working_day,
    numeral,
    percent,
    plausible,
    require_positive,
    share,
    share_of,
)
from assistant.calculators.constants import Rate, Rates, half_year, read_rates
from assistant.errors import WrongFigures
from ingestion.french import in_words

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


@pytest.mark.parametrize(
    ("rate", "written"),
    [
        (Decimal(100) / 3, "33,3333"),
        (Decimal("66.66666"), "66,6667"),
        (Decimal("0.0005"), "0,0005"),
        (Decimal(10) ** 30, "1" + "\u202f000" * 10),
    ],
)
def test_a_rate_has_four_decimals_at_most(rate: Decimal, written: str) -> None:
    assert percent(rate) == f"{written}\u00a0%"


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


def test_who_asks_is_told_to_ask_the_administrator_and_no_place_of_the_server(
    tmp_path: Path,
) -> None:
    remedy = read_rates(tmp_path).remedy(date(2026, 11, 3))
    assert "second semestre 2026" in remedy
    assert "demandez à l'administrateur de l'inscrire dans taux.toml" in remedy
    assert str(tmp_path) not in remedy


def test_the_rate_that_the_guide_shows_can_be_pasted(tmp_path: Path) -> None:
    guide = Path(operations.__file__).with_name("README.md").read_text(encoding="utf-8")
    shown = guide.partition("```toml\n[[rate]]")[2].partition("```")[0]
    assert _read(tmp_path, f"[[rate]]{shown}").on(date(2026, 2, 1)) is not None


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


# Periods, working days and dates in words


DAYS = some.dates(date(2019, 4, 1), date(2060, 12, 31))
ZONES = some.sampled_from(Zone)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 4, 6), "Easter Monday"),
        (date(2026, 5, 1), "1 May"),
        (date(2026, 5, 14), "Ascension"),
        (date(2026, 5, 25), "Whit Monday"),
        (date(2027, 1, 1), "New Year"),
        (date(2026, 11, 28), "a Saturday"),
        (date(2026, 11, 29), "a Sunday"),
    ],
)
def test_nobody_works(day: date, name: str) -> None:
    assert not is_working_day(day), name


@pytest.mark.parametrize(
    ("day", "zone"),
    [
        (date(2026, 4, 3), Zone.ALSACE_MOSELLE),
        (date(2028, 12, 26), Zone.ALSACE_MOSELLE),
        (date(2026, 5, 22), Zone.MARTINIQUE),
        (date(2027, 12, 20), Zone.REUNION),
    ],
)
def test_a_zone_has_holidays_of_its_own(day: date, zone: Zone) -> None:
    assert is_working_day(day)
    assert not is_working_day(day, zone)


def test_a_working_day_is_the_next_one_itself() -> None:
    assert next_working_day(date(2026, 11, 24)) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 11, 24), 30, date(2026, 12, 24)),  # a Thursday
        (date(2026, 11, 25), 30, date(2026, 12, 28)),  # Christmas, then a weekend
        (date(2026, 3, 5), 30, date(2026, 4, 7)),  # a Saturday before Easter Monday
        (date(2027, 4, 16), 15, date(2027, 5, 3)),  # 1 May on a Saturday
        (date(2026, 12, 2), 30, date(2027, 1, 4)),  # over the end of the year
        (date(2028, 1, 30), 30, date(2028, 2, 29)),  # a leap year
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # a Saturday
    ],
)
def test_a_period_ends_with_a_working_day(start: date, days: int, end: date) -> None:
    assert end_of_period(start, days) == end


def test_a_period_of_two_days_holds_two_working_days() -> None:
    friday = date(2026, 11, 27)
    assert end_of_period(friday, 2) == date(2026, 12, 1)
    assert end_of_period(friday, 3) == date(2026, 12, 1)


def test_good_friday_moves_a_period_in_alsace_only() -> None:
    sent = date(2026, 3, 4)
    assert end_of_period(sent, 30) == date(2026, 4, 3)
    assert end_of_period(sent, 30, Zone.ALSACE_MOSELLE) == date(2026, 4, 7)


@given(DAYS, some.integers(1, 90), ZONES)
def test_a_period_is_never_shorter_than_its_days(start: date, days: int, zone: Zone) -> None:
    end = end_of_period(start, days, zone)
    assert end >= start + timedelta(days)
    assert is_working_day(end, zone)
    inside = [start + timedelta(after) for after in range(1, (end - start).days + 1)]
    assert days < 2 or sum(is_working_day(each, zone) for each in inside) >= 2


@given(DAYS, some.integers(1, 90), ZONES)
def test_a_longer_period_never_ends_sooner(start: date, days: int, zone: Zone) -> None:
    assert end_of_period(start, days, zone) <= end_of_period(start, days + 1, zone)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), -12, date(2027, 2, 28)),
        (date(2026, 11, 24), 2, date(2027, 1, 24)),
        (date(2026, 12, 31), -1, date(2026, 11, 30)),
    ],
)
def test_months_keep_the_day_where_there_is_one(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


@given(DAYS, some.integers(-48, 48))
def test_months_are_counted_whole(start: date, months: int) -> None:
    end = add_months(start, months)
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day == start.day or add_days(end, 1).day == 1


def test_a_date_out_of_the_calendar_is_explained() -> None:
    with pytest.raises(WrongFigures, match="31/12/9999"):
        add_days(date(9999, 12, 31), 1)
    with pytest.raises(WrongFigures, match="31/12/9999"):
        add_months(date(9999, 12, 31), 1)
    with pytest.raises(WrongFigures, match="plus proche"):
        is_working_day(date(1826, 11, 24))


def test_a_date_is_written_as_in_a_letter() -> None:
    assert in_words(date(2027, 1, 1)) == "vendredi 1er janvier 2027"
    assert in_words(date(2026, 12, 24)) == "jeudi 24 décembre 2026"


@pytest.mark.parametrize(
    ("part", "whole", "limits", "told"),
    [
        ("28000", "200000", ("15",), "14"),
        ("32500", "210000", ("15",), "15.48"),
        ("14.996", "100", (), "15"),
        ("14.996", "100", ("15",), "14.996"),
        ("15.00004", "100", ("15",), "15.00004"),
        ("20", "100", ("20",), "20"),
    ],
)
def test_a_share_is_told_on_its_side_of_a_limit(
    part: str, whole: str, limits: tuple[str, ...], told: str
) -> None:
    found = share_of(Decimal(part), Decimal(whole), *map(Decimal, limits))
    assert found == Decimal(told)
