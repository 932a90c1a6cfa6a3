from unicodedata import normalize

from assistant.question.language import find_stems


def test_forms_of_one_word_meet() -> None:
    assert find_stems("délais de paiement") == find_stems("Délai des paiements")
    assert find_stems("les acheteurs publics") == frozenset()


def test_accents_may_be_left_out_or_written_apart() -> None:
    assert find_stems("pénalités, délai, marché") == find_stems("penalites, delai, marche")
    assert find_stems(normalize("NFD", "pénalités")) == find_stems("pénalités")


def test_numbers_count_whole() -> None:
    assert find_stems("35 000 €") == {"35", "000"}
    assert find_stems("2122-8") == {"2122", "8"}
