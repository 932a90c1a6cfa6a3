"""The cases of the refusal study, what is counted in them, and a decision of the product."""

import pytest

from tests.fakes import ScriptedModel
from tests.small_index import answering_embedder
from tests.studies.refusal import Case, asked_plainly, case_of, decide, rates, refuses, separation

PROMPT = """Read the contexts.

QUESTION:
Quand la gare a-t-elle ouvert ?

CONTEXTS:
[1] Gare : histoire: La gare a ouvert en 1901.

[2] Ville: La ville a un port.
Il est ancien.

OUTPUT:
"""


def _case(question: str = "Quand la gare a-t-elle ouvert ?") -> Case:
    passages = (("Gare", "La gare a ouvert en 1901."), ("Ville", "La ville a un port ancien."))
    return Case("1", question, passages, answered=True, prompt=PROMPT, gpt4="I don't know.")


def test_a_line_gives_its_question_and_passages() -> None:
    row = {"query_id": "1#0", "prompt": PROMPT, "results": {"gpt-4-azure": "Yes"}}
    case = case_of(row, answered=True)
    assert case is not None
    assert case.question == "Quand la gare a-t-elle ouvert ?"
    assert case.passages[1] == ("Ville", "La ville a un port.\nIl est ancien.")
    assert "1901" in case.passages[0][1]
    assert len(case.passages) == 2


def test_a_line_without_prompt_is_left_out() -> None:
    row = {"query_id": "1#0", "prompt": None, "results": {"gpt-4-azure": "Yes"}}
    assert case_of(row, answered=True) is None


@pytest.mark.parametrize(
    ("reply", "refused"),
    [
        ("I don't know.", True),
        ("I don’t know", True),
        ("", True),
        ("Yes, answer is present", False),
    ],
)
def test_a_reply_answers_unless_it_says_that_it_does_not_know(reply: str, refused: bool) -> None:
    assert refuses(reply) is refused


def test_rates_are_those_of_the_wrong_half_of_each_subset() -> None:
    pairs = [(False, True), (False, False), (False, False), (False, False), (True, False)]
    assert rates([*pairs, (True, True)]) == (0.25, 0.5)
    assert rates([(True, True)]) == (None, 0.0)


def test_separation_is_the_share_of_pairs_in_order() -> None:
    assert separation([3.0, 2.0], [1.0, 0.0]) == 1.0
    assert separation([1.0], [1.0]) == 0.5
    assert separation([0.0], [1.0]) == 0.0


def test_the_product_decides_on_the_passages_of_the_case() -> None:
    near = decide(_case(), answering_embedder())
    far = decide(_case("Combien de moutons paissent ici ?"), answering_embedder())
    assert near.similarity > far.similarity
    assert near.answers
    assert not far.answers


def test_the_model_is_asked_with_the_prompt_of_the_file() -> None:
    model = ScriptedModel({"QUESTION:": "Yes, answer is present"})
    assert asked_plainly(_case(), model) == "Yes, answer is present"
    assert model.prompts[0].parts == (PROMPT,)
