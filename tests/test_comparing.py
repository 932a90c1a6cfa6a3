import pytest

from assistant.citations.comparison import compare
from assistant.question.language import Language

LIMIT = "Le besoin est estimé à moins de 60 000 € HT pour des services, ou de 100 000 € HT sinon."


def said(question: str, quote: str = LIMIT, language: Language = Language.FRENCH) -> str | None:
    return compare(question, quote, language)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Et pour 35 000 € HT ?", "Calcul : 35 000 € est inférieur à 60 000 €"),
        ("Et pour 60 000 euros HT ?", "Calcul : 60 000 euros est égal à 60 000 €"),
        ("Et pour 80 k€ HT ?", "Calcul : 80 k€ est supérieur à 60 000 €"),
    ],
)
def test_a_figure_falls_on_its_side_of_each_limit(question: str, expected: str) -> None:
    found = said(question)
    assert found is not None
    assert found.startswith(expected)


def test_durations_and_amounts_are_compared_apart() -> None:
    quote = "Une avance est due au-delà de 50 000 € HT et de plus de 2 mois."
    assert said("Mon marché de 55 000 € HT dure trois semaines.", quote) == (
        "Calcul : 55 000 € est supérieur à 50 000 €."
    )
    assert said("Mon marché dure huit mois.", quote) == "Calcul : huit mois est supérieur à 2 mois."


def test_with_tax_is_not_compared_to_without() -> None:
    assert said("Et pour 35 000 € TTC ?") is None


def test_two_figures_of_a_kind_are_not_compared() -> None:
    assert said("Entre 35 000 € et 45 000 € HT ?") is None


def test_a_figure_that_is_no_limit_is_not_compared() -> None:
    assert said("Et pour 35 000 € ?", "Le marché a coûté 20 000 € l'an dernier.") is None


def test_english_questions_get_english_words() -> None:
    found = said("What about 35 000 €?", language=Language.ENGLISH)
    assert found is not None
    assert found.startswith("Computed: 35 000 € is less than 60 000 €")
