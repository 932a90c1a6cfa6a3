"""What questions about a modification ask to calculate, by the figures they give. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial

from assistant.calculators.amounts import share
from assistant.calculators.catalogue import Asked, Missing, buyer, completed, figure, nature
from assistant.calculators.facts import GivenFigure, QuestionFacts
from assistant.calculators.modification import ModificationAsked

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
