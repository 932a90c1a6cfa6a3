"""What a question says of the parties: a small holder, a large buyer, the tax. Pure."""

import re
from collections.abc import Sequence
from decimal import Decimal

from assistant.calculators.calculation import Buyer
from assistant.calculators.constants import constants
from assistant.calculators.facts import GivenFigure, QuestionFacts
from assistant.calculators.needs import Likely, MissingFact

_SIZE = (
    r"(?:pme|tpe|micro[- ]?entreprises?|(?:tres )?petites? (?:(?:et|ou) moyennes? )?entreprises?)"
)
_IS_SME = re.compile(rf"\b{_SIZE}\b|\bpetites? boites?\b")
_IS_NO_SME = re.compile(
    rf"\b(?:ni|non|pas|autre|autre chose|plus grande?)[ -](?:(?:d|qu)?'?(?:une?|des?) ?)?{_SIZE}\b"
    rf"|\bni (?:une )?{_SIZE}\b"
    r"|\b(?:(?:grande?s?|gros) (?:groupe|entreprise)s?|multinationales?|eti)\b"
)
_SMALL_STAFF = re.compile(r"\b(?P<staff>\d{1,2}) (?:salaries?|employes?|ouvriers)\b")
_MAY_BE_SME = re.compile(rf"\b(?:si|meme si|que ce soit|soit|ou)\b[^,;:.?]{{0,30}}\b{_SIZE}\b")


def is_sme(facts: QuestionFacts) -> bool | None:
    """Whether the holder is a small or medium one, None where the question leaves it open."""
    words = facts.words
    if _MAY_BE_SME.search(words) and not _SMALL_STAFF.search(words):
        return None
    if _IS_NO_SME.search(words):
        return None if _IS_SME.search(_IS_NO_SME.sub("", words)) else False
    return True if _IS_SME.search(words) or _SMALL_STAFF.search(words) else None


def sme() -> MissingFact:
    """Whether the holder is a small or medium one, of which a question says nothing."""
    return MissingFact(
        "Le titulaire est-il une petite ou moyenne entreprise ?",
        None,
        (
            (Likely("le titulaire n'est pas une PME", "Le titulaire n'est pas une PME."), False),
            (Likely("le titulaire est une PME", "Le titulaire est une PME."), True),
        ),
    )


# A buyer is large above running costs that the law names (R2191-7 and R2191-33).

_AT_LEAST = re.compile(
    r"(?<!pas )(?<!n')\b(?:plus d|(?:dessus|dela) d|superieure?s? a|depass\w+|exced\w+)(?:e|')? ?$"
)
_AT_MOST = re.compile(
    r"\b(?:moins de|sous(?: les)?|dessous de|inferieure?s? a"
    r"|n'(?:exced|attei)\w+ pas|ne depass\w+ pas) ?$"
)


def is_large(facts: QuestionFacts) -> bool | None:
    """Whether the buyer is large by the running costs that a question gives, None without any."""
    limit = constants()["dépenses d'un grand organisme"].values[-1][1]
    if len(facts.running_costs) != 1:
        return None
    return _is_above(facts.running_costs[0], limit)


def _is_above(costs: GivenFigure[Decimal], limit: Decimal) -> bool | None:
    """Whether running costs are above a limit, None where a bound of them leaves it open."""
    if _AT_MOST.search(costs.before):
        return False if costs.value <= limit else None
    if _AT_LEAST.search(costs.before):
        return True if costs.value >= limit else None
    return None if costs.is_limit else costs.value > limit


def buyers(facts: QuestionFacts) -> tuple[Buyer, ...]:
    """Who buys; "dépenses réelles de fonctionnement" are those of a local authority alone."""
    if not facts.buyers and facts.running_costs and _OF_LOCAL.search(facts.words):
        return (Buyer.LOCAL,)
    return facts.buyers


_OF_LOCAL = re.compile(r"\bdepenses reelles de fonctionnement\b|\bdrf\b")

# The value added tax that a question names.

_TAX_RATE = re.compile(r"\btva\b ?(?:est |de |a |au taux de |: ?|= ?)*(?P<rate>\d{1,2}(?:,\d)?)\b")


def tax_rate(facts: QuestionFacts) -> Decimal | None:
    """The one rate of value added tax of a question, in percent; None without, or with several."""
    found = {each["rate"].replace(",", ".") for each in _TAX_RATE.finditer(facts.words)}
    return Decimal(found.pop()) if len(found) == 1 else None


def is_tax(rate: GivenFigure[Decimal]) -> bool:
    """Whether a rate is that of the value added tax."""
    return _BEFORE_TAX_RATE.search(rate.before) is not None


_BEFORE_TAX_RATE = re.compile(r"\btva\b ?(?:est |de |a |au taux de |: ?|= ?)*$")


_OR = re.compile(r" ?(?:ou|ou bien|ou alors) (?:a |de )?")


def one_of_several(rates: Sequence[GivenFigure[Decimal]]) -> list[Decimal]:
    """The values, each once; none where they are the choices asked about: "3 % ou 5 % ?"."""
    if len(rates) > 1 and all(_OR.fullmatch(each.before) for each in rates[1:]):
        return []
    return [*dict.fromkeys(each.value for each in rates)]


def with_rate_added(amount: Decimal, rate: Decimal) -> Decimal:
    """An amount without tax, with it."""
    return amount * (100 + rate) / 100
