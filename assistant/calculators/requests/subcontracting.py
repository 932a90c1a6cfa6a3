"""What questions about subcontractors and small firms ask to calculate. Pure."""

import re
from functools import partial

from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import QuestionFacts
from assistant.calculators.needs import Missing, completed, figure
from assistant.calculators.requests.parties import is_sme, tax_rate, with_rate_added
from assistant.calculators.subcontracting import DirectPaymentAsked, SmeShareAsked

_SUBCONTRACTOR = re.compile(r"\bsous[- ]?trait")
_DIRECT_PAYMENT = re.compile(
    r"\bpaiements? directs?\b|\bpaye\w* (?:en )?direct(?:ement)?\b|\bdirectement paye"
    r"|\bpayer (?:directement|en direct)"
)
_IS_WHETHER = re.compile(
    r"\?|\bdoit|\bdois|\bdroit\b|\bobligatoire|\bpeut|\bfaut-il|\best-ce\b|\bseuil"
)
_ELSE = re.compile(
    r"\bavances?\b|\bdefense\b|\bfacture|\brefus|\bdelai|\bjours\b|\bcession|\bnantis|\bsecond rang"
    r"|\bdeuxieme rang|\bsous[- ]?traitants? du sous|\bindirect|\bapres coup\b"
    r"|\bsans (?:agrement|acceptation|declar\w+|l'accord)"
    r"|\b(?:pas|non|jamais|ni)(?: encore)?(?: ete)? (?:agree|accepte|declare)"
)
"""What the amount alone does not tell, as that a subcontractor was never accepted (L2193-4)."""


def direct_payment(facts: QuestionFacts) -> Asked | Missing | None:
    """Whether a subcontractor is paid directly, by the amount of its contract."""
    if not facts.says(_SUBCONTRACTOR, _DIRECT_PAYMENT, _IS_WHETHER) or facts.says(_ELSE):
        return None
    if len(facts.amounts) == 2 and facts.amounts[0].is_with_tax != facts.amounts[1].is_with_tax:
        return DirectPaymentAsked(max(each.value for each in facts.amounts))
    if len(facts.amounts) != 1:
        return None
    amount, rate = facts.amounts[0], tax_rate(facts)
    if amount.is_without_tax and rate is not None:
        return DirectPaymentAsked(with_rate_added(amount.value, rate))
    return DirectPaymentAsked(amount.value, is_with_tax=amount.is_with_tax)


_GLOBAL = re.compile(
    r"\bmarches? (?:publics? )?(?:globa(?:l|ux)|de partenariat)\b|\bconception[- ]realisation\b"
    r"|\bmarches? (?:global )?de performance\b"
)
_SMALL_FIRMS = re.compile(
    r"\b(?:pme|tpe|artisans?|petites? (?:boites?|(?:et moyennes )?entreprises?))\b"
)
_HOW_MUCH = re.compile(r"\b(?:part|combien|quelle somme|montant|au moins|minim\w*|pourcentage)\b")


def sme_share(facts: QuestionFacts) -> Asked | Missing | None:
    """What the holder of a global contract has to entrust to small firms."""
    if not facts.says(_GLOBAL, _SMALL_FIRMS, _HOW_MUCH) or "partenariat" in facts.words:
        return None
    if len(facts.amounts) != 1 or facts.rates:
        return None
    question = "Quel est le montant prévisionnel du marché global ?"
    given = figure(question, [each.value for each in facts.amounts])
    # "Une PME" that is told of is the firm that gets a part, unless the holder is said to be one.
    small = False if is_sme(facts) is False or facts.says(_IS_LARGE) else None
    return completed(partial(SmeShareAsked, is_sme=small), amount=given)


_IS_LARGE = re.compile(
    r"\b(?:pas|ni) (?:une? )?(?:pme|artisan)\b"
    r"|\b(?:grande?s?|gros) (?:groupe|entreprise)s?\b|\bmajor\b"
)
