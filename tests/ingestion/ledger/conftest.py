"""A data folder into whose ledger files are imported, one after the other."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingestion.ledger.database import open_ledger
from ingestion.ledger.importing import FileReport, ImportOrder, import_files
from ingestion.ledger.rows import FileKind
from tests.conftest import Engine

TODAY = date(2026, 11, 24)
LINE = "F-1;Brelan SARL;02/03/2026;1 000,00;200,00;1 200,00"

Import = Callable[..., FileReport]


@pytest.fixture
def home(engine: Engine, tmp_path: Path) -> Path:
    return engine(tmp_path / "home")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    return folder


@pytest.fixture
def imported(home: Path, files: Path) -> Import:
    """The report of one file with these bytes."""

    def run(data: bytes, name: str = "factures.csv", **options: Any) -> FileReport:
        (files / name).write_bytes(data)
        kind = options.pop("kind", FileKind.INVOICES)
        order = ImportOrder(kind, (files / name,), options.pop("corrections", {}))
        (report,) = import_files(home, order, today=TODAY, **options)
        return report

    return run


def rows(home: Path, sql: str) -> tuple[tuple[Any, ...], ...]:
    with open_ledger(home) as ledger:
        return ledger.rows(sql)


def sentences(report: FileReport, code: str) -> str:
    return " ".join(each.sentence for each in report.comments if each.code == code)
