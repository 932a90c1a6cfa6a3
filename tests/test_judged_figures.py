"""What is computed of a question's figures: said where readers held it to be of what is asked."""

import numpy as np
import pytest

from assistant.retrieval.ranking import default_tuning
from ingestion.index.judged_figures import (
    SAME,
    JudgedComparison,
    JudgedComparisons,
    Judgements,
    judged_comparisons,
    judged_procedures,
    read_judged_comparisons,
    read_judged_procedures,
)
from ingestion.index.question_bank import read_judged
from ingestion.index.shipped_vectors import ShippedVectors, shipped_file
from tests.studies.judged_figures import comparison_odds, is_calculated, procedure_odds

BUYS, CHARGES = np.eye(2, 3, dtype=np.float32)
NEED, RETENTION = "euro 60000", "ratio 1/20"


def judged(*rows: tuple[str, bool]) -> JudgedComparisons:
    """A purchase held against the first limit, a fee against the second, and so on in turn."""
    known = [JudgedComparison(str(n), *row) for n, row in enumerate(rows)]
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


def test_every_judged_comparison_is_of_a_question_of_people_whose_vector_is_shipped() -> None:
    rows = read_judged_comparisons()
    assert {each.question for each in rows} <= {each.question for each in read_judged()}
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


def test_every_judged_procedure_is_of_a_question_of_people_whose_vector_is_shipped() -> None:
    rows = read_judged_procedures()
    asked = [each.question for each in rows]
    assert {*asked} <= {each.question for each in read_judged()}
    assert len({*asked}) == len(asked)
    shipped = ShippedVectors(shipped_file(default_tuning().embedder))
    assert shipped.find(asked, 384, as_questions=True)[0].all()


def test_more_procedures_are_calculated_as_judged_by_others_and_fewer_beside() -> None:
    rows, odds = read_judged_procedures(), procedure_odds()
    is_answer = np.array([each.is_answer for each in rows])
    plain = np.array([is_calculated(each, 0.0) for each in rows])
    judged = np.array([is_calculated(*each) for each in zip(rows, odds, strict=True)])
    assert is_answer[judged].sum() > 2 * is_answer[plain].sum()
    assert (~is_answer[judged]).sum() < (~is_answer[plain]).sum()


def test_a_procedure_is_told_by_the_nearest_questions_that_were_judged() -> None:
    known = Judgements(np.array([BUYS, CHARGES]), [True, False])
    assert known.odds(BUYS) > 0 > known.odds(CHARGES)
    assert judged_procedures("another@embedder", 384).odds(np.ones(384, np.float32)) == 0.0
