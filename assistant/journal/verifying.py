"""Verifying: every line, every body that stands, every anchor, in one pass over the files."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from assistant.journal.anchors import Anchor
from assistant.journal.bodies import RECORDS, Bodies, content_of, digest_of
from assistant.journal.faults import Fault, Tampering, anchor_faults, chain_faults
from assistant.journal.lines import read
from assistant.journal.runs import Link

Progress = Callable[[int, int], None]
"""Told how many lines are done, of how many."""


def unwatched(done: int, total: int) -> None:
    """The progress of what nobody watches."""


def find_faults(
    lines: Sequence[bytes],
    bodies: Bodies,
    anchors: Sequence[Anchor],
    progress: Progress = unwatched,
    since: Callable[[], Iterable[Mapping[str, Any]]] = tuple,
) -> tuple[Fault, ...]:
    """Every place where the chain, a body or an anchor does not hold, by line.

    `since` gives the entries after these lines, which may say why a body is gone meanwhile.
    """
    links: list[Link] = []
    altered: list[Fault] = []
    missing: list[tuple[int, dict[str, Any]]] = []
    forgotten = Forgotten(bodies)
    for place, line in enumerate(lines, 1):
        entry, is_sound = read(line)
        links.append(_link(entry, is_sound=is_sound))
        path = bodies.path(entry) if entry is not None and is_sound else None
        if entry is not None and path is not None:
            forgotten.hear(entry)
            content = content_of(path)
            if content is None:
                missing.append((place, entry))
            elif sha256(content).hexdigest() != digest_of(entry):
                altered.append(Fault(place, Tampering.BODY, "a son texte modifié après coup"))
        if place % 1000 == 0 or place == len(lines):
            progress(place, len(lines))
    for later in since() if missing else ():
        forgotten.hear(later)
    lost = [
        Fault(place, Tampering.BODY, "a perdu son texte sans purge ni effacement au journal")
        for place, entry in missing
        if not forgotten.explains(entry)
    ]
    chain = chain_faults(links)
    found = [*chain, *anchor_faults(links, anchors, chain), *altered, *lost]
    return tuple(sorted(found, key=lambda fault: fault.line))


class Forgotten:
    """What the journal itself says of the bodies that no longer stand."""

    def __init__(self, bodies: Bodies) -> None:
        """Hear the entries one by one, then ask."""
        self._bodies = bodies
        self._before = ""
        self._erased: dict[str, int] = {}

    def hear(self, entry: Mapping[str, Any]) -> None:
        """Take in a purge or the erasure of a user."""
        if entry["kind"] not in ("retention", "erasure"):
            return
        told = self._bodies.body(entry) or {}
        if entry["kind"] == "retention":
            self._before = max(self._before, str(told.get("before", "")))
        elif "number" in entry:
            self._erased[str(told.get("user"))] = entry["number"]

    def explains(self, entry: Mapping[str, Any]) -> bool:
        """Whether a body was purged, erased, or removed with its dossier."""
        path = self._bodies.path(entry)
        is_of_dossier = path is not None and self._bodies.root / RECORDS not in path.parents
        if is_of_dossier and path is not None and not path.parent.parent.exists():
            return True
        is_erased = int(entry.get("number", 0)) < self._erased.get(entry.get("user", ""), 0)
        return is_erased or str(entry["at"]) < self._before


def _link(entry: Mapping[str, Any] | None, *, is_sound: bool) -> Link:
    if entry is None:
        return Link()
    return Link(entry["hash"], entry["previous"], entry.get("number"), is_sound)
