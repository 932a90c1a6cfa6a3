"""Procedures of an amount: told where readers held one to answer such questions."""

import numpy as np
import pytest

from assistant.calculators.requests.parsing import ANSWERED
from assistant.retrieval.tuning import default_tuning
from ingestion.index.judged_procedures import (
    JudgedProcedure,
    JudgedProcedures,
    judged_procedures,
    read_judged_procedures,
)
from ingestion.index.question_bank import read_judged
from ingestion.index.search import Vectors
from ingestion.index.shipped_vectors import ShippedVectors, shipped_file
from tests.studies.judged_procedures import (
    SHORT,
    answered,
    as_shipped,
    calculated,
    kinds_of_askers,
    told_by_others,
)

BUYS, CHARGES, FAR = np.eye(3, dtype=np.float32)
BUY, CHARGE = "Puis-je commander pour 20 000 € ?", "Des frais de 20 000 € ?"


def known() -> JudgedProcedures:
    """Each question judged twice, as words count only that two questions have."""
    rows = [JudgedProcedure(BUY, SHORT, is_answer=True), JudgedProcedure(CHARGE, SHORT, False)]
    return JudgedProcedures([*rows, *rows], np.array([BUYS, CHARGES, BUYS, CHARGES]))


def test_every_judged_procedure_is_of_its_author_and_its_vector_is_shipped() -> None:
    rows = read_judged_procedures()
    asked = [each.question for each in rows]
    author = {each.question: each.author for each in read_judged()}
    assert all(each.author == author.get(each.question, each.author) for each in rows)
    assert all(each.question in author for each in rows if each.author < SHORT)
    assert len({*asked}) == len(asked)
    shipped = ShippedVectors(shipped_file(default_tuning().embedder))
    assert shipped.find(asked, 384, as_questions=True)[0].all()


def test_procedures_are_calculated_as_judged_of_others_and_seldom_for_what_only_looks_so() -> None:
    rows = read_judged_procedures()
    is_answer, kinds = answered(rows), kinds_of_askers(rows)
    plain, judged = calculated(None), calculated(as_shipped(told_by_others()))
    for asked, times, least in (("in few words", 2, 0.94), ("of people", 1.5, 0.8)):
        these = kinds[asked]
        assert is_answer[judged & these].sum() > times * is_answer[plain & these].sum()
        assert is_answer[judged & these].mean() > least
    alike = kinds["only alike"] & ~is_answer
    assert (judged & alike).sum() < 0.06 * alike.sum()


@pytest.mark.parametrize(
    ("question", "vector"), [(BUY, FAR), ("Autre ?", BUYS)], ids=["words", "nearness"]
)
def test_a_procedure_is_told_by_words_and_by_the_nearest_questions(
    question: str, vector: Vectors
) -> None:
    told = known()
    assert (told.odds(question, vector) or 0) > (told.odds("Autre ?", FAR) or 0)
    assert (told.odds(CHARGE, CHARGES) or 0) < 0
    assert (told.odds(BUY, BUYS) or 0) > ANSWERED


def test_without_vectors_that_are_shipped_no_procedure_is_told() -> None:
    assert judged_procedures("another@embedder", 384).odds(BUY, BUYS) is None
