"""The journal of a data folder: append, read back, forget, look for what was altered."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.journal.anchors import Anchor, add_anchor, read_anchors
from assistant.journal.bodies import RECORDS, Bodies
from assistant.journal.chain import Chain, HeldChain
from assistant.journal.faults import Fault
from assistant.journal.verifying import Progress, find_faults, unwatched
from ingestion.durable import fullness_of_disk

Entry = Mapping[str, Any]


def _now() -> datetime:
    return datetime.now(UTC)


class Journal:
    """Every entry is on disk before `append` returns.

    An entry has `kind`, `at`, `number` from 1, `user`, `previous` and `hash`. Its body is asked
    for, since it may have been forgotten.
    """

    def __init__(self, path: Path, now: Callable[[], datetime] = _now) -> None:
        """The file and its folder are created at the first entry."""
        self.anchors = path.with_name("anchors")
        self._root = path.parent
        self._chain = Chain(path)
        self._bodies = Bodies(path.parent)
        self._now = now

    def append(
        self, kind: str, body: Mapping[str, Any], apart: Path | None = None, *, user: str = ""
    ) -> str:
        """Write an entry and return its identifier, the first 16 characters of its hash.

        `body` must be plain JSON values; it is kept in the folder `apart` when one is given.
        `user` is the pseudonym of who did it. Several processes may append to one journal. Before
        the first entry of a day comes an anchor. Raises StorageFull when the disk is.
        """
        with self._writing() as chain:
            return self._add(chain, kind, body, apart, user)[:16]

    def anchor(self, *, user: str = "") -> Anchor | None:
        """Anchor the last entry, in the journal and its file; None while there is no entry."""
        with self._chain.held() as chain:
            return self._anchor(chain, user) if chain.head.number else None

    def entries(self) -> Iterator[dict[str, Any]]:
        """Every entry that can be read, oldest first."""
        return (entry for _, entry in self.read())

    def read(self, position: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
        """The entries from a position on, each with its own, for who reads on from the last one."""
        return self._chain.read(position)

    def entry(self, record_id: str) -> dict[str, Any] | None:
        """The entry of this identifier, None when there is none."""
        return next((each for each in self.entries() if each["hash"][:16] == record_id), None)

    def apart(self, entry: Entry) -> Path | None:
        """The folder that keeps the body of an entry, None when that is the journal's own."""
        path = self._bodies.path(entry)
        return None if path is None or self._root / RECORDS in path.parents else path.parent

    def body(self, entry: Entry) -> dict[str, Any] | None:
        """The body of an entry; None once it was purged, erased, altered or left with a dossier."""
        return self._bodies.body(entry)

    def faults(
        self, anchors: Path | None = None, progress: Progress = unwatched
    ) -> tuple[Fault, ...]:
        """Every place where something was altered, by line; none when nothing was.

        `anchors` is a file of them that was kept elsewhere; by default the one beside the journal.
        Raises WrongAnchors when it cannot be read.
        """
        file = anchors or (self.anchors if self.anchors.exists() else None)
        known = read_anchors(file) if file else ()
        lines = list(self._chain.lines())
        length = sum(map(len, lines))

        def since() -> Iterator[Entry]:
            return (entry for _, entry in self.read(length))

        return find_faults(lines, self._bodies, known, progress, since)

    def forget(
        self,
        kind: str,
        told: Mapping[str, Any],
        chosen: Callable[[Entry], bool],
        *,
        user: str = "",
    ) -> int:
        """Remove bodies for good, after an entry of this kind says so; how many there were.

        Bodies that no line names, because a crash came before it, are removed with them. A body
        that an earlier version wrote into its line stays.
        """
        paths = (self._bodies.path(entry) for entry in self.entries() if chosen(entry))
        standing = [path for path in paths if path and path.exists()]
        if standing:
            # In one hold: who reads that bodies were forgotten finds none of them any more.
            with self._writing() as chain:
                self._add(chain, kind, {**told, "bodies": len(standing)}, user=user)
                self._bodies.forget(standing)
        self._sweep()
        return len(standing)

    @contextmanager
    def _writing(self) -> Iterator[HeldChain]:
        """Hold the chain, after what a new day or a crash adds to it."""
        with fullness_of_disk(self._root), self._chain.held() as chain:
            if chain.head.number and chain.head.day < self._now().date().isoformat():
                self._anchor(chain)
            if chain.torn:
                self._add(chain, "recovery", {"act": "line_unfinished", "bytes": chain.torn})
            yield chain

    def _sweep(self) -> None:
        """Remove the bodies that no line names."""
        folders = {path.parent for path in self._paths()}
        with self._chain.held():  # nobody has a body on disk whose line is to come
            files = self._bodies.files(folders)
        named = set(self._paths())
        self._bodies.forget(file for file in files if file not in named)

    def _paths(self) -> Iterator[Path]:
        return (path for entry in self.entries() if (path := self._bodies.path(entry)))

    def _anchor(self, chain: HeldChain, user: str = "") -> Anchor:
        anchor = Anchor(self._now().date(), chain.head.number, chain.head.hash)
        add_anchor(self.anchors, anchor)
        told = {"day": anchor.day.isoformat(), "number": anchor.number, "hash": anchor.hash}
        self._add(chain, "anchor", told, None, user)
        return anchor

    def _add(
        self,
        chain: HeldChain,
        kind: str,
        body: Mapping[str, Any],
        apart: Path | None = None,
        user: str = "",
    ) -> str:
        """Keep a body, then write its line; the hash of the entry."""
        at = self._now()
        kept = self._bodies.put(body, f"{at:%Y-%m}", apart)
        return chain.add(kind, at, user, kept)


def journal_of(home: Path) -> Journal:
    """The journal of a data folder."""
    return Journal(home / "journal.jsonl")
