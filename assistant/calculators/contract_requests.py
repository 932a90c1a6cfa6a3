"""What questions about a contract in progress ask to calculate, by the figures they give. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial

from assistant.calculators.advance import AdvanceAsked, RetentionAsked
from assistant.calculators.amounts import share
from assistant.calculators.calculation import Buyer
from assistant.calculators.catalogue import (
    Asked,
    Missing,
    MissingFact,
    buyer,
    completed,
    figure,
    large_buyer,
    nature,
)
from assistant.calculators.facts import BODY_OF_THE_STATE, GivenFigure, QuestionFacts
from assistant.calculators.modification import ModificationAsked
from assistant.calculators.payment import PaymentAsked
from assistant.question.parts import speaks_of_a_part

_SME = re.compile(
    r"(?<!non )(?<!non-)(?<!pas une )(?<!autre qu'une )(?<!chose qu'une )(?<!grande qu'une )"
    r"\b(?:pme|tpe|micro[- ]?entreprise|petite (?:(?:et|ou) moyenne )?entreprise)\b"
)

_ADVANCE = re.compile(r"(?<!a l')(?<!par )\bavances?\b")
_IS_DUE = re.compile(
    r"\bobligatoire|\bdue?\b|\bdois-je\b|\bdoit-on\b|\bdevons-nous\b|\bfaut-il\b|\bobliges?\b"
    r"|\bcombien\b|\bmontant de l'avance|\bcalcul"
)
_OTHER_DURATION = re.compile(
    r"\b(?:il y a|depuis|payable\w*|preparation|jours?|semaines?)\b"
    r"|\bdans (?:\d+|une?|deux|trois|quatre|six) (?:mois|ans?)\b"
)
_OF_ADVANCE = re.compile(r"\b(?:(?P<advance>avances?)|(?P<contract>marche|contrat))\b")

_RETENTION = re.compile(r"\bretenue de garantie\b|\brg\b")
_IS_LAWFUL = re.compile(
    r"\b(?:legal|possible|regulier|autoris|permis|trop|plafon|maxim|depass|combien|calcul|puis-je"
    r"|peut-on)"
)
_OF_RETENTION = re.compile(r"\b(?:(?P<retained>retenue|rg)|(?P<contract>marche|contrat))\b")

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

_MODIFICATION = re.compile(r"\b(?:avenants?|modifi\w+|(?:travaux|prestations) supplementaires)\b")
_IS_ALLOWED = re.compile(
    r"\b(?:possible|le droit|ca passe|autoris\w+|legal\w*|permis|trop|maxim\w+|depass\w+"
    r"|sans (?:nouvelle |re)?mise en concurrence|nouvelle mise en concurrence|admissible"
    r"|(?:avenants?|ca|cela) suffi\w+)\b|: ?suffi\w+"
    r"|\bok (?:\?|(?:ou|sans)\b)|\bc'est ok\b"
    r"|\brelancer (?:\?|(?:une? |la |le )?(?:nouvelle )?"
    r"(?:consultation|procedure|marche|appel|mise)\b)"
    r"|\b(?:puis-je|peut-on|pouvons-nous|je peux|on peut)"
    r"(?: ?\?|(?: l[ea])? (?:passer|signer|conclure|faire|ajouter|augmenter|modifier|accepter)\b)"
)
_OF_MODIFICATION = re.compile(
    r"\b(?:(?P<initial>marche|contrat|initial\w*)"
    r"|(?P<less>moins-value|diminu\w+|baiss\w+|reduction|en moins)"
    r"|(?P<more>avenants?|modifi\w+|supplement\w*|ajout\w*|augment\w+|plus-value|surcout|rallonge"
    r"|(?:en|de) plus))\b"
)
_CONTINUED = re.compile(r" ?(?:ht)?,? ?(?:et|puis|plus)?(?: de| d'un(?: second| autre)? de)? ?")
_BY_SHARE = re.compile(
    r"\b(?:avenants?|modification|plus-value|rallonge"
    r"|augment\w+(?: (?:l[ea]|mon|notre|ce) (?:marche|contrat|montant)(?: initial)?)?)"
    r"(?: \w+)?(?: (?:de|d'environ|a|representant|egal a|:)) ?$"
)
_NEW_TOTAL = re.compile(r"\b(?:port|pass|mont(?!ant)|augment|ramen)\w*\b[^,;:.?]{0,30} a $")
"""Before what the contract will amount to: "l'avenant le porte à 112 000 €"."""

_FROM = re.compile(r"\b(?:port|pass|mont(?!ant)|augment|ramen)\w*\b[^,;:.?]{0,30} (?:de|d') ?$")
_TO = re.compile(r" ?(?:ht|hors taxes)? a ")
"""Of a total: "passe de 90 000 € à 100 000 €"."""

_TAKEN_AWAY = re.compile(r" ?(?:ht|hors taxes)? en moins\b")
_MINUS = re.compile(r"(?:de|a|:) ?[-−] ?$")

_SEVERAL = re.compile(
    r"\b(?P<count>[2-9]|deux|trois|quatre|cinq|six|plusieurs) (?:\w+ )?(?:avenants|modifications)\b"
)
_UNFORESEEN = re.compile(
    r"\b(?:imprev|imprevisib|supplementaires|non decel|decouv|sujetions|devenus? necessaire)"
)


def advance(facts: QuestionFacts) -> Asked | Missing | None:
    """Whether an advance is due, and how much."""
    is_asked = _ADVANCE.search(facts.words) and _IS_DUE.search(facts.words)
    if not is_asked or speaks_of_a_part(facts.words):
        return None
    if facts.months and _OTHER_DURATION.search(facts.words):
        return None
    contract = [each for each in facts.amounts if each.role(_OF_ADVANCE) != "advance"]
    with_tax = [each.value for each in contract if each.is_with_tax]
    without = [each.value for each in contract if not each.is_with_tax]
    if not contract or max(len(with_tax), len(without), len(facts.months)) > 1:
        return None
    is_sme = bool(_SME.search(facts.words))
    needed = {
        "amount": figure("Quel est le montant initial hors taxes du marché ?", without),
        "months": figure("Quelle est la durée d'exécution du marché, en mois ?", facts.months),
        "buyer": buyer(facts),
    }
    if is_sme and {*facts.buyers} & {Buyer.LOCAL, Buyer.OTHER_AUTHORITY}:
        needed["is_large_buyer"] = large_buyer("R2191-7", may_be_state=False)
    asked = partial(AdvanceAsked, amount_with_tax=next(iter(with_tax), None), is_sme=is_sme)
    return completed(asked, **needed)


def retention(facts: QuestionFacts) -> Asked | Missing | None:
    """How much may be retained as a guarantee, and whether a rate is too much."""
    is_asked = _RETENTION.search(facts.words) and _IS_LAWFUL.search(facts.words)
    contract = [each for each in facts.amounts if each.role(_OF_RETENTION) != "retained"]
    rates = [each.value for each in facts.rates if each.role(_OF_RETENTION) == "retained"]
    if not is_asked or len(contract) != 1 or len(rates) > 1:
        return None
    is_sme = bool(_SME.search(facts.words))
    is_body = BODY_OF_THE_STATE.search(facts.words)
    is_state = Buyer.STATE in facts.buyers and not is_body
    needed = {
        "amount": figure(
            "Quel est le montant toutes taxes comprises du marché ?",
            [each.value for each in contract if not each.is_without_tax],
        )
    }
    if is_sme and not is_state and Buyer.HOSPITAL not in facts.buyers:
        needed["is_large_buyer"] = large_buyer("R2191-33", may_be_state=not facts.buyers)
    asked = partial(RetentionAsked, is_sme=is_sme, rate=next(iter(rates), None))
    return completed(partial(asked, is_large_buyer=True) if is_state else asked, **needed)


def payment(facts: QuestionFacts) -> Asked | Missing | None:
    """Until when an invoice is paid in time, and what is due when it was not."""
    is_asked = _INVOICE.search(facts.words) and _IS_LATE.search(facts.words)
    if not is_asked or not facts.days:
        return None
    days = [each for each in facts.days if not _DATES_INVOICE.search(each.before)]
    received, paid, delivered = (
        [each.value for each in days if each.role(_OF_INVOICE) == role]
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
        received=figure("Quel jour la facture a-t-elle été reçue ?", received),
        buyer=buyer(facts, Buyer.STATE, Buyer.LOCAL, Buyer.HOSPITAL),
    )


def modification(facts: QuestionFacts) -> Asked | Missing | None:
    """Whether the amount of a contract may be changed so much."""
    is_asked = _MODIFICATION.search(facts.words) and _IS_ALLOWED.search(facts.words)
    if not is_asked:
        return None
    roles = _roles(facts.amounts)
    totals = [*_totals(facts.amounts)]
    roles = [(value, role) for value, role in roles if value not in totals]
    initial = [value for value, role in roles if role == "initial"]
    rates = _changes(_roles([each for each in facts.rates if not each.is_limit]))
    changes = _changed_by(initial, _changes(roles), totals, rates)
    if changes is None:
        return None
    several = _SEVERAL.search(facts.words)
    if several and (several["count"] not in {"2", "deux"} or len(changes or rates) != 2):
        return None
    is_clear = all(role for _, role in roles) and not any(
        each.is_with_tax for each in facts.amounts
    )
    asked = partial(ModificationAsked, is_unforeseen=bool(_UNFORESEEN.search(facts.words)))
    if not facts.amounts and _are_shares_of_contract(facts.rates):
        asked = partial(asked, initial=None, changes=tuple(rates))
        return completed(asked, nature=nature(facts), buyer=buyer(facts))
    if not changes or not is_clear or len(initial) > 1:
        return None
    return completed(
        asked,
        changes=MissingFact(
            "Quel est le montant hors taxes de la modification ?",
            tuple(changes),
        ),
        initial=figure("Quel est le montant initial hors taxes du marché ?", initial),
        nature=nature(facts),
        buyer=buyer(facts),
    )


def _changed_by(
    initial: Sequence[Decimal],
    changes: Sequence[Decimal],
    totals: Sequence[Decimal],
    rates: Sequence[Decimal],
) -> list[Decimal] | None:
    """By what a contract is changed, in euros; None where what is said of it does not agree."""
    if totals and (len(totals) > 1 or len(initial) != 1 or changes):
        return None
    said = [*changes, *(total - initial[0] for total in totals)]
    shares = [share(initial[0], rate) for rate in rates] if len(initial) == 1 else []
    if said and shares and sum(said) != sum(shares):
        return None
    return said or shares


def _changes(roles: Iterable[tuple[Decimal, str | None]]) -> list[Decimal]:
    """The modifications among these figures, what takes away as minus."""
    return [-value if role == "less" else value for value, role in roles if role != "initial"]


def _are_shares_of_contract(rates: Sequence[GivenFigure[Decimal]]) -> bool:
    """Whether each rate is said of a modification itself: "un avenant de 8 %, puis de 5 %"."""
    return bool(rates) and all(
        not each.is_limit
        and (_BY_SHARE.search(each.before) or (place and _CONTINUED.fullmatch(each.before)))
        for place, each in enumerate(rates)
    )


def _roles(figures: Sequence[GivenFigure[Decimal]]) -> list[tuple[Decimal, str | None]]:
    """Each figure with what it is of; one that only follows "et" is of the same as the last."""
    found: list[tuple[Decimal, str | None]] = []
    for each in figures:
        follows = found and _CONTINUED.fullmatch(each.before)
        is_less = _TAKEN_AWAY.match(each.after) or _MINUS.search(each.before)
        role = found[-1][1] if follows else each.role(_OF_MODIFICATION)
        found.append((each.value, "less" if is_less else role))
    return found


def _totals(amounts: Sequence[GivenFigure[Decimal]]) -> Iterator[Decimal]:
    """What the contract will amount to: "porté à 112 000 €", "passe de 100 000 € à 112 000 €"."""
    for place, each in enumerate(amounts):
        follows = place and _FROM.search(amounts[place - 1].before) and _TO.fullmatch(each.before)
        if follows or _NEW_TOTAL.search(each.before):
            yield each.value
