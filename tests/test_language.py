"""The language of a question, and the stems of its words."""

from unicodedata import normalize

import pytest

from assistant.question.language import Language, detect_language, find_stems


@pytest.mark.parametrize(
    "question",
    [
        "Puis-je acheter pour 35 000 € HT sans mise en concurrence ?",
        "et pour les travaux ?",
        "R2122-8",
        "délai de paiement",
        "seuil MAPA 2026",
        "Un avenant de 10 % est-il possible ?",
        "L’acheteur doit-il allotir ?",
        "What ?! Le seuil est à 40 000 € ou à 60 000 € ?",
        "",
        "…",
    ],
)
def test_french_unless_english_is_plain(question: str) -> None:
    assert detect_language(question) is Language.FRENCH


@pytest.mark.parametrize(
    "question",
    [
        "What is the payment deadline for a municipality?",
        "Can I buy for 35 000 € without competition?",
        "Who may sign a contract?",
        "HOW LONG MAY A FRAMEWORK AGREEMENT LAST?",
        "How much is the advance payment in a marché de travaux?",
    ],
)
def test_english(question: str) -> None:
    assert detect_language(question) is Language.ENGLISH


# Words


def test_forms_of_one_word_meet() -> None:
    assert find_stems("délais de paiement") == find_stems("Délai des paiements")
    assert find_stems("les acheteurs publics") == frozenset()


def test_accents_may_be_left_out_or_written_apart() -> None:
    assert find_stems("pénalités, délai, marché") == find_stems("penalites, delai, marche")
    assert find_stems(normalize("NFD", "pénalités")) == find_stems("pénalités")


def test_numbers_count_whole() -> None:
    assert find_stems("35 000 €") == {"35", "000"}
    assert find_stems("2122-8") == {"2122", "8"}
