"""Computation: what calculators and the ledger answer to a question, as lines of an answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.answering.answer import Event
from assistant.answering.state import TurnState
from assistant.calculators.amounts import euros
from assistant.calculators.calculation import Calculation, CalculationLine
from assistant.calculators.catalogue import Missing, calculate
from assistant.calculators.constants import Law, Rates
from assistant.calculators.requests import parse_calculation
from assistant.errors import Ungrounded, WrongFigures
from assistant.ledger.late import Basis
from assistant.ledger.payments import CAUTIONS
from assistant.ledger.replies import PAGES, Reckoning, Unreckoned
from assistant.question.day import Day, DaySource
from assistant.retrieval.evidence import Scope

# Calculating: the calculation that a question asks for, as lines of an answer.


@dataclass(frozen=True, slots=True)
class Worked:
    """What a calculation says, its result before its steps, and what the reader should know.

    `asks_back` is the question for the one fact that it lacks, "" when it lacks none: the lines
    then hold what is true whatever the answer, and each likely answer with its own.
    """

    lines: tuple[CalculationLine, ...] = ()
    asks_back: str = ""
    cautions: tuple[str, ...] = ()


def calculate_answer(question: str, today: date, law: Law, rates: Rates) -> Worked | None:
    """The calculation that a French question plainly asks for, None when it asks for none.

    One that the law of the day does not ground has no lines, and a caution that says so.
    """
    asked = parse_calculation(question, today)
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
    own: dict[tuple[CalculationLine, ...], list[str]] = {}
    for answer, calculation in cases:
        lines = tuple(line for line in calculation.result if line not in shared)
        own.setdefault(lines, []).append(answer)
    told = [_case(answers, lines) for lines, answers in own.items() if lines]
    cautions = dict.fromkeys(said for _, each in cases for said in each.cautions)
    return Worked((*told, *shared, *steps), fact if told else "", tuple(cautions))


def _case(answers: Sequence[str], lines: Sequence[CalculationLine]) -> CalculationLine:
    """The lines of the cases of some answers, as one list."""
    grounds = dict.fromkeys(ground for line in lines for ground in line.grounds)
    items = [f"- {line.text}" for line in lines]
    return CalculationLine("\n".join([f"Si {' ou '.join(answers)} :", *items]), tuple(grounds))


def _resting(steps: Sequence[CalculationLine]) -> list[CalculationLine]:
    """The steps, each sum resting on the words that the step before it rests on."""
    found: list[CalculationLine] = []
    for step in steps:
        found.append(
            step if step.grounds or not found else replace(step, grounds=found[-1].grounds)
        )
    return found


# Accounting: a turn answered by computation on the ledger, event by event.
#
# A question that is not understood whole is not answered: what can be computed is said instead.


class Accounting:
    """Answers one turn from the ledger, as it is on `today`."""

    def __init__(self, turn: TurnState, today: date) -> None:
        """The law is that of the same day, whatever period the question names."""
        self._turn = turn
        is_given = turn.day.source is DaySource.GIVEN
        turn.day = Day(today, DaySource.GIVEN if is_given else DaySource.TODAY, today)
        turn.scope = Scope(today)

    def say(self, found: Reckoning | Unreckoned) -> Iterator[Event]:
        """The figures, each with rows that it is made of, and the law that they rest on."""
        turn = self._turn
        turn.route = found.over
        if isinstance(found, Unreckoned):
            yield turn.found
            turn.notice = "\n\n".join(_declined(found))
            return
        turn.sheet, turn.evidence = found.document, found.evidence
        turn.evidence_seconds = turn.elapsed
        yield turn.found
        for told in found.told:
            yield turn.account(told.text, told.evidence)
        if found.basis:
            yield from self._ground(found.basis)
        turn.notice = "\n\n".join(_notices(found))

    def _ground(self, basis: Basis) -> Iterator[Event]:
        """Say by which law lateness is computed."""
        terms = basis.terms
        yield from self._turn.show([each.passage for each in terms.grounds])
        text = (
            f"Délai de paiement compté : {terms.days} jours ; intérêts moratoires au taux de la "
            f"Banque centrale européenne majoré de {terms.points} points ; indemnité "
            f"forfaitaire de {euros(terms.indemnity)} par facture."
        )
        yield self._turn.calculate(CalculationLine(text, terms.grounds))


def _declined(found: Unreckoned) -> Iterator[str]:
    """Why there is no figure, and what can be asked."""
    yield f"Aucun chiffre n'est donné : {found.why}"
    if found.can:
        first, *examples = found.can
        yield first
        yield "\n".join(f"- {each}" for each in examples)


def _notices(found: Reckoning) -> Iterator[str]:
    """What the figures leave out, and where all their rows are."""
    yield from found.notes
    if found.basis:
        yield (
            f"Compté pour un acheteur de type « {found.basis.terms.buyer.label} » : un autre a "
            "peut-être un autre délai, à choisir sur la page Factures."
        )
        yield from CAUTIONS
    rows = {row for each in found.told for row in each.rows}
    if len(rows) > len(found.evidence):
        yield (
            f"Lignes montrées ici : {len(found.evidence)} sur {len(rows)}. La page "
            f"{PAGES[found.over]} les montre toutes, avec le graphique, et permet de corriger le "
            "calcul."
        )
