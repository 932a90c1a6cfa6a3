from dataclasses import replace

import pytest

from assistant.answering.answer import Answer
from assistant.evaluation.grading import Measure
from assistant.evaluation.runs import AnswerChange, falls
from tests.graded import ABSTAINED, answer_of, compared, graded_of, question_of

THIRTY = (("trente",),)
RIGHT = answer_of("Trente jours.", "art. R1-1")
OTHER = answer_of("Le délai : trente jours.", "art. R1-1")
WRONG = answer_of("Quinze jours.", "art. R1-2")


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (WRONG, RIGHT, AnswerChange.BETTER),
        (ABSTAINED, RIGHT, AnswerChange.BETTER),
        (RIGHT, WRONG, AnswerChange.WORSE),
        (RIGHT, OTHER, AnswerChange.REWORDED),
        (WRONG, ABSTAINED, AnswerChange.REWORDED),
        (RIGHT, RIGHT, AnswerChange.SAME),
    ],
)
def test_a_verdict_or_a_word_has_changed(
    before: Answer, after: Answer, change: AnswerChange
) -> None:
    [pair] = compared({"q": before}, [graded_of(question_of(THIRTY), after)]).pairs
    assert pair.change is change


def test_only_common_questions_are_measured() -> None:
    after = [
        graded_of(question_of(THIRTY, name=name), answer)
        for name, answer in (("a", RIGHT), ("b", WRONG), ("new", RIGHT))
    ]
    comparison = compared({"a": RIGHT, "b": RIGHT, "old": WRONG, "older": WRONG}, after)
    assert (len(comparison.pairs), comparison.added, comparison.dropped) == (2, 1, 2)
    before, now = (each[Measure.CORRECT] for each in (comparison.before, comparison.after))
    assert before is not None
    assert now is not None
    assert (before.value, now.value) == (1, 0.5)
    assert [pair.after.question.id for pair in comparison.of(AnswerChange.WORSE)] == ["b"]


def test_a_question_put_in_other_words_is_another() -> None:
    item = graded_of(replace(question_of(THIRTY), text="Quel autre délai ?"), RIGHT)
    comparison = compared({"q": RIGHT}, [item])
    assert (comparison.pairs, comparison.added, comparison.dropped) == ((), 1, 1)


def test_chance_is_that_of_the_questions_that_changed() -> None:
    names = "abcdef"
    after = [graded_of(question_of(THIRTY, name=name), RIGHT) for name in names]
    assert compared(dict.fromkeys(names, WRONG), after).chance == pytest.approx(2 / 64)
    assert compared(dict.fromkeys(names, RIGHT), after).chance == 1


def test_a_measure_falls_when_it_loses_more_than_is_tolerated() -> None:
    question = question_of(THIRTY, articles=("R1-1",))
    after = [
        graded_of(replace(question, id=f"q{n}"), WRONG if n == 0 else RIGHT) for n in range(50)
    ]
    comparison = compared({f"q{n}": RIGHT for n in range(50)}, after)
    assert falls(comparison, 0.02) == []
    fallen = falls(comparison, 0.019)
    assert [fall.measure for fall in fallen] == [
        Measure.CORRECT,
        Measure.RECALL,
        Measure.PRECISION,
    ]
    assert (fallen[0].before, fallen[0].after) == (1, 0.98)


def test_what_rises_or_cannot_be_measured_does_not_fall() -> None:
    after = [graded_of(question_of(THIRTY, articles=("R1-1",)), RIGHT)]
    assert falls(compared({"q": WRONG}, after), 0) == []
    assert falls(compared({}, after), 0) == []
    # A refusal cites nothing: it has no exact quotes to lose.
    refused = [graded_of(question_of(refusal=True), ABSTAINED)]
    assert falls(compared({"q": RIGHT}, refused), 0) == []
