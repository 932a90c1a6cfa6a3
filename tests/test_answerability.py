import pytest

from assistant.retrieval.retriever import NAMED, Answerability, answerability
from tests.passage_texts import evidence_of

ASKED = "Quel délai de paiement des factures ?"
SAYS = "Le délai de paiement des factures est de trente jours."
ELSE = "La vache broute."
YES, DOUBTFUL, NO = Answerability.YES, Answerability.DOUBTFUL, Answerability.NO


def test_nothing_found_answers_nothing() -> None:
    assert answerability(ASKED, []) is NO


def test_a_passage_asked_for_by_name_is_always_read() -> None:
    assert answerability(ASKED, [evidence_of(ELSE, score=NAMED)]) is YES


@pytest.mark.parametrize(
    ("similarity", "strength", "expected"),
    [
        (0.87, 9, YES),
        (0.85, 9, DOUBTFUL),
        (0.85, 4, NO),
        (0.80, 9, NO),
        (0.92, 0, YES),
    ],
)
def test_nearness_in_meaning_and_strength_add_up(
    similarity: float, strength: float, expected: Answerability
) -> None:
    evidence = [evidence_of(SAYS, similarity=similarity, strength=strength)]
    assert answerability(ASKED, evidence) is expected


def test_the_nearest_and_the_strongest_passage_count() -> None:
    near, strong = evidence_of(ELSE, similarity=0.87), evidence_of(SAYS, 2, strength=9)
    assert answerability(ASKED, [strong, near]) is YES
    assert answerability(ASKED, [near]) is NO
    assert answerability(ASKED, [strong]) is NO


@pytest.mark.parametrize(
    ("text", "similarity", "expected"),
    [(SAYS, 0.87, YES), (SAYS, 0.84, DOUBTFUL), (ELSE, 0.86, NO), (SAYS, 0.80, NO)],
)
def test_in_a_dossier_shared_words_and_subjects_count(
    text: str, similarity: float, expected: Answerability
) -> None:
    evidence = [evidence_of(text, similarity=similarity, dossier="ecole", strength=9)]
    assert answerability(ASKED, evidence) is expected
