"""What a question in words comes to when it is about the ledger: figures, or why there are none."""

from dataclasses import dataclass, replace
from datetime import date

from assistant.calculators.situation import Buyer
from assistant.errors import AssistantError
from assistant.ledger.addressed import asks_law, asks_ledger
from assistant.ledger.asked import NotUnderstood, asked, population_asked, population_meant
from assistant.ledger.fields import Population
from assistant.ledger.following import Followed, followed
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


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question in words, its day, who buys, and the questions before it, the last one last."""

    question: str
    today: date
    buyer: Buyer
    before: tuple[str, ...] = ()


def reply(ledger: Ledger, sights: Sights, inquiry: Inquiry) -> Reckoning | Unreckoned | None:
    """What a question comes to when it asks for figures of the ledger; None when it does not."""
    going_on = _followed(ledger, inquiry)
    if isinstance(going_on, Unreckoned):
        return going_on
    if going_on:
        return _reckoned(ledger, sights, inquiry, going_on.plan, going_on.changed)
    over = population_meant(inquiry.question)
    if not ledger.rows(f"SELECT 1 FROM {TABLES[over]} LIMIT 1"):
        return unimported(inquiry)
    plan = asked(inquiry.question, names(ledger, over), inquiry.today, over)
    if not _is_about_figures(inquiry.question, plan):
        return None
    if isinstance(plan, NotUnderstood):
        return Unreckoned(over, plan.why, plan.can)
    return _reckoned(ledger, sights, inquiry, plan)


def unimported(inquiry: Inquiry) -> Unreckoned | None:
    """That there is nothing to count, and how to import it; None for what asks for no figure."""
    over = population_meant(inquiry.question)
    plan = asked(inquiry.question, (), inquiry.today, over)
    if not asks_ledger(inquiry.question) and _is_bare(plan):
        return None
    why, how = _IMPORTED[over]
    return Unreckoned(over, why, how)


def unread(inquiry: Inquiry, failure: str) -> Unreckoned | None:
    """Why the ledger cannot be read; None for what asks for none of its figures."""
    if not asks_ledger(inquiry.question):
        return None
    return Unreckoned(population_meant(inquiry.question), failure, ())


_IMPORTED = {
    Population.INVOICES: (
        "aucune facture n’est encore importée ici.",
        (
            "Pour en importer :",
            "page Factures, « Importer des fichiers » (/factures/import)",
            "ou la commande : sourcier invoices import FICHIER…",
        ),
    ),
    Population.PURCHASES: (
        "aucun marché n’est encore importé ici.",
        (
            "Pour en importer :",
            "page Achats, « Importer des fichiers » (/achats/import)",
            "ou la commande : sourcier purchases import FICHIER…",
        ),
    ),
}


def _reckoned(
    ledger: Ledger, sights: Sights, inquiry: Inquiry, plan: Plan, changed: str = ""
) -> Reckoning | Unreckoned:
    look = Look(plan.over, "calcul", inquiry.today, inquiry.buyer, plan)
    try:
        found = reckoned(sights.of(ledger, look))
    except (AssistantError, QueryTooHeavy) as refusal:
        return Unreckoned(plan.over, str(refusal), ())
    if not changed:
        return found
    goes_on = f"Compris comme la suite de la question précédente, avec ce changement : {changed}."
    return replace(found, notes=(goes_on, *found.notes))


def _followed(ledger: Ledger, inquiry: Inquiry) -> Followed | Unreckoned | None:
    """What a question changes of the figure before it, or why it cannot be read so."""
    before = _plan_before(ledger, inquiry)
    if before is None or population_asked(inquiry.question) not in {None, before.over}:
        return None
    found = followed(inquiry.question, before, names(ledger, before.over), inquiry.today)
    if isinstance(found, Followed):
        return found
    if found is None or asks_law(inquiry.question):
        return None
    why = NotUnderstood(found, ()).why if found else _UNCHANGED
    return Unreckoned(before.over, why, (_WHOLE,))


_WHOLE = (
    "La question d’avant portait sur un chiffre ; une suite peut en changer la mesure, le "
    "regroupement, la période ou une condition. Sinon, posez la question en entier."
)
_UNCHANGED = "cette suite ne change rien au calcul affiché, ou en demande un autre."
_MOST_BEFORE = 8


def _plan_before(ledger: Ledger, inquiry: Inquiry) -> Plan | None:
    """The plan of the last question before, where it was about a figure."""
    plan: Plan | None = None
    for question in inquiry.before[-_MOST_BEFORE:]:
        named = population_asked(question)
        if plan and named in {None, plan.over}:
            found = followed(question, plan, names(ledger, plan.over), inquiry.today)
            if isinstance(found, Followed):
                plan = found.plan
                continue
        over = population_meant(question)
        alone = asked(question, names(ledger, over), inquiry.today, over)
        is_figure = isinstance(alone, Plan) and _is_about_figures(question, alone)
        plan = alone if isinstance(alone, Plan) and is_figure else None
    return plan


def _is_about_figures(question: str, plan: Plan | NotUnderstood) -> bool:
    """Whether a question asks for figures: one that is not understood, only by its words."""
    if asks_ledger(question):
        return True
    if isinstance(plan, NotUnderstood):
        return False
    return population_asked(question) is not None or not _is_bare(plan)


def _is_bare(plan: Plan | NotUnderstood) -> bool:
    """Whether a plan is of all rows: "intérêts moratoires ?" asks what they are, not how many.

    So does "le plus long délai de paiement ?", which is of one of them.
    """
    if isinstance(plan, NotUnderstood):
        return True
    return not (plan.filters or plan.part or plan.period or plan.group not in (None, EACH))
