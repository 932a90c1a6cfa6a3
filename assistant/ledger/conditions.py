"""The conditions that a question names: statuses, names of the ledger, numbers, amounts, days."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.ledger.bounds import amounts, days
from assistant.ledger.exclusions import Found, turned
from assistant.ledger.fields import Population
from assistant.ledger.lengths import lengths
from assistant.ledger.plan import Filter, Operator
from assistant.ledger.remainder import Remainder
from assistant.ledger.unions import joined
from assistant.ledger.vocabulary import LEGAL_FORMS, Name, beginnings, spoken, vocabulary
from assistant.words import plain

_NUMBERED = {
    Population.INVOICES: {
        "number": "factures?|avoirs?",
        "contract": "marches?|contrats?",
        "commitment": "engagements?|bons? de commande|commandes?",
    },
    Population.PURCHASES: {"number": "marches?|contrats?"},
}
_NUMBER = (
    r"\b(?:{})(?: numero| n[°o]\.?)? ?"
    r'(?:"(?P<quoted>[^"]+)"|(?P<bare>(?=[\w/.-]*\d)[a-z0-9][\w/.-]{{2,}}))'
)
_CODE = r"(?!20\d\d\b)\d{2,8}(?:-\d)?\b"
_CPV = re.compile(
    rf"\bcpv(?: n[°o])?(?: commencant par| en)? (?P<codes>{_CODE}(?:(?:, ?| ou | et ){_CODE})*)"
)
_BEARER = r'(?:fournisseur|titulaire|acheteur|service|societe|entreprise) "? ?'
_NOUN = rf"(?:{_BEARER})?"
_FORM = rf"(?:(?:{LEGAL_FORMS})\b ?)?"
_UP = {Operator.MORE, Operator.AT_LEAST}
_DOWN = {Operator.LESS, Operator.AT_MOST}


def conditions(left: Remainder, names: Sequence[Name], over: Population) -> Found:
    """Every condition but the periods, each taken out; those that exclude each other clash."""
    found = [
        *_numbered(left, over),
        *_valued(left, names, over),
        *_named(left, names),
        *amounts(left, over),
        *days(left, over),
        *lengths(left, over),
    ]
    has_days = any(each.field == "late_days" for each, _ in found)
    for rule in vocabulary().filters:
        if rule.is_for(over) and not (rule.unless and rule.unless.search(left.text)):
            for start in left.take_each(rule.says):
                found += [
                    (each, start)
                    for each in rule.filters
                    if not (has_days and each.field == "late_days")
                ]
    left.has_clash |= _CAME_LATE.search(left.whole) is not None
    left.has_clash |= _HAS_CREDIT.search(left.whole) is not None
    found = joined(left, found)
    kept = turned(left, found)
    left.has_clash |= _are_of_stages([each for each in kept if each not in found])
    found = _named_together(kept)
    once = list({each: (each, start) for each, start in reversed(found)}.values())[::-1]
    left.has_clash |= _clash([each for each, _ in once]) or _is_union(left, once)
    return once


def _clash(filters: Sequence[Filter]) -> bool:
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
    valued = sorted((s, each.field) for each, s in found if each.operator is Operator.IS)
    return any(
        field != other
        and re.search(r"^[^a-z]*\bet\b(?: (?:d[eu]s?|les?|la|l'))*[^a-z]*$", left.text[start:end])
        for (start, field), (end, other) in pairwise(valued)
    )


def _numbered(left: Remainder, over: Population) -> Iterator[tuple[Filter, int]]:
    for field, nouns in _NUMBERED[over].items():
        if match := left.take(re.compile(_NUMBER.format(nouns))):
            number = (match["quoted"] or match["bare"]).strip().upper()
            yield Filter(field, Operator.IS, (number,)), match.start()
    if match := left.take(_CPV):
        codes = re.findall(r"\d{2,8}(?!\d)(?:-\d)?", match["codes"])
        yield (
            Filter("cpv", Operator.STARTS, tuple(each.partition("-")[0] for each in codes)),
            match.start(),
        )


def _valued(
    left: Remainder, names: Sequence[Name], over: Population
) -> Iterator[tuple[Filter, int]]:
    """Values of the ledger by a part of them; where it has none, what is said, which none has."""
    for rule in vocabulary().values:
        if rule.is_for(over):
            for start in left.take_each(rule.says):
                meant = [each.key for each in names if each.field == rule.name]
                values = [each for each in meant if rule.has in plain(each)] or [rule.has]
                yield Filter(rule.name, Operator.IS, tuple(values)), start


def _named(left: Remainder, names: Sequence[Name]) -> Iterator[tuple[Filter, int]]:
    """The names of the ledger that the question has, the longest first."""
    by_words: dict[str, list[Name]] = {}
    for each in names:
        for words in {spoken(each.name), each.key.lower()}:
            by_words.setdefault(words, []).append(each)
    for words in sorted(by_words, key=len, reverse=True):
        if len(words) < 3 or not all(word in left.text for word in words.split()):
            continue
        name = r"\W+".join(map(re.escape, words.split()))
        says = rf"\b{_NOUN}{_FORM}{name}(?!\w)(?: {_FORM})?"
        for start in left.take_each(re.compile(says)):
            yield _of_names(left, by_words[words]), start
    yield from _begun(left, names)


def _begun(left: Remainder, names: Sequence[Name]) -> Iterator[tuple[Filter, int]]:
    """The names of which the question has the first word only, written as a name is.

    That is with a capital letter, or after the word for who bears it: "Brasero", "chez brasero".
    """
    by_word = beginnings(names)
    for word in sorted(by_word, key=len, reverse=True):
        cue = "" if word in left.capitals else rf"(?:chez |{_BEARER})"
        if match := left.take(re.compile(rf"\b{cue}{_FORM}{re.escape(word)}(?![\w'-])")):
            yield _of_names(left, by_word[word]), match.start()


def _of_names(left: Remainder, named: Sequence[Name]) -> Filter:
    """The condition that some names make, which are of one field or clash."""
    left.has_clash |= len({each.field for each in named}) > 1
    keys = tuple(dict.fromkeys(each.key for each in named))
    known = list(dict.fromkeys(each.name for each in named))
    is_one = len(keys) == 1
    return Filter(named[0].field, Operator.IS, keys, known[0] if is_one else " ou ".join(known))


def _named_together(found: Found) -> Found:
    """The conditions, those on names of one field in one: any of them will do."""
    kept: dict[tuple[str, Operator] | int, tuple[Filter, int]] = {}
    for place, (condition, start) in enumerate(found):
        is_name = condition.said and condition.operator is Operator.IS
        key = (condition.field, condition.operator) if is_name else place
        other = kept.get(key)
        kept[key] = (_either(other[0], condition), other[1]) if other else (condition, start)
    return list(kept.values())


def _either(one: Filter, other: Filter) -> Filter:
    values = tuple(dict.fromkeys((*one.values, *other.values)))
    said = one.said if values == one.values else f"{one.said} ou {other.said}"
    return replace(one, values=values, said=said)
