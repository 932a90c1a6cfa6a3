"""Published contracts, added up by plain Python over the files and by the ledger.

The cleaning is what the import says: lines of one buyer, number, day and amount are one contract;
several holders of one hold it together, each by its SIREN; amounts that cannot be true are left
empty; days that cannot be true are reported and kept as they are.
"""

import csv
import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.ledger.query.plan import Plan, PlanMeasure, PlanPeriod, Population
from assistant.ledger.query.result import groups
from ingestion.ledger.database import open_ledger
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.importing import FileReport, ImportOrder, import_files
from ingestion.ledger.rows import FileKind

SHARED = Path(os.environ.get("SOURCIER_SHARED") or Path(__file__).parents[2] / "shared")
DECP = SHARED / "data/decp"
TODAY = date(2026, 2, 6)
FIRST, INCREDIBLE = date(2016, 4, 1), Decimal(10) ** 10

Totals = dict[tuple[str, int], Decimal]
"""Euros by who, "" for nobody known, and year."""

pytestmark = pytest.mark.skipif(not DECP.is_dir(), reason="no ../shared: no published contracts")


class Published:
    """A file of contracts as plain Python cleans it; `columns` are buyer, number, day, amount."""

    def __init__(self, name: str, columns: tuple[str, ...], holder: str = "") -> None:
        with (DECP / name).open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file))
        self.lines = len(lines)
        self.holders: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for line in lines:
            self.holders[tuple(line[column] for column in columns)].add(
                _siren(line.get(holder, ""))
            )

    def totals(self, *, by_holder: bool) -> Totals:
        """Euros by buyer or holders together, and year."""
        found: Totals = defaultdict(Decimal)
        for (buyer, _, day, amount), holders in self.holders.items():
            who = " + ".join(sorted(holders)) if by_holder else buyer
            if amount and Decimal(amount) < INCREDIBLE:
                found[who, int(day[:4])] += Decimal(amount).quantize(Decimal("0.01"))
        return dict(found)

    def doubtful_days(self) -> int:
        days = (date.fromisoformat(day) for _, _, day, _ in self.holders)
        return sum(not FIRST <= day <= TODAY for day in days)


def _siren(number: str) -> str:
    """The company of a SIRET; any other number as it is."""
    return number[:9] if len(number) == 14 else number


def _imported(home: Path, name: str) -> FileReport:
    [report] = import_files(home, ImportOrder(FileKind.PURCHASES, (DECP / name,), {}), today=TODAY)
    return report


def _totals(ledger: Ledger, group: str) -> Totals:
    """The ledger's own, by the plan that a question for the totals of a year makes."""
    years = ledger.rows("SELECT DISTINCT year(notified) FROM purchase")
    found: Totals = {}
    for (year,) in years:
        period = PlanPeriod("notified", date(year, 1, 1), date(year, 12, 31))
        plan = Plan(PlanMeasure.SUM, Population.PURCHASES, "amount", period=period, group=group)
        ((sums, _),) = groups([plan], ledger, TODAY, ())
        found |= {(key or "", year): each.total for key, each in sums.items() if each.known}
    return found


@pytest.fixture(scope="module")
def recent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FileReport, Ledger]]:
    home = tmp_path_factory.mktemp("recent")
    report = _imported(home, "decp_recent_2026-02.csv")
    with open_ledger(home) as ledger:
        yield report, ledger


RECENT = ("id_acheteur", "id_marche", "date_notification", "montant_marche")


def test_totals_by_buyer_and_year_agree_with_plain_python(
    recent: tuple[FileReport, Ledger],
) -> None:
    published = Published("decp_recent_2026-02.csv", RECENT)
    totals = published.totals(by_holder=False)
    assert len(totals) > 1600
    assert _totals(recent[1], "buyer") == totals


def test_lines_that_come_twice_and_impossible_days_are_reported(
    recent: tuple[FileReport, Ledger],
) -> None:
    report, ledger = recent
    published = Published("decp_recent_2026-02.csv", RECENT)
    assert ledger.rows("SELECT count(*) FROM purchase") == ((len(published.holders),),)
    doubtful = [each for each in report.comments if each.code == "DATE"]
    assert len(doubtful) == published.doubtful_days() > 0
    assert published.lines - len(published.holders) == 238


def test_totals_by_holder_and_year_agree_and_no_contract_is_counted_twice(tmp_path: Path) -> None:
    name = "decp_2024H2_travaux_cpv4521.csv"
    columns = ("acheteur_id", "id", "dateNotification", "montant")
    published = Published(name, columns, "titulaire_id")
    _imported(tmp_path, name)
    with open_ledger(tmp_path) as ledger:
        found = _totals(ledger, "supplier")
    assert found == published.totals(by_holder=True)
    assert sum(found.values()) == sum(published.totals(by_holder=False).values())
