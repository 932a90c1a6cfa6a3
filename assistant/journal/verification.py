"""Verification: from where the links of a chain break, and what was done to it."""

from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from assistant.journal.bodies import Bodies, digest_of
from assistant.journal.chain import GENESIS, Anchor, read
from ingestion.progress import Progress, untold

# Runs: the stretches of a chain in which every line names the one before. Pure.


@dataclass(frozen=True, slots=True)
class Link:
    """What a line says of its place; `is_sound` when it still has its own hash.

    A line that is no entry says nothing. Lines of earlier versions have no number.
    """

    hash: str = ""
    previous: str = ""
    number: int | None = None
    is_sound: bool = False


@dataclass(frozen=True, slots=True)
class ChainRun:
    """The lines of the places `start` to `stop` (0-based, half-open); `number` is the first's."""

    start: int
    stop: int
    number: int

    def __len__(self) -> int:
        return self.stop - self.start

    @property
    def end(self) -> int:
        """The number after that of the last line."""
        return self.number + len(self)

    @property
    def places(self) -> range:
        """Where its lines stand."""
        return range(self.start, self.stop)

    @property
    def numbers(self) -> range:
        """The numbers of its lines."""
        return range(self.number, self.end)

    def place(self, number: int) -> int:
        """Where the line of a number stands."""
        return self.start + number - self.number


def runs_of(links: Sequence[Link]) -> tuple[ChainRun, ...]:
    """Every run, by place; a line that is not sound is in none.

    Where two lines name the same one before, both begin a run: one of them was put there.
    """
    named = Counter(link.previous for link in links if link.is_sound)
    spans: list[tuple[int, int]] = []
    for place, link in enumerate(links):
        if not link.is_sound:
            continue
        before = links[place - 1] if place else Link()
        if named[link.previous] == 1 and _follows(link, before):
            spans[-1] = (spans[-1][0], place + 1)
        else:
            spans.append((place, place + 1))
    return tuple(_numbered(links, spans))


def kept_runs(runs: Sequence[ChainRun]) -> tuple[ChainRun, ...]:
    """The longest runs whose numbers rise from place to place: what was written so. By place."""
    kept: list[ChainRun] = []
    for run in sorted(runs, key=lambda run: (-len(run), run.start)):
        at = bisect(kept, run.start, key=lambda each: each.start)
        fits_before = at == 0 or kept[at - 1].end <= run.number
        if fits_before and (at == len(kept) or run.end <= kept[at].number):
            kept.insert(at, run)
    return tuple(kept)


def _follows(link: Link, before: Link) -> bool:
    if not before.is_sound or link.previous != before.hash:
        return False
    return before.number is None or link.number == before.number + 1


def _numbered(links: Sequence[Link], spans: Sequence[tuple[int, int]]) -> Iterator[ChainRun]:
    """Runs with their numbers: stated, else told by the line before, else by the place."""
    known = {GENESIS: 0}
    for start, stop in spans:
        stated = next((k for k in range(start, stop) if links[k].number is not None), None)
        if stated is None:
            number = known.get(links[start].previous, start) + 1
        else:
            number = (links[stated].number or 0) - (stated - start)
        run = ChainRun(start, stop, number)
        known |= {links[place].hash: number + place - start for place in run.places}
        yield run


# Faults: from where the links of a chain break, what was done to it. Pure.
#
# What stands between the runs that are kept, or lacks there, tells what was done.


class Tampering(StrEnum):
    """What was done; the value is the French word."""

    EDIT = "modification"
    DELETION = "suppression"
    INSERTION = "insertion"
    REORDERING = "déplacement"
    CUT = "fin coupée"
    BODY = "texte altéré"


@dataclass(frozen=True, slots=True)
class ChainFault:
    """A line (1-based) where something was done, with what can be said of it in French."""

    line: int
    what: Tampering
    reason: str


def chain_faults(links: Sequence[Link]) -> tuple[ChainFault, ...]:
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
    for before, after in pairwise((ChainRun(0, 0, 1), *kept, ChainRun(len(links), len(links), 0))):
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
    links: Sequence[Link], anchors: Sequence[Anchor], found: Sequence[ChainFault]
) -> Iterator[ChainFault]:
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
        yield ChainFault(
            place + 1,
            Tampering.EDIT,
            f"n'est plus {named} : tout ou partie de ce qui la précède a été récrit",
        )
    elif not kept or unmet.number >= kept[-1].end:
        yield ChainFault(
            len(links) + 1, Tampering.CUT, f"manque, avec {named} : la fin a été coupée"
        )


def _starting(links: Sequence[Link], kept: Sequence[ChainRun]) -> Iterator[ChainFault]:
    if kept and kept[0].number < 1:
        yield ChainFault(
            1, Tampering.INSERTION, "commence plus de lignes que le journal n'en a compté"
        )
    if kept and kept[0].number == 1 and links[kept[0].start].previous != GENESIS:
        yield ChainFault(
            kept[0].start + 1, Tampering.DELETION, "n'est pas celle qui fut la première"
        )


def _relinked(links: Sequence[Link], kept: Sequence[ChainRun]) -> Iterator[ChainFault]:
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
        yield ChainFault(
            place + 1,
            Tampering.EDIT,
            "n'est pas celle que la suivante désigne : l'une des deux a été récrite",
        )


def _edited(link: Link, place: int) -> ChainFault:
    unreadable = "est illisible : écriture interrompue, ou modifiée après coup"
    reason = "a été modifiée après coup" if link.hash else unreadable
    return ChainFault(place + 1, Tampering.EDIT, reason)


def _added(place: int) -> ChainFault:
    return ChainFault(
        place + 1, Tampering.INSERTION, "est illisible : écriture interrompue, ou ajoutée"
    )


def _copied(place: int, number: int) -> ChainFault:
    reason = f"se donne pour l'enregistrement n° {number}, qui est ailleurs : elle a été ajoutée"
    return ChainFault(place + 1, Tampering.INSERTION, reason)


def _moved(place: int, number: int) -> ChainFault:
    reason = f"est l'enregistrement n° {number} : elle n'est pas à sa place"
    return ChainFault(place + 1, Tampering.REORDERING, reason)


def _deleted(after: ChainRun, count: int, numbers: range) -> ChainFault:
    plural = "s" if count > 1 else ""
    reason = (
        f"suit un vide : il manque {count} enregistrement{plural} entre les n° "
        f"{numbers.start - 1} et {numbers.stop}"
    )
    return ChainFault(after.start + 1, Tampering.DELETION, reason)


# Verifying: every line, every body that stands, every anchor, in one pass over the files.


def find_faults(
    lines: Sequence[bytes],
    bodies: Bodies,
    anchors: Sequence[Anchor],
    progress: Progress = untold,
    since: Callable[[], Iterable[Mapping[str, Any]]] = tuple,
) -> tuple[ChainFault, ...]:
    """Every place where the chain, a body or an anchor does not hold, by line.

    `since` gives the entries after these lines, which may say why a body is gone meanwhile.
    """
    links: list[Link] = []
    checked = _CheckedBodies(bodies)
    for place, line in enumerate(lines, 1):
        entry, is_sound = read(line)
        links.append(_link(entry, is_sound=is_sound))
        if entry is not None and is_sound:
            checked.check(place, entry)
        if place % 1000 == 0 or place == len(lines):
            progress(place, len(lines))
    chain = chain_faults(links)
    found = [*chain, *anchor_faults(links, anchors, chain), *checked.faults(since)]
    return tuple(sorted(found, key=lambda fault: fault.line))


class _CheckedBodies:
    """The bodies of entries that are heard one by one: those altered, and those gone untold."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self._forgotten = Forgotten(bodies)
        self._altered: list[ChainFault] = []
        self._missing: list[tuple[int, Mapping[str, Any]]] = []

    def check(self, place: int, entry: Mapping[str, Any]) -> None:
        """Hold the body of an entry against its hash; a line that holds its own has no other."""
        path = self._bodies.path(entry)
        if path is None:
            return
        self._forgotten.hear(entry)
        content = self._bodies.content(path)
        if content is None:
            self._missing.append((place, entry))
        elif sha256(content).hexdigest() != digest_of(entry):
            told = "a son texte modifié après coup"
            self._altered.append(ChainFault(place, Tampering.BODY, told))

    def faults(self, since: Callable[[], Iterable[Mapping[str, Any]]]) -> Iterator[ChainFault]:
        """What is wrong with them; later entries may say why one is gone."""
        yield from self._altered
        for later in since() if self._missing else ():
            self._forgotten.hear(later)
        for place, entry in self._missing:
            if not self._forgotten.explains(entry):
                told = "a perdu son texte sans purge ni effacement au journal"
                yield ChainFault(place, Tampering.BODY, told)


class Forgotten:
    """What the journal itself says of the bodies that no longer stand."""

    def __init__(self, bodies: Bodies) -> None:
        """Hear the entries one by one, then ask."""
        self._bodies = bodies
        self._before = ""
        self._erased: dict[str, int] = {}
        self._removed: dict[Path, int] = {}

    def hear(self, entry: Mapping[str, Any]) -> None:
        """Take in a purge, the erasure of a user or the removal of a dossier."""
        if entry["kind"] not in ("retention", "erasure", "dossier"):
            return
        told = self._bodies.body(entry) or {}
        if entry["kind"] == "retention":
            self._before = max(self._before, str(told.get("before", "")))
        elif entry["kind"] == "erasure":
            self._erased[str(told.get("user"))] = entry.get("number", 0)
        elif told.get("act") == "deleted":
            dossier = self._bodies.root / "dossiers" / str(told["dossier"])
            self._removed[dossier] = entry.get("number", 0)

    def explains(self, entry: Mapping[str, Any]) -> bool:
        """Whether a body was purged, erased, or removed with its dossier."""
        path, number = self._bodies.path(entry), int(entry.get("number", 0))
        if path is not None:
            is_removed = number < self._removed.get(path.parent.parent, 0)  # then made again
            if is_removed or self._bodies.left_with_dossier(path):
                return True
        is_erased = number < self._erased.get(entry.get("user", ""), 0)
        return is_erased or str(entry["at"]) < self._before


def _link(entry: Mapping[str, Any] | None, *, is_sound: bool) -> Link:
    if entry is None:
        return Link()
    return Link(entry["hash"], entry["previous"], entry.get("number"), is_sound)
