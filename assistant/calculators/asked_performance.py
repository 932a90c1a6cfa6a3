"""Questions about a contract in progress that give figures: what they ask to calculate. Pure."""

import re
from decimal import Decimal
from functools import partial

from assistant.calculators.advance import AdvanceAsked
from assistant.calculators.amounts import euros, number, share
from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import Facts, Figure
from assistant.calculators.missing import (
    Fact,
    Missing,
    amount,
    buyer,
    completed,
    day,
    large_buyer,
    nature,
)
from assistant.calculators.modification import ModificationAsked
from assistant.calculators.payment import PaymentAsked
from assistant.calculators.retention import RetentionAsked
from assistant.calculators.situation import Buyer

_SME = re.compile(r"(?<!non )(?<!non-)(?<!pas une )\b(?:pme|tpe)\b")

_ADVANCE = re.compile(r"(?<!a l')(?<!par )\bavances?\b")
_IS_DUE = re.compile(
    r"\bobligatoire|\bdue?\b|\bdois-je\b|\bdoit-on\b|\bdevons-nous\b|\bfaut-il\b|\bobliges?\b"
    r"|\bcombien\b|\bmontant de l'avance|\bcalcul"
)
_AFTER_THE_ADVANCE = re.compile(
    r"\b(?:rembours|recuper|precompt|resorb|refus|renonc|garantie|caution|surete)"
)
_OF_ADVANCE = re.compile(r"\b(?:(?P<advance>avances?)|(?P<contract>marche|contrat))\b")

_RETENTION = re.compile(r"\bretenue de garantie\b|\brg\b")
_IS_LAWFUL = re.compile(
    r"\b(?:legal|possible|regulier|autoris|permis|trop|plafon|maxim|depass|combien|calcul|puis-je"
    r"|peut-on)"
)
_AFTER_THE_RETENTION = re.compile(
    r"\b(?:restitu|liber|rembours|lever|levee|compte|imput|rempla|caution|premiere demande)"
)
_OF_RETENTION = re.compile(r"\b(?:(?P<retained>retenue|rg)|(?P<contract>marche|contrat))\b")

_INVOICE = re.compile(r"\bfactures?\b|\bdemande de paiement\b")
_IS_LATE = re.compile(
    r"\b(?:retard|delai|interets?|moratoires?|indemnite|quand|date limite|echeance|en retard)\b"
)
_OTHER_REQUEST = re.compile(
    r"\b(?:solde|decompte|avance|acompte|litige|suspen|interrom|rejet|cession|affactur)"
)
_OF_INVOICE = re.compile(
    r"\b(?:(?P<received>recu\w*|recept\w+|depos\w+|arriv\w+|chorus)"
    r"|(?P<paid>pay\w+|paiement|regl\w+|vire\w*|mandat\w*)"
    r"|(?P<delivered>livr\w+|execut\w+|service fait|achev\w+|termin\w+)"
    r"|(?P<other>emis\w*|datee|etabli\w*|sign\w+|notifi\w+))\b"
)

_MODIFICATION = re.compile(r"\b(?:avenants?|modifi\w+|(?:travaux|prestations) supplementaires)\b")
_IS_ALLOWED = re.compile(
    r"\b(?:possible|ca passe|autoris\w+|legal\w*|permis|trop|maxim\w+|depass\w+"
    r"|sans (?:nouvelle |re)?mise en concurrence|nouvelle mise en concurrence)\b"
    r"|\b(?:puis-je|peut-on|pouvons-nous|je peux|on peut)"
    r"(?: ?\?|(?: l[ea])? (?:passer|signer|conclure|faire|ajouter|modifier|accepter)\b)"
)
_OTHER_MODIFICATION = re.compile(
    r"\b(?:reexamen|commission|cao|conseil municipal|deliber|prolong|nouveau titulaire|cession)"
)
_OF_MODIFICATION = re.compile(
    r"\b(?:(?P<initial>marche|contrat|initial\w*)"
    r"|(?P<less>moins-value|diminu\w+|baiss\w+|reduction|en moins)"
    r"|(?P<more>avenants?|modifi\w+|supplement\w*|ajout\w*|augment\w+|plus-value|surcout|rallonge"
    r"|(?:en|de) plus))\b"
)
_CONTINUED = re.compile(r" ?(?:ht)?,? ?(?:et|puis|plus)?(?: de| d'un(?: second| autre)? de)? ?")
_UNFORESEEN = re.compile(
    r"\b(?:imprev|imprevisib|supplementaires|non decel|decouv|sujetions|devenus? necessaire)"
)


def advance(facts: Facts) -> Asked | Missing | None:
    """Whether an advance is due, and how much."""
    is_asked = _ADVANCE.search(facts.words) and _IS_DUE.search(facts.words)
    if not is_asked or _AFTER_THE_ADVANCE.search(facts.words):
        return None
    contract = [each for each in facts.amounts if each.role(_OF_ADVANCE) != "advance"]
    with_tax = [each.value for each in contract if each.is_with_tax]
    without = [each.value for each in contract if not each.is_with_tax]
    if not contract or max(len(with_tax), len(without), len(facts.months)) > 1:
        return None
    is_sme = bool(_SME.search(facts.words))
    needed = {
        "amount": amount(
            "montant initial HT",
            "Quel est le montant initial hors taxes du marché ?",
            without,
        ),
        "months": Fact(
            "durée en mois",
            "Quelle est la durée d'exécution du marché, en mois ?",
            next(iter(facts.months), None),
            number,
        ),
        "buyer": buyer(facts, Buyer.LOCAL, Buyer.STATE),
    }
    if is_sme and {*facts.buyers} & {Buyer.LOCAL, Buyer.OTHER_AUTHORITY}:
        needed["is_large_buyer"] = large_buyer("R2191-7")
    asked = partial(AdvanceAsked, amount_with_tax=next(iter(with_tax), None), is_sme=is_sme)
    return completed(asked, **needed)


def retention(facts: Facts) -> Asked | Missing | None:
    """How much may be retained as a guarantee, and whether a rate is too much."""
    is_asked = _RETENTION.search(facts.words) and _IS_LAWFUL.search(facts.words)
    contract = [each for each in facts.amounts if each.role(_OF_RETENTION) != "retained"]
    rates = [each.value for each in facts.rates if each.role(_OF_RETENTION) == "retained"]
    if not is_asked or _AFTER_THE_RETENTION.search(facts.words):
        return None
    if len(contract) != 1 or len(rates) > 1:
        return None
    is_sme, is_state = bool(_SME.search(facts.words)), Buyer.STATE in facts.buyers
    needed = {
        "amount": amount(
            "montant TTC du marché",
            "Quel est le montant toutes taxes comprises du marché ?",
            [each.value for each in contract if not each.is_without_tax],
        )
    }
    if is_sme and not is_state:
        needed["is_large_buyer"] = large_buyer("R2191-33")
    asked = partial(RetentionAsked, is_sme=is_sme, rate=next(iter(rates), None))
    return completed(partial(asked, is_large_buyer=True) if is_state else asked, **needed)


def payment(facts: Facts) -> Asked | Missing | None:
    """Until when an invoice is paid in time, and what is due when it was not."""
    is_asked = _INVOICE.search(facts.words) and _IS_LATE.search(facts.words)
    if not is_asked or _OTHER_REQUEST.search(facts.words) or not facts.days:
        return None
    received, paid, delivered = (
        [each.value for each in facts.days if each.role(_OF_INVOICE) == role]
        for role in ("received", "paid", "delivered")
    )
    amounts = [each.value for each in facts.amounts if not each.is_without_tax]
    if any(len(each) > 1 for each in (received, paid, delivered, amounts)):
        return None
    asked = partial(
        PaymentAsked,
        amount=next(iter(amounts), None),
        paid=next(iter(paid), None),
        delivered=next(iter(delivered), None),
    )
    return completed(
        asked,
        received=day(
            "réception de la facture",
            "Quel jour la facture a-t-elle été reçue ?",
            received,
        ),
        buyer=buyer(facts, Buyer.LOCAL, Buyer.HOSPITAL),
    )


def modification(facts: Facts) -> Asked | Missing | None:
    """Whether the amount of a contract may be changed so much."""
    is_asked = _MODIFICATION.search(facts.words) and _IS_ALLOWED.search(facts.words)
    if not is_asked or _OTHER_MODIFICATION.search(facts.words):
        return None
    roles = _roles(facts.amounts)
    initial = [value for value, role in roles if role == "initial"]
    changes = [-value if role == "less" else value for value, role in roles if role != "initial"]
    if len(initial) == 1:
        changes += [
            share(initial[0], -rate if role == "less" else rate)
            for rate, role in _roles(facts.rates)
            if role != "initial"
        ]
    is_clear = all(role for _, role in roles) and not any(
        each.is_with_tax for each in facts.amounts
    )
    if not changes or not is_clear or len(initial) > 1:
        return None
    return completed(
        partial(ModificationAsked, is_unforeseen=bool(_UNFORESEEN.search(facts.words))),
        changes=Fact(
            "modifications HT",
            "Quel est le montant hors taxes de la modification ?",
            tuple(changes),
            lambda values: " ; ".join(map(euros, values)),
        ),
        initial=amount(
            "montant initial HT",
            "Quel est le montant initial hors taxes du marché ?",
            initial,
        ),
        nature=nature(facts),
        buyer=buyer(facts, Buyer.LOCAL, Buyer.STATE),
    )


def _roles(figures: tuple[Figure[Decimal], ...]) -> list[tuple[Decimal, str | None]]:
    """Each figure with what it is of; one that only follows "et" is of the same as the last."""
    found: list[tuple[Decimal, str | None]] = []
    for each in figures:
        follows = found and _CONTINUED.fullmatch(each.before)
        found.append((each.value, found[-1][1] if follows else each.role(_OF_MODIFICATION)))
    return found
