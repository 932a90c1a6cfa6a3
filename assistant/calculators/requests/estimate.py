"""What questions about the value of a need ask to calculate, by the figures they give. Pure."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial

from assistant.calculators.calculation import Nature
from assistant.calculators.catalogue import Asked
from assistant.calculators.estimate import EstimateAsked, ValueBasis
from assistant.calculators.facts import GivenFigure, QuestionFacts
from assistant.calculators.needs import Missing, MissingFact, buyer, choice, completed, nature
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
_SPAN_BEFORE = re.compile(
    r"\b(?:un an|1 an|une annee|12 mois|douze mois|premiere annee) (?:a|pour|de) $"
)
"""Before what a year costs of a contract that is renewed: "conclu pour un an à 62 000 €"."""

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

_WORKS = re.compile(r"\b(?:travaux|chantier|refection|renovation|rehabilitation)\b")
_SUPPLIED = re.compile(
    r"\b(?:mi(?:s|se|ses)|met\w*) (?:en plus )?a (?:la |sa |leur )?dispo\w*"
    r"|\b(?:fourni\w*|livr(?:e|es|ent|ons|ee?s?)|donn(?:e|es|ent|ons))\b[^;.?!]{0,50}"
    r"\b(?:a l'entreprise|a l'entrepreneur|au titulaire|au (?:macon|couvreur|constructeur))\b"
)
_BY_THE_HOLDER = re.compile(
    r"\b(?:entreprise|titulaire|fournisseur)\b[^,;.?!]{0,25}\b(?:fournit|livre|donne|met)\b"
)
_ONE_OPERATION = re.compile(
    r"\b(?:une? seule?|(?:l[ea] |une? )?(?:seule? et )?meme)"
    r" (?:operation|chantier|programme|projet|ouvrage)\b"
)

_HOMOGENEOUS = re.compile(
    r"\bmemes? (?:famille|fournitures?|besoins?|prestations?|produits?|articles?|materiels?|type"
    r"|nature|mobilier|achats?)\b|\bhomogenes?\b|\bidentiques?\b"
)

_TIMES = {"deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8}
_CUT = re.compile(r"\b(?:coup|decoup|scind|fraction|saucissonn|separ|divis)\w*")
_COUNT_BEFORE = re.compile(
    rf"(?<![\w.,])(?P<count>[2-9]|1[0-2]|{'|'.join(_TIMES)})"
    r" (?!(?:ans|annees|mois|semaines|jours|lots?|marches?|devis|offres|propositions|candidats?"
    r"|entreprises|societes|fournisseurs|prestataires|agents|eleves|personnes)\b)[a-z-]+[sx]"
    r"(?: (?:de |d'|en )?[a-z-]+){0,4} (?:de|a) ?$"
)
"""How many things of one kind there are, before what each of them costs."""

_TRANCHE = re.compile(
    rf"\b(?:tranches? fermes?|(?:(?P<count>\d|{'|'.join(_TIMES)}) )?"
    r"tranches? (?:optionnelle|conditionnelle)s?)(?: n ?° ?\d| \d)?[^,;.?!€\d]{0,30}$"
)
"""Before what a tranche costs, or each of so many."""

_OPTION = re.compile(r"\b(?:option|pse|prestation supplementaire eventuelle)\b[^,;.?!€\d+]{0,40}$")
"""Before what an option costs, beside the need itself."""

_INCLUDED = re.compile(r"\b(?:compris|inclus)")
_INSTEAD = re.compile(r"\b(?:ou|sinon|plutot|soit)\b")
"""Between two amounts of which only one will be paid."""

_UPKEEP = re.compile(
    r"\b(?:maintenance|entretien|abonnement|hebergement|assistance|licences?|support|redevance"
    r"|mises? a jour)\b[^;.?!€\d]{0,40}$"
)
"""Before what is paid every year for something that is bought once."""

_WITHIN = re.compile(r"\b(?:dont|y compris|comprenant|incluant)\b[^,;.?!]{0,25}$")
_SUM = re.compile(r"\b(?:soit|total\w*|cumul\w*|en tout|ensemble)\b[^,;.?!]{0,15}$")
_YEAR = re.compile(r"\b20\d\d\b")

_LEFT_OUT = re.compile(
    r"\b(?:sans (?:aucun )?(?:rapport|lien)|rien a voir|autre famille|deja (?:paye|regle)\w*)\b"
)
_PAST = re.compile(r"\bl'an(?:nee)? (?:dernier|derniere|passee?)|\ban dernier\b|\bannee derniere\b")

_Read = tuple[ValueBasis, list[Decimal]]


def estimate(facts: QuestionFacts) -> Asked | Missing | None:
    """The value of a need of which the parts are told, and the procedure that it leads to."""
    if not facts.says(_ASKED):
        return None
    if any(each.is_with_tax for each in facts.amounts):
        return None
    readers = (
        *(_tranches, _options, _periodic, _kept_up, _framework),
        *(operation, _homogeneous, _repeated, _lots),
    )
    for read in readers:
        if (found := read(facts)) is not None:
            return found
    return None


def _tranches(facts: QuestionFacts) -> Asked | Missing | None:
    """The firm part of a contract and its options, whether they will be taken up or not."""
    parts: list[Decimal] = []
    for each in facts.amounts:
        told = _TRANCHE.search(each.before)
        if told is None or each.is_limit or (each.is_share and not told["count"]):
            return None
        count = told["count"] if each.is_share else None
        parts += [each.value] * int(_TIMES.get(count or "1", count or 1))
    if len(parts) < 2:
        return None
    return _completed(facts, EstimateAsked, ValueBasis.TRANCHES, parts, nature(facts))


def _options(facts: QuestionFacts) -> Asked | Missing | None:
    """A need and its options, whether they will be taken up or not."""
    kept = _kept(facts)
    options = [each for each in kept if _OPTION.search(each.before)]
    if len(kept) - len(options) != 1 or not options or any(map(_period, kept)):
        return None
    if _are_alternatives(kept) or any(_INCLUDED.search(_sentence(each)) for each in kept):
        return None
    parts = [each.value for each in kept]
    return _completed(facts, EstimateAsked, ValueBasis.OPTIONS, parts, nature(facts))


def _kept_up(facts: QuestionFacts) -> Asked | Missing | None:
    """What is bought once, and what is paid for it every year or month."""
    kept = _kept(facts)
    coming_back = [each for each in kept if _period(each) is not None]
    once = tuple(each.value for each in kept if each not in coming_back)
    if len(coming_back) != 1 or len(once) != 1 or facts.says(_FRAMEWORK):
        return None
    if _are_alternatives(kept):
        return None
    (amount,) = coming_back
    period = _period(amount)
    if period is None or not _UPKEEP.search(amount.before):
        return None
    months = total_months(facts.words, is_yearly=period == _PERIODS["an"])
    if months is None:
        return Missing(("Quelle est la durée totale du marché, reconductions comprises ?",))
    is_sum = once[0] == amount.value * months / period
    if is_sum:
        return None
    asked = partial(EstimateAsked, months=months, period=period, once=once)
    return _completed(facts, asked, ValueBasis.DURATION, [amount.value], nature(facts))


def _periodic(facts: QuestionFacts) -> Asked | Missing | None:
    """An amount that comes back every year or month, over the whole duration."""
    if len(facts.amounts) == 1 and _is_of_a_year(facts, facts.amounts[0]):
        kept = [*facts.amounts]
    else:
        kept = _kept(facts)
    if len(kept) != 1:
        return None
    (amount,) = kept
    period = _PERIODS["an"] if _is_of_a_year(facts, amount) else _period(amount)
    if period is None:
        return None
    is_framework = facts.says(_FRAMEWORK)
    if is_framework and not _is_maximum(amount):
        return None
    months = total_months(facts.words, is_yearly=period == _PERIODS["an"])
    if months is None:
        return Missing(("Quelle est la durée totale du marché, reconductions comprises ?",))
    basis = ValueBasis.FRAMEWORK if is_framework else ValueBasis.DURATION
    asked = partial(EstimateAsked, months=months, period=period)
    return _completed(facts, asked, basis, [amount.value], nature(facts))


def _is_of_a_year(facts: QuestionFacts, amount: GivenFigure[Decimal]) -> bool:
    """Whether it is what a year of a contract that is renewed costs, each year as much."""
    return facts.says(RENEWED) and _SPAN_BEFORE.search(amount.before) is not None


def _framework(facts: QuestionFacts) -> Asked | Missing | None:
    """The maximum of a framework agreement over its whole duration."""
    if not facts.says(_FRAMEWORK) or any(map(_period, facts.amounts)):
        return None
    amounts = [each for each in facts.amounts if not each.is_limit]
    most = [each for each in amounts if _is_maximum(each)]
    others = [each for each in amounts if each not in most]
    if len(most) != 1 or not all(_NOT_THE_MAXIMUM.search(each.before) for each in others):
        return None
    if any(map(_is_each_of_several, most)):
        return None
    if facts.says(RENEWED) and not facts.says(_OVER_ALL):
        return None
    return _completed(facts, EstimateAsked, ValueBasis.FRAMEWORK, [most[0].value], nature(facts))


def operation(facts: QuestionFacts) -> Asked | Missing | None:
    """Works of one operation, and what the buyer gives the holder for them."""
    is_supplied = facts.says(_SUPPLIED) and not facts.says(_BY_THE_HOLDER)
    others = {*facts.natures} - ({Nature.WORKS, Nature.SUPPLIES} if is_supplied else {Nature.WORKS})
    if not facts.says(_WORKS) or others or not facts.says(_ASKED):
        return None
    amounts = _kept(facts)
    if len(amounts) < 2 or not (is_supplied or facts.says(_ONE_OPERATION)):
        return None
    if _are_of_several_years(facts, amounts):
        return None
    works = choice("", (Nature.WORKS,))
    return _completed(
        facts, EstimateAsked, ValueBasis.OPERATION, [each.value for each in amounts], works
    )


def _homogeneous(facts: QuestionFacts) -> Asked | Missing | None:
    """Supplies or services that are said to be the same."""
    amounts = _kept(facts)
    if len(amounts) < 2 or not facts.says(_HOMOGENEOUS) or Nature.WORKS in facts.natures:
        return None
    if _are_of_several_years(facts, amounts):
        return None
    return _completed(
        facts,
        EstimateAsked,
        ValueBasis.HOMOGENEOUS,
        [each.value for each in amounts],
        _no_works(facts),
    )


def _repeated(facts: QuestionFacts) -> Asked | Missing | None:
    """As many times what one costs as there are: "3 commandes de toners de 25 000 € chacune"."""
    if len(facts.amounts) != 1 or Nature.WORKS in facts.natures:
        return None
    (amount,) = facts.amounts
    count = _COUNT_BEFORE.search(amount.before)
    if count is None or facts.says(_CUT) or not amount.is_share or _period(amount) is not None:
        return None
    times = int(_TIMES.get(count["count"], count["count"]))
    return _completed(
        facts, EstimateAsked, ValueBasis.HOMOGENEOUS, [amount.value] * times, _no_works(facts)
    )


def _no_works(facts: QuestionFacts) -> MissingFact:
    """What is bought, of what counts together by its kind: supplies or services (R2121-6)."""
    return choice(
        "S'agit-il de fournitures ou de services ?",
        facts.natures,
        *(Nature.SUPPLIES, Nature.SERVICES),
    )


def _are_of_several_years(facts: QuestionFacts, amounts: Sequence[GivenFigure[Decimal]]) -> bool:
    """Whether some of the amounts are of another year than the others."""
    is_past = any(_PAST.search(_sentence(each)) for each in amounts)
    return is_past or len({*_YEAR.findall(facts.words)}) > 1


def _lots(facts: QuestionFacts) -> Asked | Missing | None:
    """Every lot of one need."""
    amounts = _kept(facts)
    if len(amounts) not in counts_of_lots(facts) or of_all_lots(amounts):
        return None
    if small_lots(facts) is not None:
        return None
    return _completed(
        facts, EstimateAsked, ValueBasis.LOTS, [each.value for each in amounts], nature(facts)
    )


def _completed(
    facts: QuestionFacts,
    calculation: Callable[..., EstimateAsked],
    basis: ValueBasis,
    amounts: Sequence[Decimal],
    bought: MissingFact,
) -> Asked | Missing | None:
    """The calculation; of which neither the nature nor the buyer is told, every case at once."""
    asked, buys = partial(calculation, tuple(amounts), basis=basis), buyer(facts)
    if bought.value is None and buys.value is None:
        may_be_works = any(value is Nature.WORKS for _, value in bought.likely)
        return asked(nature=None, buyer=None, may_be_works=may_be_works)
    return completed(asked, nature=bought, buyer=buys)


def _kept(facts: QuestionFacts) -> list[GivenFigure[Decimal]]:
    """The amounts of the need: none where one of them only bounds it."""
    kept = [each for each in facts.amounts if not _LEFT_OUT.search(_sentence(each))]
    if any(map(_is_maximum, kept)):
        kept = [each for each in kept if not _NOT_THE_MAXIMUM.search(each.before)]
    if any(each.is_limit or _is_each_of_several(each) for each in kept):
        return []
    kept = [each for each in kept if not _WITHIN.search(each.before)]
    sums = [each for each in kept if _SUM.search(each.before)]
    parts = [each for each in kept if each not in sums]
    if len(parts) < 2 or not sums:
        return kept
    return parts if all(each.value == sum(part.value for part in parts) for each in sums) else []


def _are_alternatives(amounts: Sequence[GivenFigure[Decimal]]) -> bool:
    """Whether one of the amounts, in their order, stands instead of another."""
    return any(_INSTEAD.search(each.before) for each in amounts[1:])


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
