"""Comparisons of a question's figure: said where readers held it to be of what is asked."""

import numpy as np
import pytest

from assistant.retrieval.tuning import default_tuning
from ingestion.index.judged_comparisons import (
    SAME,
    JudgedComparison,
    JudgedComparisons,
    judged_comparisons,
    read_judged_comparisons,
)
from ingestion.index.question_bank import read_judged
from ingestion.index.shipped_vectors import ShippedVectors, shipped_file
from tests.studies.judged_comparisons import comparison_odds

BUYS, CHARGES = np.eye(2, 3, dtype=np.float32)
NEED, RETENTION = "euro 60000", "ratio 1/20"


def judged(*rows: tuple[str, bool]) -> JudgedComparisons:
    """A purchase held against the first limit, a fee against the second, and so on in turn."""
    known = [JudgedComparison(str(n), 1, *row) for n, row in enumerate(rows)]
    asked = np.array([(BUYS, CHARGES)[n % 2] for n in range(len(rows))], dtype=np.float32)
    return JudgedComparisons(known, asked.reshape(len(rows), 3))


def test_the_nearest_question_that_was_held_against_the_limit_tells() -> None:
    known = judged((NEED, True), (NEED, False))
    assert known.odds(BUYS, NEED) > SAME
    assert known.odds(CHARGES, NEED) < -SAME


def test_what_was_held_against_another_limit_tells_less() -> None:
    known = judged((NEED, True), (RETENTION, False))
    assert known.odds(BUYS, NEED) > known.odds(BUYS, RETENTION) > 0
    assert judged((RETENTION, False), (NEED, True)).odds(BUYS, NEED) < 0


def test_nothing_near_tells_nothing() -> None:
    far = np.array([0.0, 0.0, 1.0], dtype=np.float32)
    assert judged((NEED, True)).odds(far, NEED) == pytest.approx(0.0, abs=1e-3)
    assert judged().odds(BUYS, NEED) == 0.0


def test_every_judged_comparison_is_of_its_author_and_its_vector_is_shipped() -> None:
    rows = read_judged_comparisons()
    author = {each.question: each.author for each in read_judged()}
    assert all(author.get(each.question, each.author) == each.author for each in rows)
    texts = [each.question for each in rows]
    shipped = ShippedVectors(shipped_file(default_tuning().embedder))
    assert shipped.find(texts, 384, as_questions=True)[0].all()
    assert len({(each.question, each.limit) for each in rows}) == len(rows)


def test_without_vectors_that_are_shipped_none_is_sure() -> None:
    known = judged_comparisons("another@embedder", 384)
    assert known.odds(np.ones(384, np.float32), NEED) == 0.0


def test_what_was_judged_is_told_by_those_of_other_authors() -> None:
    is_same = np.array([each.is_same for each in read_judged_comparisons()])
    odds = comparison_odds()
    assert is_same[odds > SAME].mean() > 0.88
    assert is_same[odds < -SAME].mean() < 0.2
