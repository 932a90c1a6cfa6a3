"""A journal on a PostgreSQL server, to which several machines append one after the other.

The lines, their hashes and their positions are those of the file that they would be in, so that
one verifier reads both, and what is moved from one to the other is the same to the byte.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from pathlib import Path, PurePosixPath
from threading import Lock, local

from assistant.journal.bodies import RECORDS, Bodies, JournalParts
from assistant.journal.chain import Anchor, Head, following, read
from ingestion.postgresql import SCHEMA, Connected, server_at, wait_alone
from ingestion.tenders.compartments import (
    EVERYTHING,
    file_content,
    file_names,
    forget_files,
    keep_file,
    see,
)
from ingestion.tenders.dossiers import place_at

_TABLES = """
CREATE TABLE IF NOT EXISTS {schema}.journal (start bigint PRIMARY KEY, line bytea NOT NULL);
CREATE TABLE IF NOT EXISTS {schema}.bodies (
    month text COLLATE "C", name text COLLATE "C", content bytea NOT NULL,
    PRIMARY KEY (month, name)
);
CREATE TABLE IF NOT EXISTS {schema}.anchors (
    number bigint, hash text, day date NOT NULL, PRIMARY KEY (number, hash)
);
"""

_AT_ONCE = 1000
"""Lines asked for together."""


class HeldRows:
    """The chain in the hands of its only writer, in a transaction."""

    torn = 0

    def __init__(self, connected: Connected) -> None:
        """The transaction has the lock of the journal."""
        self._connected = connected
        last = connected.rows(
            "SELECT start, line FROM {schema}.journal ORDER BY start DESC LIMIT 1"
        )
        self._end = last[0][0] + len(last[0][1]) if last else 0
        self.head = self._head(bytes(last[0][1])) if last else Head()

    def add(self, kind: str, at: datetime, user: str, kept: dict[str, str]) -> str:
        """Write an entry and return its hash; it is on disk once the transaction ends."""
        head, line = following(self.head, kind, at, user, kept)
        self._connected.run("INSERT INTO {schema}.journal VALUES (%s, %s)", self._end, line)
        self.head, self._end = head, self._end + len(line)
        return head.hash

    def copy(self, lines: Iterable[bytes]) -> None:
        """Insert them as the rows that follow."""
        for line in lines:
            self._connected.run("INSERT INTO {schema}.journal VALUES (%s, %s)", self._end, line)
            self._end += len(line)
            self.head = self._head(line)

    def _head(self, line: bytes) -> Head:
        entry, _ = read(line)
        if entry is None:
            return Head()
        counted = "SELECT count(*) FROM {schema}.journal"
        # Lines of earlier versions have no number: they are counted, once.
        number = entry["number"] if "number" in entry else self._connected.rows(counted)[0][0]
        return Head(number, entry["hash"], entry["at"][:10])


class JournalServer:
    """The transactions of a journal: what is written while the chain is held goes with its lines.

    So a body and its line are there together, and so is the line that says what was forgotten.
    """

    def __init__(self, address: str) -> None:
        self.asked = server_at(address)
        self._lock = Lock()
        self._mine = local()

    @contextmanager
    def held(self) -> Iterator[Connected]:
        """A transaction that has the lock of the journal; lost whole where it fails."""
        self._prepare()
        with self._lock, self.asked.transaction() as connected:  # others wait without a connection
            wait_alone(connected, "journal")
            self._mine.held = connected
            try:
                yield connected
            finally:
                self._mine.held = None

    @contextmanager
    def joined(self) -> Iterator[Connected]:
        """The transaction in which this thread holds the chain, else one of its own."""
        if connected := getattr(self._mine, "held", None):
            yield connected
        else:
            with self.asked.transaction() as connected:
                yield connected

    def _prepare(self) -> None:
        """Create the tables where they are not there yet."""
        if not self.asked.rows("SELECT to_regclass(%s)", f"{SCHEMA}.anchors")[0][0]:
            self.asked.prepare()
            with self.asked.transaction() as connected:
                wait_alone(connected, "journal")
                connected.run(_TABLES)


class ServerChain:
    """A table of lines, each at the place where it would begin in a file."""

    def __init__(self, server: JournalServer) -> None:
        self._server = server

    @contextmanager
    def held(self) -> Iterator[HeldRows]:
        """One transaction, under an advisory lock of the server."""
        with self._server.held() as connected:
            yield HeldRows(connected)

    def lines(self, start: int = 0) -> Iterator[bytes]:
        """The lines committed now, asked for by the thousand."""
        asked = (
            "SELECT start, line FROM {schema}.journal WHERE start >= %s AND start <= %s "
            "ORDER BY start LIMIT %s"
        )
        found = self._server.asked.known_rows("SELECT max(start) FROM {schema}.journal")
        last = found[0][0] if found and found[0][0] is not None else -1
        while start <= last:
            rows = self._server.asked.rows(asked, start, last, _AT_ONCE)
            yield from (bytes(line) for _, line in rows)
            start = rows[-1][0] + 1 if rows else last + 1


class ServerBodies:
    """A row each; those of dossiers are files of theirs."""

    def __init__(self, server: JournalServer, home: Path, address: str) -> None:
        self._server = server
        self._known = cache(lambda: place_at(home, address))

    def keep(self, folder: str, name: str, content: bytes) -> None:
        """Insert it; raises UnknownDossier for one of a dossier that was removed."""
        into = "INSERT INTO {schema}.bodies VALUES (%s, %s, %s)"
        with self._joined() as connected:
            if dossier := _dossier(folder):
                keep_file(connected, dossier, f"{RECORDS}/{name}", content)
            else:
                connected.run(into, _month(folder), name, content)

    def content(self, folder: str, name: str) -> bytes | None:
        """Read from its row."""
        if dossier := _dossier(folder):
            with self._joined() as connected:
                return file_content(connected, dossier, f"{RECORDS}/{name}")
        asked = "SELECT content FROM {schema}.bodies WHERE month = %s AND name = %s"
        found = self._server.asked.known_rows(asked, _month(folder), name)
        return bytes(found[0][0]) if found else None

    def forget(self, names: Collection[tuple[str, str]]) -> None:
        """Delete their rows."""
        gone = "DELETE FROM {schema}.bodies WHERE month = %s AND name = %s"
        with self._joined() as connected:
            for folder, name in names:
                if dossier := _dossier(folder):
                    forget_files(connected, dossier, [f"{RECORDS}/{name}"])
                else:
                    connected.run(gone, _month(folder), name)

    def names(self, folders: Collection[str]) -> Iterable[tuple[str, str]]:
        """Every row of its own, and those of these dossiers."""
        found = self._server.asked.known_rows("SELECT month, name FROM {schema}.bodies")
        yield from ((f"{RECORDS}/{month}", name) for month, name in found)
        for folder in folders:
            if dossier := _dossier(folder):
                with self._joined() as connected:
                    rows = file_names(connected, dossier, RECORDS)
                yield from ((folder, name) for name in rows)

    def stands(self, folder: str) -> bool:
        """Whether the dossier has its row."""
        return self._known().description(_dossier(folder)) is not None

    @contextmanager
    def _joined(self) -> Iterator[Connected]:
        """The transaction of the chain, which sees every dossier from here on."""
        self._known()
        with self._server.joined() as connected:
            see(connected, EVERYTHING)
            yield connected


def _dossier(folder: str) -> str:
    """The dossier of whose records this is the folder, "" for one of the journal's own."""
    parts = PurePosixPath(folder).parts
    return parts[1] if parts[0] == "dossiers" else ""


def _month(folder: str) -> str:
    return PurePosixPath(folder).name


class ServerAnchors:
    """A row each; who owns the server can cut them with the rest, as on a machine."""

    def __init__(self, server: JournalServer) -> None:
        self._server = server

    def add(self, anchor: Anchor) -> None:
        """Insert it."""
        into = (
            "INSERT INTO {schema}.anchors (number, hash, day) VALUES (%s, %s, %s) "
            "ON CONFLICT DO NOTHING"
        )
        with self._server.joined() as connected:
            connected.run(into, anchor.number, anchor.hash, anchor.day)

    def all(self) -> tuple[Anchor, ...]:
        """Those of its rows."""
        asked = "SELECT day, number, hash FROM {schema}.anchors ORDER BY number"
        rows: list[tuple[date, int, str]] = self._server.asked.known_rows(asked)
        return tuple(Anchor(day, number, digest) for day, number, digest in rows)


def server_parts(home: Path, address: str) -> JournalParts:
    """The journal of a data folder on a server."""
    server = JournalServer(address)
    bodies = Bodies(home, ServerBodies(server, home, address))
    return JournalParts(ServerChain(server), bodies, ServerAnchors(server))
