"""Questions, answers, grades and evaluations made in a line."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

from assistant.answering.answer import Answer, Citation, Outcome, Seconds, Sentence, TurnResult
from assistant.citations.checker import Support
from assistant.evaluation.grading import Graded, grade
from assistant.evaluation.questions import ExpectedPlace, Question
from assistant.evaluation.runs import (
    Digest,
    Evaluation,
    Fall,
    RunComparison,
    RunConditions,
    compare,
)
from assistant.question.day import DaySource
from assistant.settings import Settings
from ingestion.index.store import Manifest

QUICK = Seconds(0.1, 0.2, 0.3)
TEXT = "Le délai de paiement est de trente jours."


def question_of(
    facts: tuple[tuple[str, ...], ...] = (),
    forbidden: tuple[str, ...] = (),
    articles: tuple[str, ...] = (),
    useful: tuple[str, ...] = (),
    *,
    refusal: bool = False,
    name: str = "q",
    places: tuple[ExpectedPlace, ...] = (),
    theme: str = "",
) -> Question:
    def patterns(texts: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(text, re.IGNORECASE) for text in texts)

    return Question(
        name,
        "Quel délai ?",
        None,
        None,
        articles,
        useful,
        tuple(map(patterns, facts)),
        patterns(forbidden),
        refusal,
        places,
        theme,
    )


def answer_of(text: str, *locators: str, outcome: Outcome = Outcome.ANSWERED) -> Answer:
    citations = tuple(
        Citation(n, "d1", "Code", locator, TEXT[3:8], f"d1:{n}", 3, 8, "0" * 64)
        for n, locator in enumerate(locators, 1)
    )
    return Answer(outcome, (Sentence(text, (1,), Support.VERBATIM),) if text else (), citations)


def result_of(answer: Answer, seconds: Seconds = QUICK) -> TurnResult:
    return TurnResult(
        record_id="r1",
        question="Quel délai ?",
        standalone="Quel délai ?",
        as_of=date(2026, 6, 1),
        day_source=DaySource.GIVEN,
        answer=answer,
        evidence=(),
        route="rule",
        model="m",
        generation="g",
        seconds=seconds,
    )


def graded_of(question: Question, answer: Answer, seconds: Seconds = QUICK) -> Graded:
    return grade(question, result_of(answer, seconds), lambda citation: TEXT)


def compared(before: dict[str, Answer], after: Sequence[Graded]) -> RunComparison:
    """The comparison of graded answers with earlier ones by id."""
    earlier = {name: result_of(answer) for name, answer in before.items()}
    return compare(
        earlier, after, lambda question, result: grade(question, result, lambda citation: TEXT)
    )


def evaluation_of(
    graded: Sequence[Graded],
    *,
    planned: int | None = None,
    comparison: RunComparison | None = None,
    falls: tuple[Fall, ...] = (),
) -> Evaluation:
    identity = RunConditions(
        began=datetime(2026, 11, 24, 22, 8, tzinfo=UTC),
        code="sourcier 0.1.0, commit abc",
        model="script@1",
        manifest=MANIFEST,
        settings=Settings(),
        prompts=(Digest("write.md", "1" * 64),),
        files=(Digest("questions.jsonl", "2" * 64),),
        machine="Zen, 2 cœurs",
    )
    baseline = Digest("avant.jsonl", "3" * 64) if comparison else None
    count = len(graded) if planned is None else planned
    return Evaluation(identity, count, tuple(graded), baseline, comparison, falls)


MANIFEST = Manifest(
    name="20261124-200000-000",
    content="4" * 64,
    created_at=datetime(2026, 11, 24, 20, tzinfo=UTC),
    embedder="words@1",
    documents=2,
    passages=5,
    sources=(),
    titles=(),
    dossiers=(),
    state_date=date(2026, 8, 23),
    files={},
    warnings=(),
)

ABSTAINED = Answer(Outcome.ABSTAINED, notice="Je ne trouve pas de délai de trente jours.")
