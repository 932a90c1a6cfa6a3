"""What is bought, told by the words of others."""

import numpy as np
import pytest

from ingestion.index.judged_procedures import PurchaseKind, read_judged_procedures
from ingestion.index.purchase_kinds import (
    LIKELIER,
    OTHER,
    WORKS,
    PurchaseKinds,
    purchase_kinds,
    read_named_purchases,
)
from tests.studies.purchase_kinds import asked_purchases, told, told_by_others

ROOF, DESK, PLACE = "on refait le toit", "on commande des bureaux", "c'est pour la mairie"


@pytest.fixture(scope="module")
def kinds() -> PurchaseKinds:
    known = {ROOF: PurchaseKind.WORKS, DESK: PurchaseKind.SUPPLIES, PLACE: PurchaseKind.UNTOLD}
    return PurchaseKinds([(words, kind) for words, kind in known.items() for _ in range(4)])


@pytest.mark.parametrize(
    ("question", "is_works"),
    [(ROOF, True), (DESK, False), (PLACE, None), ("le toit, on le refait", True), ("xyz", None)],
)
def test_words_tell_what_is_bought_where_they_are_those_of_one_kind(
    kinds: PurchaseKinds, question: str, is_works: bool | None
) -> None:
    assert kinds.is_works(question) is is_works


def test_words_of_both_kinds_tell_nothing(kinds: PurchaseKinds) -> None:
    likely = kinds.likelihood(f"{ROOF} et {DESK}")
    assert min(likely[WORKS], likely[OTHER]) > 1 - LIKELIER
    assert kinds.is_works(f"{ROOF} et {DESK}") is None


def test_accents_and_capitals_change_nothing(kinds: PurchaseKinds) -> None:
    assert kinds.likelihood(ROOF.upper()) == kinds.likelihood(ROOF)
    assert kinds.likelihood("a la mairie") == kinds.likelihood("À la mairie")


def test_each_purchase_is_named_once_and_is_no_question_that_was_judged() -> None:
    words = [each.words.lower() for each in read_named_purchases()]
    assert len({*words}) == len(words)
    assert not {*words} & {each.question.lower() for each in read_judged_procedures()}


def test_by_the_words_of_others_more_than_half_are_told_and_hardly_one_wrongly() -> None:
    questions = asked_purchases()
    works, other = told(told_by_others(questions), LIKELIER)
    sides = np.array([each.side for each in questions])
    assert (works | other)[sides != ""].mean() > 0.55
    assert (sides[works] == OTHER).mean() < 0.02
    assert (sides[other] == WORKS).mean() < 0.02


@pytest.mark.parametrize(
    ("question", "is_works"),
    [
        ("Refaire l'étanchéité du toit-terrasse de la médiathèque", True),
        ("Une mission de contrôle technique pour la médiathèque en chantier", False),
        ("Trente fauteuils pour la médiathèque", False),
        ("Marché de 90 000 € pour la médiathèque, quelle procédure ?", None),
    ],
)
def test_the_corpus_tells_works_from_what_stands_around_them(
    question: str, is_works: bool | None
) -> None:
    assert purchase_kinds().is_works(question) is is_works
