"""Differences: a value that two pieces state differently, and which of them prevails. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from assistant.conformity.case import Case
from assistant.conformity.checks import Fault
from assistant.conformity.rules import Rule
from assistant.conformity.values import Reading, Stated, listed
from assistant.priority import Priority, stated_priority
from ingestion.piece_kinds import PieceKind


def differences(rule: Rule, case: Case) -> Iterator[Fault]:
    """The pieces that state other values than another one does, all of them together.

    A piece that states some of the values of another, and no other, does not differ from it.
    """
    value = case.book.values[rule.value]
    found: defaultdict[PieceKind, list[Reading]] = defaultdict(list)
    for reading in case.read(rule.value):
        found[reading.piece].append(reading)
    stated = {piece: frozenset(each.value for each in same) for piece, same in found.items()}
    apart = tuple(stated) if value.unique and len(_all(stated)) > 1 else _apart(stated)
    if not apart:
        return
    order = stated_priority(clause.passage for clause in case.clauses)
    shown = _shown({piece: found[piece] for piece in apart}, value.unit)
    places = [each.place for piece in apart for each in found[piece]]
    saying = [each.passage for each in case.clauses if each.passage.locator == order.locator]
    yield Fault(
        (*places, *saying[:1]),
        " ≠ ".join(shown),
        {"found": " ; ".join(shown), "prevails": _told(order, apart)},
    )


def _shown(found: Mapping[PieceKind, Sequence[Reading]], unit: str) -> list[str]:
    """What is stated after the pieces that state it: "RC, CCAP : 48 mois"."""
    alike: defaultdict[str, list[PieceKind]] = defaultdict(list)
    for piece, readings in found.items():
        alike[listed((each.value for each in readings), unit)].append(piece)
    return [f"{', '.join(pieces)} : {values}" for values, pieces in alike.items()]


def _all(stated: Mapping[PieceKind, frozenset[Stated]]) -> frozenset[Stated]:
    return frozenset().union(*stated.values())


def _apart(stated: Mapping[PieceKind, frozenset[Stated]]) -> tuple[PieceKind, ...]:
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
    if not order.pieces:
        return "aucun ordre de priorité des pièces n'a été trouvé"
    ranked = order.prevailing(pieces)
    outside = ", ".join(piece for piece in pieces if piece not in ranked)
    if len(ranked) < 2:
        return f"l'ordre de priorité ({order.locator}) ne range pas {outside}"
    prevails = f"{ranked[0]} prévaut sur {', '.join(ranked[1:])} ({order.locator})"
    return f"{prevails} ; {outside} est hors de cet ordre" if outside else prevails
