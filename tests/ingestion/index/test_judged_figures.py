"""What is computed of a question's figures: said where readers held it to be of what is asked."""

import numpy as np
import pytest

from assistant.retrieval.tuning import default_tuning
from ingestion.index.judged_figures import (
    SAME,
    JudgedComparison,
    JudgedComparisons,
    JudgedProcedure,
    JudgedProcedures,
    judged_comparisons,
    judged_procedures,
    read_judged_comparisons,
    read_judged_procedures,
)
from ingestion.index.question_bank import read_judged
from ingestion.index.shipped_vectors import ShippedVectors, shipped_file
from tests.studies.judged_figures import (
    SHORT,
    comparison_odds,
    procedure_odds,
    procedures_calculated,
)

BUYS, CHARGES = np.eye(2, 3, dtype=np.float32)
NEED, RETENTION = "euro 60000", "ratio 1/20"
BUY, CHARGE = "Puis-je commander pour 20 000 € ?", "Des frais de 20 000 € ?"


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


def test_every_judged_procedure_is_of_its_author_and_its_vector_is_shipped() -> None:
    rows = read_judged_procedures()
    asked = [each.question for each in rows]
    author = {each.question: each.author for each in read_judged()}
    assert all(each.author == author.get(each.question, each.author) for each in rows)
    assert all(each.question in author for each in rows if each.author < SHORT)
    assert all(len(each.question.split()) <= 20 for each in rows if each.author >= SHORT)
    assert len({*asked}) == len(asked)
    shipped = ShippedVectors(shipped_file(default_tuning().embedder))
    assert shipped.find(asked, 384, as_questions=True)[0].all()


def test_procedures_are_calculated_as_judged_of_others_for_who_asks_in_few_words_or_many() -> None:
    rows = read_judged_procedures()
    is_answer = np.array([each.is_answer for each in rows])
    is_short = np.array([each.author >= SHORT for each in rows])
    plain, judged = procedures_calculated(None), procedures_calculated(procedure_odds())
    for these, times, least in ((is_short, 2, 0.94), (~is_short, 1.5, 0.85)):
        assert is_answer[judged & these].sum() > times * is_answer[plain & these].sum()
        assert is_answer[judged & these].mean() > least


def test_a_procedure_is_told_by_the_nearest_questions_that_were_judged() -> None:
    known = JudgedProcedures(
        [_judged(BUY, is_answer=True), _judged(CHARGE)], np.array([BUYS, CHARGES])
    )
    assert (known.odds(BUY, BUYS) or 0) > 0 > (known.odds(CHARGE, CHARGES) or 0)
    assert judged_procedures("another@embedder", 384).odds(BUY, BUYS) is None


def test_a_question_of_as_many_words_tells_more_of_a_procedure() -> None:
    long = f"{BUY} pour la cantine et le restaurant des agents, sur trois ans, avec deux lots"
    known = JudgedProcedures([_judged(BUY, is_answer=True), _judged(long)], np.array([BUYS, BUYS]))
    assert (known.odds(BUY, BUYS) or 0) > 0 > (known.odds(long, BUYS) or 0)


def _judged(question: str, *, is_answer: bool = False) -> JudgedProcedure:
    return JudgedProcedure(question, SHORT, is_answer)
