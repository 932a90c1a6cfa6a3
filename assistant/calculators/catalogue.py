"""The catalogue of calculators: whatever may be asked of one, and one door to all."""

from assistant.calculators.advance import AdvanceAsked, advance
from assistant.calculators.advance_parts import AdvancePartsAsked, advance_parts
from assistant.calculators.award import StandstillAsked, TurnoverAsked, standstill, turnover
from assistant.calculators.calculation import Calculation
from assistant.calculators.constants import Law, Rates
from assistant.calculators.delays import DelayAsked, running_delay
from assistant.calculators.estimate import EstimateAsked, estimate
from assistant.calculators.interest import InterestAsked, interest
from assistant.calculators.modification import ModificationAsked, modification
from assistant.calculators.payment import PaymentAsked, payment
from assistant.calculators.price_change import PriceUpdateAsked, price_update
from assistant.calculators.procedure import ProcedureAsked, procedure
from assistant.calculators.repayment import (
    InstalmentAsked,
    RepaymentDueAsked,
    RepaymentStartAsked,
    instalment,
    repayment_due,
    repayment_start,
)
from assistant.calculators.retention import RetentionAsked, retention
from assistant.calculators.revision import RevisionAsked, revision
from assistant.calculators.scores import ScoresAsked, scores
from assistant.calculators.small_lots import SmallLotsAsked, small_lots
from assistant.calculators.subcontracting import (
    DirectPaymentAsked,
    SmeShareAsked,
    direct_payment,
    sme_share,
)
from assistant.calculators.time_limits import TimeLimitsAsked, time_limits

Asked = (
    ProcedureAsked
    | TimeLimitsAsked
    | StandstillAsked
    | DelayAsked
    | TurnoverAsked
    | AdvanceAsked
    | AdvancePartsAsked
    | RepaymentStartAsked
    | RepaymentDueAsked
    | InstalmentAsked
    | RetentionAsked
    | DirectPaymentAsked
    | SmeShareAsked
    | PaymentAsked
    | InterestAsked
    | ModificationAsked
    | SmallLotsAsked
    | EstimateAsked
    | PriceUpdateAsked
    | RevisionAsked
    | ScoresAsked
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
        case DelayAsked():
            return running_delay(asked, law)
        case TurnoverAsked():
            return turnover(asked, law)
        case AdvanceAsked():
            return advance(asked, law)
        case RetentionAsked():
            return retention(asked, law)
        case AdvancePartsAsked():
            return advance_parts(asked, law)
        case RepaymentStartAsked():
            return repayment_start(asked, law)
        case RepaymentDueAsked():
            return repayment_due(asked, law)
        case InstalmentAsked():
            return instalment(asked, law)
        case DirectPaymentAsked():
            return direct_payment(asked, law)
        case SmeShareAsked():
            return sme_share(asked, law)
        case PaymentAsked():
            return payment(asked, law, rates)
        case InterestAsked():
            return interest(asked, law, rates)
        case ModificationAsked():
            return modification(asked, law)
        case SmallLotsAsked():
            return small_lots(asked, law)
        case EstimateAsked():
            return estimate(asked, law)
        case PriceUpdateAsked():
            return price_update(asked, law)
        case RevisionAsked():
            return revision(asked, law)
        case ScoresAsked():
            return scores(asked, law)
