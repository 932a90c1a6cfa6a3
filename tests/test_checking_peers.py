"""Failures seen in other assistants, as tests on sentences of our own."""

import pytest

from assistant.citations.checker import check_sentence
from assistant.citations.quotations import find_quote
from assistant.question.quantities import find_quantities, fold_same_length
from ingestion.chunking.sentences import sentences

PASSAGE = (
    "Un bon de commande de fournitures inférieur à 25 000 euros hors taxes peut être émis sans "
    "devis préalable. Un bon de commande de travaux suit la règle des devis."
)


def test_an_altered_quote_is_no_highlight_however_near_it_is() -> None:
    altered = (
        "Un bon de commande de travaux inférieur à 90 000 euros hors taxes peut être émis avec "
        "devis préalable."
    )
    assert find_quote(altered, PASSAGE) is None
    assert check_sentence(altered, [PASSAGE]).support is None


@pytest.mark.parametrize(("true", "false"), [("fournitures", "travaux"), ("25", "26")])
def test_one_changed_word_of_a_quote_is_enough(true: str, false: str) -> None:
    quote = PASSAGE.split(". ")[0] + "."
    assert find_quote(quote, PASSAGE) is not None
    assert find_quote(quote.replace(true, false, 1), PASSAGE) is None


@pytest.mark.parametrize(
    "first",
    [
        "Le candidat écarté en est informé.",
        "La pénalité ne dépasse pas 10 %.",
        "Le seuil est de 90 000.",
        "La règle est fixée à l'article R. 2122-8.",
        "Le décret est du 1er avril 2026.",
    ],
)
def test_a_sentence_ends_after_an_accent_a_rate_a_figure_or_an_article(first: str) -> None:
    text = f"{first} L'acheteur motive son choix."
    assert [text[part.start : part.end] for part in sentences(text)] == [
        first,
        "L'acheteur motive son choix.",
    ]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("45 000 €", "45000 euro"),
        ("45\u00a0000 €", "45000 euro"),
        ("1 234,56 €", "30864/25 euro"),
        ("1 234,56", "30864/25 count"),
    ],
)
def test_a_french_number_is_one_number(written: str, key: str) -> None:
    assert [quantity.key for quantity in find_quantities(fold_same_length(written))] == [key]


def test_a_number_is_not_found_inside_another() -> None:
    passage = "L'acheteur conserve les factures de plus de 45 000 € pendant 10 ans."
    claim = "L'acheteur conserve les factures de plus de 45 € pendant 10 ans."
    assert check_sentence(claim, [passage]).support is None
    assert find_quote("factures de plus de 45", passage) is None


def test_a_right_answer_with_the_wrong_citation_is_refused() -> None:
    other = "Le titulaire remet ses factures par voie électronique sur le portail de l'État."
    quote = PASSAGE.split(". ")[0] + "."
    assert check_sentence(quote, [PASSAGE]).support is not None
    assert check_sentence(quote, [other]).support is None


def test_a_quote_made_of_two_sentences_is_refused() -> None:
    joined = "Un bon de commande de travaux peut être émis sans devis préalable."
    assert check_sentence(joined, [PASSAGE]).support is None


def test_a_few_words_copied_are_no_proof() -> None:
    assert check_sentence("Sans devis.", [PASSAGE]).support is None
