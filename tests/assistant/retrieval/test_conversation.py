"""Whether a question goes on from the one before it, and the vector that it is then searched by."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from assistant.retrieval.conversation import ConversationEmbedder, goes_on
from assistant.retrieval.tuning import FollowingWeights, Tuning, default_tuning
from ingestion.index.questions import LeadingQuestion, QuestionIndex
from ingestion.index.search import Vectors

ALONE, WHOLE, NEXT = (
    "Faut-il allotir un marché de travaux ?",
    "Quel délai de paiement ?",
    "sur quoi",
)
BEFORE = "Quelle avance pour une PME ?"
TOGETHER = f"{BEFORE} {NEXT}"
DIRECTIONS = {BEFORE: (0, 0.6, 0.8), ALONE: (1, 0, 0), WHOLE: (0, 1, 0), NEXT: (0, 0, 1)}


class _Embedder:
    """Texts by the directions above; of two together, that of what was asked before."""

    name, dimension = "directions", 3

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self.embed_questions(texts)

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        found = [
            next(each for known, each in DIRECTIONS.items() if known in text) for text in texts
        ]
        return np.array(found, dtype=np.float32)


KNOWN = QuestionIndex(
    (LeadingQuestion(ALONE, ("p1",)), LeadingQuestion(WHOLE, ("p2",))),
    _Embedder().embed_questions([ALONE, WHOLE]),
)
NONE = QuestionIndex((), np.zeros((0, 3), np.float32))
WEIGHTS = FollowingWeights(cue=0.0, words=0.0, nearness=-1.0, previous=1.0, bias=0.0)
FITTED = replace(default_tuning(), following=WEIGHTS)
UNFITTED = replace(FITTED, following=None)


def test_what_nobody_asks_alone_and_is_near_what_was_asked_goes_on() -> None:
    assert goes_on(NEXT, BEFORE, _Embedder(), (KNOWN, NONE), FITTED)
    assert not goes_on(ALONE, BEFORE, _Embedder(), (KNOWN, NONE), FITTED)
    assert not goes_on(WHOLE, BEFORE, _Embedder(), (KNOWN, NONE), FITTED)


@pytest.mark.parametrize(
    ("question", "previous", "is_next"),
    [
        (f"90 000 € {NEXT}", BEFORE, True),
        (f"90 000 € {NEXT}", f"35 000 € ? {BEFORE}", False),
        (f"Et 90 000 € {NEXT}", f"35 000 € ? {BEFORE}", True),
        (NEXT, f"35 000 € ? {BEFORE}", True),
    ],
)
def test_what_is_of_another_amount_goes_on_by_its_words_alone(
    question: str, previous: str, is_next: bool
) -> None:
    found = goes_on(question, previous, _Embedder(), (KNOWN, NONE), FITTED)
    assert found is is_next


def test_the_nearest_of_all_known_questions_counts() -> None:
    asked = QuestionIndex((LeadingQuestion(NEXT, ()),), _Embedder().embed_questions([NEXT]))
    assert not goes_on(NEXT, BEFORE, _Embedder(), (KNOWN, asked), FITTED)


@pytest.mark.parametrize(("known", "tuning"), [((KNOWN, NONE), UNFITTED), ((NONE, KNOWN), FITTED)])
def test_words_tell_where_nothing_else_does(
    known: tuple[QuestionIndex, QuestionIndex], tuning: Tuning
) -> None:
    assert goes_on(f"et {ALONE}", ALONE, _Embedder(), known, tuning)
    assert not goes_on(ALONE, ALONE, _Embedder(), known, tuning)


def test_both_questions_count_by_half() -> None:
    embedder = ConversationEmbedder(_Embedder(), {TOGETHER: NEXT})
    [mean] = embedder.embed_questions([TOGETHER])
    own, before = (np.array(DIRECTIONS[each]) for each in (NEXT, BEFORE))
    assert mean @ own == pytest.approx(mean @ before)
    assert np.linalg.norm(mean) == pytest.approx(1.0)


def test_other_texts_are_as_they_were() -> None:
    embedder = ConversationEmbedder(_Embedder(), {TOGETHER: NEXT})
    texts = [ALONE, TOGETHER, WHOLE]
    rows, plain = embedder.embed_questions(texts), _Embedder().embed_questions(texts)
    assert rows[[0, 2]].tolist() == plain[[0, 2]].tolist()
    assert embedder.embed_passages([TOGETHER]).tolist() == plain[[1]].tolist()
