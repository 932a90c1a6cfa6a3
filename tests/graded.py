"""Questions, answers and grades made in a line, for the measures and the report."""

import re
from datetime import date

from assistant.answers import Answer, Citation, Outcome, Sentence
from assistant.checking import Support
from assistant.day import DaySource
from assistant.measures import Graded, grade
from assistant.questions import Question
from assistant.turn import Result, Seconds

QUICK = Seconds(0.1, 0.2, 0.3)
TEXT = "Le délai de paiement est de trente jours."


def question_of(
    facts: tuple[tuple[str, ...], ...] = (),
    forbidden: tuple[str, ...] = (),
    articles: tuple[str, ...] = (),
    useful: tuple[str, ...] = (),
    *,
    refusal: bool = False,
) -> Question:
    def patterns(texts: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(text, re.IGNORECASE) for text in texts)

    groups = tuple(map(patterns, facts))
    return Question(
        "q", "Quel délai ?", None, None, articles, useful, groups, patterns(forbidden), refusal
    )


QUICK = Seconds(0.1, 0.2, 0.3)


def answer_of(text: str, *locators: str, outcome: Outcome = Outcome.ANSWERED) -> Answer:
    citations = tuple(
        Citation(n, "d1", "Code", locator, TEXT[3:8], f"d1:{n}", 3, 8, "0" * 64)
        for n, locator in enumerate(locators, 1)
    )
    return Answer(outcome, (Sentence(text, (1,), Support.VERBATIM),) if text else (), citations)


def result_of(answer: Answer, seconds: Seconds = QUICK) -> Result:
    return Result(
        "r1",
        "Quel délai ?",
        "Quel délai ?",
        date(2026, 6, 1),
        DaySource.GIVEN,
        answer,
        (),
        "rule",
        "m",
        "g",
        seconds,
    )


def graded_of(question: Question, answer: Answer, seconds: Seconds = QUICK) -> Graded:
    return grade(question, result_of(answer, seconds), lambda document: TEXT)


ABSTAINED = Answer(Outcome.ABSTAINED, notice="Je ne trouve pas de délai de trente jours.")
