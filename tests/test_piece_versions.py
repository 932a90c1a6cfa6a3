from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.tenders.versions import later_version, same_piece


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("CCAP v1.pdf", "CCAP_v2_modifié.pdf"),
        ("CCAP.pdf", "CCAP (rectifié le 12-03).pdf"),
        ("CCAP v1.pdf", "CCAP (rectifié le 12-03).pdf"),
        ("CCTP-indice A.pdf", "CCTP-indice B.pdf"),
        ("CCTP v2.pdf", "CCTP v10.pdf"),
        ("CCTP V1.2.pdf", "CCTP V1.10.pdf"),
        ("RC projet.docx", "RC.pdf"),
        ("RC 2026-01-15.pdf", "RC 2026-02-01.pdf"),
        ("RC du 15.01.2026.pdf", "20260201 RC.pdf"),
        ("Règlement de consultation v1.docx", "RC_v2.pdf"),
        ("Bordereau des prix unitaires.xlsx", "BPU modifié.xlsx"),
        ("DCE/lot 2/BPU v1.xlsx", "rectificatif/lot 2/BPU v2.xlsx"),
    ],
)
def test_the_later_version_is_known_by_the_names(earlier: str, later: str) -> None:
    assert same_piece(earlier, later)
    assert later_version(earlier, later) == later
    assert later_version(later, earlier) == later


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CCAP.pdf", "CCAP.docx"),
        ("CCAP.pdf", "CCAP v2.pdf"),
        ("CCAP_v2.pdf", "CCAP (rectifié le 12-03).pdf"),
        ("CCAP rectifié le 12-03.pdf", "CCAP rectifié le 20-03.pdf"),
        ("CCAP v2.pdf", "CCAP v1 modifié.pdf"),
        ("CCAP v2 du 01-02-2026.pdf", "CCAP v1 du 01-03-2026.pdf"),
        ("CCAP.pdf", "CCAP signé.pdf"),
    ],
)
def test_where_the_names_leave_a_doubt_nobody_decides(one: str, other: str) -> None:
    assert same_piece(one, other)
    assert later_version(one, other) is None
    assert later_version(other, one) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CCAP.pdf", "CCTP.pdf"),
        ("CCTP lot 1.pdf", "CCTP lot 2.pdf"),
        ("lot 1/BPU.xlsx", "lot 2/BPU.xlsx"),
        ("Annexe 1.pdf", "Annexe 2.pdf"),
        ("Réponses aux questions n°2.pdf", "Réponses aux questions n°3.pdf"),
        ("v1.pdf", "v2.pdf"),
    ],
)
def test_other_pieces_are_no_versions(one: str, other: str) -> None:
    assert not same_piece(one, other)


@given(st.integers(1, 99), st.integers(1, 99))
def test_numbers_are_in_the_order_of_numbers(one: int, other: int) -> None:
    first, second = f"CCAP v{one}.pdf", f"CCAP_v{other}.pdf"
    assert same_piece(first, second)
    expected = None if one == other else (first if one > other else second)
    assert later_version(first, second) == expected


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 3000))
def test_days_are_in_the_order_of_days(day: date, gap: int) -> None:
    earlier, later = f"CCAP {day:%Y%m%d}.pdf", f"CCAP du {day + timedelta(gap):%d-%m-%Y}.pdf"
    assert same_piece(earlier, later)
    assert later_version(earlier, later) == later
