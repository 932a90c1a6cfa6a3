from assistant.answerability import answerable
from assistant.retrieval import NAMED
from tests.passage_texts import evidence_of

ASKED = "Quel délai de paiement des factures ?"
SAYS = "Le délai de paiement des factures est de trente jours."
ELSE = "La vache broute."


def test_nothing_found_answers_nothing() -> None:
    assert not answerable(ASKED, [])


def test_a_passage_asked_for_by_name_is_always_read() -> None:
    assert answerable(ASKED, [evidence_of(ELSE, score=NAMED)])


def test_nearness_in_meaning_and_strength_add_up() -> None:
    assert answerable(ASKED, [evidence_of(SAYS, similarity=0.85, strength=9)])
    assert not answerable(ASKED, [evidence_of(SAYS, similarity=0.85, strength=4)])
    assert not answerable(ASKED, [evidence_of(SAYS, similarity=0.80, strength=9)])
    assert answerable(ASKED, [evidence_of(ELSE, similarity=0.90)])


def test_the_nearest_and_the_strongest_passage_count() -> None:
    near, strong = evidence_of(ELSE, similarity=0.85), evidence_of(SAYS, 2, strength=9)
    assert answerable(ASKED, [strong, near])
    assert not answerable(ASKED, [near])
    assert not answerable(ASKED, [strong])


def test_in_a_dossier_shared_words_count() -> None:
    assert answerable(ASKED, [evidence_of(SAYS, similarity=0.85, dossier="ecole")])
    assert not answerable(ASKED, [evidence_of(ELSE, similarity=0.85, dossier="ecole", strength=9)])
    assert not answerable(ASKED, [evidence_of(SAYS, similarity=0.80, dossier="ecole")])
