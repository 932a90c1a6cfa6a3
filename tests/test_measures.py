from dataclasses import replace

import pytest

from assistant.answering.answer import Answer, Outcome, Removed, Seconds, Sentence
from assistant.citations.checker import Support
from assistant.confidence import Estimate
from assistant.evaluation.grading import (
    Graded,
    Length,
    Measure,
    TurnStep,
    estimates,
    grouped,
    lengths,
    removals,
    seconds,
)
from assistant.evaluation.questions import ExpectedPlace
from tests.graded import ABSTAINED, answer_of, graded_of, question_of

GOOD = answer_of("Trente.", "art. R1-1")


def _counted(estimate: Estimate | None) -> tuple[int | None, int] | None:
    return (estimate.part, estimate.whole) if estimate else None


def test_shares_are_counted() -> None:
    found = estimates(
        [
            graded_of(question_of((("trente",),), articles=("R1-1",)), GOOD),
            graded_of(question_of((("quinze",),)), GOOD),
            graded_of(question_of((("trente",),)), ABSTAINED),
            graded_of(question_of(refusal=True), ABSTAINED),
            graded_of(question_of(refusal=True), GOOD),
            graded_of(question_of(refusal=True), ABSTAINED),
        ]
    )
    assert _counted(found[Measure.CORRECT]) == (3, 6)
    assert _counted(found[Measure.ANSWERED]) == (3, 6)
    assert _counted(found[Measure.SUPPORTED]) == (3, 3)
    assert _counted(found[Measure.EXACT]) == (3, 3)
    assert _counted(found[Measure.REFUSAL_PRECISION]) == (2, 3)
    assert _counted(found[Measure.REFUSAL_RECALL]) == (2, 3)
    assert _counted(found[Measure.FALSE_REFUSALS]) == (1, 3)
    f1, recall = found[Measure.REFUSAL_F1], found[Measure.RECALL]
    assert f1 is not None
    assert f1.value == pytest.approx(2 / 3)
    assert f1.low < f1.value < f1.high
    assert recall is not None
    assert (recall.value, recall.whole) == (1, 1)


def test_nothing_has_no_measure() -> None:
    assert set(estimates([])) == set(Measure)
    assert not any(estimates([]).values())
    assert lengths([]) == ()
    assert removals([]) == []


def test_a_sentence_without_its_citation_is_not_supported() -> None:
    cited = answer_of("Trente.", "art. R1-1")
    [sentence] = cited.sentences
    for citations in ((), (2,)):
        lost = replace(cited, sentences=(sentence, replace(sentence, citations=citations)))
        found = estimates([graded_of(question_of(), lost)])
        assert _counted(found[Measure.SUPPORTED]) == (1, 2)


def test_pages_are_counted_where_they_are_expected() -> None:
    pages = (ExpectedPlace("CCAP", 7), ExpectedPlace("CCTP", 9), ExpectedPlace("RC", None))
    graded = [
        graded_of(question_of(places=pages), answer_of("…", "CCAP, art. 1, p. 7")),
        graded_of(question_of(), answer_of("…", "CCAP, art. 1, p. 7")),
    ]
    assert _counted(estimates(graded)[Measure.PAGES]) == (1, 2)


def test_removed_sentences_are_counted_by_reason() -> None:
    removed = (
        Removed("Faux.", "quantité absente : « 3 »"),
        Removed("Faux.", "nature"),
        Removed("Faux.", "quantité absente : « 4 »"),
    )
    graded = [graded_of(question_of(), Answer(Outcome.ABSTAINED, removed=removed))]
    assert removals(graded) == [("quantité absente", 2), ("nature", 1)]


def test_words_quoted_are_told_from_those_of_the_program() -> None:
    answer = Answer(
        Outcome.ANSWERED,
        (
            Sentence("L'acheteur paie sous 30 jours.", (1,), Support.VERBATIM),
            Sentence("Calcul : 20 < 30.", (1,), Support.COMPUTED),
        ),
        notice="Vérifiez la date.",
    )
    graded = [graded_of(question_of(), answer), graded_of(question_of(), ABSTAINED)]
    assert lengths(graded) == (Length(words=11, own=6),)


def test_steps_leave_out_what_did_not_happen() -> None:
    times = [Seconds(0.1, None, 0.3), Seconds(0.2, 0.4, 0.5)]
    found = seconds([graded_of(question_of(), GOOD, each) for each in times])
    assert found == {
        TurnStep.EVIDENCE: (0.1, 0.2),
        TurnStep.FIRST: (0.4,),
        TurnStep.TOTAL: (0.3, 0.5),
    }


def test_groups_come_by_size_then_by_name() -> None:
    graded = [graded_of(question_of(name=name), GOOD) for name in "bacbc"]

    def name(item: Graded) -> str:
        return item.question.id

    assert [(label, len(items)) for label, items in grouped(graded, name)] == [
        ("b", 2),
        ("c", 2),
        ("a", 1),
    ]
