"""A question that leans on the one before, or is asked in English."""

from collections.abc import Generator

import pytest

from assistant.question.rewriting import (
    LONGEST_REWRITE,
    in_french,
    is_dependent,
    is_faithful,
    is_translation,
    standalone,
)
from tests.support.fakes import ScriptedModel

PREVIOUS = "Sous quel montant acheter des fournitures sans publicité ?"
QUESTION = "et pour les travaux ?"
WHOLE = "Sous quel montant acheter des travaux sans publicité ?"


def _result(rewriting: Generator[None, None, str]) -> str:
    while True:
        try:
            next(rewriting)
        except StopIteration as finished:
            return str(finished.value)


@pytest.mark.parametrize(
    "question",
    [
        QUESTION,
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
    assert is_dependent(question)


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
    assert not is_dependent(question)


def test_a_faithful_rewriting_is_kept() -> None:
    model = ScriptedModel({QUESTION: f"{WHOLE} Réponse : 100 000 euros."})
    assert _result(standalone(QUESTION, PREVIOUS, model)) == WHOLE
    at_once = ScriptedModel({QUESTION: f"{WHOLE}Réponse"})
    assert _result(standalone(QUESTION, PREVIOUS, at_once)) == WHOLE
    asked = "".join(model.prompts[0].parts)
    assert PREVIOUS in asked
    assert QUESTION in asked


@pytest.mark.parametrize(
    "written",
    [
        "",
        "Le montant est de 100 000 euros.",
        "Sous quel montant acheter des services sans publicité ?",
        "Sous quel montant acheter sans publicité ?",
        "Sous quel montant acheter des travaux sans publicité",
        "\n\n?",
    ],
)
def test_any_other_rewriting_puts_the_two_side_by_side(written: str) -> None:
    model = ScriptedModel({QUESTION: written})
    assert _result(standalone(QUESTION, PREVIOUS, model)) == f"{PREVIOUS} {QUESTION}"


def test_a_model_that_never_ends_is_stopped() -> None:
    model = ScriptedModel({QUESTION: "mot " * 10_000})
    pauses = sum(1 for _ in standalone(QUESTION, PREVIOUS, model))
    assert pauses <= LONGEST_REWRITE + 2


@pytest.mark.parametrize("after", [0, 1, 5])
def test_closing_stops_the_model(after: int) -> None:
    model = ScriptedModel({QUESTION: WHOLE}, pauses=2)
    rewriting = standalone(QUESTION, PREVIOUS, model)
    for _ in range(after):
        next(rewriting)
    rewriting.close()
    assert model.running == 0


def test_dollars_in_a_question_are_not_expanded() -> None:
    model = ScriptedModel({"travaux": ""})
    question = "et pour les travaux à $previous ${question} ?"
    assert _result(standalone(question, PREVIOUS, model)) == f"{PREVIOUS} {question}"
    assert question in "".join(model.prompts[0].parts)


def test_words_of_both_questions_and_no_other() -> None:
    assert is_faithful(WHOLE, PREVIOUS, QUESTION)
    assert is_faithful(WHOLE.upper(), PREVIOUS, QUESTION)
    assert not is_faithful(WHOLE.replace("montant", "délai maximal"), PREVIOUS, QUESTION)
    assert not is_faithful(PREVIOUS, PREVIOUS, QUESTION)
    assert not is_faithful("", PREVIOUS, QUESTION)


@pytest.mark.parametrize(
    ("previous", "question", "written"),
    [
        (
            "Puis-je acheter des fournitures pour 35 000 € ?",
            "et pour des travaux ?",
            "Puis-je acheter des travaux pour 90 000 € ?",
        ),
        (
            "Puis-je acheter des fournitures pour 35 000 € ?",
            "et pour 50 000 € ?",
            "Puis-je acheter des fournitures pour 35 000 € ?",
        ),
        (
            "Quelle avance pour un marché de 40 000 € de 12 mois ?",
            "et pour 12 mois ?",
            "Quelle avance pour un marché de 12 000 € de 40 mois ?",
        ),
    ],
)
def test_a_figure_is_never_changed_or_lost(previous: str, question: str, written: str) -> None:
    assert not is_faithful(written, previous, question)


@pytest.mark.parametrize("question", ["et pour 50 000 € ?", "et pour 50 000 ?"])
def test_a_figure_may_get_its_unit_from_the_question_before(question: str) -> None:
    previous = "Puis-je acheter des fournitures pour 35 000 € ?"
    assert is_faithful("Puis-je acheter des fournitures pour 50 000 € ?", previous, question)


def test_an_english_question_is_put_in_french() -> None:
    model = ScriptedModel({"payment": "Quel est le délai de paiement ? Trente jours."})
    assert _result(in_french("What is the payment deadline?", model)) == (
        "Quel est le délai de paiement ?"
    )
    assert _result(in_french("What is a lot?", ScriptedModel())) == "What is a lot?"


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("It came on 10 March 2026. What is the last day?", "Le dernier jour est le 10 mars 2026."),
        ("What is the last day?", "Quel est le dernier jour, le 15 mars 2026 ?"),
        ("Must we pay an advance on €80,000?", "Faut-il une avance sur 800 000 € ?"),
        ("Is a 5% retention allowed?", "La retenue de 15 % est-elle permise ?"),
    ],
)
def test_an_answer_or_other_figures_are_no_translation(question: str, written: str) -> None:
    assert not is_translation(written, question)


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("Must both parties sign within a year?", "Les deux parties signent-elles sous un an ?"),
        ("It came on March 10th, 2026. Until when?", "Reçue le 10 mars 2026, jusqu'à quand ?"),
        ("An 11-day standstill?", "Un délai de 11 jours ?"),
        ("Show me the thresholds.", "Montrez-moi les seuils."),
    ],
)
def test_a_translation_may_say_in_figures_what_english_does_not(
    question: str, written: str
) -> None:
    assert is_translation(written, question)
