"""The gate: a candidate must answer the gold questions at least as well as the index in service."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from assistant.administration.gold import gold_questions, suited
from assistant.administration.verdict import Verdict, judged, reasons
from assistant.assistant import Assistant
from assistant.baseline import compare, falls
from assistant.examination import examine, graded
from ingestion.build import Progress
from ingestion.errors import DamagedGeneration, EmbedderMismatch, UnknownGeneration

Examinee = Callable[[str], Assistant]
"""Gives the assistant that answers from the generation of a name; its journal is thrown away."""

TOLERANCE = 0.02
"""What a measure may lose, as in `sourcier eval`: an article cited beside another is no harm."""

STEP = "Questions de contrôle"


def hold_against(
    home: Path, served: str, candidate: str, examinee: Examinee, progress: Progress
) -> Verdict:
    """Ask the gold questions of the index in service, then of the candidate, and compare.

    An index in service that is damaged or gone answers nothing, and any candidate is better. Raises
    WrongQuestions, ModelUnavailable, or DamagedGeneration for the candidate.
    """
    try:
        before = examinee(served)
        texts = tuple(before.generation.store.documents())
    except (DamagedGeneration, UnknownGeneration):
        return _unexamined(served)
    except EmbedderMismatch:
        return _unexamined(served, _OTHER_MODEL)
    after, gold = examinee(candidate), suited(gold_questions(home), before.generation)
    total = 2 * len(gold.asked)
    results, answers = {}, []
    progress(STEP, 0, total)
    for done, question in enumerate(gold.asked, 1):
        results[question.id] = examine(before, question).result
        progress(STEP, 2 * done - 1, total)
        answers.append(examine(after, question))
        progress(STEP, 2 * done, total)
    comparison = compare(results, answers, partial(graded, before))
    fallen = falls(comparison, TOLERANCE)
    newer = tuple(after.generation.store.documents())
    return Verdict(
        datetime.now(UTC),
        served,
        judged(comparison),
        tuple(question.text for question in gold.left_out),
        reasons(comparison, fallen, texts, newer),
    )


_OTHER_MODEL = (
    "Le modèle de vecteurs n'est plus celui de l'index en service : les réponses ne peuvent pas "
    "être comparées. Après la mise en service, redémarrez sourcier serve."
)


def _unexamined(served: str, *reasons: str) -> Verdict:
    return Verdict(datetime.now(UTC), served, (), (), reasons)
