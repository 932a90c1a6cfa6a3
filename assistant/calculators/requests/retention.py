"""What questions about a retenue de garantie ask to calculate, by the figures they give. Pure."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from assistant.calculators.calculation import Buyer
from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import BODY_OF_THE_STATE, GivenFigure, QuestionFacts, first
from assistant.calculators.needs import Missing, completed, figure, large_buyer
from assistant.calculators.requests.parties import (
    buyers,
    is_large,
    is_sme,
    is_tax,
    one_of_several,
    sme,
    tax_rate,
    with_rate_added,
)
from assistant.calculators.retention import RetentionAsked

_RETENTION = re.compile(
    r"\bretenues? de garantie\b|\brg\b"
    r"|\b(?:retien\w*|retenir|reten\w*)[^,;.?]{0,12} (?:de|en|comme) garantie\b"
)

_IS_LAWFUL = re.compile(
    r"\b(?:legal|possible|regulier|autoris|permis|trop|plafon|maxi?|depass|combien|calcul|puis-je"
    r"|peut-on|droit|limite|au plus)|% ou (?:a |de )?\d"
)

_ROLE = re.compile(
    r"\b(?:(?P<retained>retenues?|retenus?|rg|gard(?:e|er|ent)|retenir|retient|preleve\w*)"
    r"|(?P<contract>marches?|contrats?|travaux|lot)"
    r"|(?P<change>avenants?|modifications?|plus-values?|moins-values?))\b"
    r"|(?:\bsur|% d[eu]s?) (?:un |le )?(?:(?:total|montant|marche) de )?(?P<whole>$)"
)
_IS_CHANGED = re.compile(r"(?<!sans )(?<!aucun )(?<!pas d')(?<!ni )\bavenants?\b")
_IS_LESS = re.compile(r"\bmoins-value|\ben moins\b|\bnegatif|(?:^|[ (])[-−]$")
_IS_IN_THE_AMOUNT = re.compile(
    r"\b(?:avenants?|modifications?)\b[^,;.?]{0,15}\b(?:deja )?(?:compris|inclus)[^,;.?]{0,8}[\d(]"
    r"|\bdont\b[^,;.?]{0,15}\b(?:avenants?|modifications?)"
)
_IS_IN_BEFORE = re.compile(
    r" ?\(?(?:ttc|ht)?\)? ?(?:est |sont |y est )?(?:deja )?(?:compris|inclus)\b"
)


def retention(facts: QuestionFacts) -> Asked | Missing | None:
    """How much may be retained as a guarantee, and whether a rate is too much."""
    rates = one_of_several(
        [
            each
            for each in facts.rates
            if not is_tax(each) and each.role(_ROLE) in {"retained", None}
        ]
    )
    contract, changes = _of_contract(facts), _changes(facts)
    if not facts.says(_RETENTION, _IS_LAWFUL) or changes is None or len(rates) > 1:
        return None
    if len(contract) != 1:
        return None
    question = "Quel est le montant toutes taxes comprises du marché ?"
    given = [each + sum(changes) for each in _with_tax(contract, facts)]
    needed = {"amount": figure(question, given)}
    asked = partial(RetentionAsked, rate=first(rates), changes=tuple(changes))
    small, bought_by = is_sme(facts), buyers(facts)
    is_state = Buyer.STATE in bought_by and not facts.says(BODY_OF_THE_STATE)
    large = True if is_state else is_large(facts)
    if Buyer.HOSPITAL in bought_by:
        large = False
    if small is None and large:
        needed["is_sme"] = sme()
    else:
        asked = partial(asked, is_sme=False if small is None and large is False else small)
    if large is not None:
        asked = partial(asked, is_large_buyer=large)
    elif small:
        needed["is_large_buyer"] = large_buyer("R2191-33", may_be_state=not bought_by)
    return completed(asked, **needed)


def _of_contract(facts: QuestionFacts) -> list[GivenFigure[Decimal]]:
    """The amounts of the contract, that with tax alone where both are given."""
    found = [each for each in facts.amounts if _role(each) == "contract"]
    taxed = [each for each in found if each.is_with_tax]
    return taxed if len(found) == 2 and len(taxed) == 1 else found


def _role(amount: GivenFigure[Decimal]) -> str:
    """What an amount is of: the last word named before it; only what is retained may come after."""
    named = [*_ROLE.finditer(amount.before)]
    if named:
        last = named[-1].lastgroup or ""
        return "contract" if last == "whole" else last
    return "retained" if amount.role(_ROLE) == "retained" else "contract"


def _with_tax(amounts: Sequence[GivenFigure[Decimal]], facts: QuestionFacts) -> list[Decimal]:
    """The values with tax, which is added where a question gives its rate."""
    rate, found = tax_rate(facts), []
    for each in amounts:
        if not each.is_without_tax:
            found.append(each.value)
        elif rate is not None:
            found.append(with_rate_added(each.value, rate))
    return found


def _changes(facts: QuestionFacts) -> list[Decimal] | None:
    """The modifications with tax, those that lower the amount negative; None where it has them."""
    told = [each for each in facts.amounts if _role(each) == "change"]
    if not told and facts.says(_IS_CHANGED):
        return None
    if facts.says(_IS_IN_THE_AMOUNT) or any(_IS_IN_BEFORE.match(each.after) for each in told):
        return None if told else []
    changes = _with_tax(told, facts)
    if len(changes) < len(told):
        return None
    return [
        -value if _IS_LESS.search(each.before[-40:]) else value
        for each, value in zip(told, changes, strict=True)
    ]
