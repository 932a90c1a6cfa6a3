"""The gate: a candidate must answer as well as the index in service, and not against itself."""

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from traceback import clear_frames

from assistant.answering.pipeline import Assistant
from assistant.errors import AssistantError
from assistant.evaluation.questions import Question, read_questions
from assistant.evaluation.runs import RunComparison, compare, examine, falls, graded
from assistant.law.sheets import disputed_figures
from assistant.publishing.decisions import Decisions
from assistant.publishing.rivals import new_rivals
from assistant.publishing.verdict import GateVerdict, judged, reasons
from assistant.review.gold import FILE, require_plain
from ingestion.blobs import blobs_of
from ingestion.documents.references import normalise
from ingestion.errors import (
    BuildCancelled,
    DamagedSnapshot,
    EmbedderMismatch,
    IngestionError,
    UnknownSnapshot,
)
from ingestion.index.build import build
from ingestion.index.publication import discard, finished, read_manifest, served_name
from ingestion.index.question_bank import BankQuestion, Form, chapter_of, read_bank
from ingestion.index.search import Embedder
from ingestion.index.snapshot import IndexSnapshot
from ingestion.index.store import Manifest
from ingestion.library.corpus import CORPUS
from ingestion.progress import StepProgress

# Gold questions: what an index must answer as well as the one that it replaces.
#
# A built-in set (corpus/questions), those that the référent has promoted (gold.jsonl), and
# one of the bank for each chapter that none of these is about.

BUILTIN = CORPUS / "questions" / "controle.jsonl"


def gold_questions(home: Path) -> list[Question]:
    """Every gold question, the built-in ones first, those of other chapters of the bank last.

    A promoted one has "promue-" before its identifier, which another may bear, or come to bear.
    Raises WrongQuestions, also for a promoted one that is held to more than plain facts.
    """
    with blobs_of(home).local(FILE) as path:
        promoted = read_questions(*filter(Path.exists, [path]))
    for question in promoted:
        said = (option for group in question.facts for option in group)
        patterns = (option.pattern for option in (*said, *question.forbidden))
        require_plain(question.id, patterns)
    apart = (replace(each, id=f"promue-{each.id}") for each in promoted)
    questions = [*read_questions(BUILTIN), *apart]
    return [*questions, *of_other_chapters(questions, one_a_chapter())]


FIGURED = (Form.AMOUNT, Form.DELAY)


@cache
def one_a_chapter() -> tuple[BankQuestion, ...]:
    """A question of the bank for each of its chapters, that asks for a figure where one does."""
    chosen: dict[str, BankQuestion] = {}
    for each in sorted(read_bank(), key=lambda each: each.form not in FIGURED):
        chosen.setdefault(chapter_of(each.article), each)
    return tuple(chosen[chapter] for chapter in sorted(chosen))


def of_other_chapters(
    questions: Sequence[Question], bank: Sequence[BankQuestion]
) -> Iterator[Question]:
    """Those of the bank's questions whose chapter has no question yet, as gold questions. Pure.

    Such a one is right when it is answered; whether its answer changes is seen by comparison.
    """
    covered = {chapter_of(article) for each in questions for article in each.articles}
    for each in bank:
        if chapter_of(each.article) not in covered:
            yield Question(
                f"banque-{each.id}",
                each.question,
                as_of=None,
                dossier=None,
                articles=(each.article,),
                useful=(),
                facts=(),
                forbidden=(),
                refusal_expected=False,
            )


def suited(
    questions: Sequence[Question], reference: IndexSnapshot
) -> tuple[list[Question], list[Question]]:
    """The questions to ask, judged by the index that answers today, and those left out.

    These are about a dossier, which is no part of the rules, or expect an article that this index
    does not have.
    """
    asked = [each for each in questions if not each.dossier and _has_articles(each, reference)]
    return asked, [each for each in questions if each not in asked]


def _has_articles(question: Question, generation: IndexSnapshot) -> bool:
    return all(generation.lexical.lookup(normalise(each)) for each in question.articles)


Examinee = Callable[[str], Assistant]
"""Gives the assistant that answers from the snapshot of a name; its journal is thrown away."""

TOLERANCE = 0.02
"""What a measure may lose, as in `sourcier eval`: an article cited beside another is no harm."""

STEP = "Questions de contrôle"


def hold_against(
    home: Path, served: str, candidate: str, examinee: Examinee, progress: StepProgress
) -> GateVerdict:
    """Ask the gold questions of the index in service, then of the candidate, and compare.

    An index in service that is damaged or gone answers nothing, and any candidate is better. Raises
    WrongQuestions, ModelUnavailable, or DamagedSnapshot for the candidate.
    """
    try:
        before = examinee(served)
        texts = tuple(before.generation.store.documents())
    except (DamagedSnapshot, UnknownSnapshot):
        return _unexamined(served)
    except EmbedderMismatch:
        return _unexamined(served, _OTHER_MODEL)
    after = examinee(candidate)
    asked, left_out = suited(gold_questions(home), before.generation)
    comparison = _compared(before, after, asked, progress)
    newer = tuple(after.generation.store.documents())
    rivals = new_rivals(home, before, after, date.today(), progress)
    return GateVerdict(
        datetime.now(UTC),
        served,
        judged(comparison),
        tuple(question.text for question in left_out),
        rivals,
        reasons(comparison, falls(comparison, TOLERANCE), texts, newer, rivals),
    )


def _compared(
    before: Assistant, after: Assistant, questions: Sequence[Question], progress: StepProgress
) -> RunComparison:
    """The answers of both to each question."""
    total = 2 * len(questions)
    results, answers = {}, []
    progress(STEP, 0, total)
    for done, question in enumerate(questions, 1):
        results[question.id] = examine(before, question).result
        progress(STEP, 2 * done - 1, total)
        answers.append(examine(after, question))
        progress(STEP, 2 * done, total)
    return compare(results, answers, partial(graded, before))


_OTHER_MODEL = (
    "Le modèle de vecteurs n'est plus celui de l'index en service : les réponses ne peuvent pas "
    "être comparées. Après la mise en service, redémarrez sourcier serve."
)


def _unexamined(served: str, *reasons: str) -> GateVerdict:
    return GateVerdict(datetime.now(UTC), served, (), (), (), reasons)


# Candidature: a snapshot built beside the one in service goes through the gate, and waits.


def make_candidate(
    home: Path, embedder: Embedder, examinee: Examinee, decisions: Decisions, progress: StepProgress
) -> tuple[Manifest, GateVerdict | None]:
    """Build from the library and ask the gate; the caller holds the writer's lock.

    The verdict is None when there is nothing to compare with: no index in service, or the same one.
    A cancelled build leaves nothing; one that the gate could not examine waits without a verdict.
    """
    known, served = finished(home), served_name(home)
    manifest = build(home, embedder, progress, partial(disputed_figures, day=date.today()))
    if manifest.name == served:
        return manifest, None
    decisions.built(manifest)
    try:
        return manifest, examine_candidate(home, manifest.name, examinee, decisions, progress)
    except BuildCancelled as stopped:
        clear_frames(stopped.__traceback__)  # they hold the snapshot open,
        gc.collect()  # and so may those who hold each other
        if manifest.name not in known:
            discard(home, manifest.name)
        raise
    except (AssistantError, IngestionError):
        decisions.propose(manifest, None)
        raise


def examine_candidate(
    home: Path, name: str, examinee: Examinee, decisions: Decisions, progress: StepProgress
) -> GateVerdict | None:
    """Hold a snapshot against the index in service, and let it wait for a decision."""
    served, manifest = served_name(home), read_manifest(home, name)
    verdict = hold_against(home, served, name, examinee, progress) if served else None
    decisions.propose(manifest, verdict)
    return verdict
