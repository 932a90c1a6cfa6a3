"""A question for the evaluation set must tell the index in service from a broken one."""

from assistant.answering.answer import Answer, Outcome, TurnResult
from assistant.review.gold import GoldQuestion
from assistant.review.trial import ROUNDS, tried
from tests.graded import answer_of, result_of

QUESTION = GoldQuestion("delai-1", "Quel délai ?", None, ("R2192-10",), ("trente",))
NOTHING = Answer(Outcome.ABSTAINED, notice="Je ne trouve pas la réponse.")


class Shelf:
    """An index of texts by reference, which answers with the first one that it does not lack."""

    def __init__(self, **texts: str) -> None:
        self.texts = texts
        self.asked: list[frozenset[str]] = []

    def __call__(self, lacking: frozenset[str]) -> TurnResult:
        self.asked.append(lacking)
        for number, (reference, text) in enumerate(self.texts.items(), 1):
            if lacking.isdisjoint((reference, f"d1:{number}")):
                # Its passage is named by its place among the citations: "d1:2" for the second.
                answer = answer_of(text, *["art. R1"] * number)
                return result_of(Answer(answer.outcome, answer.sentences, answer.citations[-1:]))
        return result_of(NOTHING)


def test_an_answer_that_goes_with_its_text_is_told_apart() -> None:
    shelf = Shelf(R1="Trente jours.", R2="Une avance.")
    trial = tried(QUESTION, shelf)
    assert trial.refusal == ""
    assert shelf.asked == [frozenset(), frozenset({"R2192-10", "d1:1"})]


def test_what_says_the_same_elsewhere_is_taken_away_too() -> None:
    shelf = Shelf(R1="Trente jours.", R2="Aussi trente jours.", R3="Quinze jours.")
    assert tried(QUESTION, shelf).refusal == ""
    assert shelf.asked[-1] == frozenset({"R2192-10", "d1:1", "d1:2"})


def test_a_fact_that_any_text_says_tells_nothing() -> None:
    shelf = Shelf(**{f"R{n}": "Trente jours." for n in range(9)})
    assert "ne distingue pas" in tried(QUESTION, shelf).refusal
    assert len(shelf.asked) == 1 + ROUNDS


def test_a_question_that_is_missed_already_tells_nothing() -> None:
    told = tried(QUESTION, Shelf(R1="Quinze jours.")).refusal
    assert "Fait absent : trente" in told
    assert "Quinze jours." in told


def test_a_refusal_that_is_expected_is_asked_once() -> None:
    shelf = Shelf()
    refusal = GoldQuestion("lettre", "Une lettre ?", refusal_expected=True)
    assert tried(refusal, shelf).refusal == ""
    assert shelf.asked == [frozenset()]
