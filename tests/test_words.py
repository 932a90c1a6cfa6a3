from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question.language import coverage, find_stems


def test_forms_of_one_word_meet() -> None:
    assert find_stems("délais de paiement") == find_stems("Délai des paiements")
    assert find_stems("les acheteurs publics") == frozenset()


def test_accents_may_be_left_out_or_written_apart() -> None:
    assert find_stems("pénalités, délai, marché") == find_stems("penalites, delai, marche")
    assert find_stems(normalize("NFD", "pénalités")) == find_stems("pénalités")


def test_numbers_count_whole() -> None:
    assert find_stems("35 000 €") == {"35", "000"}
    assert find_stems("2122-8") == {"2122", "8"}


@pytest.mark.parametrize(
    ("question", "text", "share"),
    [
        ("Quel délai de paiement ?", "Le délai de paiement est de trente jours.", 1.0),
        ("Quel délai de paiement ?", "Le délai de livraison est de trente jours.", 0.5),
        ("Quel délai de paiement ?", "La météo est belle.", 0.0),
        ("Quel est le ?", "Le délai de paiement", 0.0),
        ("", "Le délai de paiement", 0.0),
    ],
)
def test_coverage(question: str, text: str, share: float) -> None:
    assert coverage(question, text) == share


@given(question=st.text(), text=st.text())
def test_coverage_is_a_share_and_grows_with_the_text(question: str, text: str) -> None:
    assert 0 <= coverage(question, text) <= coverage(question, f"{text} {question}") <= 1
