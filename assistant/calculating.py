"""Calculating: the calculation that a question asks for, as lines of an answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.calculators.asked import asked_calculation
from assistant.calculators.calculation import Calculation, Line
from assistant.calculators.catalogue import calculate
from assistant.calculators.law import Law
from assistant.calculators.missing import Missing
from assistant.calculators.rates import Rates
from assistant.errors import Ungrounded, WrongFigures


@dataclass(frozen=True, slots=True)
class Worked:
    """What a calculation says, its result before its steps, and what the reader should know.

    `asks_back` is the question for the one fact that it lacks, "" when it lacks none: the lines
    then hold what is true whatever the answer, and each likely answer with its own.
    """

    lines: tuple[Line, ...] = ()
    asks_back: str = ""
    cautions: tuple[str, ...] = ()


def worked(question: str, today: date, law: Law, rates: Rates) -> Worked | None:
    """The calculation that a French question plainly asks for, None when it asks for none.

    One that the law of the day does not ground has no lines, and a caution that says so.
    """
    asked = asked_calculation(question, today)
    if asked is None:
        return None
    try:
        if not isinstance(asked, Missing):
            found = calculate(asked, law, rates)
            return Worked((*found.result, *_resting(found.steps)), cautions=found.cautions)
        cases = [(answer, calculate(case, law, rates)) for answer, case in asked.cases]
    except (Ungrounded, WrongFigures) as refusal:
        return Worked(cautions=(str(refusal),))
    return _by_case(cases, asked.fact) if cases else Worked(asks_back=asked.fact)


def _by_case(cases: Sequence[tuple[str, Calculation]], fact: str) -> Worked:
    """What each case has of its own, then what they share; no question when they share it all."""
    first, *others = (calculation for _, calculation in cases)
    shared = [line for line in first.result if all(line in other.result for other in others)]
    of_others = [_resting(other.steps) for other in others]
    steps = [line for line in _resting(first.steps) if all(line in each for each in of_others)]
    own: dict[tuple[Line, ...], list[str]] = {}
    for answer, calculation in cases:
        lines = tuple(line for line in calculation.result if line not in shared)
        own.setdefault(lines, []).append(answer)
    told = [_case(answers, lines) for lines, answers in own.items() if lines]
    cautions = dict.fromkeys(said for _, each in cases for said in each.cautions)
    return Worked((*told, *shared, *steps), fact if told else "", tuple(cautions))


def _case(answers: Sequence[str], lines: Sequence[Line]) -> Line:
    """The lines of the cases of some answers, as one list."""
    grounds = dict.fromkeys(ground for line in lines for ground in line.grounds)
    items = [f"- {line.text}" for line in lines]
    return Line("\n".join([f"Si {' ou '.join(answers)} :", *items]), tuple(grounds))


def _resting(steps: Sequence[Line]) -> list[Line]:
    """The steps, each sum resting on the words that the step before it rests on."""
    found: list[Line] = []
    for step in steps:
        found.append(
            step if step.grounds or not found else replace(step, grounds=found[-1].grounds)
        )
    return found
