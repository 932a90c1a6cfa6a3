"""What questions about a modification ask to calculate, by the figures they give. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial

from assistant.calculators.amounts import share
from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import GivenFigure, QuestionFacts
from assistant.calculators.modification import ModificationAsked
from assistant.calculators.needs import Missing, buyer, completed, figure, nature

_MODIFICATION = re.compile(
    r"\b(?:avenants?|av\.? ?n? ?°? ?\d|modif\w*"
    r"|(?:travaux|prestations|prestas?|fournitures|services) supplementaires"
    r"|surcouts?|(?:plus|moins)-values?|rallonges?)\b"
)

_IS_ALLOWED = re.compile(
    r"\b(?:possible|le droit|(?:ca|cela|c'est|tout|tient|qui) passe|passe(?:nt|-t-\w+)"
    r"|passe (?:encore|comme|en|au titre)\b|(?:ca|cela) rentre"
    r"|autoris\w+|legal\w*|permis|trop|maxim\w+|depass\w+|conformes?|respect\w+|creve\w*"
    r"|sans (?:nouvelle |re)?mise en concurrence|nouvelle mise en concurrence|admissible"
    r"|(?:avenants?|ca|cela) suffi\w+|faibles? montants?|r\.? ?2194-[2358]|plafond|pourcentage"
    r"|limites?|reste-t-il|(?:me|nous) reste|reste combien|marge)\b|: ?suffi\w+"
    r"|\bok (?:\?|(?:ou|sans)\b)|\bc'est ok\b|\bjouable\b"
    r"|\b(?:on|nous|je) (?:est|sommes|suis|reste\w*) "
    r"(?:bons?|(?:dans|hors(?: des)?) (?:les )?clous|large)\b"
    r"|\b(?:relancer|refaire) (?:\?|(?:une? |la |le )?(?:nouvelle |nouveau )?"
    r"(?:consultation|procedure|marche|appel|mise)\b)"
    r"|\b(?:puis-je|peut-on|pouvons-nous|je peux|on peut)"
    r"(?: ?\?|(?: l[ea])? (?:passer|signer|conclure|faire|ajouter|augmenter|modifier|accepter)\b)"
)

_ASKS_CEILING = re.compile(
    r"\b(?:combien|plafond|maxim\w+|limite|quel montant|jusqu'ou)\b(?! (?:d'avenants|de modif))"
)
"""How one asks what modifications may come to, where none is told."""

LIMITING = frozenset({"R2194-2", "R2194-3", "R2194-5", "R2194-8", "R2194-9"})
"""The articles that say how much a contract may be changed."""

_SMALL = re.compile(r"\bfaibles? montants?\b|\br\.? ?2194-8\b")

_OF_MODIFICATION = re.compile(
    r"\b(?:(?P<sum>au total|total|cumul\w*|en tout)"
    r"|(?P<initial>marches?|contrats?|initial\w*|lot|(?:coutai|valai)(?:t|ent)|au depart"
    r"|(?:sign|attribu|conclu|notifi)\w* a)"
    r"|(?P<less>moins-values?|diminu\w+|baiss\w+|reduction|en moins)"
    r"|(?P<more>avenants?|av\.? ?n? ?°? ?\d|modif\w*|supplement\w*|ajout\w*"
    r"|augment\w+|plus-values?|surcouts?|rallonges?|encore|nouvel\w*|(?:en|de) plus"
    r"|(?:1er|[2-9](?:e|eme|nd|nde)|premier|deuxieme|second|troisieme|quatrieme|dernier|autre)"
    r"(?! (?:lot|marche|contrat))))\b"
)

_OF_SUM = re.compile(r"\b(?:marche|contrat|initial\w*)\b")

_CONTINUED = re.compile(r" ?(?:ht)?,? ?(?:et|puis|plus)?(?: de| d'un(?: second| autre)? de)? ?")

_OF_CONTRACT = re.compile(
    r" ?(?:ht|hors taxes)? ?(?:(?:de|en) plus|supplementaires)? ?sur"
    r"(?: (?:une?|l[ea]|ce|mon|notre|son) (?:marche|lot|contrat|chantier)\b[^,;:.?]{0,40}"
    r" (?:de|a))? ?"
)
"""Between a change and what it is a change of: "15 000 € sur un marché de 100 000 €"."""

_OTHER_SUM = re.compile(
    r"\b(?:penalites?|retenue|rg|avances?|acomptes?|factur\w*|pay\w*|subvention|caution|primes?"
    r"|provision|indemnite|depens\w*|consomm\w*|realis\w*|execut\w*|engag\w*|mandat\w*"
    r"|command\w*)\b[^,;.?!]{0,40}$"
)
"""Before an amount that changes no contract, though it is told beside what this comes to."""

_ALTERNATIVE = re.compile(
    r" ?(?:ht|hors taxes)?,? ?(?:ou|voire)(?: bien| plutot)?(?: de| d'| a)? ?"
)
"""Between two amounts of which one stands instead of the other."""

_IS_PART = re.compile(
    r" ?(?:ht|hors taxes)? (?:sont|est|etai(?:t|ent)) (?:\w+ )?(?:imprev|prevu|du)"
)
"""After an amount that is a part of one told before it: "20 000 € sont imprévus"."""

_BY_SHARE = re.compile(
    r"\b(?:avenants?|modification|plus-value|rallonge"
    r"|augment\w+(?: (?:l[ea]|mon|notre|ce) (?:marche|contrat|montant)(?: initial)?)?)"
    r"(?: \w+)?(?: (?:de|d'environ|a|representant|egal a|:)) ?$"
    r"|\bcumul\w*(?: (?:de|des) (?:\w+ ){0,2}(?:avenants|modif\w*))?"
    r" ?(?:=|:|de|a|est de|est a|fait|atteint|represente)? ?$"
)

_NEW_TOTAL = re.compile(r"\b(?:port|pass|mont(?!ant)|augment|ramen)\w*\b[^,;:.?]{0,30} a $")
"""Before what the contract will amount to: "l'avenant le porte à 112 000 €"."""

_FROM = re.compile(r"\b(?:port|pass|mont(?!ant)|augment|ramen)\w*\b[^,;:.?]{0,30} (?:de|d') ?$")

_TO = re.compile(r" ?(?:ht|hors taxes)? a ")
"""Of a total: "passe de 90 000 € à 100 000 €"."""

_TAKEN_AWAY = re.compile(r" ?(?:ht|hors taxes)? en moins\b")

_MINUS = re.compile(r"(?:de|a|:) ?[-−] ?$|(?:^|[ (])[-−]$")

_COUNTS = {"deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6}

_SEVERAL = re.compile(
    rf"\b(?P<count>[2-9]|{'|'.join(_COUNTS)}|plusieurs) (?:\w+ )?"
    r"(?:avenants|modifs|modifications)\b"
)

_UNFORESEEN = re.compile(
    r"\b(?:imprev|non decel|decouv|sujetions|aleas?\b|devenue?s? (?:necessaire|indispensable)"
    r"|(?:avai(?:t|ent)|avions|a|ont|avons) pas (?:pre)?vue?s?\b"
    r"|ne pouvai\w+ (?:l'|le |les |la )?(?:prevoir|savoir|anticiper)|impossibles? a prevoir)"
)

_NOT_UNFORESEEN = re.compile(
    r"\b(?:sans|ni|aucune?|pas|rien)(?: (?:de|une?|la|les?|aucune?|moindre|vraiment|ete|rapport"
    r"|lien|avec|clause|ou|ni))* (?:d'|l')?(?:imprev|alea)"
)

_SUPPLEMENTARY = re.compile(r"\bsupplementaires\b")

_LEGAL_RATES = frozenset(map(Decimal, (10, 15, 50)))
"""The percents of articles R2194-3 and R2194-8, which people name as limits."""

_OTHER_RATE = re.compile(
    r"\b(?:tva|penalites?|retenue|rg|avance|acompte|remise|rabais|budget|revision|hausse)\b"
    r"[^,;.?!]{0,25}$"
)
"""Before a percent that is no limit of modifications, whatever its value."""

_LESSENS = re.compile(r"\b(?:en moins|moins-values?|diminu\w+|baiss\w+|reduction)\b")

_APART_FROM_INITIAL = re.compile(r"\b(?:dont|tva|soit|deja paye\w*|factur\w+|penalites?)\b")


def asks_for_modification(facts: QuestionFacts) -> bool:
    """Whether the words of a question plainly ask how large a modification may be."""
    return facts.says(_MODIFICATION) and (facts.says(_IS_ALLOWED) or _names_a_limit(facts))


def modification(facts: QuestionFacts) -> Asked | Missing | None:
    """Whether the amount of a contract may be changed so much, or how much it may be.

    Of a question that asks for it: figures alone do not tell.
    """
    read = _read_amounts(facts)
    if read is None or any(each.is_with_tax for each in facts.amounts):
        return None
    initial, changes = read
    rates = _rates(facts, initial, changes)
    if rates is None or not _are_as_many(facts, changes or rates):
        return None
    is_found = facts.says(_UNFORESEEN) and not facts.says(_NOT_UNFORESEEN)
    if facts.says(_SMALL) and len(changes) > 1 and (is_found or facts.says(_SUPPLEMENTARY)):
        return None  # each of them may rest on another article
    is_named = not facts.says(_SMALL) and facts.says(_SUPPLEMENTARY)
    asked = partial(ModificationAsked, is_unforeseen=is_named or is_found)
    if facts.amounts:
        return _of_amounts(facts, asked, initial, changes, rates)
    if not _are_shares_of_contract(facts.rates):
        return None
    asked = partial(asked, initial=None, changes=tuple(rates))
    return completed(asked, nature=nature(facts), buyer=buyer(facts))


def _of_amounts(
    facts: QuestionFacts,
    asked: Callable[..., ModificationAsked],
    initial: Sequence[Decimal],
    changes: Sequence[Decimal],
    rates: Sequence[Decimal],
) -> Asked | Missing | None:
    """The modification of an amount, by amounts or else by rates of it."""
    changes = changes or [share(each, rate) for each in initial for rate in rates]
    if changes and facts.says(_LESSENS) and not any(each < 0 for each in changes):
        return None
    asks_ceiling = bool(initial) and facts.says(_ASKS_CEILING)
    if not (changes or rates or asks_ceiling):
        return None
    told = figure("Quel est le montant initial hors taxes du marché ?", initial)
    if not initial and (facts.says(_SMALL) or _names_a_limit(facts)):
        return Missing((told.question,))
    return completed(
        partial(asked, changes=tuple(changes)),
        initial=told,
        nature=nature(facts),
        buyer=buyer(facts),
    )


def _names_a_limit(facts: QuestionFacts) -> bool:
    """Whether a percent of the law is among the rates, one that modifications are held to."""
    return any(
        each.value in _LEGAL_RATES and not _OTHER_RATE.search(each.before) for each in facts.rates
    )


def _are_as_many(facts: QuestionFacts, changes: Sequence[Decimal]) -> bool:
    """Whether these are all the modifications that a question speaks of."""
    several = _SEVERAL.search(facts.words)
    if several is None:
        return True
    count = several["count"]
    return str(_COUNTS.get(count, count)) == str(len(changes))


def _read_amounts(facts: QuestionFacts) -> tuple[list[Decimal], list[Decimal]] | None:
    """The initial amount, if it is told, and by what it is changed; None where they do not agree.

    What is said to be their sum is not one more of them, and has to be their sum.
    """
    if any(_ALTERNATIVE.fullmatch(each.before) for each in facts.amounts[1:]):
        return None
    if any(_IS_PART.match(each.after) for each in facts.amounts[1:]):
        return None
    totals = [*_totals(facts.amounts)]
    roles = [(each, role) for each, role in _roles(facts.amounts) if each not in totals]
    initial = [value for value, role in roles if role == "initial"]
    changes = _changes(roles)
    if not initial and (found := _unnamed(facts, roles)) is not None:
        initial, roles = [found], [each for each in roles if each[1]]
    sums = [value for value, role in roles if role == "sum"]
    if len(initial) > 1 or len(totals) > 1 or not all(role for _, role in roles):
        return None
    if totals and (len(initial) != 1 or (changes and totals[0] != initial[0] + sum(changes))):
        return None
    changes = changes or [total - initial[0] for total in totals]
    if any(each not in {sum(changes), sum(changes) + sum(initial)} for each in sums):
        return None
    if len(changes) > 2 and any(2 * each == sum(changes) for each in changes):
        return None  # one of them is the sum of the others
    return initial, changes


def _unnamed(facts: QuestionFacts, roles: Sequence[tuple[Decimal, str | None]]) -> Decimal | None:
    """The initial amount where it is the only one of which nothing is said: "travaux 820 k€"."""
    unnamed = [place for place, (_, role) in enumerate(roles) if role is None]
    if len(unnamed) != 1 or len(roles) != len(facts.amounts):
        return None
    (place,) = unnamed
    value = roles[place][0]
    if _APART_FROM_INITIAL.search(facts.amounts[place].before):
        return None
    changes = _changes([*roles[:place], *roles[place + 1 :]])
    return value if value > sum(abs(each) for each in changes) else None


def _rates(
    facts: QuestionFacts, initial: Sequence[Decimal], changes: Sequence[Decimal]
) -> list[Decimal] | None:
    """The rates that are modifications where no amount is; None where one disagrees with amounts.

    A limit of the law is none of them, unless it is said of a modification itself.
    """
    given = [
        each
        for each in facts.rates
        if not each.is_limit
        and (each.value not in _LEGAL_RATES or _BY_SHARE.search(each.before) or not facts.amounts)
    ]
    roles = _roles(given)
    if len(roles) == 1 and not facts.amounts and roles[0][1] == "sum":
        return [roles[0][0]]
    if not facts.amounts and any(role == "sum" for _, role in roles):
        return None
    roles = [each for each in roles if each[1] != "sum"]
    rates = _changes(roles)
    if not changes:
        return rates
    if len(initial) != 1:
        return rates if not rates else None
    shares = [each * 100 / initial[0] for each in (*changes, sum(changes))]
    known = all(any(_is_about(rate, each) for each in shares) for rate in map(abs, rates))
    return [] if known else None


def _is_about(rate: Decimal, exact: Decimal) -> bool:
    """Whether a rate is that one, as precisely as it is written."""
    written = rate.normalize().as_tuple().exponent
    return abs(rate - abs(exact)) < Decimal(1).scaleb(min(int(written), 0))


def _changes(roles: Iterable[tuple[Decimal, str | None]]) -> list[Decimal]:
    """The modifications among these figures, what takes away as minus."""
    return [
        -value if role == "less" else value
        for value, role in roles
        if role not in {"initial", "sum", None}
    ]


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
    for place, each in enumerate(figures):
        follows = found and _CONTINUED.fullmatch(each.before)
        is_less = _TAKEN_AWAY.match(each.after) or _MINUS.search(each.before)
        role = found[-1][1] if follows else each.role(_OF_MODIFICATION)
        if role == "sum" and _OF_SUM.search(each.before):
            role = "initial"
        if role != "less" and _is_change_of(each, figures[place + 1 : place + 2]):
            role = "more"
        found.append((each.value, "less" if is_less else role))
    return found


def _is_change_of(given: GivenFigure[Decimal], following: Sequence[GivenFigure[Decimal]]) -> bool:
    """Whether a figure is said to be by what the contract of the next one is changed."""
    is_other = _OTHER_SUM.search(given.before)
    return not is_other and any(_OF_CONTRACT.fullmatch(each.before) for each in following)


def _totals(amounts: Sequence[GivenFigure[Decimal]]) -> Iterator[Decimal]:
    """What the contract will amount to: "porté à 112 000 €", "passe de 100 000 € à 112 000 €"."""
    for place, each in enumerate(amounts):
        follows = place and _FROM.search(amounts[place - 1].before) and _TO.fullmatch(each.before)
        if follows or _NEW_TOTAL.search(each.before):
            yield each.value
