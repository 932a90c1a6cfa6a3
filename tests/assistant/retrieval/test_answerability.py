"""Whether what was found answers."""

from dataclasses import replace

import numpy as np
import pytest

from assistant.retrieval.answerability import (
    FIRST,
    Answerability,
    answerability,
    read_first,
    told_by_questions,
)
from assistant.retrieval.evidence import NAMED
from assistant.retrieval.tuning import Refusal, Tuning
from ingestion.index.questions import (
    LeadingQuestion,
    QuestionIndex,
)
from tests.studies.answerability import separation
from tests.support.fakes import WordReader
from tests.support.passage_texts import evidence_of

TUNING = Tuning(
    "words@1",
    {},
    {
        "rules": Refusal(refused=-0.5, sure=1.0, similarity=72.3, strength=0.35, bias=-64.3),
        "dossier": Refusal(refused=0.0, sure=1.0, similarity=46.6, topic=3.5, bias=-41.0),
        "rules asked": Refusal(
            refused=-1.0, sure=1.0, similarity=10.0, unanswered=-10.0, bias=-9.0
        ),
        "rules read": Refusal(refused=-2.0, sure=-1.0, answers=1.0),
        "dossier read": Refusal(refused=-4.0, sure=-2.0, answers=1.0, unanswered=-10.0),
    },
)
"""Weights that tell cosines of 0.84 and 0.87 apart."""

LATE_ASKED = "Quel délai de paiement des factures ?"
SAYS = "Le délai de paiement des factures est de trente jours."
ELSE = "La vache broute."
YES, DOUBTFUL, NO = Answerability.YES, Answerability.DOUBTFUL, Answerability.NO


def test_nothing_found_answers_nothing() -> None:
    assert answerability(LATE_ASKED, [], TUNING) is NO


def test_a_passage_asked_for_by_name_is_always_read() -> None:
    assert answerability(LATE_ASKED, [evidence_of(ELSE, score=NAMED)], TUNING) is YES


@pytest.mark.parametrize(
    ("dossier", "text", "similarity", "strength", "readings", "unanswered", "expected"),
    [
        # Nearness in meaning and strength add up.
        (None, SAYS, 0.87, 9, (), None, YES),
        (None, SAYS, 0.85, 9, (), None, DOUBTFUL),
        (None, SAYS, 0.85, 4, (), None, NO),
        (None, SAYS, 0.80, 9, (), None, NO),
        (None, SAYS, 0.92, 0, (), None, YES),
        # In a dossier subjects count.
        ("ecole", SAYS, 0.87, 9, (), None, YES),
        ("ecole", SAYS, 0.84, 9, (), None, DOUBTFUL),
        ("ecole", ELSE, 0.86, 9, (), None, NO),
        ("ecole", SAYS, 0.80, 9, (), None, NO),
        # What was read is weighed by weights of its own,
        (None, SAYS, 0.9, 0, (0.0,), None, YES),
        (None, SAYS, 0.9, 0, (-1.0,), None, DOUBTFUL),
        (None, SAYS, 0.9, 0, (-3.0,), None, NO),
        ("ecole", SAYS, 0.9, 0, (-3.0,), None, DOUBTFUL),
        ("ecole", SAYS, 0.9, 0, (-5.0,), None, NO),
        # and so is what the bank tells, which in a dossier is added to it.
        (None, SAYS, 0.9, 9, (), -0.3, YES),
        (None, SAYS, 0.9, 9, (), 0.0, DOUBTFUL),
        (None, SAYS, 0.9, 9, (), 0.3, NO),
        (None, SAYS, 0.9, 9, (), None, YES),
        ("ecole", SAYS, 0.9, 0, (-3.0,), -0.3, YES),
        ("ecole", SAYS, 0.9, 0, (-3.0,), 0.0, DOUBTFUL),
        ("ecole", SAYS, 0.9, 0, (-3.0,), 0.3, NO),
    ],
)
def test_signals_are_weighed_by_the_weights_of_what_was_asked_and_read(
    dossier: str | None,
    text: str,
    similarity: float,
    strength: float,
    readings: tuple[float, ...],
    unanswered: float | None,
    expected: Answerability,
) -> None:
    passage = evidence_of(text, similarity=similarity, strength=strength)
    found = answerability(
        LATE_ASKED, [passage], TUNING, readings, unanswered, in_dossier=dossier is not None
    )
    assert found is expected


@pytest.mark.parametrize(("score", "expected"), [(0.9, YES), (0.2, DOUBTFUL), (0.0, DOUBTFUL)])
def test_where_no_passage_is_ahead_of_the_others_there_is_doubt(
    score: float, expected: Answerability
) -> None:
    asked = Refusal(refused=-1.0, sure=-0.5, similarity=10.0, ahead=1.0, bias=-9.0)
    tuning = replace(TUNING, refusal={"rules asked": asked})
    passage = evidence_of(SAYS, similarity=0.9, score=score)
    assert answerability(LATE_ASKED, [passage], tuning, unanswered=0.0) is expected


@pytest.mark.parametrize(
    ("unanswered", "left_open", "expected"),
    [
        (-0.3, 0.5, YES),
        (-0.3, 0.6, Answerability.IN_PART),
        (0.0, 0.6, DOUBTFUL),
        (0.3, 0.6, NO),
        (None, 0.6, YES),
    ],
)
def test_where_few_questions_like_it_have_a_whole_answer_it_may_have_none(
    unanswered: float | None, left_open: float, expected: Answerability
) -> None:
    asked = replace(TUNING.refusal["rules asked"], left_open=0.5)
    tuning = replace(TUNING, refusal=dict(TUNING.refusal) | {"rules asked": asked})
    passage = evidence_of(SAYS, similarity=0.9, strength=9)
    found = answerability(LATE_ASKED, [passage], tuning, (), unanswered, left_open)
    assert found is expected


def test_the_nearest_and_the_strongest_passage_count() -> None:
    near, strong = evidence_of(ELSE, similarity=0.87), evidence_of(SAYS, 2, strength=9)
    assert answerability(LATE_ASKED, [strong, near], TUNING) is YES
    assert answerability(LATE_ASKED, [near], TUNING) is NO
    assert answerability(LATE_ASKED, [strong], TUNING) is NO


def test_one_of_the_first_that_answers_is_enough() -> None:
    evidence = [evidence_of(SAYS, number, similarity=0.9) for number in (1, 2, 3)]
    assert answerability(LATE_ASKED, evidence, TUNING, [-9.0, -9.0, 1.0]) is YES
    assert answerability(LATE_ASKED, evidence, TUNING, [-9.0, -9.0, -9.0]) is NO


def test_several_that_may_answer_count_more_than_one() -> None:
    evidence = [evidence_of(SAYS, number, similarity=0.9) for number in (1, 2, 3)]
    assert answerability(LATE_ASKED, evidence, TUNING, [-1.0]) is DOUBTFUL
    assert answerability(LATE_ASKED, evidence, TUNING, [-1.0, -1.0, -1.0]) is YES


def test_the_first_passages_are_read() -> None:
    evidence = [evidence_of(SAYS, number) for number in range(1, FIRST + 3)]
    reader = WordReader()
    told = read_first(LATE_ASKED, evidence, reader)
    assert reader.passages_read == [item.passage for item in evidence[:FIRST]]
    assert len(told) == FIRST
    assert read_first(LATE_ASKED, evidence, None) == []


def test_the_bank_tells_of_its_own_passages_only() -> None:
    asked, other = evidence_of(SAYS, 1), evidence_of(SAYS, 2)
    vectors = np.eye(2, dtype=np.float32)
    known = LeadingQuestion("un", (asked.passage.id,)), LeadingQuestion("deux", ())
    questions = QuestionIndex(known, vectors)
    assert told_by_questions(vectors[1], [asked, other], questions) == pytest.approx(1.0)
    assert told_by_questions(vectors[1], [other, asked], questions) is None
    assert told_by_questions(vectors[1], [], questions) is None


def test_separation_is_the_share_of_pairs_in_order() -> None:
    assert separation([3.0, 2.0], [1.0, 0.0]) == 1.0
    assert separation([1.0], [1.0]) == 0.5
    assert separation([0.0], [1.0]) == 0.0
