"""What questions about a contract in progress ask to calculate, by the figures they give. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial

from assistant.calculators.advance import AdvanceAsked
from assistant.calculators.amounts import share
from assistant.calculators.calculation import Buyer
from assistant.calculators.catalogue import (
    Asked,
    Missing,
    buyer,
    completed,
    figure,
    large_buyer,
    nature,
)
from assistant.calculators.facts import (
    BODY_OF_THE_STATE,
    GivenFigure,
    QuestionFacts,
    before_tax,
    but_role,
    first,
    of_role,
    with_tax,
)
from assistant.calculators.modification import ModificationAsked
from assistant.calculators.payment import PaymentAsked
from assistant.calculators.retention import RetentionAsked
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
    if not facts.says(_ADVANCE, _IS_DUE) or speaks_of_a_part(facts.words):
        return None
    if facts.months and facts.says(_OTHER_DURATION):
        return None
    contract = but_role(facts.amounts, _OF_ADVANCE, "advance")
    taxed = [each.value for each in contract if each.is_with_tax]
    untaxed = before_tax(contract)
    if not contract or max(len(taxed), len(untaxed), len(facts.months)) > 1:
        return None
    is_sme = facts.says(_SME)
    needed = {
        "amount": figure("Quel est le montant initial hors taxes du marché ?", untaxed),
        "months": figure("Quelle est la durée d'exécution du marché, en mois ?", facts.months),
        "buyer": buyer(facts),
    }
    if is_sme and {*facts.buyers} & {Buyer.LOCAL, Buyer.OTHER_AUTHORITY}:
        needed["is_large_buyer"] = large_buyer("R2191-7", may_be_state=False)
    return completed(partial(AdvanceAsked, amount_with_tax=first(taxed), is_sme=is_sme), **needed)


def retention(facts: QuestionFacts) -> Asked | Missing | None:
    """How much may be retained as a guarantee, and whether a rate is too much."""
    contract = but_role(facts.amounts, _OF_RETENTION, "retained")
    rates = of_role(facts.rates, _OF_RETENTION, "retained")
    if not facts.says(_RETENTION, _IS_LAWFUL) or len(contract) != 1 or len(rates) > 1:
        return None
    is_sme = facts.says(_SME)
    is_state = Buyer.STATE in facts.buyers and not facts.says(BODY_OF_THE_STATE)
    question = "Quel est le montant toutes taxes comprises du marché ?"
    needed = {"amount": figure(question, with_tax(contract))}
    if is_sme and not is_state and Buyer.HOSPITAL not in facts.buyers:
        needed["is_large_buyer"] = large_buyer("R2191-33", may_be_state=not facts.buyers)
    asked = partial(RetentionAsked, is_sme=is_sme, rate=first(rates))
    return completed(partial(asked, is_large_buyer=True) if is_state else asked, **needed)


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


def modification(facts: QuestionFacts) -> Asked | Missing | None:
    """Whether the amount of a contract may be changed so much."""
    if not facts.says(_MODIFICATION, _IS_ALLOWED):
        return None
    totals = [*_totals(facts.amounts)]
    roles = [(value, role) for value, role in _roles(facts.amounts) if value not in totals]
    initial = [value for value, role in roles if role == "initial"]
    rates = _changes(_roles([each for each in facts.rates if not each.is_limit]))
    changes = _changed_by(initial, _changes(roles), totals, rates)
    if changes is None or not _are_as_many(facts, changes or rates):
        return None
    asked = partial(ModificationAsked, is_unforeseen=facts.says(_UNFORESEEN))
    if not facts.amounts and _are_shares_of_contract(facts.rates):
        asked = partial(asked, initial=None, changes=tuple(rates))
        return completed(asked, nature=nature(facts), buyer=buyer(facts))
    is_taxed = any(each.is_with_tax for each in facts.amounts)
    if not changes or is_taxed or not all(role for _, role in roles) or len(initial) > 1:
        return None
    return completed(
        partial(asked, changes=tuple(changes)),
        initial=figure("Quel est le montant initial hors taxes du marché ?", initial),
        nature=nature(facts),
        buyer=buyer(facts),
    )


def _are_as_many(facts: QuestionFacts, changes: Sequence[Decimal]) -> bool:
    """Whether these are all the modifications that a question speaks of: more than two are not."""
    several = _SEVERAL.search(facts.words)
    return several is None or (several["count"] in {"2", "deux"} and len(changes) == 2)


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
