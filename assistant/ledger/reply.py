"""What a question in words comes to when it is about the ledger: figures, or why there are none."""

from dataclasses import dataclass
from datetime import date

from assistant.calculators.situation import Buyer
from assistant.errors import AssistantError
from assistant.ledger.addressed import asks_ledger
from assistant.ledger.asked import NotUnderstood, asked, population_asked
from assistant.ledger.fields import Population
from assistant.ledger.plan import Plan
from assistant.ledger.rankings import EACH
from assistant.ledger.reckoning import Reckoning, reckoned
from assistant.ledger.result_view import TABLES
from assistant.ledger.sights import Look, Sights
from assistant.ledger.vocabulary import names
from ingestion.errors import QueryTooHeavy
from ingestion.ledger.database import Ledger


@dataclass(frozen=True, slots=True)
class Unreckoned:
    """Why a question about the ledger has no figure, and what can be asked of it, in French."""

    over: Population
    why: str
    can: tuple[str, ...]


def reply(
    ledger: Ledger, sights: Sights, question: str, today: date, buyer: Buyer
) -> Reckoning | Unreckoned | None:
    """What a question comes to when it asks for figures of the ledger; None when it does not.

    None too where the ledger has none of the rows that it names.
    """
    named, asks = population_asked(question), asks_ledger(question)
    over = named or Population.INVOICES
    if not ledger.rows(f"SELECT 1 FROM {TABLES[over]} LIMIT 1"):
        return None
    plan = asked(question, names(ledger, over), today, over)
    if named is None and not asks and _is_bare(plan):
        return None
    if isinstance(plan, NotUnderstood):
        return Unreckoned(over, plan.why, plan.can) if asks else None
    try:
        return reckoned(sights.of(ledger, Look(over, "calcul", today, buyer, plan)))
    except (AssistantError, QueryTooHeavy) as refusal:
        return Unreckoned(over, str(refusal), ())


def _is_bare(plan: Plan | NotUnderstood) -> bool:
    """Whether a plan is of all rows: "intérêts moratoires ?" asks what they are, not how many.

    So does "le plus long délai de paiement ?", which is of one of them.
    """
    if isinstance(plan, NotUnderstood):
        return True
    return not (plan.filters or plan.part or plan.period or plan.group not in (None, EACH))
