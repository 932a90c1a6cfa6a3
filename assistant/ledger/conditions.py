"""The conditions that a question names: statuses, names of the ledger, numbers, amounts, days."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.calculators.facts import exact
from assistant.checking.quantities import Quantity, find_quantities
from assistant.ledger.fields import Population, rows_of
from assistant.ledger.plan import Filter, Operator
from assistant.ledger.remainder import Remainder
from assistant.ledger.vocabulary import LEGAL_FORMS, Name, spoken, vocabulary

Found = list[tuple[Filter, int]]
"""Conditions, and where they stand in the question."""

_NUMBER = re.compile(
    r"\b(?:factures?|marches?|contrats?)(?: numero| n[°o]\.?)? ?"
    r'(?:"(?P<quoted>[^"]+)"|(?P<bare>(?=[\w/.-]*\d)[a-z0-9][\w/.-]{2,}))'
)
_CPV = re.compile(r"\bcpv(?: n[°o])?(?: commencant par)? (?P<code>\d{2,8})(?:-\d)?\b")
_NOUN = r'(?:(?:fournisseur|titulaire|acheteur|service|societe|entreprise) "? ?)?'
_FORM = rf"(?:(?:{LEGAL_FORMS})\b ?)?"
_SIDES = (
    (
        Operator.MORE,
        "plus de|depass(?:ent|e|ant|ees?)|superieure?s? a|au-dessus de|au-dela de|exced(?:ent|ant)",
    ),
    (Operator.AT_LEAST, r"au moins|superieure?s? ou egale?s? a|a partir de"),
    (Operator.LESS, r"moins de|inferieure?s? a|au-dessous de|en dessous de|sous"),
    (Operator.AT_MOST, r"au plus|inferieure?s? ou egale?s? a|jusqu'a"),
)
_LEAD = (
    r"(?:(?:qui|que|d'un montant|dont le montant(?: \w+)? est|en|depuis|de|d'|est|sont|ont|les|"
    r"seuil de)[ ']*)*"
)
_RANGE = re.compile(rf"\b{_LEAD}entre (?P<low>\d[\d ]*(?:,\d+)?)(?: ?€| euros?| jours?)? et $")
_TAX = re.compile(r" ?(?P<tax>ht|hors taxes?|ttc|toutes taxes comprises)\b")
_TAXED = {"h": "net", "t": "gross"}
_UP = {Operator.MORE, Operator.AT_LEAST}
_DOWN = {Operator.LESS, Operator.AT_MOST}


def conditions(left: Remainder, names: Sequence[Name], over: Population) -> Found:
    """Every condition but the periods, each taken out; those that exclude each other clash."""
    found = [*_numbered(left), *_named(left, names), *_amounts(left, over), *_days(left, over)]
    has_days = any(each.field == "late_days" for each, _ in found)
    for rule in vocabulary().filters:
        if rule.is_for(over) and not (rule.unless and rule.unless.search(left.text)):
            for start in left.take_each(rule.says):
                found += [
                    (each, start)
                    for each in rule.filters
                    if not (has_days and each.field == "late_days")
                ]
    once = list({each: (each, start) for each, start in reversed(found)}.values())[::-1]
    left.has_clash |= _clash([each for each, _ in once])
    return once


def _clash(filters: Sequence[Filter]) -> bool:
    """Whether two conditions on one field are not the two ends of a range."""
    for field in {each.field for each in filters}:
        sides = [each.operator for each in filters if each.field == field]
        if len(sides) > 1 and not (len(sides) == 2 and {*sides} & _UP and {*sides} & _DOWN):
            return True
    return False


def _numbered(left: Remainder) -> Iterator[tuple[Filter, int]]:
    if match := left.take(_NUMBER):
        number = (match["quoted"] or match["bare"]).strip().upper()
        yield Filter("number", Operator.IS, (number,)), match.start()
    if match := left.take(_CPV):
        yield Filter("cpv", Operator.STARTS, (match["code"],)), match.start()


def _named(left: Remainder, names: Sequence[Name]) -> Found:
    """The names of the ledger that the question has, the longest first; several are either."""
    by_words: dict[str, list[Name]] = {}
    for each in names:
        for words in {spoken(each.name), each.key.lower()}:
            by_words.setdefault(words, []).append(each)
    found: dict[str, tuple[Filter, int]] = {}
    for words in sorted(by_words, key=len, reverse=True):
        if len(words) < 3 or not all(word in left.text for word in words.split()):
            continue
        name = r"\W+".join(map(re.escape, words.split()))
        says = rf"\b{_NOUN}{_FORM}{name}(?!\w)(?: {_FORM})?"
        if match := left.take(re.compile(says)):
            named = by_words[words]
            left.has_clash |= len({each.field for each in named}) > 1
            keys = tuple(dict.fromkeys(each.key for each in named))
            condition = Filter(named[0].field, Operator.IS, keys, named[0].name)
            other, start = found.get(condition.field, (None, match.start()))
            found[condition.field] = (_either(other, condition), start)
    return list(found.values())


def _either(one: Filter | None, other: Filter) -> Filter:
    if one is None:
        return other
    return replace(other, values=one.values + other.values, said=f"{one.said} ou {other.said}")


def _amounts(left: Remainder, over: Population) -> Iterator[tuple[Filter, int]]:
    for quantity in find_quantities(left.text):
        if quantity.unit == "euro":
            field, end = rows_of(over).amount, quantity.end
            if tax := _TAX.match(left.text, quantity.end):
                field = _TAXED[tax["tax"][0]] if over is Population.INVOICES else field
                end = tax.end()
            yield from _compared(left, quantity, end, field, exact(quantity))


def _days(left: Remainder, over: Population) -> Iterator[tuple[Filter, int]]:
    """Days of lateness, of payment, or since reception, as the words around them say."""
    for quantity in find_quantities(left.text):
        if quantity.unit != "day" or over is not Population.INVOICES:
            continue
        before, end = left.text[: quantity.start], quantity.end
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
        if match := re.search(rf"\b{_LEAD}(?:{says}) (?:de |d'|a )?$", before):
            left.erase(match.start(), end)
            yield Filter(field, operator, (value,)), match.start()
            return
