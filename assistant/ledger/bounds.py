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

_SIDES = (
    (
        Operator.MORE,
        "plus de|>|depass(?:ent|e|ant|ees?)|superieure?s? a|au-dessus de|au-dela de|"
        "exced(?:ent|ant)",
    ),
    (Operator.AT_LEAST, r"au moins|>=|superieure?s? ou egale?s? a|a partir de"),
    (Operator.LESS, r"moins de|<|inferieure?s? a|au-dessous de|en dessous de|sous"),
    (Operator.AT_MOST, r"au plus|<=|inferieure?s? ou egale?s? a|jusqu'a"),
)
_LEAD = (
    r"(?:(?:qui|que|d'un montant|(?:(?:dont|avec) le )?montant(?= (?:[a-z]+ )?(?:est|>|<|superieur|"
    r"inferieur|entre|depass))|total|est|en|depuis|de|d'|sont|ont|les|"
    r"seuil de|(?:ht|ttc)(?= (?:>|<|est|superieur|inferieur|entre)))[ ']*)*"
)
_EXACT = re.compile(
    r"(?:(?<=\bfacture )d'un montant (?:\w+ )?(?:de|d')|(?<=\bfacture )(?:de|d')|"
    r"\b(?:egale?s? a|d'un montant(?: \w+)? (?:egal a|de))) ?$"
)
_RANGE = re.compile(rf"\b{_LEAD}entre (?P<low>\d[\d ]*(?:,\d+)?)(?: ?€| euros?| jours?)? et $")
_TAX = re.compile(r" ?(?P<tax>ht|hors taxes?|ttc|toutes taxes comprises)\b")
_TAX_BEFORE = re.compile(
    r"\b(?P<tax>ht|ttc) (?:est )?(?:>|<|superieur|inferieur|entre)"
    r"(?:[^\d]*| [\d ,€]+(?:euros? )?et )$"
)
_TAXED = {"h": "net", "t": "gross"}


def amounts(left: Remainder, over: Population) -> Iterator[tuple[Filter, int]]:
    """Conditions on the amount that is meant where none is named, or before tax or with it."""
    for quantity in find_quantities(left.text):
        if quantity.unit == "euro":
            field, end = rows_of(over).amount, quantity.end
            if tax := _TAX.match(left.text, quantity.end):
                end = tax.end()
            tax = tax or _TAX_BEFORE.search(left.text[: quantity.start])
            if tax and over is Population.INVOICES:
                field = _TAXED[tax["tax"][0]]
            yield from _compared(left, quantity, end, field, exact(quantity))


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
        if after or re.search(r"\bretard\b", before):
            field = "late_days"
        elif re.search(r"\b(?:paye|regle)\w* en (?:\w+ )*$", before):
            field = "payment_days"
        else:
            field = "age_days"
        yield from _compared(left, quantity, end, field, int(exact(quantity)))


def _is_since_a_status(before: str) -> bool:
    """Whether days are counted from a status, whose time the fields do not have."""
    statuses = (rule for rule in vocabulary().filters if rule.name == "status")
    return any(re.search(rf"{rule.says.pattern} depuis\b", before) for rule in statuses)


def _compared(
    left: Remainder, quantity: Quantity, end: int, field: str, value: Decimal | int
) -> Iterator[tuple[Filter, int]]:
    """The conditions on a quantity whose sides are said before it; nothing where none is."""
    before = left.text[: quantity.start]
    if match := _RANGE.search(before):
        low = Decimal(match["low"].replace(" ", "").replace(",", "."))
        left.erase(match.start(), end)
        yield Filter(field, Operator.AT_LEAST, (type(value)(low),)), match.start()
        yield Filter(field, Operator.AT_MOST, (value,)), match.start()
        return
    for operator, says in _SIDES:
        if match := re.search(rf"(?<![\w>=<]){_LEAD}(?:{says}) ?(?:de |d'|a )?$", before):
            left.erase(match.start(), end)
            yield Filter(field, operator, (value,)), match.start()
            return
    if isinstance(value, Decimal) and (match := _EXACT.search(before)):
        left.erase(match.start(), end)
        yield Filter(field, Operator.AT_LEAST, (value,)), match.start()
        yield Filter(field, Operator.AT_MOST, (value,)), match.start()
