import pytest

from assistant.evaluation.questions import (
    OTHER,
    OUT_OF_SCOPE,
    PRINCIPLES,
    ExpectedPlace,
    Question,
    theme_of,
)
from tests.graded import question_of

CCAP = (ExpectedPlace("CCAP", 7),)


@pytest.mark.parametrize(
    ("article", "theme"),
    [
        ("R2191-3", "Exécution financière"),
        ("L2191-2", "Exécution financière"),
        ("R2192-10", "Facturation et paiement"),
        ("R2122-8", "Choix de la procédure"),
        ("R2100-1", "Marchés : dispositions générales"),
        ("L2313-1", "Défense et sécurité"),
        ("L3114-7", "Concessions"),
        ("L3321-1", "Outre-mer"),
        ("L1211-1", "Acteurs de la commande publique"),
        ("L3", PRINCIPLES),
        ("L3-1", PRINCIPLES),
        ("Annexe 2", OTHER),
        ("10", OTHER),
        ("L4111-1", OTHER),
    ],
)
def test_an_article_has_the_theme_of_its_place_in_the_plan(article: str, theme: str) -> None:
    assert theme_of(question_of(articles=(article, "L2112-1"))) == theme


@pytest.mark.parametrize(
    ("question", "theme"),
    [
        (question_of(articles=("R2191-3",), theme="Avances", places=CCAP), "Avances"),
        (question_of(articles=("R2191-3",), places=CCAP), "Exécution financière"),
        (question_of(places=CCAP), "CCAP"),
        (question_of(places=CCAP, refusal=True), "CCAP"),
        (question_of(refusal=True), OUT_OF_SCOPE),
        (question_of(), OTHER),
    ],
)
def test_the_set_then_the_article_then_the_piece_give_the_theme(
    question: Question, theme: str
) -> None:
    assert theme_of(question) == theme
