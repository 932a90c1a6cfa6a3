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


def test_nearness_in_meaning_and_shared_words_add_up() -> None:
    assert answerable(ASKED, [evidence_of(SAYS, similarity=0.86)])
    assert not answerable(ASKED, [evidence_of(ELSE, similarity=0.86)])
    assert not answerable(ASKED, [evidence_of(SAYS, similarity=0.80)])
    assert answerable(ASKED, [evidence_of(ELSE, similarity=0.90)])


def test_the_nearest_of_the_first_passages_counts() -> None:
    assert answerable(ASKED, [evidence_of(ELSE), evidence_of(SAYS, 2, similarity=0.86)])
