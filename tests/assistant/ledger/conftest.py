"""A small ledger and its service, on the engine of the run."""

from pathlib import Path

import pytest

from assistant.journal.journal import Journal
from assistant.ledger.service import LedgerService
from tests.conftest import Engine
from tests.support.ledger_books import kept_in, no_generation


@pytest.fixture
def home(tmp_path: Path, engine: Engine) -> Path:
    return kept_in(engine(tmp_path / "home"))


@pytest.fixture
def books(home: Path) -> LedgerService:
    return LedgerService(home, Journal(home / "journal.jsonl"), no_generation)
