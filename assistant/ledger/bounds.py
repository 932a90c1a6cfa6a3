"""The amounts and days that a question compares with: "plus de 1 000 € HT", "dépasse 30 jours"."""

import re
from collections.abc import Iterator
from decimal import Decimal

from assistant.calculators.facts import exact
from assistant.checking.quantities import Quantity, find_quantities
from assistant.ledger.fields import Population, rows_of
from assistant.ledger.plan import Filter, Operator
from assistant.ledger.remainder import Remainder
from assistant.ledger.vocabulary import vocabulary

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
    r"inferieur|entre|compris|depass))|total|est|en|depuis|de|d'|sont|ont|les|"
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
_TAXED = {"h": "net", "t": "gross"}
_FACTOR = re.compile(r"(?P<thousand>k)|(?P<million>m€|m |million)")
_MANY = 100
"""From how many on a bare number compared with is an amount."""


def amounts(left: Remainder, over: Population) -> Iterator[tuple[Filter, int]]:
    """Conditions on the amount that is meant where none is named, or before tax or with it."""
    for quantity in find_quantities(left.text):
        if quantity.unit == "euro" or _is_amount(left, quantity):
            field, end = rows_of(over).amount, quantity.end
            left.has_clash |= _is_of_other(left.text, quantity)
            if tax := _TAX.match(left.text, quantity.end):
                end = tax.end()
            tax = tax or _TAX_BEFORE.search(left.text[: quantity.start])
            if tax and over is Population.INVOICES:
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


def days(left: Remainder, over: Population) -> Iterator[tuple[Filter, int]]:
    """Days of lateness, of payment, or since reception, as the words around them say."""
    for quantity in find_quantities(left.text):
        if quantity.unit != "day" or over is not Population.INVOICES:
            continue
        before, end = left.text[: quantity.start], quantity.end
        left.has_clash |= _is_since_a_status(before)
        after = re.match(r" de retard\b", left.text[end:])
        if after:
            end += after.end()
        if within := _WITHIN.search(before):
            left.erase(within.start("within"), end)
            yield (
                Filter("payment_days", Operator.AT_MOST, (int(exact(quantity)),)),
                within.start("within"),
            )
            continue
        if after or re.search(r"\bretard\b", before):
            field = "late_days"
        elif re.search(r"\b(?:paye|regle)\w* (?:en|apres|a|au bout de) (?:\w+ )*$", before):
            field = "payment_days"
        else:
            field = "age_days"
        yield from _compared(left, quantity, end, field, int(exact(quantity)))


def _is_since_a_status(before: str) -> bool:
    """Whether days are counted from a status, whose time the fields do not have."""
    statuses = (rule for rule in vocabulary().filters if rule.name == "status")
    after = r" (?:(?:depuis|pendant|durant|de|il y a)\b|(?:plus|moins|au moins|au plus)\b)"
    return any(re.search(rf"{rule.says.pattern}{after}", before) for rule in statuses)


def _compared(
    left: Remainder, quantity: Quantity, end: int, field: str, value: Decimal | int
) -> Iterator[tuple[Filter, int]]:
    """The conditions on a quantity whose sides are said beside it; nothing where none is."""
    before = left.text[: quantity.start]
    if match := _RANGE.search(before):
        low = _low(match, left.text[quantity.start : quantity.end])
        left.erase(match.start(), end)
        yield Filter(field, Operator.AT_LEAST, (type(value)(low),)), match.start()
        yield Filter(field, Operator.AT_MOST, (value,)), match.start()
        return
    for operator, suffix in AFTER:
        if after := suffix.match(left.text, end):
            lead = re.search(rf"(?:\b{_LEAD})?$", before)
            start = lead.start() if lead else quantity.start
            left.erase(start, after.end())
            yield Filter(field, operator, (value,)), start
            return
    for operator, says in SIDES:
        if match := re.search(rf"(?<![\w>=<]){_LEAD}(?:{says}) ?{_TO}(?:de |d'|a )?$", before):
            left.erase(match.start(), end)
            yield Filter(field, operator, (value,)), match.start()
            return
    if isinstance(value, Decimal) and (match := _EXACT.search(before)):
        left.erase(match.start(), end)
        yield Filter(field, Operator.AT_LEAST, (value,)), match.start()
        yield Filter(field, Operator.AT_MOST, (value,)), match.start()


def _low(match: re.Match[str], high: str) -> Decimal:
    """The lower end, in the thousands or millions of the upper one where it has no unit."""
    said = next(each for each in (match["low"], match["from_low"]) if each)
    number = Decimal(re.sub(r"[^\d,]", "", said).replace(",", "."))
    of = said if match["unit"] or match["from_unit"] else high
    factor = _FACTOR.search(of)
    if factor is None:
        return number
    return number * (1000 if factor["thousand"] else 1_000_000)
