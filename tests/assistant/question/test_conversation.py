"""A question after others: the words by which it leans on them, and both as one text."""

import pytest

from assistant.question.conversation import (
    asked_before,
    brings_its_amounts,
    in_one_text,
    leans_by_words,
)

PREVIOUS = "Sous quel montant acheter des fournitures sans publicité ?"
BEFORE = "Puis-je acheter des fournitures pour 35 000 € ?"


@pytest.mark.parametrize(
    "question",
    [
        "et pour les travaux ?",
        "Et si le marché dépasse 100 000 € HT pour des travaux de voirie ?",
        "Mais faut-il alors publier un avis au journal officiel européen ?",
        "Quelle est la sanction dans ce cas pour un acheteur de l'État ?",
        "Ce délai peut-il être réduit par la commune en cas d'urgence ?",
        "Pourquoi ?",
        "What about works contracts above the European threshold then?",
        "Il peut être prolongé de combien de mois par un avenant signé ?",
    ],
)
def test_a_question_that_leans_on_the_one_before(question: str) -> None:
    assert leans_by_words(question)


@pytest.mark.parametrize(
    "question",
    [
        PREVIOUS,
        "Puis-je acheter pour 35 000 € HT sans mise en concurrence ?",
        "Quel est le délai de paiement d'une commune ?",
        "Un marché de fournitures et de travaux doit-il être alloti ?",
        "What is the payment deadline for a municipality?",
    ],
)
def test_a_question_that_stands_by_itself(question: str) -> None:
    assert not leans_by_words(question)


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("et à 250 000 ?", "Puis-je acheter des fournitures pour 250 000 € ?"),
        ("c'est 45 k€", "Puis-je acheter des fournitures pour 45 k€ ?"),
        ("pardon 90 000 euros, en travaux", "Puis-je acheter des travaux pour 90 000 euros ?"),
        ("non je parle des services", "Puis-je acheter des services pour 35 000 € ?"),
    ],
)
def test_what_is_said_anew_takes_the_place_of_what_was_said(question: str, whole: str) -> None:
    assert in_one_text(BEFORE, question) == whole


@pytest.mark.parametrize(
    ("previous", "question"),
    [
        (BEFORE, "et une avance de 20 000 € ?"),
        (BEFORE, "et sous 12 mois ?"),
        (BEFORE, "et pour les services ou les travaux ?"),
        (BEFORE, "et en 3 lots ?"),
        (BEFORE, "et entre 40 000 € et 90 000 € ?"),
        (BEFORE, "et les travaux, faut-il les allotir ?"),
        ("Un lot de 20 000 € dans un marché de 300 000 € ?", "et à 90 000 € ?"),
        ("Fournitures et services : quel seuil ?", "et pour les travaux ?"),
        ("Faut-il un contrat écrit ?", "et à 90 000 € ?"),
        (BEFORE, "et en 2019 ?"),
        (BEFORE, "et l'article 2122 ?"),
        (BEFORE, "et 108 000 € TTC ?"),
        (BEFORE, "et 20 000 € de plus ?"),
        (BEFORE, "non, pas 40 000 €"),
        (BEFORE, "et à partir de 40 000 € ?"),
        (BEFORE, "et pour un lot de 40 000 € ?"),
        (BEFORE, "et hors travaux ?"),
        (BEFORE, "et sans les travaux ?"),
        ("Nos services techniques achètent pour 35 000 € HT, comment ?", "et en travaux ?"),
        ("Le CCAG travaux prévoit quelles pénalités ?", "et pour les services ?"),
    ],
)
def test_what_asks_something_else_takes_no_place(previous: str, question: str) -> None:
    assert in_one_text(previous, question) == f"{previous} {question}"


def test_of_a_long_conversation_the_first_question_and_the_latest_are_kept() -> None:
    text = PREVIOUS
    for question in ("Et un ?", "Et deux ?", "Et trois ?", "Et quatre ?"):
        text = in_one_text(text, question)
    assert text == f"{PREVIOUS} Et deux ? Et trois ? Et quatre ?"


@pytest.mark.parametrize(
    ("standalone", "question", "before"),
    [
        (f"{PREVIOUS} Pourquoi ?", "Pourquoi ?", PREVIOUS),
        (PREVIOUS, PREVIOUS, ""),
        ("Puis-je acheter des travaux ?", "et pour les travaux ?", ""),
        ("Quel est le délai ?", "What is the deadline?", ""),
    ],
)
def test_what_a_question_went_on_from(standalone: str, question: str, before: str) -> None:
    assert asked_before(standalone, question) == before


@pytest.mark.parametrize(
    ("before", "question", "is_own"),
    [
        ("Quels intérêts moratoires ?", "pour 12 000 € avec 20 jours de retard ?", True),
        ("Quels intérêts moratoires ?", "et avec 20 jours de retard ?", False),
        (BEFORE, "et une pénalité de 500 € ?", False),
        (BEFORE, "et la retenue de garantie ?", False),
    ],
)
def test_only_the_amounts_of_the_question_itself_are_calculated_with(
    before: str, question: str, *, is_own: bool
) -> None:
    assert brings_its_amounts(question, f"{before} {question}") is is_own
