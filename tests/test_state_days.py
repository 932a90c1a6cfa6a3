"""State dates: parts of a year as days, and the range that an index tells of its texts."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from assistant.law.hierarchy import state_counts, state_range
from ingestion.index.store import Manifest
from ingestion.readers.documents import Kind
from ingestion.readers.reading import read_file
from ingestion.readers.state_days import days_in_words, state_days


@pytest.mark.parametrize(
    ("written", "first", "last", "told"),
    [
        ("2026-08-23", "2026-08-23", "2026-08-23", "23/08/2026"),
        ("23/08/2026", "2026-08-23", "2026-08-23", "23/08/2026"),
        ("Mi-2025", "2025-05-01", "2025-08-31", "mi-2025"),
        ("debut 2025", "2025-01-01", "2025-04-30", "début 2025"),
        ("fin 2025", "2025-09-01", "2025-12-31", "fin 2025"),
        ("1er semestre 2025", "2025-01-01", "2025-06-30", "1er semestre 2025"),
        ("deuxième trimestre 2025", "2025-04-01", "2025-06-30", "2e trimestre 2025"),
        ("février 2024", "2024-02-01", "2024-02-29", "février 2024"),
        ("2025", "2025-01-01", "2025-12-31", "2025"),
    ],
)
def test_a_day_or_a_part_of_a_year_is_read_and_told_again(
    written: str, first: str, last: str, told: str
) -> None:
    days = state_days(written)
    assert days == (date.fromisoformat(first), date.fromisoformat(last))
    assert days_in_words(*days) == told


@pytest.mark.parametrize(
    "written", ["hier", "3e semestre 2025", "2025-13", "0000", "mai", "32/01/2025", "tôt 2025"]
)
def test_what_is_no_date_is_not_guessed(written: str) -> None:
    assert state_days(written) is None


def test_a_sheet_says_it_in_its_front_matter(tmp_path: Path) -> None:
    path = tmp_path / "fiche.md"
    path.write_text("---\ntitle: Seuils\netat_au: mi-2025\n---\n# Seuils\n\nTexte.\n", "utf-8")
    reading = read_file(path, "fiche.md", Kind.RULES)
    (document,) = reading.documents
    assert (document.state_date, document.state_until) == (date(2025, 5, 1), date(2025, 8, 31))
    assert reading.warnings == ()


def test_an_index_tells_from_when_to_when_its_texts_are() -> None:
    manifest = Manifest(
        "n", "c", datetime(2026, 11, 1, tzinfo=UTC), "e", 1, 1, (), (), (), None, {}, ()
    )
    assert state_range(manifest) == "date non indiquée"
    mid = (date(2025, 5, 1), date(2025, 8, 31), 3)
    only = replace(manifest, state_ranges=(mid,))
    assert state_range(only) == "à mi-2025"
    mixed = replace(only, state_dates=((date(2026, 8, 23), 5), (None, 2)))
    assert state_range(mixed) == "de mi-2025 au 23/08/2026, et 2 sans date"
    assert state_counts(mixed) == (("mi-2025", 3), ("23/08/2026", 5), ("sans date", 2))
