from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingestion.chunking.splitting import Span, moved_cuts, split, split_lines, whole_spans

WORDS = (
    "le titulaire|60 000 €|art. R. 2122-8|article 12.3 du CCAP|1er avril 2026|mois|12,5 %|24 mois|"
    "n° 2026-12|acheteur.|marché ;\n|pénalité\n\n|1 250 000,50 euros HT"
)
texts = st.lists(st.sampled_from(WORDS.split("|")), min_size=30, max_size=120).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(texts, st.integers(120, 300), st.integers(0, 60))
def test_spans_cover_the_text_and_divide_nothing(text: str, size: int, overlap: int) -> None:
    spans = split(text, size=size, overlap=overlap)
    assert_covers(text, spans)
    cuts = {end for _, end in spans} | {start for start, _ in spans}
    for start, end in whole_spans(text):
        assert not any(start < cut < end for cut in cuts), text[start:end]
    assert all(end - start <= size + 160 for start, end in spans)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=600), st.integers(20, 80))
@example("a" * 300, 20)
@example("1" * 300, 20)
@example("aaaaaaaaaa mot " + " " * 20 + "fin", 20)
@example("x | y\n" * 100, 30)
def test_any_text_is_covered(text: str, size: int) -> None:
    assert_covers(text, split(text, size=size, overlap=5))
    assert_covers(text, split_lines(text, size=size))


def assert_covers(text: str, spans: Sequence[Span]) -> None:
    seen = {index for start, end in spans for index in range(start, end)}
    assert all(text[i].isspace() for i in range(len(text)) if i not in seen)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


@pytest.mark.parametrize("whole", ["60 000 €", "R. 2122-8", "art. 12", "1er avril 2026", "12,5 %"])
def test_what_must_stay_whole_is_found(whole: str) -> None:
    text = f"Le seuil {whole} s'applique"
    start = text.index(whole)
    assert any(a <= start and b >= start + len(whole) for a, b in whole_spans(text))


def test_a_cut_moves_before_what_it_would_divide_or_after_when_there_is_no_room() -> None:
    assert moved_cuts([12, 30], [(10, 15)]) == [10, 30]
    assert moved_cuts([4, 30], [(0, 15)]) == [15, 30]
    assert moved_cuts([12, 14], [(10, 15)]) == [10, 15]
    assert moved_cuts([10, 15], [(10, 15)]) == [10, 15]


def test_neighbours_share_the_end_of_the_first() -> None:
    sentences = " ".join(f"Phrase numéro {n} du document." for n in range(100))
    spans = split(sentences, size=300, overlap=80)
    assert len(spans) > 5
    assert all(30 <= b - c <= 90 for (_, b), (c, _) in pairwise(spans))


def test_rows_are_never_divided() -> None:
    rows = "\n".join(f"{n} | 60 000 €" for n in range(50))
    for start, end in split_lines(rows, size=60):
        assert rows[start:end].count("€") == len(rows[start:end].split("\n"))
