"""The amounts and days that a question compares rows or groups with."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.calculators.facts import exact
from assistant.ledger.parsing.connectives import Found
from assistant.ledger.parsing.rankings import EACH, Ranking
from assistant.ledger.parsing.vocabulary import Remainder, load_vocabulary
from assistant.ledger.query.plan import (
    Bound,
    FieldKind,
    Operator,
    PlanFilter,
    PlanMeasure,
    Population,
    rows_of,
)
from assistant.question.quantities import Quantity, find_quantities

# The amounts and days that a question compares with: "plus de 1 000 € HT", "dépasse 30 jours".

SIDES = (
    (
        Operator.MORE,
        "plus de|plus d'|>|depass(?:ent|e|ant|ees?)|superieure?s? a|au-dessus de|au-dela de|"
        "exced(?:ent|ant)",
    ),
    (Operator.AT_LEAST, r"au moins|>=|superieure?s? ou egale?s? a|a partir de|au minimum"),
    (Operator.LESS, r"moins de|moins d'|<|inferieure?s? a|au-dessous de|en dessous de|sous"),
    (Operator.AT_MOST, r"au plus|<=|inferieure?s? ou egale?s? a|jusqu'a|au maximum"),
)
_WITHIN = re.compile(
    r"(?:paye|regle)\w* (?P<within>(?:sous|dans (?:les|un delai (?:maximum |maximal )?de)) ?)$"
)
"""Up to the day, itself included: "payées sous 30 jours"."""

_TO = (
    r"(?:(?:le |du |un |au )?(?:delai|seuil|montant)"
    r"(?: legal| reglementaire| maximal| de paiement)? )?"
)
AFTER = (
    (
        Operator.AT_LEAST,
        re.compile(r" (?:(?:ou|et) (?:plus|davantage)|(?:au )?minimum|au moins)\b"),
    ),
    (Operator.AT_MOST, re.compile(r" (?:(?:ou|et) moins|(?:au )?maximum|au plus)\b")),
)
_LEAD = (
    r"(?:(?:qui|que|d'un montant|(?:(?:dont|avec) le )?montant(?= (?:[a-z]+ )?(?:est|>|<|superieur|"
    r"inferieur|entre|compris|depass))|total|est|font|fait|en|depuis|de|d'|sont|ont|les|"
    r"seuil de|(?:ht|ttc)(?= (?:>|<|est|superieur|inferieur|entre|compris)))[ ']*)*"
)
_EXACT = re.compile(
    r"(?:(?<=\bfacture )d'un montant (?:\w+ )?(?:de|d')|(?<=\bfacture )(?:de|d')|"
    r"\b(?:egale?s? a|d'un montant(?: \w+)? (?:egal a|de))) ?$"
)
_LOW = r"(?P<{0}low>\d[\d ]*(?:,\d+)?(?P<{0}unit> ?[km]?€| euros?| jours?)?)(?: ht| ttc)?"
_RANGE = re.compile(
    rf"\b{_LEAD}(?:(?:situee?|comprise?)s? )?"
    rf"(?:entre {_LOW.format('')} et|de {_LOW.format('from_')} a) $"
)
_TAX = re.compile(r" ?(?P<tax>ht|hors taxes?|ttc|toutes taxes comprises)\b")
_TAX_BEFORE = re.compile(
    r"\b(?P<tax>ht|ttc) (?:est )?(?:>|<|superieur|inferieur|entre|compris)"
    r"(?:[^\d]*| [\d ,€k]+(?:euros? )?et )$"
)
_WITH_TAX = re.compile(r"\bttc\b|\btoutes taxes\b")
_TAXED = {"h": "net", "t": "gross"}
_FACTOR = re.compile(r"(?P<thousand>k)|(?P<million>m€|m |million)")
_MANY = 100
"""From how many on a bare number compared with is an amount."""


def amounts(left: Remainder, over: Population) -> Iterator[tuple[PlanFilter, int]]:
    """Conditions on the amount that is meant where none is named, or before tax or with it."""
    for quantity in find_quantities(left.text):
        if quantity.unit == "euro" or _is_amount(left, quantity):
            field, end = rows_of(over).amount, quantity.end
            left.has_clash |= _is_of_other(left.text, quantity)
            if tax := _TAX.match(left.text, quantity.end):
                end = tax.end()
            tax = tax or _TAX_BEFORE.search(left.text[: quantity.start])
            if over is not Population.INVOICES:
                left.doubt(_WITH_TAX)  # contracts have no amount with tax
            elif tax:
                field = _TAXED[tax["tax"][0]]
            yield from _compared(left, quantity, end, field, exact(quantity))


def _is_amount(left: Remainder, quantity: Quantity) -> bool:
    """Whether a bare number is one: it ends the question, or its tax is said."""
    if quantity.unit != "count" or exact(quantity) < _MANY:
        return False
    after, value = left.text[quantity.end :], exact(quantity)
    is_year = value == int(value) and 1990 <= value < 2100
    return bool(_TAX.match(after)) or (not is_year and re.fullmatch(r"[ ?.!]*", after) is not None)


_OTHERS = r"(?:interets?|indemnites?|penalites?|tva|taxes?)"
_OTHER_BEFORE = re.compile(rf"\b{_OTHERS}\b(?!.*\b(?:factures?|avoirs?|marches?|montants?)\b)")
_OTHER_AFTER = re.compile(rf" ?d(?:e |'){_OTHERS}\b")


def _is_of_other(text: str, quantity: Quantity) -> bool:
    """Whether what is compared is no amount of a row: "intérêts supérieurs à", "100 € de TVA"."""
    before, after = text[: quantity.start], text[quantity.end :]
    return bool(_OTHER_BEFORE.search(before) or _OTHER_AFTER.match(after))


_PAID_AFTER = r"\b(?:(?:paye|regle)\w*|l'(?:a|ont) ete) (?:en|apres|a|au bout de) (?:\w+ )*$"

_AGO = re.compile(r"\bil y a (?:(?:moins|plus|au moins|au plus|environ) (?:de )?)?$")
"""Before days that are counted back from today, and are no time that a payment took."""


def days(left: Remainder, over: Population) -> Iterator[tuple[PlanFilter, int]]:
    """Days of lateness, of payment, or since reception, as the words around them say."""
    for quantity in find_quantities(left.text):
        if quantity.unit != "day" or over is not Population.INVOICES:
            continue
        before, end = left.text[: quantity.start], quantity.end
        left.has_clash |= _is_since_a_status(before) or bool(_AGO.search(before))
        after = re.match(r" de retard\b", left.text[end:])
        if after:
            end += after.end()
        if within := _WITHIN.search(before):
            left.erase(within.start("within"), end)
            yield (
                PlanFilter("payment_days", Operator.AT_MOST, (int(exact(quantity)),)),
                within.start("within"),
            )
            continue
        if after or re.search(r"\bretard\b", before):
            field = "late_days"
        elif re.search(_PAID_AFTER, before):
            field = "payment_days"
            left.take(re.compile(r"(?<=l'a ete )apres|(?<=l'ont ete )apres"))
        else:
            field = "age_days"
        yield from _compared(left, quantity, end, field, int(exact(quantity)))


def _is_since_a_status(before: str) -> bool:
    """Whether days are counted from a status, whose time the fields do not have."""
    statuses = (rule for rule in load_vocabulary().filters if rule.name == "status")
    after = r" (?:(?:depuis|pendant|durant|de|il y a)\b|(?:plus|moins|au moins|au plus)\b)"
    return any(re.search(rf"{rule.says.pattern}{after}", before) for rule in statuses)


def _compared(
    left: Remainder, quantity: Quantity, end: int, field: str, value: Decimal | int
) -> Iterator[tuple[PlanFilter, int]]:
    """The conditions on a quantity whose sides are said beside it; nothing where none is."""
    before = left.text[: quantity.start]
    if match := _RANGE.search(before):
        low = _low(match, left.text[quantity.start : quantity.end])
        left.doubts += [left.whole[match.start() : end]] if low > value else []
        left.erase(match.start(), end)
        yield PlanFilter(field, Operator.AT_LEAST, (type(value)(low),)), match.start()
        yield PlanFilter(field, Operator.AT_MOST, (value,)), match.start()
        return
    if sided := _sided(left, before, quantity, end):
        operator, start, end = sided
        left.erase(start, end)
        yield PlanFilter(field, operator, (value,)), start
        return
    if isinstance(value, Decimal) and (match := _EXACT.search(before)):
        left.erase(match.start(), end)
        yield PlanFilter(field, Operator.AT_LEAST, (value,)), match.start()
        yield PlanFilter(field, Operator.AT_MOST, (value,)), match.start()


def _sided(
    left: Remainder, before: str, quantity: Quantity, end: int
) -> tuple[Operator, int, int] | None:
    """The side of a quantity that is meant, said after or before it, and where its words are."""
    for operator, suffix in AFTER:
        if after := suffix.match(left.text, end):
            lead = re.search(rf"(?:\b{_LEAD})?$", before)
            return operator, lead.start() if lead else quantity.start, after.end()
    for operator, says in SIDES:
        if match := re.search(rf"(?<![\w>=<]){_LEAD}(?:{says}) ?{_TO}(?:de |d'|a )?$", before):
            return operator, match.start(), end
    return None


def _low(match: re.Match[str], high: str) -> Decimal:
    """The lower end, in the thousands or millions of the upper one where it has no unit."""
    said = next(each for each in (match["low"], match["from_low"]) if each)
    number = Decimal(re.sub(r"[^\d,]", "", said).replace(",", "."))
    of = said if match["unit"] or match["from_unit"] else high
    factor = _FACTOR.search(of)
    if factor is None:
        return number
    return number * (1000 if factor["thousand"] else 1_000_000)


# What a question compares the figures of groups with: "les fournisseurs qui ont facturé plus de".
#
# An amount, how many rows, or a share: each is of the group where no noun of the rows stands
# before.

_SIDE = "|".join(f"(?:{says})" for _, says in SIDES)
_HAVING = r"(?:(?:qui |avec |ayant |ont |a )*)"
_NUMBER = r"(?P<value>\d{1,3}(?:,\d+)?|une?|deux|trois|quatre|cinq|dix)"
_NUMBERS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "dix": 10}
_SHARE = re.compile(
    rf"\b(?:qui )?(?:pes(?:e|ent)|represent(?:e|ent|ant)|font|concentrent|(?=depass))? ?"
    rf"(?P<side>{_SIDE}) ?{_NUMBER} ?(?:%|pour cent)"
)


_OF_OTHERS = re.compile(rf"\bmoyen\w*(?: ht| ttc)?(?: est)? (?:{_SIDE})|\bdont tou(?:te)?s\b")
"""A mean that is compared, or all the rows of a group."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """A bound on groups, by which measure and of which field, and the conditions left for rows."""

    bound: Bound
    measure: PlanMeasure
    of: str | None
    filters: Found


def group_bound(
    left: Remainder, ranked: Ranking, filters: Found, over: Population, distinct: str = ""
) -> Bounded | None:
    """The bound of a grouped question, taken out; several of them clash.

    Where the values of a field are counted, `distinct`, none says how much each adds up to.
    """
    left.has_clash |= _OF_OTHERS.search(left.whole) is not None
    left.has_clash |= bool(distinct and _amounts(left, filters, over))
    if not (ranked.group or ranked.step):
        spent = [_SPENT.search(left.whole, 0, start) for _, start in _amounts(left, filters, over)]
        left.has_clash |= any(spent)
        return None
    if ranked.group == EACH:
        return None
    if of_groups := _amounts(left, filters, over):
        left.has_clash |= len(of_groups) > 1
        return _by_amount(of_groups[0], filters)
    nouns = load_vocabulary().nouns(over)
    counted = rf"\b{_HAVING}(?P<side>{_SIDE}) ?{_NUMBER} (?={nouns.says.pattern})"
    if match := left.take(re.compile(counted)):
        return Bounded(_bound(match), PlanMeasure.COUNT, None, filters)
    if match := left.take(_SHARE):
        left.has_clash |= bool(filters)  # the share of a group among these, or of these in it?
        return Bounded(_bound(match), PlanMeasure.SHARE, None, filters)
    return None


def _by_amount(of_groups: tuple[PlanFilter, int], filters: Found) -> Bounded:
    condition, _ = of_groups
    [value] = condition.values
    assert isinstance(value, Decimal), condition
    rest = [each for each in filters if each != of_groups]
    return Bounded(Bound(condition.operator, value), PlanMeasure.SUM, condition.field, rest)


def _bound(match: re.Match[str]) -> Bound:
    operator = next(each for each, says in SIDES if re.fullmatch(says, match["side"]))
    value = _NUMBERS.get(match["value"]) or match["value"].replace(",", ".")
    return Bound(operator, Decimal(value))


def _amounts(left: Remainder, filters: Found, over: Population) -> Sequence[tuple[PlanFilter, int]]:
    """The conditions on an amount that is that of a whole group: "qui ont facturé plus de".

    It is that of each row where their noun stands before it: "les factures de plus de".
    """
    nouns = load_vocabulary().nouns(over)
    noun = re.compile(rf"(?<!\bont )(?<!\ba )(?<!\bayant )(?<!\bete ){nouns.says.pattern}")
    fields = rows_of(over).fields
    found = []
    for each, start in filters:
        if fields[each.field].kind is FieldKind.AMOUNT:
            before = noun.split(left.whole[:start])
            left.has_clash |= len(before) > 1 and _BY.search(before[-1]) is not None
            found += [(each, start)] if len(before) == 1 else []
    return found


_SPENT = re.compile(
    r"\b(?:depense|depenser|facture|paye|verse|achete|a-t-(?:on|il|elle)|avons-nous|on a)\b"
)
"""What makes an amount that of everything together: "avons-nous dépensé plus de 100 000 €"."""

_BY = re.compile(r"\b(?:par|chaque)\b")
"""What stands between the noun and an amount of either: "factures par marché de plus de"."""
