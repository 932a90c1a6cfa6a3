"""What questions about the value of a need ask to calculate, by the figures they give. Pure."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial

from assistant.calculators.calculation import Nature
from assistant.calculators.catalogue import (
    Asked,
    Missing,
    MissingFact,
    buyer,
    choice,
    completed,
    nature,
)
from assistant.calculators.estimate import Basis, EstimateAsked
from assistant.calculators.facts import GivenFigure, QuestionFacts
from assistant.calculators.requests.durations import RENEWED, total_months
from assistant.calculators.requests.small_lots import counts_of_lots, of_all_lots, small_lots

_ASKED = re.compile(
    r"\b(?:valeurs?|montant a (?:retenir|comparer|prendre)|proced\w+|seuils?|publi\w+|pub"
    r"|mises? en concurrence|sans concurrence|formalise\w*|mapa|appels? d'offres|ao|dispense\w*"
    r"|gre a gre|boamp|joue|(?:en )?dess?ous|dessus|avis|annonce|directement|en direct)\b"
)

_TAX = r" ?\(?(?:ht|h\. ?t\.|hors tax\w+|hors tva)?\)?"
_PERIODS = {
    "an": Decimal(12), "semestre": Decimal(6), "trimestre": Decimal(3), "mois": Decimal(1),
}  # fmt: skip
_PERIOD_AFTER = re.compile(
    rf"^{_TAX}[ ,(]*(?:environ |maxi\w* |max )?(?:(?:/ ?|par |chaque |tous les |l')"
    r"(?P<period>an|mois|trimestre|semestre)(?:nee|s)?\b"
    r"|(?P<yearly>a l'annee|annuel\w*|de budget annuel)|(?P<monthly>mensuel\w*))"
)
_PERIOD_BEFORE = re.compile(
    r"\b(?:(?P<yearly>annuel\w*|chaque annee|par an)|(?P<monthly>mensuel\w*|chaque mois|par mois))"
    r"[^,;.?!]{0,25}$"
)

_FRAMEWORK = re.compile(r"\b(?:accords?-cadres?|ac|bons? de commandes?)\b")
_MAXIMUM_BEFORE = re.compile(r"\b(?:maxi\w*|max|plafonne\w*)\b[^,;.?!]{0,25}$")
_MAXIMUM_AFTER = re.compile(rf"^{_TAX} ?(?:/ ?an |par an )?(?:au )?(?:maxi\w*|max)\b")
_NOT_THE_MAXIMUM = re.compile(
    r"\b(?:mini\w*|pens\w+|estim\w+|prevo\w+|depens\w+|consomm\w+)\b[^;.?!]{0,40}$"
)
_OVER_ALL = re.compile(
    r"\b(?:sur|pour|pendant) (?:les |toute (?:la|sa) |la |l'ensemble de la )"
    r"(?:duree|\d+ ans|quatre ans|trois ans|deux ans|\d+ mois)"
)

_WORKS = re.compile(r"\b(?:travaux|chantier)\b")
_SUPPLIED = re.compile(
    r"\b(?:mis\w*|met\w*) (?:en plus )?a (?:la |sa |leur )?dispo\w*"
    r"|\bfourni\w* (?:elle-meme |nous-memes? )?(?:a l'entreprise|au titulaire|au macon)\b"
)
_ONE_OPERATION = re.compile(
    r"\b(?:une seule|(?:la |une )?(?:seule et )?meme) (?:operation|chantier)\b"
)

_HOMOGENEOUS = re.compile(
    r"\bmemes? (?:famille|fournitures?|besoins?|prestations?|produits?|articles?|materiels?|type"
    r"|nature|mobilier|achats?)\b|\bhomogenes?\b|\bidentiques?\b"
)

_LEFT_OUT = re.compile(
    r"\b(?:sans (?:aucun )?(?:rapport|lien)|rien a voir|autre famille|deja (?:paye|regle)\w*)\b"
)
_PAST = re.compile(r"\bl'an(?:nee)? (?:dernier|derniere|passee?)|\ban dernier\b|\bannee derniere\b")

_Read = tuple[Basis, list[Decimal]]


def estimate(facts: QuestionFacts) -> Asked | Missing | None:
    """The value of a need of which the parts are told, and the procedure that it leads to."""
    if not facts.says(_ASKED):
        return None
    if any(each.is_with_tax for each in facts.amounts):
        return None
    for read in (_periodic, _framework, _operation, _homogeneous, _lots):
        if (found := read(facts)) is not None:
            return found
    return None


def _periodic(facts: QuestionFacts) -> Asked | Missing | None:
    """An amount that comes back every year or month, over the whole duration."""
    kept = _kept(facts)
    period = _period(kept[0]) if len(kept) == 1 else None
    if period is None:
        return None
    (amount,) = kept
    is_framework = facts.says(_FRAMEWORK)
    if is_framework and not _is_maximum(amount):
        return None
    months = total_months(facts.words)
    if months is None:
        return Missing(("Quelle est la durée totale du marché, reconductions comprises ?",))
    basis = Basis.FRAMEWORK if is_framework else Basis.DURATION
    asked = partial(EstimateAsked, months=months, period=period)
    return _completed(facts, asked, basis, [amount.value], nature(facts))


def _framework(facts: QuestionFacts) -> Asked | Missing | None:
    """The maximum of a framework agreement over its whole duration."""
    if not facts.says(_FRAMEWORK) or any(map(_period, facts.amounts)):
        return None
    amounts = [each for each in facts.amounts if not each.is_limit]
    most = [each for each in amounts if _is_maximum(each)]
    others = [each for each in amounts if each not in most]
    if len(most) != 1 or not all(_NOT_THE_MAXIMUM.search(each.before) for each in others):
        return None
    if facts.says(RENEWED) and not facts.says(_OVER_ALL):
        return None
    return _completed(facts, EstimateAsked, Basis.FRAMEWORK, [most[0].value], nature(facts))


def _operation(facts: QuestionFacts) -> Asked | Missing | None:
    """Works of one operation, and what the buyer gives the holder for them."""
    if not facts.says(_WORKS) or {*facts.natures} - {Nature.WORKS}:
        return None
    is_supplied = facts.says(_SUPPLIED)
    amounts = _kept(facts)
    if len(amounts) < 2 or not (is_supplied or facts.says(_ONE_OPERATION)):
        return None
    if any(_PAST.search(_sentence(each)) for each in amounts):
        return None
    works = choice("", (Nature.WORKS,))
    return _completed(
        facts, EstimateAsked, Basis.OPERATION, [each.value for each in amounts], works
    )


def _homogeneous(facts: QuestionFacts) -> Asked | Missing | None:
    """Supplies or services that are said to be the same."""
    amounts = _kept(facts)
    if len(amounts) < 2 or not facts.says(_HOMOGENEOUS) or Nature.WORKS in facts.natures:
        return None
    if any(_PAST.search(_sentence(each)) for each in amounts):
        return None
    return _completed(
        facts, EstimateAsked, Basis.HOMOGENEOUS, [each.value for each in amounts], nature(facts)
    )


def _lots(facts: QuestionFacts) -> Asked | Missing | None:
    """Every lot of one need."""
    amounts = _kept(facts)
    if len(amounts) not in counts_of_lots(facts) or of_all_lots(amounts):
        return None
    if small_lots(facts) is not None:
        return None
    return _completed(
        facts, EstimateAsked, Basis.LOTS, [each.value for each in amounts], nature(facts)
    )


def _completed(
    facts: QuestionFacts,
    calculation: Callable[..., EstimateAsked],
    basis: Basis,
    amounts: Sequence[Decimal],
    bought: MissingFact,
) -> Asked | Missing | None:
    """The calculation; of which neither the nature nor the buyer is told, every case at once."""
    asked, buys = partial(calculation, tuple(amounts), basis=basis), buyer(facts)
    if bought.value is None and buys.value is None:
        return asked(nature=None, buyer=None)
    return completed(asked, nature=bought, buyer=buys)


def _kept(facts: QuestionFacts) -> list[GivenFigure[Decimal]]:
    """The amounts of the need: none where one of them only bounds it."""
    kept = [each for each in facts.amounts if not _LEFT_OUT.search(_sentence(each))]
    if any(map(_is_maximum, kept)):
        kept = [each for each in kept if not _NOT_THE_MAXIMUM.search(each.before)]
    return [] if any(each.is_limit or _is_each_of_several(each) for each in kept) else kept


def _is_each_of_several(amount: GivenFigure[Decimal]) -> bool:
    """Whether it is a part for another reason than that it comes back: "chacun", "3 × 25 000 €"."""
    return amount.is_share and _period(amount) is None


def _sentence(amount: GivenFigure[Decimal]) -> str:
    """What is said of an amount between the full stops or the amounts around it."""
    before, after = re.split(r"[.?!;]", amount.before)[-1], re.split(r"[.?!;]", amount.after)[0]
    return f"{before} … {after}"


def _is_maximum(amount: GivenFigure[Decimal]) -> bool:
    before, after = _MAXIMUM_BEFORE.search(amount.before), _MAXIMUM_AFTER.match(amount.after)
    return before is not None or after is not None


def _period(amount: GivenFigure[Decimal]) -> Decimal | None:
    """After how many months an amount comes back, None where it does not."""
    for found in (_PERIOD_AFTER.match(amount.after), _PERIOD_BEFORE.search(amount.before)):
        if found is None:
            continue
        named = found.groupdict()
        if named.get("period"):
            return _PERIODS[named["period"]]
        return _PERIODS["an" if named["yearly"] else "mois"]
    return None
