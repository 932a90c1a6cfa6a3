"""Invoices of a whole town, and hostile ones."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ledger.anomalies import anomalies
from assistant.ledger.parsing.questions import parse_plan
from assistant.ledger.query.names import Name, names
from assistant.ledger.query.plan import Plan, PlanMeasure, Population
from assistant.ledger.query.result import compute_result
from assistant.ledger.query.sql import rows, totals
from ingestion.ledger.database import open_ledger
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.importing import ImportOrder, import_files
from ingestion.ledger.rows import FileKind
from ingestion.ledger.values import has_luhn_key
from tests.studies.ledger import (
    FOLDER,
    FRESH,
    FRESH_HELD_OUT,
    HELD_OUT,
    QUESTIONS,
    Outcome,
    questions,
    reply,
    town_ledger,
)

TODAY = date(2026, 6, 30)
INVOICES = Population.INVOICES

HOSTILE = (
    "x'; DROP TABLE invoice; --",
    '"; DELETE FROM invoice; --',
    "' OR '1'='1",
    "') UNION SELECT * FROM file; --",
    "$1); ATTACH '/tmp/x.db' AS x; --",
    "x\\'; COPY invoice TO '/tmp/invoices.csv'; --",
    "{today}",
    "=HYPERLINK(\"http://x\",\"y\")",
    "=cmd|'/C calc'!A0",
    "+1+1",
    "@SUM(A1)",
)  # fmt: skip

TITLES = (
    "Numéro de facture",
    "Date de facture",
    "Fournisseur",
    "Service",
    "Marché",
    "Engagement",
    "Montant HT",
    "Montant TVA",
    "Montant TTC",
    "Objet",
)

SHAPES = (
    "Montant HT des factures de {}",
    "Combien de factures du service {} en 2026 ?",
    "Où en est la facture « {} » ?",
    "Combien de factures hors {} ?",
    "{}",
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger of which every text is hostile, as a file brought it."""
    home = tmp_path_factory.mktemp("hostile")
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(TITLES)
    for each in HOSTILE:
        amounts = ("100,00", "20,00", "120,00")
        writer.writerow((f"F{each}", "02/03/2026", each, each, each, each, *amounts, each))
    path = home / "hostile.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    [report] = import_files(home, ImportOrder(FileKind.INVOICES, (path,), {}), today=TODAY)
    assert report.stored == len(HOSTILE), report
    with open_ledger(home) as found:
        yield found


def _counts(ledger: Ledger) -> Sequence[tuple[object, ...]]:
    return ledger.rows(
        "SELECT (SELECT count(*) FROM invoice), (SELECT count(*) FROM file), "
        "(SELECT sum(gross) FROM invoice), (SELECT count(*) FROM lineage)"
    )


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("question", SHAPES)
def test_a_question_reads_hostile_words_as_a_name_or_not_at_all(
    ledger: Ledger, question: str, hostile: str
) -> None:
    before = _counts(ledger)
    known = names(ledger, INVOICES)
    plan = parse_plan(question.format(hostile), known, TODAY, INVOICES)
    if isinstance(plan, Plan):
        for query in (totals([plan], TODAY), rows([plan], TODAY)):
            assert hostile == "{today}" or hostile not in query.sql
        assert len(compute_result(plan, ledger, TODAY).total.rows) <= len(HOSTILE)
    assert _counts(ledger) == before


@given(st.text(alphabet="'\";-() =*/\\$0123456789abDROPTABLEinvoice", max_size=40))
def test_no_words_reach_the_text_of_a_query(words: str) -> None:
    for question in (f"Montant HT de la facture « zz{words}zz »", f"Factures de zz{words}zz"):
        plan = parse_plan(question, (Name("supplier", "1", f"zz{words}zz"),), TODAY, INVOICES)
        if isinstance(plan, Plan):
            assert "zz" not in totals([plan], TODAY).sql.lower()
            assert "zz" not in rows([plan], TODAY).sql.lower()


@pytest.mark.parametrize("group", ["supplier", "service", "contract", "commitment", "number"])
def test_hostile_fields_are_grouped_and_shown_as_they_are(ledger: Ledger, group: str) -> None:
    plan = Plan(PlanMeasure.SUM, INVOICES, "gross", group=group)
    labels = {line.label for line in compute_result(plan, ledger, TODAY).lines}
    assert labels == {f"F{each}" if group == "number" else each for each in HOSTILE}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with open_ledger(town_ledger(tmp_path_factory.mktemp("town"))) as found:
        yield found


def _column(title: str) -> list[str]:
    with (FOLDER / "factures.csv").open(encoding="utf-8", newline="") as file:
        return [line[title] for line in csv.DictReader(file, delimiter=";")]


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
    columns = ("Désignation fournisseur", "Numéro de facture", "Date de facture")
    names, numbers, days = map(_column, columns)
    assert len(numbers) == 300
    assert len(set(zip(names, numbers, (day[-4:] for day in days), strict=True))) == 296


def test_every_anomaly_planted_is_found(town: Ledger) -> None:
    found = Counter(each.anomaly.rule.name for each in anomalies(town))
    assert found["duplicate key"] == 4
    assert found["totals"] == 5
    assert found["credit note alone"] == 3
    assert found["paid before service"] == 2
    assert found["bank details"] == 3
    assert found["near duplicate"] >= 6


@pytest.mark.parametrize(
    ("path", "right", "unanswerable"),
    [(QUESTIONS, 60, 10), (HELD_OUT, 22, 4), (FRESH, 47, 13), (FRESH_HELD_OUT, 37, 14)],
)
def test_questions_are_answered_as_often_as_they_were_and_none_is_wrong(
    town: Ledger, path: Path, right: int, unanswerable: int
) -> None:
    replies = [reply(each, town) for each in questions(path)]
    assert not [each for each in replies if each.outcome is Outcome.WRONG]
    assert sum(each.outcome is Outcome.RIGHT for each in replies) >= right
    without_answer = [each.outcome for each in replies if each.asked.truth is None]
    assert without_answer == [Outcome.DECLINED] * unanswerable
