"""Faults: from where the links of a chain break, what was done to it. Pure.

What stands between the runs that are kept, or lacks there, tells what was done.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from assistant.journal.anchors import Anchor
from assistant.journal.lines import GENESIS
from assistant.journal.runs import Link, Run, kept_runs, runs_of


class Tampering(StrEnum):
    """What was done; the value is the French word."""

    EDIT = "modification"
    DELETION = "suppression"
    INSERTION = "insertion"
    REORDERING = "déplacement"
    CUT = "fin coupée"
    BODY = "texte altéré"


@dataclass(frozen=True, slots=True)
class Fault:
    """A line (1-based) where something was done, with what can be said of it in French."""

    line: int
    what: Tampering
    reason: str


def chain_faults(links: Sequence[Link]) -> tuple[Fault, ...]:
    """What was done to a chain, by line; nothing when it holds from its first line to its last."""
    runs = runs_of(links)
    kept = kept_runs(runs)
    found = [*_starting(links, kept), *_relinked(links, kept)]
    if len(kept) == 1 and len(kept[0]) == len(links) and kept[0].number <= 1:
        return tuple(found)
    held = {number for run in kept for number in run.numbers}
    moved = set()
    for run in set(runs) - set(kept):
        for place, number in zip(run.places, run.numbers, strict=True):
            found.append(_copied(place, number) if number in held else _moved(place, number))
            moved.add(number)
    for before, after in pairwise((Run(0, 0, 1), *kept, Run(len(links), len(links), 0))):
        unsound = [place for place in range(before.stop, after.start) if not links[place].is_sound]
        numbers = range(before.end, after.number)
        lacking = len(numbers) - sum(number in numbers for number in moved - held)
        edited = len(unsound) if after.start == len(links) else lacking
        found += [_edited(links[place], place) for place in unsound[:edited]]
        found += [_added(place) for place in unsound[edited:]]
        if lacking > len(unsound):
            found.append(_deleted(after, lacking - len(unsound), numbers))
    return tuple(sorted(found, key=lambda fault: fault.line))


def anchor_faults(
    links: Sequence[Link], anchors: Sequence[Anchor], found: Sequence[Fault]
) -> Iterator[Fault]:
    """The first anchor that names an entry which is no longer the one of its number, or is gone.

    `found` is what was done to the chain: what it tells of a line is not told twice.
    """
    hashes = {link.hash for link in links if link.is_sound}
    unmet = next((anchor for anchor in anchors if anchor.hash not in hashes), None)
    if unmet is None:
        return
    kept = kept_runs(runs_of(links))
    place = next((run.place(unmet.number) for run in kept if unmet.number in run.numbers), None)
    named = f"l'enregistrement n° {unmet.number}, ancré le {unmet.day:%d/%m/%Y}"
    if place is not None and place + 1 not in {fault.line for fault in found}:
        yield Fault(
            place + 1,
            Tampering.EDIT,
            f"n'est plus {named} : tout ou partie de ce qui la précède a été récrit",
        )
    elif not kept or unmet.number >= kept[-1].end:
        yield Fault(len(links) + 1, Tampering.CUT, f"manque, avec {named} : la fin a été coupée")


def _starting(links: Sequence[Link], kept: Sequence[Run]) -> Iterator[Fault]:
    if kept and kept[0].number < 1:
        yield Fault(1, Tampering.INSERTION, "commence plus de lignes que le journal n'en a compté")
    if kept and kept[0].number == 1 and links[kept[0].start].previous != GENESIS:
        yield Fault(kept[0].start + 1, Tampering.DELETION, "n'est pas celle qui fut la première")


def _relinked(links: Sequence[Link], kept: Sequence[Run]) -> Iterator[Fault]:
    """Lines that hold by themselves, have their number, and are not what the next one names."""
    breaks = [
        (before, after)
        for before, after in pairwise(kept)
        if before.end == after.number and links[after.start].previous != links[before.stop - 1].hash
    ]
    heads = {before for before, _ in breaks}
    told: set[int] = set()
    for before, after in breaks:
        if before.stop - 1 not in told:
            # One line that neither its neighbour before nor that after knows is the one altered.
            alone = len(after) == 1 and after in heads
            told.add(after.start if alone else before.stop - 1)
    for place in sorted(told):
        yield Fault(
            place + 1,
            Tampering.EDIT,
            "n'est pas celle que la suivante désigne : l'une des deux a été récrite",
        )


def _edited(link: Link, place: int) -> Fault:
    unreadable = "est illisible : écriture interrompue, ou modifiée après coup"
    reason = "a été modifiée après coup" if link.hash else unreadable
    return Fault(place + 1, Tampering.EDIT, reason)


def _added(place: int) -> Fault:
    return Fault(place + 1, Tampering.INSERTION, "est illisible : écriture interrompue, ou ajoutée")


def _copied(place: int, number: int) -> Fault:
    reason = f"se donne pour l'enregistrement n° {number}, qui est ailleurs : elle a été ajoutée"
    return Fault(place + 1, Tampering.INSERTION, reason)


def _moved(place: int, number: int) -> Fault:
    reason = f"est l'enregistrement n° {number} : elle n'est pas à sa place"
    return Fault(place + 1, Tampering.REORDERING, reason)


def _deleted(after: Run, count: int, numbers: range) -> Fault:
    plural = "s" if count > 1 else ""
    reason = (
        f"suit un vide : il manque {count} enregistrement{plural} entre les n° "
        f"{numbers.start - 1} et {numbers.stop}"
    )
    return Fault(after.start + 1, Tampering.DELETION, reason)
