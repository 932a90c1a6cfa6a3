"""The calculators: what each may be asked, one door to all, and what to ask back. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from assistant.calculators.advance import AdvanceAsked, RetentionAsked, advance, retention
from assistant.calculators.amounts import euros
from assistant.calculators.award import StandstillAsked, TurnoverAsked, standstill, turnover
from assistant.calculators.calculation import Buyer, Calculation, Nature
from assistant.calculators.constants import Law, Rates
from assistant.calculators.facts import QuestionFacts
from assistant.calculators.modification import ModificationAsked, modification
from assistant.calculators.payment import PaymentAsked, payment
from assistant.calculators.procedure import ProcedureAsked, procedure
from assistant.calculators.time_limits import TimeLimitsAsked, time_limits

# The calculators: what each may be asked, and one door to all of them. Pure.

Asked = (
    ProcedureAsked
    | TimeLimitsAsked
    | StandstillAsked
    | TurnoverAsked
    | AdvanceAsked
    | RetentionAsked
    | PaymentAsked
    | ModificationAsked
)


def calculate(asked: Asked, law: Law, rates: Rates) -> Calculation:
    """What is asked, calculated on the law of its day.

    Raises Ungrounded when the indexed texts do not state a constant that it needs, WrongFigures
    when what was given cannot be true.
    """
    match asked:
        case ProcedureAsked():
            return procedure(asked, law)
        case TimeLimitsAsked():
            return time_limits(asked, law)
        case StandstillAsked():
            return standstill(asked, law)
        case TurnoverAsked():
            return turnover(asked, law)
        case AdvanceAsked():
            return advance(asked, law)
        case RetentionAsked():
            return retention(asked, law)
        case PaymentAsked():
            return payment(asked, law, rates)
        case ModificationAsked():
            return modification(asked, law)


# A calculation that lacks one fact: what to ask back, and the cases of likely answers. Pure.


@dataclass(frozen=True, slots=True)
class Missing:
    """A calculation plainly asked for that lacks one fact.

    `fact` asks for it, in French. `known` is what the question gave, each with its label. `cases`
    are the calculations of the likely answers, each after its answer; none where they are many.
    """

    fact: str
    known: tuple[tuple[str, str], ...]
    cases: tuple[tuple[str, Asked], ...] = ()


class Labelled(Protocol):
    """A value that has its words in French."""

    @property
    def label(self) -> str:
        """The words."""


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that a calculation needs: its label, its French question, its value if it is known.

    `words` writes a value; `likely` are those of most questions, where they are few.
    """

    label: str
    question: str
    value: object | None
    words: Callable[..., str]
    likely: tuple[object, ...] = ()


def amount(label: str, question: str, found: Sequence[Decimal]) -> MissingFact:
    """A fact in euros, the first found."""
    return MissingFact(label, question, next(iter(found), None), euros)


def day(label: str, question: str, found: Sequence[date]) -> MissingFact:
    """A fact that is a day, the first found."""
    return MissingFact(label, question, next(iter(found), None), "{:%d/%m/%Y}".format)


def choice(
    label: str, question: str, found: Sequence[Labelled], likely: tuple[Labelled, ...]
) -> MissingFact:
    """A fact of few values, the first found."""
    return MissingFact(label, question, next(iter(found), None), _label, likely)


def nature(facts: QuestionFacts) -> MissingFact:
    """What is bought."""
    return choice(
        "nature",
        "S'agit-il de travaux, de fournitures ou de services ?",
        facts.natures,
        (Nature.WORKS, Nature.SUPPLIES, Nature.SERVICES),
    )


def buyer(facts: QuestionFacts, *likely: Buyer) -> MissingFact:
    """Who buys."""
    asked = "Qui achète : État, collectivité, hôpital, autre pouvoir adjudicateur, entité ?"
    return choice("acheteur", asked, facts.buyers, likely)


def large_buyer(article: str) -> MissingFact:
    """Whether the buyer is a large one, which a question never says."""
    return MissingFact(
        "État ou grand organisme public",
        f"L'acheteur est-il l'État, ou un des grands organismes publics de l'article {article} ?",
        None,
        lambda is_large: "oui" if is_large else "non",
        (False, True),
    )


def completed(calculation: Callable[..., Asked], **facts: MissingFact) -> Asked | Missing | None:
    """The calculation of these facts; Missing without one of them, None without several.

    Raises WrongFigures when they cannot be true together.
    """
    given = {name: fact.value for name, fact in facts.items() if fact.value is not None}
    absent = [name for name in facts if name not in given]
    if not absent:
        return calculation(**given)
    if len(absent) > 1:
        return None
    [name] = absent
    cases = ((each, calculation(**given, **{name: each})) for each in facts[name].likely)
    return Missing(
        facts[name].question,
        tuple((facts[each].label, facts[each].words(given[each])) for each in given),
        tuple((facts[name].words(value), case) for value, case in cases),
    )


def _label(value: Labelled) -> str:
    return value.label
