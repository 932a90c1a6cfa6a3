from pathlib import Path

import numpy as np
import pytest

from assistant.retrieval.ranking import Refusal, Tuning
from assistant.retrieval.retriever import (
    FIRST,
    NAMED,
    Answerability,
    answerability,
    read_first,
    told_by_the_bank,
)
from ingestion.index.questions import LeadingQuestion, read_leading_questions, write_questions
from tests.fakes import WordReader
from tests.passage_texts import evidence_of

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

ASKED = "Quel délai de paiement des factures ?"
SAYS = "Le délai de paiement des factures est de trente jours."
ELSE = "La vache broute."
YES, DOUBTFUL, NO = Answerability.YES, Answerability.DOUBTFUL, Answerability.NO


def test_nothing_found_answers_nothing() -> None:
    assert answerability(ASKED, [], TUNING) is NO


def test_a_passage_asked_for_by_name_is_always_read() -> None:
    assert answerability(ASKED, [evidence_of(ELSE, score=NAMED)], TUNING) is YES


@pytest.mark.parametrize(
    ("similarity", "strength", "expected"),
    [
        (0.87, 9, YES),
        (0.85, 9, DOUBTFUL),
        (0.85, 4, NO),
        (0.80, 9, NO),
        (0.92, 0, YES),
    ],
)
def test_nearness_in_meaning_and_strength_add_up(
    similarity: float, strength: float, expected: Answerability
) -> None:
    evidence = [evidence_of(SAYS, similarity=similarity, strength=strength)]
    assert answerability(ASKED, evidence, TUNING) is expected


def test_the_nearest_and_the_strongest_passage_count() -> None:
    near, strong = evidence_of(ELSE, similarity=0.87), evidence_of(SAYS, 2, strength=9)
    assert answerability(ASKED, [strong, near], TUNING) is YES
    assert answerability(ASKED, [near], TUNING) is NO
    assert answerability(ASKED, [strong], TUNING) is NO


@pytest.mark.parametrize(
    ("text", "similarity", "expected"),
    [(SAYS, 0.87, YES), (SAYS, 0.84, DOUBTFUL), (ELSE, 0.86, NO), (SAYS, 0.80, NO)],
)
def test_in_a_dossier_subjects_count(text: str, similarity: float, expected: Answerability) -> None:
    evidence = [evidence_of(text, similarity=similarity, dossier="ecole", strength=9)]
    assert answerability(ASKED, evidence, TUNING) is expected


@pytest.mark.parametrize(
    ("answers", "dossier", "expected"),
    [
        (0.0, None, YES),
        (-1.0, None, DOUBTFUL),
        (-3.0, None, NO),
        (-3.0, "ecole", DOUBTFUL),
        (-5.0, "ecole", NO),
    ],
)
def test_what_was_read_is_weighed_by_weights_of_its_own(
    answers: float, dossier: str | None, expected: Answerability
) -> None:
    evidence = [evidence_of(SAYS, similarity=0.9, dossier=dossier)]
    assert answerability(ASKED, evidence, TUNING, [answers]) is expected


def test_one_of_the_first_that_answers_is_enough() -> None:
    evidence = [evidence_of(SAYS, number, similarity=0.9) for number in (1, 2, 3)]
    assert answerability(ASKED, evidence, TUNING, [-9.0, -9.0, 1.0]) is YES
    assert answerability(ASKED, evidence, TUNING, [-9.0, -9.0, -9.0]) is NO


def test_several_that_may_answer_count_more_than_one() -> None:
    evidence = [evidence_of(SAYS, number, similarity=0.9) for number in (1, 2, 3)]
    assert answerability(ASKED, evidence, TUNING, [-1.0]) is DOUBTFUL
    assert answerability(ASKED, evidence, TUNING, [-1.0, -1.0, -1.0]) is YES


def test_the_first_passages_are_read() -> None:
    evidence = [evidence_of(SAYS, number) for number in range(1, FIRST + 3)]
    reader = WordReader()
    told = read_first(ASKED, evidence, reader)
    assert reader.passages_read == [item.passage for item in evidence[:FIRST]]
    assert len(told) == FIRST
    assert read_first(ASKED, evidence, None) == []


@pytest.mark.parametrize(
    ("unanswered", "expected"), [(-0.3, YES), (0.0, DOUBTFUL), (0.3, NO), (None, YES)]
)
def test_what_the_bank_tells_is_weighed_by_weights_of_its_own(
    unanswered: float | None, expected: Answerability
) -> None:
    evidence = [evidence_of(SAYS, similarity=0.9, strength=9)]
    assert answerability(ASKED, evidence, TUNING, unanswered=unanswered) is expected


@pytest.mark.parametrize(
    ("unanswered", "expected"), [(-0.3, YES), (0.0, DOUBTFUL), (0.3, NO), (None, DOUBTFUL)]
)
def test_in_a_dossier_what_others_leave_open_is_added_to_what_was_read(
    unanswered: float | None, expected: Answerability
) -> None:
    evidence = [evidence_of(SAYS, similarity=0.9, dossier="ecole")]
    assert answerability(ASKED, evidence, TUNING, [-3.0], unanswered) is expected


def test_the_bank_tells_of_its_own_passages_only(tmp_path: Path) -> None:
    asked, other = evidence_of(SAYS, 1), evidence_of(SAYS, 2)
    vectors = np.eye(2, dtype=np.float32)
    known = [LeadingQuestion("un", (asked.passage.id,)), LeadingQuestion("deux", ())]
    write_questions(tmp_path, known, vectors)
    questions = read_leading_questions(tmp_path)
    assert told_by_the_bank(vectors[1], [asked, other], questions) == pytest.approx(1.0)
    assert told_by_the_bank(vectors[1], [other, asked], questions) is None
    assert told_by_the_bank(vectors[1], [], questions) is None
