"""A question in English, as it is put into French."""

from collections.abc import Generator

import pytest

from assistant.question.translation import LONGEST_TRANSLATION, in_french, is_translation
from tests.support.fakes import ScriptedModel

ASKED = "What is the payment deadline?"


def _result(translating: Generator[None, None, str]) -> str:
    while True:
        try:
            next(translating)
        except StopIteration as finished:
            return str(finished.value)


def test_a_model_that_never_ends_is_stopped() -> None:
    model = ScriptedModel({"payment": "mot " * 10_000})
    pauses = sum(1 for _ in in_french(ASKED, model))
    assert pauses <= LONGEST_TRANSLATION + 2


@pytest.mark.parametrize("after", [0, 1, 5])
def test_closing_stops_the_model(after: int) -> None:
    model = ScriptedModel({"payment": "Quel est le délai de paiement ?"}, pauses=2)
    translating = in_french(ASKED, model)
    for _ in range(after):
        next(translating)
    translating.close()
    assert model.running == 0


def test_dollars_in_a_question_are_not_expanded() -> None:
    model = ScriptedModel()
    question = "What about works at $question ${question}?"
    assert _result(in_french(question, model)) == question
    assert question in "".join(model.prompts[0].parts)


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
