"""The journal of a data folder: append, read back, verify, forget; the kinds of its entries."""

import tomllib
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

from assistant.journal.bodies import JournalParts, folder_parts
from assistant.journal.chain import (
    Anchor,
    HeldChain,
    entry_id,
    id_of,
    read_anchors,
    read_lines,
)
from assistant.journal.server import server_parts
from assistant.journal.verification import ChainFault, find_faults
from ingestion.durable import fullness_of_disk
from ingestion.errors import IngestionError
from ingestion.postgresql import named_server
from ingestion.progress import Progress, untold

_VOCABULARY = tomllib.loads(Path(__file__).with_name("kinds.toml").read_text(encoding="utf-8"))

KINDS: Mapping[str, str] = _VOCABULARY["kinds"]
ACTS: Mapping[str, Mapping[str, str]] = _VOCABULARY["acts"]
"""Every kind of entry, and every act of those that have some, as a French reader is told."""

IN_SERVICE = ("published", "forced", "rolled_back", "restored", "noticed")
"""Acts of entries of kind "index" that name the one in service from then on."""


Entry = Mapping[str, Any]


def _now() -> datetime:
    return datetime.now(UTC)


class Journal:
    """Every entry is on disk before `append` returns.

    An entry has `kind`, `at`, `number` from 1, `user`, `previous` and `hash`. Its body is asked
    for, since it may have been forgotten.
    """

    def __init__(
        self, path: Path, now: Callable[[], datetime] = _now, kept: JournalParts | None = None
    ) -> None:
        """The file and its folder are created at the first entry; `kept` is where, if elsewhere."""
        parts = kept or folder_parts(path)
        self._root = path.parent
        self._chain, self._bodies, self._anchors = parts.chain, parts.bodies, parts.anchors
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
            return id_of(self._add(chain, kind, body, apart, user))

    def anchor(self, *, user: str = "") -> Anchor | None:
        """Anchor the last entry, in the journal and its file; None while there is no entry.

        Raises StorageFull when the disk is.
        """
        with fullness_of_disk(self._root), self._chain.held() as chain:
            if chain.torn:
                self._begin(chain)
            return self._anchor(chain, user) if chain.head.number else None

    def anchored(self) -> tuple[Anchor, ...]:
        """The anchors beside the journal, oldest first; raises WrongAnchors."""
        return self._anchors.all()

    def entries(self) -> Iterator[dict[str, Any]]:
        """Every entry that can be read, oldest first."""
        return (entry for _, entry in self.read())

    def read(self, position: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
        """The entries from a position on, each with its own, for who reads on from the last one."""
        return read_lines(self._chain.lines(position), position)

    def entry(self, record_id: str) -> dict[str, Any] | None:
        """The entry of this identifier, None when there is none."""
        return next((each for each in self.entries() if entry_id(each) == record_id), None)

    def apart(self, entry: Entry) -> Path | None:
        """The folder that keeps the body of an entry, None when that is the journal's own."""
        path = self._bodies.path(entry)
        return None if path is None or self._bodies.is_own(path) else path.parent

    def body(self, entry: Entry) -> dict[str, Any] | None:
        """The body of an entry; None once it was purged, erased, altered or left with a dossier."""
        return self._bodies.body(entry)

    def faults(
        self, anchors: Path | None = None, progress: Progress = untold
    ) -> tuple[ChainFault, ...]:
        """Every place where something was altered, by line; none when nothing was.

        `anchors` is a file of them that was kept elsewhere; by default those beside the journal.
        Raises WrongAnchors when it cannot be read.
        """
        known = read_anchors(anchors) if anchors else self.anchored()
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
        standing = [path for path in paths if path and self._bodies.content(path) is not None]
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
            self._begin(chain)
            yield chain

    def _begin(self, chain: HeldChain) -> None:
        """Write what comes first in a hold: the first one after a crash alone knows of it."""
        if chain.head.number and chain.head.day < self._now().date().isoformat():
            self._anchor(chain)
        if chain.torn:
            self._add(chain, "recovery", {"act": "line_unfinished", "bytes": chain.torn})

    def _sweep(self) -> None:
        """Remove the bodies that no line names."""
        folders = {path.parent for path in self._paths()}
        # In a hold nobody has a body on disk whose line is to come.
        with fullness_of_disk(self._root), self._chain.held() as chain:
            if chain.torn:
                self._begin(chain)
            files = self._bodies.files(folders)
        named = set(self._paths())
        self._bodies.forget(file for file in files if file not in named)

    def _paths(self) -> Iterator[Path]:
        return (path for entry in self.entries() if (path := self._bodies.path(entry)))

    def _anchor(self, chain: HeldChain, user: str = "") -> Anchor:
        anchor = Anchor(self._now().date(), chain.head.number, chain.head.hash)
        self._anchors.add(anchor)
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
    """The journal of a data folder: in it, or where its settings name a server."""
    return Journal(home / "journal.jsonl", kept=parts_at(home, named_server(home, "store")))


def parts_at(home: Path, address: str) -> JournalParts:
    """Where the journal of a data folder is kept: on a server, or in it for the address ""."""
    return server_parts(home, address) if address else folder_parts(home / "journal.jsonl")


# Retention: bodies forgotten after some months, or for one user; their hashes stay.

_DAY = 24 * 3600
_ABOUT_OTHERS = frozenset({"erasure", "retention"})
_KEPT = {"dossier": "deleted", "review": "sampling"}
"""Acts, by kind, that hold for everybody and name nobody."""


def purge(journal: Journal, before: datetime, *, user: str = "") -> int:
    """Forget the bodies of the entries before a moment, and say so in the journal; how many.

    What still holds is kept: the decisions on indexes, how answers are drawn, dossiers removed.
    """
    limit = before.isoformat()
    return journal.forget(
        "retention",
        {"before": limit},
        lambda entry: str(entry["at"]) < limit and not _holds_on(journal, entry),
        user=user,
    )


def erase(journal: Journal, pseudonym: str, *, user: str = "") -> int:
    """Forget all that was written under a pseudonym, and say so in the journal; how many bodies.

    What `purge` keeps is kept, and what says of others that they were forgotten: without it the
    journal would look tampered with.
    """
    return journal.forget(
        "erasure",
        {"user": pseudonym},
        lambda entry: (
            entry["user"] == pseudonym
            and entry["kind"] not in _ABOUT_OTHERS
            and not _holds_on(journal, entry)
        ),
        user=user,
    )


def _holds_on(journal: Journal, entry: Entry) -> bool:
    kept = _KEPT.get(entry["kind"])
    is_kept = kept is not None and (journal.body(entry) or {}).get("act") == kept
    return is_kept or entry["kind"] == "index"


def records(journal: Journal, chosen: Callable[[dict[str, Any]], bool]) -> Iterator[dict[str, Any]]:
    """Entries with their bodies, None for those forgotten, oldest first."""
    for entry in journal.entries():
        if chosen(entry):
            yield entry | {"body": journal.body(entry)}


def months_before(moment: datetime, months: int) -> datetime:
    """The same day of an earlier month, or its last day where there is no such day. Pure."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return moment.replace(
        year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1])
    )


def purge_daily(journal: Journal, months: int) -> None:
    """Purge now and then once a day, beside everything else, as long as this process lives."""

    def work() -> None:
        while True:
            with suppress(IngestionError):  # a store that is down for a moment
                purge(journal, months_before(datetime.now(UTC), months))
            Event().wait(_DAY)

    Thread(target=work, name="purge", daemon=True).start()


# What is asked of public portals, on record whatever comes of it.


@contextmanager
def outgoing(journal: Journal, act: str, address: str, user: str) -> Iterator[dict[str, str | int]]:
    """Record an act of kind "fetch" with what the caller adds to it, or why nothing came."""
    told: dict[str, str | int] = {"act": act, "address": address}
    try:
        yield told
    except IngestionError as error:
        told["problem"] = str(error)
        raise
    finally:
        journal.append("fetch", told, user=user)
