"""Checks across pieces: values stated differently, weights that make no whole. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, combinations

from assistant.tenders.canonical import bare
from assistant.tenders.clauses import DossierClause
from assistant.tenders.conformity.checks import Case, CheckFault, require_sure
from assistant.tenders.conformity.rules import ConformityRule
from assistant.tenders.conformity.values import PieceValue, ValueReading, listed, looked_at
from assistant.tenders.priority import Priority, stated_priority
from assistant.tenders.weights import WHOLE, describe_sum, whole_in
from ingestion.chunking.passages import Passage
from ingestion.chunking.sentences import marker
from ingestion.documents.pieces import PieceKind

# Differences: a value that two pieces state differently, and which of them prevails. Pure.


def differences(rule: ConformityRule, case: Case) -> Iterator[CheckFault]:
    """The pieces that state other values than another one does, all of them together.

    A piece that states some of the values of another, and no other, does not differ from it.
    """
    for found in _alike(rule, case):
        stated = {piece: frozenset(each.value for each in same) for piece, same in found.items()}
        is_unique = case.book.values[rule.value].unique
        apart = tuple(stated) if is_unique and len(_all(stated)) > 1 else _apart(stated)
        if apart:
            yield _difference(rule, case, {piece: found[piece] for piece in apart})


def _alike(
    rule: ConformityRule, case: Case
) -> Iterable[Mapping[PieceKind, Sequence[ValueReading]]]:
    """What the pieces state of the same thing: the first of those that the rule tells, if any."""
    found: defaultdict[int, dict[PieceKind, list[ValueReading]]] = defaultdict(dict)
    for reading in case.read(rule.value):
        said = bare(reading.place.text)
        things = [n for n, each in enumerate(rule.says) if each.search(said)] or [-1]
        is_told = not rule.says or things[0] >= 0
        if is_told and not any(pattern.search(said) for pattern in rule.unless):
            found[things[0]].setdefault(reading.piece, []).append(reading)
    return found.values()


def _difference(
    rule: ConformityRule, case: Case, found: Mapping[PieceKind, Sequence[ValueReading]]
) -> CheckFault:
    order = stated_priority(clause.passage for clause in case.clauses)
    shown = _shown(found, case.book.values[rule.value].unit)
    places = [each.place for same in found.values() for each in same]
    saying = [each.passage for each in case.clauses if each.passage.locator == order.locator]
    return CheckFault(
        (*places, *saying[:1]),
        " ≠ ".join(shown),
        {"found": " ; ".join(shown), "prevails": _told(order, tuple(found))},
    )


def _shown(found: Mapping[PieceKind, Sequence[ValueReading]], unit: str) -> list[str]:
    """What is stated after the pieces that state it: "RC, CCAP : 48 mois"."""
    alike: defaultdict[str, list[PieceKind]] = defaultdict(list)
    for piece, readings in found.items():
        alike[listed((each.value for each in readings), unit)].append(piece)
    return [f"{', '.join(pieces)} : {values}" for values, pieces in alike.items()]


def _all(stated: Mapping[PieceKind, frozenset[PieceValue]]) -> frozenset[PieceValue]:
    return frozenset().union(*stated.values())


def _apart(stated: Mapping[PieceKind, frozenset[PieceValue]]) -> tuple[PieceKind, ...]:
    """The pieces of which neither's values are among the other's, in their order."""
    differing = {
        piece
        for one, other in combinations(stated, 2)
        if not (stated[one] <= stated[other] or stated[other] <= stated[one])
        for piece in (one, other)
    }
    return tuple(piece for piece in stated if piece in differing)


def _told(order: Priority, pieces: Sequence[PieceKind]) -> str:
    """Which of these pieces prevails, and which the order does not rank, in French."""
    if order.locator and not order.pieces:
        return f"l'ordre de priorité des pièces ({order.locator}) n'a pas pu être lu"
    if not order.pieces:
        return "aucun ordre de priorité des pièces n'a été trouvé"
    ranked = order.prevailing(pieces)
    outside = ", ".join(piece for piece in pieces if piece not in ranked)
    if len(ranked) < 2:
        return f"l'ordre de priorité ({order.locator}) ne range pas {outside}"
    prevails = f"{ranked[0]} prévaut sur {', '.join(ranked[1:])} ({order.locator})"
    return f"{prevails} ; {outside} est hors de cet ordre" if outside else prevails


# Weights: whether the criteria of an award add up to the whole. Pure.
#
# What is surely a list or a column of weights is added up, and prose is not: weights told in a
# sentence, or that may detail one another, are not found fault with.

_FEWEST = 2
_ASIDE = re.compile(r"\([^()]*\)|\bdont\b.*")
_LABELLED = re.compile(r"[^.{]*(?::|\(\{)")
_TOTAL = re.compile(r"^\W*(?:sous-)?total")
_WEIGHT = re.compile(r"\{([\d/]+) (ratio|point)\}")
_ENDING = re.compile(r"\}[ ;.,)]*$")
_NUMBER = re.compile(r"\W*\{[\d/]+ count\}\W*")


@dataclass(frozen=True, slots=True)
class _Weight:
    """A weight in percent or points and its line; None where it is not sure what its weight is."""

    value: Fraction | None
    place: Passage


def sums(rule: ConformityRule, case: Case) -> Iterator[CheckFault]:
    """The clauses whose weights are all sure, and of which no list or column makes a whole."""
    for clause in looked_at(rule.where, case.clauses):
        columns: defaultdict[int, list[_Weight]] = defaultdict(list)
        for column, weight in _weights(clause, rule):
            columns[column].append(weight)
        every = [each for same in columns.values() for each in same]
        places = dict.fromkeys(each.place for each in every)
        require_sure(each for each in places if each.doubts(each.start, each.end))
        if any(each.value is None for each in every):
            continue
        lists = ([each.value for each in same if each.value] for same in columns.values())
        read = [each for each in lists if len(each) >= _FEWEST]
        if read and not any(map(_makes_whole, read)):
            total = describe_sum(read[0])
            yield CheckFault(tuple(places), f"{total} ≠ {WHOLE}", {"found": total})


def _weights(clause: DossierClause, rule: ConformityRule) -> Iterator[tuple[int, _Weight]]:
    """What items, labelled lines and cells say of weights, each with its column."""
    begins = 0
    for line in clause.canonical.text.split("\n"):
        skipped = any(each.search(line) for each in (_TOTAL, *rule.unless))
        for column, value in () if skipped else _said(line):
            span = clause.canonical.origin(begins, begins + len(line))
            yield column, _Weight(value, clause.sentences_of(span))
        begins += len(line) + 1


def _said(line: str) -> Iterator[tuple[int, Fraction | None]]:
    """The weight that each cell of a line tells, None where one may be told otherwise.

    A line that is neither an item nor labelled may be the rest of one.
    """
    cells = line.split("|")
    is_row = len(cells) > 1
    is_listed = is_row or marker(line) or _LABELLED.match(line)
    for column, cell in enumerate(cells):
        value = _weight_of(cell)
        is_detail = is_row and not _WEIGHT.search(_ASIDE.sub("", cell))
        if value or (is_listed and _WEIGHT.search(cell) and not is_detail):
            yield column, value if is_listed else None
        elif column and _NUMBER.fullmatch(cell):
            yield column, None


def _weight_of(cell: str) -> Fraction | None:
    """The only weight of an item or a cell, at its end; what details it is left aside."""
    outside = _ASIDE.sub("", cell)
    said = outside if _WEIGHT.search(outside) else cell
    match _WEIGHT.findall(said):
        case [(value, unit)] if _ENDING.search(said):
            return Fraction(value) * (WHOLE if unit == "ratio" else 1)
    return None


def _makes_whole(weights: Sequence[Fraction]) -> bool:
    """Whether some in a row make the whole, or all but those that detail one of them."""
    runs = (accumulate(weights[start:]) for start in range(len(weights)))
    return any(WHOLE in run for run in runs) or bool(whole_in(weights))
