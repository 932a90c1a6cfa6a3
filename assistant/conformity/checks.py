"""Checks of one rule against the clauses: a value, an interval, a mention missing or there. Pure.

Each yields what it finds fault with; how severe that is, and on which words of the law it rests,
is for the review.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from operator import gt, itemgetter, lt, ne

from assistant.calculators.amounts import number
from assistant.calculators.calendar import end_of_period
from assistant.conformity.case import Case
from assistant.conformity.finding import Unchecked
from assistant.conformity.rules import Rule, Side
from assistant.conformity.values import Reading, Stated, looked_at, written
from ingestion.passages import Passage

_FAULTS = {Side.ABOVE: (gt, ">"), Side.BELOW: (lt, "<"), Side.OTHER: (ne, "≠")}


@dataclass(frozen=True, slots=True)
class Fault:
    """What a check finds: the words of the dossier, the comparison, and what its sentence says.

    `words` fill the sentence of the rule. `doubt` is what else has to be true, after "si".
    """

    places: tuple[Passage, ...] = ()
    comparison: str = ""
    words: dict[str, str] = field(default_factory=dict)
    doubt: str = ""


def values(rule: Rule, case: Case) -> Iterator[Fault]:
    """The values on the wrong side of the limit of the law, each once."""
    found = case.read(rule.value)
    if not found:
        return
    unit, limit = case.book.values[rule.value].unit, _limit(rule, case)
    is_wrong, sign = _FAULTS[rule.side]
    wrong: defaultdict[Stated, list[Reading]] = defaultdict(list)
    for reading in found:
        if is_wrong(reading.value, limit):
            wrong[reading.value].append(reading)
    for value, same in wrong.items():
        said, limited = written(value, unit), written(limit, unit)
        yield Fault(
            tuple(each.place for each in same),
            f"{said} {sign} {limited}",
            {"found": said, "limit": limited},
        )


def _limit(rule: Rule, case: Case) -> Decimal:
    limit = case.stated(rule.constants[0]).value
    if not rule.times:
        return limit
    base = case.highest(rule.times)
    if base is None:
        raise Unchecked(f"les pièces ne disent pas {case.book.values[rule.times].label}")
    return limit * base


def missing(rule: Rule, case: Case) -> Iterator[Fault]:
    """The mention that no clause has, where there are clauses that should have it.

    Raises Unchecked when the dossier has none of the pieces.
    """
    if not any(clause.piece in rule.where.pieces for clause in case.clauses):
        names = ", ".join(rule.where.pieces)
        raise Unchecked(f"le dossier n'a aucune des pièces où le lire ({names})")
    clauses = looked_at(rule.where, case.clauses)
    if clauses and not any(clause.says(rule.says) for clause in clauses):
        first = next(clauses[0].matches(rule.where.about), None)
        yield Fault((clauses[0].place(first),) if first else ())


def present(rule: Rule, case: Case) -> Iterator[Fault]:
    """The sentences that have the mention and nothing that excuses it, alike ones together.

    What excuses an item of a list may stand anywhere in the list.
    """
    found: defaultdict[str, list[Passage]] = defaultdict(list)
    for clause in looked_at(rule.where, case.clauses):
        for match in clause.matches(rule.says):
            around = clause.around(match)
            if not any(pattern.search(around) for pattern in rule.unless):
                found[match.groupdict().get("key", "")].append(clause.place(match))
    for key, places in found.items():
        yield Fault(tuple(dict.fromkeys(places)), words={"found": key})


def intervals(rule: Rule, case: Case) -> Iterator[Fault]:
    """The time between two days, when it is shorter than the law has it.

    A period ends with its last day, so that a limit on that day is short by some hours. Raises
    Unchecked when a day is not known that the description of the dossier has a place for.
    """
    starts, ends = case.days(rule.value), case.days(rule.until)
    for name, days_found in ((rule.value, starts), (rule.until, ends)):
        value = case.book.values[name]
        if not days_found and value.described:
            raise Unchecked(f"ni les pièces ni la description du dossier ne disent {value.label}")
    if not starts or not ends:
        return
    (start, before), (end, after) = max(starts, key=itemgetter(0)), min(ends, key=itemgetter(0))
    days = int(case.stated(rule.constants[0]).value)
    last = end_of_period(start, days)
    if end > last:
        return
    found, limit = (f"{number(Decimal(each))} jours" for each in ((end - start).days, days))
    yield Fault(
        (*before, *after),
        f"{end:%d/%m/%Y} {'=' if end == last else '<'} {last:%d/%m/%Y}",
        {"found": found, "limit": limit, "last": f"{last:%d/%m/%Y}"},
        "l'heure limite tombe avant minuit" if end == last else "",
    )
