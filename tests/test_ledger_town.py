"""The fictional town: its files are what the script writes, and its questions are answered."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.ledger.anomalies import anomalies
from ingestion.ledger.database import open_ledger
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.values import has_luhn_key
from tests.make_invoices import FILES, FOLDER, written
from tests.studies.ledger import (
    FRESH,
    FRESH_HELD_OUT,
    HELD_OUT,
    QUESTIONS,
    Asked,
    Outcome,
    questions,
    reply,
    town_ledger,
)
from tests.studies.ledger_truth import Town

PLANS = 50


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with open_ledger(town_ledger(tmp_path_factory.mktemp("town"))) as found:
        yield found


def _column(title: str) -> list[str]:
    with (FOLDER / "factures.csv").open(encoding="utf-8", newline="") as file:
        return [line[title] for line in csv.DictReader(file, delimiter=";")]


@pytest.mark.parametrize("name", FILES)
def test_the_committed_file_is_what_the_script_writes(name: str) -> None:
    assert (FOLDER / name).read_bytes() == written(FILES[name]())


def test_no_company_can_have_the_numbers_of_the_town() -> None:
    numbers = {number for number in _column("Code fournisseur") if number}
    assert len(numbers) == 18
    for number in numbers:
        assert number.startswith("0000")
        assert has_luhn_key(number)
        assert has_luhn_key(number[:9])


def test_accounts_have_their_key() -> None:
    accounts = {account for account in _column("IBAN") if account}
    assert all(re.fullmatch(r"FR\d\d99999\d{18}", account) for account in accounts)
    assert all(int(f"{account[4:]}1527{account[2:4]}") % 97 == 1 for account in accounts)


def test_there_are_three_hundred_lines_and_four_come_twice() -> None:
    assert len(_column("Numéro de facture")) == 300
    assert len(Town(FOLDER).bills) == 296


def test_every_anomaly_planted_is_found(ledger: Ledger) -> None:
    found = Counter(each.anomaly.rule.name for each in anomalies(ledger))
    assert found["duplicate key"] == 4
    assert found["totals"] == 5
    assert found["credit note alone"] == 3
    assert found["paid before service"] == 2
    assert found["bank details"] == 3
    assert found["near duplicate"] >= 6


@pytest.mark.parametrize("each", questions(QUESTIONS), ids=lambda each: each.id)
def test_a_figure_is_exact_or_none_is_given(each: Asked, ledger: Ledger) -> None:
    assert reply(each, ledger).outcome is not Outcome.WRONG


def test_fifty_of_sixty_are_answered_and_ten_of_ten_declined(ledger: Ledger) -> None:
    replies = [reply(each, ledger) for each in questions(QUESTIONS)]
    outcomes = Counter((one.asked.truth is None, one.outcome) for one in replies)
    assert outcomes[False, Outcome.RIGHT] >= PLANS
    assert outcomes[True, Outcome.DECLINED] == 10
    assert len(replies) == 70


@pytest.mark.parametrize(
    ("path", "right", "unanswerable"), [(FRESH, 47, 13), (FRESH_HELD_OUT, 37, 14)]
)
def test_fresh_questions_are_answered_as_often_as_they_were_and_none_is_wrong(
    ledger: Ledger, path: Path, right: int, unanswerable: int
) -> None:
    replies = [reply(each, ledger) for each in questions(path)]
    assert not [each for each in replies if each.outcome is Outcome.WRONG]
    assert sum(each.outcome is Outcome.RIGHT for each in replies) >= right
    assert sum(each.asked.truth is None for each in replies) == unanswerable


@pytest.mark.parametrize("each", questions(HELD_OUT), ids=lambda each: each.id)
def test_no_figure_is_wrong_on_questions_held_out(each: Asked, ledger: Ledger) -> None:
    assert reply(each, ledger).outcome is not Outcome.WRONG
