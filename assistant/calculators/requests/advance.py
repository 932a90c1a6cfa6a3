"""What questions about an advance ask to calculate, by the figures they give. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from assistant.calculators.advance import AdvanceAsked
from assistant.calculators.amounts import numeral, round_to_cents
from assistant.calculators.calculation import Buyer
from assistant.calculators.catalogue import Asked
from assistant.calculators.constants import constants
from assistant.calculators.facts import GivenFigure, QuestionFacts, first
from assistant.calculators.needs import (
    Missing,
    MissingFact,
    buyer,
    choice,
    completed,
    figure,
    large_buyer,
)
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
from assistant.question.numerals import find_numerals
from assistant.question.parts import speaks_of_a_part

_ADVANCE = re.compile(r"(?<!a l')(?<!par )(?<!en )\bavances?\b")

GRANTING = frozenset({"R2191-3", "R2191-6", "R2191-7", "R2191-8", "R2191-10"})
"""The articles that say whether an advance is due, and how much."""

_IS_DUE = re.compile(
    r"\bobligatoire|\bdue?s?\b|\bdoi(?:s|t|vent)\b|\bdevons\b|\bfaut-il\b|\boblig|\bcombien\b"
    r"|\bmontant|\bcalcul|\bmini|\bmaxi?|\bplancher|\bplafond|\bbornes?\b|\bexiger\b"
    r"|\bde droit\b|\bdroit a\b|\bfourchette|\btrop\b|\bsuffi"
    r"|\bpeut-on\b|\bpuis-je\b|\bpossible\b|\bavances?[^.?]{0,20}[?=]|\bforce\w*|\btenus?\b"
    r"|\b(?:a |ont )raison\b|\bvrai\b"
)
_IS_SUM = re.compile(
    r"\bcombien\b|\bmontant|\bmini|\bmaxi?|\bplancher|\bplafond|\bfourchette|\bborne"
)
_IS_WHEN = re.compile(
    r"\bquand\b(?! meme)|\bquels? delais?\b|\bdate limite\b|\bau plus tard\b|\bsous \d+ j"
)

# What else than the time of performance a duration may be.
_OTHER_DURATION = re.compile(
    r"\b(?:il y a|depuis|payable\w*|preparation)\b"
    r"|\bdans (?:\d+|une?|deux|trois|quatre|six) (?:mois|ans?|semaines?|jours?)\b"
)
_BOUNDED_DURATION = re.compile(
    r"\b(?:plus|moins|dessus|dela|superieure?s?|inferieure?s?|depass\w+|exced\w+|au moins|minimum"
    r"|jusqu'a|a peine|presque|environ)\b ?(?:a|de|d')? ?(?:[\w-]+ ){0,2}?(?:mois|ans?|annees?)\b"
)
_IN_DAYS = re.compile(r" (?P<unit>semaines?|jours?)\b(?! (?:de preparation|pour|apres))")
_DAYS_OF_TWO_MONTHS = range(59, 63)
"""Days of which only a calendar tells whether they are more than two months."""

_ROLE = re.compile(
    r"\b(?:(?P<advance>avances?(?! (?:est-elle |serait )?(?:obligatoire|due)))"
    r"|(?P<contract>marche|contrat|lot|chantier|remport\w*|emporte\w*|attribu\w*|signe\w*|notifi\w*|conclu\w*)|(?P<estimate>budget|estim\w*|enveloppe|prevu)"
    r"|(?P<part>sous[- ]?trait\w*|acte special))\b|\bsur (?:un (?:total|montant) de )?(?P<whole>$)"
)
_LEAST_RATE = re.compile(
    r"\b(?:mini(?:mum|male?)?|plancher|au moins)(?: (?:legale?|obligatoire))?"
    r"(?: (?:est|c'est|serait|de|d'|a|:))* ?$"
)
"""Before a rate that somebody holds to be the lowest, and not that of the contract."""

_PART = re.compile(r"\bsous[- ]?trait\w*")
_PART_AFTER = re.compile(
    r"^ ?\(?(?:ht|ttc|hors taxes?)?\)?,? ?(?:(?:sont|est|a|par|pour|en|au|aux|un|une|le|la|son|mon"
    r"|notre|confiee?s?|de|du|paiements? directs? (?:de|a|d')|prestations?|travaux) )*"
    r"sous[- ]?trait"
)
_TAX_BESIDE = re.compile(r"^ ?(?:ht|ttc)? ?[(/,] ?(?:soit )?$|^ ?(?:ht|ttc)?,? ?soit $")
_NO_PART = re.compile(
    r"\b(?:aucune?|pas de|ni|sans|zero)(?: la| de)? sous[- ]?trait\w*"
    r"|\bne sous[- ]?trait\w* (?:absolument )?(?:rien|pas)\b"
    r"|\bsous[- ]?trait\w* ?: ?(?:non|neant)\b"
)
_PAID_DIRECTLY = re.compile(
    r"\bpaiements? directs?\b|\bpaye\w* (?:en direct|directement)\b|\ben pd\b"
)
_OF_SUBCONTRACTOR = re.compile(
    r"\b(?:est|suis|sommes) sous[- ]?trait|\bavance (?:du|au|des|aux|de la|a la|d'un|pour le) sous"
    r"|\bsous[- ]?traitante?s?\b(?![^.;:?]*\btitulaire)[^.;:?]*\bavances?\b"
)
_HOLDER = re.compile(
    r"\btitulaire|\bentreprise principale|\b(?:mon|notre|leur|son) marche"
    r"|\b(?:a|ai|avons|ont) (?:signe|gagne|remporte|decroche|obtenu)"
)
"""Words by which an advance is that of who holds the contract, where another has a part of it."""


def asks_for_advance(facts: QuestionFacts) -> bool:
    """Whether the words of a question plainly ask for an advance."""
    return facts.says(_ADVANCE, _IS_DUE)


def advance(facts: QuestionFacts) -> Asked | Missing | None:
    """Whether an advance is due, and how much.

    Of a question that asks for it: figures alone do not tell.
    """
    if facts.says(_IS_WHEN):
        return None
    if speaks_of_a_part(facts.words) or facts.says(_OF_SUBCONTRACTOR):
        return None
    amounts, months, part = _amounts(facts), _months(facts), _part(facts)
    if amounts is None or months is None or part is None:
        return None
    told = [each for each in facts.rates if not is_tax(each)]
    least = [each.value for each in told if _LEAST_RATE.search(each.before)]
    rates = one_of_several([each for each in told if each.value not in least])
    if max(len(rates), len(least)) > 1 or (part and not _is_of_amounts(part[0], amounts)):
        return None
    asked = partial(
        AdvanceAsked, amount_with_tax=amounts.taxed, rate=first(rates), least_said=first(least)
    )
    if part:
        name = "subcontracted_with_tax" if part[0].is_with_tax else "subcontracted"
        asked = partial(asked, **{name: part[0].value})
    return _completed(asked, facts, amounts, months)


def _completed(
    asked: "partial[AdvanceAsked]", facts: QuestionFacts, amounts: "_Amounts", months: list[Decimal]
) -> Asked | Missing | None:
    """The advance with what the question says of the parties, or what it lacks."""
    small, large, bought_by = is_sme(facts), is_large(facts), buyers(facts)
    if not months:
        return _lacks_months()
    needed = {
        "months": figure("Quelle est la durée d'exécution du marché, en mois ?", months),
        "buyer": choice("", bought_by) if bought_by else buyer(facts),
    }
    if amounts.taxed is None or amounts.untaxed is not None:
        given = [] if amounts.untaxed is None else [amounts.untaxed]
        question = figure("Quel est le montant initial hors taxes du marché ?", given)
        needed = {"amount": question, **needed}
    else:
        asked = partial(asked, amount=None)
    is_sum = facts.says(_IS_SUM)
    if (
        small is None
        and is_sum
        and (Buyer.STATE in bought_by or (large and Buyer.LOCAL in bought_by))
    ):
        needed["is_sme"] = sme()
    else:
        asked = partial(asked, is_sme=small)
    if large is not None:
        asked = partial(asked, is_large_buyer=large)
    elif small and {*bought_by} & {Buyer.LOCAL, Buyer.OTHER_AUTHORITY}:
        needed["is_large_buyer"] = large_buyer("R2191-7", may_be_state=False)
    return completed(asked, **_in_order(needed))


def _lacks_months() -> Missing:
    """The duration asked back, with why."""
    least = numeral(constants()["avance, délai"].values[-1][1])
    return Missing(
        (
            "Quelle est la durée d'exécution du marché, en mois (l'avance n'est obligatoire "
            f"qu'au-delà de {least} mois) ?",
        )
    )


def _in_order(needed: dict[str, MissingFact]) -> dict[str, MissingFact]:
    """What is needed, the amount first."""
    return {name: needed[name] for name in sorted(needed, key=lambda name: name != "amount")}


@dataclass(frozen=True, slots=True)
class _Amounts:
    """The initial amount of the contract without tax and with it, where they are known."""

    untaxed: Decimal | None
    taxed: Decimal | None


def _amounts(facts: QuestionFacts) -> _Amounts | None:
    """The amounts of the contract, each once; None without one, or with several."""
    parts = _of_part(facts)
    told = [each for each in facts.amounts if each not in parts and each.role(_ROLE) != "advance"]
    contract = [each for each in told if each.role(_ROLE) != "estimate"] or told
    taxed = [each.value for each in contract if each.is_with_tax]
    untaxed = [each.value for each in contract if not each.is_with_tax]
    if not contract or max(len(taxed), len(untaxed)) > 1:
        return None
    rate = tax_rate(facts)
    if rate is not None and not taxed:
        taxed = [with_rate_added(untaxed[0], rate)]
    elif rate is not None and not untaxed:
        untaxed = [round_to_cents(taxed[0] * 100 / (100 + rate))]
    return _Amounts(first(untaxed), first(taxed))


def _is_of_amounts(part: GivenFigure[Decimal], amounts: _Amounts) -> bool:
    """Whether the contract has an amount with the same tax as its part."""
    return (amounts.taxed if part.is_with_tax else amounts.untaxed) is not None


def _part(facts: QuestionFacts) -> list[GivenFigure[Decimal]] | None:
    """What is paid directly to a subcontractor, nothing without one; None where it is not plain."""
    words = _NO_PART.sub("", facts.words)
    if not _PART.search(words):
        return []
    parts = _of_part(facts)
    parts = [each for each in parts if each.is_with_tax] or parts
    is_plain = len(parts) == 1 and facts.says(_HOLDER)
    return parts if is_plain and _PAID_DIRECTLY.search(words) else None


def _of_part(facts: QuestionFacts) -> list[GivenFigure[Decimal]]:
    """The amounts that are subcontracted, as the words before them or right after them tell.

    One with tax and without it in a row are the same: "120 000 HT (144 000 TTC) sous-traités".
    """
    found = []
    for place, each in enumerate(facts.amounts):
        again = [*facts.amounts[place + 1 : place + 2]]
        told = [each, *(other for other in again if _TAX_BESIDE.match(other.before))]
        is_before = each.role(_ROLE) == "part"
        if is_before or any(_PART_AFTER.match(other.after) for other in told):
            found.append(each)
    return found


def _months(facts: QuestionFacts) -> list[Decimal] | None:
    """The months of performance, none where they are only bounded; None where it is not plain."""
    days = _days(facts)
    if len(days) + len(facts.months) > 1 or facts.says(_OTHER_DURATION):
        return None
    if days:
        return months_in_days(facts) or None
    return [] if facts.says(_BOUNDED_DURATION) else [*facts.months]


def months_in_days(facts: QuestionFacts) -> list[Decimal]:
    """The durations told in weeks or days, in months; not those near to the limit of the law."""
    return [
        (each * 12 / 365).quantize(Decimal("0.01"))
        for each in _days(facts)
        if int(each) not in _DAYS_OF_TWO_MONTHS
    ]


def _days(facts: QuestionFacts) -> list[Decimal]:
    """The durations told in weeks or days, in days."""
    found = []
    for each in find_numerals(facts.words):
        if unit := _IN_DAYS.match(facts.words, each.end):
            times = 7 if unit["unit"].startswith("semaine") else 1
            found.append(Decimal(int(each.value)) * times)
    return found
