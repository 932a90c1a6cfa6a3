"""The calculators: what each may be asked, and one door to all of them. Pure."""

from assistant.calculators.advance import AdvanceAsked, advance
from assistant.calculators.calculation import Calculation
from assistant.calculators.law import Law
from assistant.calculators.modification import ModificationAsked, modification
from assistant.calculators.payment import PaymentAsked, payment
from assistant.calculators.procedure import ProcedureAsked, procedure
from assistant.calculators.rates import Rates
from assistant.calculators.retention import RetentionAsked, retention
from assistant.calculators.standstill import StandstillAsked, standstill
from assistant.calculators.time_limits import TimeLimitsAsked, time_limits
from assistant.calculators.turnover import TurnoverAsked, turnover

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
