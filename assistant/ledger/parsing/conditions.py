"""The conditions that a question names: statuses, names, numbers, amounts, days, lengths."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from assistant.calculators.facts import exact
from assistant.ledger.parsing.bounds import AFTER, SIDES, amounts, days
from assistant.ledger.parsing.connectives import Found, fields_named, gathered, joined, turned
from assistant.ledger.parsing.naming import named_in_part
from assistant.ledger.parsing.periods import find_period
from assistant.ledger.parsing.rankings import EACH
from assistant.ledger.parsing.vocabulary import (
    Remainder,
    beginnings,
    load_vocabulary,
    words_of_rules,
)
from assistant.ledger.query.measures import CREDIT_NOTE, INVOICE
from assistant.ledger.query.names import LEGAL_FORMS, Name, Names, made_of, spoken
from assistant.ledger.query.plan import (
    FieldKind,
    Operator,
    Plan,
    PlanFilter,
    PlanMeasure,
    Population,
    rows_of,
)
from assistant.question.language import fold_text
from assistant.question.quantities import find_quantities

# How long the contracts of a question last: "de plus de 24 mois", "d'une durée de 4 ans".

_SIDE = "|".join(says for _, says in SIDES)
_LASTING = re.compile(
    r"(?:\b(?:marches?(?: publics?)?|contrats?) |(?P<said>\b(?:(?:d'une|dont la|avec une|de) duree|"
    r"durees?|qui dur(?:e|ent)|durant) ))(?P<bound>(?:est |prevue )?(?:de |d')?"
    rf"(?:(?P<side>{_SIDE}) ?(?:de |a )?)?)$"
)
"""What stands before a duration that is not counted from today: "depuis plus de 24 mois"."""

_OF_MANY = re.compile(r"\b(?:marches|contrats|achats|combien)\b")
"""The length of one contract, "un marché de quatre ans", is rather a question of law."""


def lengths(left: Remainder, over: Population) -> Iterator[tuple[PlanFilter, int]]:
    """Conditions on the months of a contract."""
    if over is not Population.PURCHASES or not _OF_MANY.search(left.whole):
        return
    for quantity in find_quantities(left.text):
        if quantity.unit != "month":
            continue
        if not (match := _LASTING.search(left.text[: quantity.start])):
            continue
        start = match.start("said") if match["said"] else match.start("bound")
        operators, end = _operators(left, match["side"], quantity.end)
        left.erase(start, end)
        for operator in operators:
            yield PlanFilter("months", operator, (int(exact(quantity)),)), start


def _operators(left: Remainder, side: str | None, end: int) -> tuple[tuple[Operator, ...], int]:
    """On which sides of a duration contracts are, and where its words end."""
    for operator, says in AFTER:
        if after := says.match(left.text, end):
            return (operator,), after.end()
    for operator, side_says in SIDES:
        if side and re.fullmatch(side_says, side):
            return (operator,), end
    return (Operator.AT_LEAST, Operator.AT_MOST), end


_NUMBERED = {
    Population.INVOICES: {
        "number": "factures?|avoirs?",
        "contract": "marches?|contrats?",
        "commitment": "engagements?|bons? de commande|commandes?",
    },
    Population.PURCHASES: {"number": "marches?|contrats?"},
}
_NUMBER = (
    r"\b(?P<noun>{})(?P<says> numero| n[°o]\.?)? ?"
    r'(?:"(?P<quoted>[^"]+)"|(?P<bare>(?!\d\d?/(?!\w))(?=[\w/.-]*\d)[a-z0-9][\w/.-]{{2,}}))'
)
_CODE = r"(?!20\d\d\b)\d{2,8}(?:-\d)?\b"
_CPV = re.compile(
    r"\bcpv(?: n[°o])?(?: commencant par| qui commence(?:nt)? par| en)? "
    rf"(?P<codes>{_CODE}(?:(?:, ?| ou | et ){_CODE})*)"
)
_BEARER = (
    r"(?:fournisseur|titulaire|acheteur|service|societe|entreprise) "
    r'(?:d[eu]s? |d\'|de l[\'a] ?)?"? ?'
)
_NOUN = rf"(?:{_BEARER})?"
_FORM = rf"(?:(?:{LEGAL_FORMS})\b ?)?"
_UP = {Operator.MORE, Operator.AT_LEAST}
_DOWN = {Operator.LESS, Operator.AT_MOST}


def conditions(left: Remainder, names: Sequence[Name], over: Population) -> Found:
    """Every condition but the periods, each taken out; those that exclude each other clash."""
    found = [
        *numbers_named(left, names, over),
        *named_in_part(left, names),
        *_valued(left, names, over),
        *whole_names(left, names),
        *amounts(left, over),
        *days(left, over),
        *lengths(left, over),
    ]
    if {"contract", "commitment"} & fields_named(found):
        left.take_all(_ATTACHED)
    found += _worded(left, over, has_days="late_days" in fields_named(found))
    found += _of_late_ones(found)
    left.has_clash |= _CAME_LATE.search(left.whole) is not None
    left.has_clash |= _HAS_CREDIT.search(left.whole) is not None
    found = joined(left, found)
    kept = turned(left, found)
    left.doubts += _unjoined(left, kept)
    left.has_clash |= _are_of_stages([each for each in kept if each not in found])
    found = gathered(kept, _is_of_names)
    once = list({each: (each, start) for each, start in reversed(found)}.values())[::-1]
    left.has_clash |= _clash([each for each, _ in once]) or _is_union(left, once)
    return once


_ATTACHED = re.compile(
    r"\b(?:(?:qui )?(?:y |lui |en )?(?:sont |est )?)?"
    r"(?:rattache|lie|associe|adosse|correspondant|afferent)(?:e?s)\b(?: a (?:ce|cet|cette)\b)?"
)
"""What the number of a contract or an order says already."""


def _worded(left: Remainder, over: Population, *, has_days: bool) -> Found:
    """The conditions that words stand for; where days of lateness are said, "en retard" is none."""
    rules = (rule for rule in load_vocabulary().filters if rule.is_for(over))
    return [
        (each, start)
        for rule in rules
        if not (rule.unless and rule.unless.search(left.text))
        for start in left.take_each(rule.says)
        for each in rule.filters
        if not (has_days and each.field == "late_days")
    ]


def _of_late_ones(found: Found) -> Iterator[tuple[PlanFilter, int]]:
    """That "en retard de 30 jours ou moins" is late: days that are left count as less than none."""
    sides = [(each, start) for each, start in found if each.field == "late_days"]
    if sides and all(each.operator in _DOWN and each.values != (0,) for each, _ in sides):
        yield PlanFilter("late_days", Operator.MORE, (0,)), sides[0][1]


def _clash(filters: Sequence[PlanFilter]) -> bool:
    """Whether two conditions on one field are not the two ends of a range."""
    for field in {each.field for each in filters}:
        sides = [each.operator for each in filters if each.field == field]
        if len(sides) > 1 and not (len(sides) == 2 and {*sides} & _UP and {*sides} & _DOWN):
            return True
    return False


_CAME_LATE = re.compile(
    r"\b(?:recu|arrive|depose|envoye|transmis|emis|mandate|livre)\w* (?:en retard|hors delai)"
)
"""Lateness of something else than the payment."""

_HAS_CREDIT = re.compile(r"\b(?:avec|ont|ayant|par) (?:un |des |fait l'objet d'un )?avoirs?\b")
"""Invoices that have a credit note are not the credit notes."""

_STAGES = {"01", "03", "07", "08", "09", "10", "11"}


def _are_of_stages(turned: Found) -> bool:
    """Whether a stage is left out, which invoices that are beyond it have passed as well."""
    return any(each.field == "status" and _STAGES & {*each.values} for each, _ in turned)


def _is_union(left: Remainder, found: Found) -> bool:
    """Whether "et" joins values of two fields: rows of either, which no plan has."""
    valued = sorted(
        (start, each.field)
        for each, start in found
        if each.operator is Operator.IS or each == CREDIT_NOTE
    )
    return any(
        field != other
        and re.search(r"^[^a-z]*\bet\b(?: (?:d[eu]s?|les?|la|l'))*[^a-z]*$", left.text[start:end])
        for (start, field), (end, other) in pairwise(valued)
    )


def numbers_named(
    left: Remainder, names: Sequence[Name], over: Population
) -> Iterator[tuple[PlanFilter, int]]:
    """The numbers that a question has after their noun, and those of the ledger without one."""
    if over is Population.INVOICES:
        yield from _credited(left)
    yield from _numbered(left, over)
    yield from _bare_numbers(left, names, over)


_CREDITED = re.compile(
    r"\bavoirs?(?P<of> (?:\w+ )?(?:sur|de|pour|concernant) (?:la |cette )?(?:facture )?"
    r"(?P<number>(?=[\w/.-]*\d)(?=\w*[/.-])[a-z0-9][\w/.-]*[a-z0-9]))(?![\w/-])"
)


def _credited(left: Remainder) -> Iterator[tuple[PlanFilter, int]]:
    """The invoice that a credit note is of: "un avoir sur F-12"."""
    if match := _CREDITED.search(left.text):
        left.erase(*match.span("of"))
        yield PlanFilter("preceding", Operator.IS, (match["number"].upper(),)), match.start("of")


def _numbered(left: Remainder, over: Population) -> Iterator[tuple[PlanFilter, int]]:
    for field, nouns in _NUMBERED[over].items():
        match = re.compile(_NUMBER.format(nouns)).search(left.text)
        if match and not _are_rows_of(match):
            left.erase(*match.span())
            number = (match["quoted"] or match["bare"]).strip().upper()
            yield PlanFilter(field, Operator.IS, (number,)), match.start()
    if over is Population.PURCHASES and (match := left.take(_CPV)):
        codes = re.findall(r"\d{2,8}(?!\d)(?:-\d)?", match["codes"])
        yield (
            PlanFilter("cpv", Operator.STARTS, tuple(each.partition("-")[0] for each in codes)),
            match.start(),
        )


def _are_rows_of(match: re.Match[str]) -> bool:
    """Whether rows of a period or of an amount are meant, and none by its number."""
    if match["quoted"] or match["says"]:
        return False
    is_year = re.fullmatch(r"20\d\d", match["bare"]) is not None
    return is_year or (match["noun"].endswith("s") and _may_be_measured(match["bare"]))


_BARE = re.compile(
    r"(?<![\w/.-])(?=[\w/.-]*\d)(?=\w[\w/.-]*[/.-]|\w*[a-z])[a-z0-9][\w/.-]{2,}(?<![/.-])(?![\w/-])"
)
"""What may be a number without its noun: it has a digit, and a sign or a letter."""


def _bare_numbers(
    left: Remainder, names: Sequence[Name], over: Population
) -> Iterator[tuple[PlanFilter, int]]:
    """The numbers that the ledger has, whatever stands before them."""
    if not isinstance(names, Names):
        return
    found: dict[str, list[tuple[str, int]]] = {}
    for match in list(_BARE.finditer(left.text)):
        if _may_be_measured(match[0]):
            continue
        number = match[0].upper()
        fields = [field for field in _NUMBERED[over] if names.has(field, number)]
        if fields:
            left.doubts += [match[0]] if len(fields) > 1 else []
            left.erase(*match.span())
            found.setdefault(fields[0], []).append((number, match.start()))
    for field, numbers in found.items():
        values = tuple(dict.fromkeys(number for number, _ in numbers))
        yield PlanFilter(field, Operator.IS, values), numbers[0][1]


_MONTH = re.compile(r"(?:0?[1-9]|1[0-2])[/-]20\d\d|20\d\d[/-](?:0?[1-9]|1[0-2])|\d+k")
_ANY_DAY = date(2000, 1, 1)
"""Where a period stands in a text is the same on every day."""


def _may_be_measured(number: str) -> bool:
    """Whether what may be a number is rather a month, a period or a quantity: "T1-2025", "30J"."""
    period = find_period(number, _ANY_DAY)
    spans = [(period.start, period.end)] if period else []
    spans += [(each.start, each.end) for each in find_quantities(number) if each.unit != "count"]
    return _MONTH.fullmatch(number) is not None or (0, len(number)) in spans


def _valued(
    left: Remainder, names: Sequence[Name], over: Population
) -> Iterator[tuple[PlanFilter, int]]:
    """Values of the ledger by a part of them; where it has none, what is said, which none has."""
    for rule in load_vocabulary().values:
        if rule.is_for(over):
            for start in left.take_each(rule.says):
                meant = [each.key for each in names if each.field == rule.name]
                values = [each for each in meant if rule.has in fold_text(each)] or [rule.has]
                yield PlanFilter(rule.name, Operator.IS, tuple(values)), start


def whole_names(left: Remainder, names: Sequence[Name]) -> Iterator[tuple[PlanFilter, int]]:
    """The names of the ledger that the question has, the longest first."""
    for words, named in made_of(names, _by_words):
        if not all(word in left.text for word in words):
            continue
        name = r"\W+".join(map(re.escape, words))
        for start in left.take_each(re.compile(_says_name(left, name, named))):
            yield _of_names(left, named), start
    yield from _begun(left, names)


def _says_name(left: Remainder, name: str, named: Sequence[Name]) -> str:
    """How a name is said: one that is a word of a rule with a capital, a noun or its form."""
    if name in words_of_rules() - left.capitals and all(each.field in _PEOPLE for each in named):
        return rf"\b(?:(?:chez |{_BEARER}){name}(?!\w)|{name} (?:{LEGAL_FORMS})\b)"
    return rf"\b{_NOUN}{_FORM}{name}(?!\w)(?: {_FORM})?"


_PEOPLE = {"supplier", "buyer"}
_SHORTEST_NAME = 3


def _by_words(names: Sequence[Name]) -> list[tuple[list[str], list[Name]]]:
    """The words of names and of their keys, the longest first, and whose they are."""
    found: dict[str, list[Name]] = {}
    for each in names:
        for words in {spoken(each.name), each.key.lower()}:
            found.setdefault(words, []).append(each)
    longest = sorted(found, key=len, reverse=True)
    return [(words.split(), found[words]) for words in longest if len(words) >= _SHORTEST_NAME]


def _begun(left: Remainder, names: Sequence[Name]) -> Iterator[tuple[PlanFilter, int]]:
    """The names of which the question has the first word only, written as a name is.

    That is with a capital letter, or after the word for who bears it: "Brasero", "chez brasero".
    """
    by_word = made_of(names, beginnings)
    for word in sorted(by_word, key=len, reverse=True):
        if word not in left.text:
            continue
        cue = "" if word in left.capitals else rf"(?:chez |{_BEARER})"
        if match := left.take(re.compile(rf"\b{cue}{_FORM}{re.escape(word)}(?![\w'-])")):
            yield _of_names(left, by_word[word]), match.start()


def _of_names(left: Remainder, named: Sequence[Name]) -> PlanFilter:
    """The condition that some names make, which are of one field or clash."""
    left.has_clash |= len({each.field for each in named}) > 1
    keys = tuple(dict.fromkeys(each.key for each in named))
    known = list(dict.fromkeys(each.name for each in named))
    is_one = len(keys) == 1
    return PlanFilter(named[0].field, Operator.IS, keys, known[0] if is_one else " ou ".join(known))


_JOINS = re.compile(
    r"[,;+&/]|\b(?:et|ou|ni|puis|contre|vs|versus|face|par rapport|compare\w*|difference|ecart)\b"
)
"""What stands between subjects any of which is meant; "repas à domicile" is one thing."""

_ENDS_SMALL = re.compile(
    r"[^a-z0-9]*(?:\b(?:aux?|a|d[eu]s?|d|en|l|les?|la|pour|sur)\b[^a-z0-9]*)*$"
)


def _unjoined(left: Remainder, found: Found) -> list[str]:
    """What the question says of subjects that nothing joins: both are meant, and not either."""
    starts = sorted(
        start
        for each, start in found
        if each.field == "subject" and each.operator is Operator.IS and each.said
    )
    between = [left.whole[one:other] for one, other in pairwise(starts)]
    return [_ENDS_SMALL.sub("", said) for said in between if not _JOINS.search(said)]


def _is_of_names(condition: PlanFilter) -> bool:
    return bool(condition.said) and condition.operator is Operator.IS


# Credit notes among invoices: their amounts are negative, and below every other. Pure.


def without_credit(plan: Plan, filters: Found) -> Found | None:
    """The conditions, without credit notes where the least is asked for and they are not named.

    "La moins chère" and "de moins de 100 €" are about invoices. None where credit notes are
    compared with an amount, or a share of one: theirs has a sign that is not told.
    """
    fields = rows_of(plan.over).fields
    if "is_credit" not in fields:
        return filters
    said = {each.operator for each, _ in filters if each.field == "is_credit"}
    sides = {each.operator for each, _ in filters if fields[each.field].kind is FieldKind.AMOUNT}
    is_share = plan.measure is PlanMeasure.SHARE and plan.of is not None
    if Operator.KNOWN in said and (sides or is_share):
        return None
    is_least = plan.group == EACH and plan.is_ascending
    if said or not (is_least or (sides & _DOWN and not sides & _UP)):
        return filters
    return [*filters, (INVOICE, 0)]
