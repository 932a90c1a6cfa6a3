"""Computation: what calculators and the ledger answer to a question, as lines of an answer."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.answering.answer import Event
from assistant.answering.state import TurnState
from assistant.calculators.amounts import euros
from assistant.calculators.calculation import Calculation, CalculationLine
from assistant.calculators.catalogue import Asked, calculate
from assistant.calculators.constants import Law, Rates
from assistant.calculators.needs import Likely, Missing
from assistant.errors import Ungrounded, WrongFigures
from assistant.ledger.addresses import PAGES
from assistant.ledger.late import Basis
from assistant.ledger.payments import CAUTIONS
from assistant.ledger.query.plan_fields import fields_of
from assistant.ledger.reckoning import Reckoning
from assistant.ledger.replies import Unreckoned
from assistant.question.day import Day, DaySource
from assistant.retrieval.evidence import Scope

# Calculating: the calculation that a question asks for, as lines of an answer.


@dataclass(frozen=True, slots=True)
class Worked:
    """What a calculation says, its result before its steps, and what the reader should know.

    `asks_back` is the question for the first fact that it turns on, "" when it lacks none, and
    `likely` its answers: the lines then hold what is true whatever the answer, and each answer with
    its own. It has no lines where it turns on several facts. `leads` unless its first line holds
    for some of the answers only: no line then answers by itself.
    """

    lines: tuple[CalculationLine, ...] = ()
    asks_back: str = ""
    likely: tuple[Likely, ...] = ()
    cautions: tuple[str, ...] = ()
    leads: bool = True


def calculate_answer(asked: Asked | Missing, law: Law, rates: Rates) -> Worked:
    """The calculation that was asked for.

    One that the law of the day does not ground has no lines, and a caution that says so.
    """
    try:
        if not isinstance(asked, Missing):
            found = calculate(asked, law, rates)
            return Worked((*found.result, *_resting(found.steps)), cautions=found.cautions)
        cases = [_Case(told, calculate(case, law, rates)) for told, case in asked.cases]
    except (Ungrounded, WrongFigures) as refusal:
        return Worked(cautions=(str(refusal),))
    return _by_case(cases, asked.facts)


@dataclass(frozen=True, slots=True)
class _Case:
    """A calculation for one answer to each fact that the question lacks."""

    answers: tuple[Likely, ...]
    calculation: Calculation


def _by_case(cases: Sequence[_Case], facts: Sequence[str]) -> Worked:
    """What all answers share first, then what those to the one fact that decides have of their own.

    No question where none decides: the steps then tell why.
    """
    deciding = [place for place, _ in enumerate(facts) if not cases or _decides(place, cases)]
    place = deciding[0] if deciding else 0
    of_answer: dict[Likely, list[Calculation]] = {}
    for case in cases:
        of_answer.setdefault(case.answers[place], []).append(case.calculation)
    likely = tuple(each for each in of_answer if each.told)
    if len(deciding) > 1 or not cases:
        return Worked(asks_back=facts[place], likely=likely)
    every = [case.calculation for case in cases]
    shared, steps = _in_all(map(_result, every)), _in_all(map(_steps, every))
    own = _own(of_answer, _result, shared) if deciding else _own(of_answer, _steps, steps)
    first = int(_is_among(every[0].result[0], shared[:1]))
    lines = (*shared[:first], *own, *shared[first:], *steps)
    cautions = tuple(dict.fromkeys(said for each in every for said in each.cautions))
    return (
        Worked(lines, facts[place], likely, cautions, leads=bool(first))
        if deciding
        else Worked(lines, "", (), cautions)
    )


def _own(
    of_answer: Mapping[Likely, Sequence[Calculation]],
    told_by: Callable[[Calculation], Sequence[CalculationLine]],
    shared: Sequence[CalculationLine],
) -> list[CalculationLine]:
    """What the calculations of an answer tell and not all do, those that tell the same together."""
    own: dict[tuple[str, ...], list[Likely]] = {}
    for answer, calculations in of_answer.items():
        told = _in_all(map(told_by, calculations))
        texts = tuple(line.text for line in told if not _is_among(line, shared))
        own.setdefault(texts, []).append(answer)
    found: list[CalculationLine] = []
    for texts, answers in own.items():
        same = _in_all(told_by(each) for answer in answers for each in of_answer[answer])
        lines = [line for line in same if line.text in texts]
        if lines:
            found.append(_of_answers([answer.label for answer in answers], lines))
    return found


def _decides(place: int, cases: Sequence[_Case]) -> bool:
    """Whether the result turns on the fact at this place, the others being the same."""
    results: dict[tuple[Likely, ...], set[tuple[str, ...]]] = {}
    for case in cases:
        others = case.answers[:place] + case.answers[place + 1 :]
        told = tuple(line.text for line in case.calculation.result)
        results.setdefault(others, set()).add(told)
    return any(len(told) > 1 for told in results.values())


def _in_all(told: Iterable[Sequence[CalculationLine]]) -> list[CalculationLine]:
    """The lines that all tell, in the order of the first, each on the grounds of all of them."""
    first, *others = told
    found = []
    for line in first:
        same = [line, *(each for other in others for each in other if each.text == line.text)]
        if len(same) > len(others):
            grounds = dict.fromkeys(ground for each in same for ground in each.grounds)
            found.append(CalculationLine(line.text, tuple(grounds)))
    return found


def _is_among(line: CalculationLine, others: Iterable[CalculationLine]) -> bool:
    return any(line.text == other.text for other in others)


def _of_answers(answers: Sequence[str], lines: Sequence[CalculationLine]) -> CalculationLine:
    """The lines of the cases of some answers, as one list."""
    grounds = dict.fromkeys(ground for line in lines for ground in line.grounds)
    items = [f"- {line.text}" for line in lines]
    named = " ou ".join(filter(None, [", ".join(answers[:-1]), answers[-1]]))
    return CalculationLine("\n".join([f"Si {named} :", *items]), tuple(grounds))


def _result(calculation: Calculation) -> Sequence[CalculationLine]:
    return calculation.result


def _steps(calculation: Calculation) -> list[CalculationLine]:
    return _resting(calculation.steps)


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
        turn.figure = tuple(fields_of(found.plan))
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
