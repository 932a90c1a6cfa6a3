"""What questions about the payment of an invoice ask to calculate, by their figures. Pure."""

import re
from functools import partial

from assistant.calculators.calculation import Buyer
from assistant.calculators.catalogue import Asked, Missing, buyer, completed, figure
from assistant.calculators.facts import QuestionFacts, first, of_role, with_tax
from assistant.calculators.payment import PaymentAsked

_INVOICE = re.compile(r"\bfactures?\b|\bdemande de paiement\b")

_DATES_INVOICE = re.compile(r"\b(?:factures?|demande de paiement)(?: en date)? du $")
"""Before the day that an invoice bears, from which nothing runs: "une facture du 3 octobre"."""

_IS_LATE = re.compile(
    r"\b(?:retard|delai|interets?|moratoires?|indemnite|quand|date limite|echeance|en retard)\b"
)

_OF_INVOICE = re.compile(
    r"\b(?:(?P<received>recu\w*|recept\w+|depos\w+|arriv\w+|chorus)"
    # A mandate is not yet a payment (R2192-32); nor is what is to be paid, or is not.
    r"|(?P<unpaid>mandat\w*|(?:pas|non|jamais|a|etre|avant)(?: encore)?(?: ete)? (?:pay|regl)\w*)"
    r"|(?P<paid>pay\w+|paiement|regl\w+|vire\w*)"
    r"|(?P<delivered>livr\w+|execut\w+|service fait|achev\w+|termin\w+)"
    r"|(?P<other>emis\w*|datee|etabli\w*|sign\w+|notifi\w+))\b"
)


def payment(facts: QuestionFacts) -> Asked | Missing | None:
    """Until when an invoice is paid in time, and what is due when it was not."""
    if not facts.says(_INVOICE, _IS_LATE) or not facts.days:
        return None
    received, paid, delivered = (
        of_role(facts.days, _OF_INVOICE, role, _DATES_INVOICE)
        for role in ("received", "paid", "delivered")
    )
    amounts = with_tax(facts.amounts)
    if any(len(each) > 1 for each in (received, paid, delivered, amounts)):
        return None
    return completed(
        partial(PaymentAsked, amount=first(amounts), paid=first(paid), delivered=first(delivered)),
        received=figure("Quel jour la facture a-t-elle été reçue ?", received),
        buyer=buyer(facts, Buyer.STATE, Buyer.LOCAL, Buyer.HOSPITAL),
    )
