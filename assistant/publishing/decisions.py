"""Decisions about the index: the candidate, its verdict, and who put what into service."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.errors import GateRefused
from assistant.journal.journal import IN_SERVICE, Journal
from assistant.publishing.history import index_events, never_served, restorable
from assistant.publishing.verdict import GateVerdict
from assistant.publishing.withheld import CandidateRefusal, WithheldTexts
from assistant.review.gold import CANDIDATE
from ingestion.blobs import blobs_of
from ingestion.durable import lock_for_writing
from ingestion.errors import DamagedSnapshot, IngestionError, UnknownSnapshot
from ingestion.index.publication import (
    current_name,
    discard,
    finished,
    publish,
    put_back,
    read_manifest,
    repository_of,
    rollback,
    served_name,
)
from ingestion.index.store import Manifest
from ingestion.library.readings import LibraryEntry

# The candidate: the snapshot that was built last and waits for someone's decision.


@dataclass(frozen=True, slots=True)
class CandidateIndex:
    """A snapshot and what the gate said of it; `verdict` is None until it was asked."""

    generation: str
    verdict: GateVerdict | None = None

    def is_examined(self, served: str) -> bool:
        """Whether the gate held it against this index in service, and not against another."""
        return self.verdict is not None and self.verdict.against == served


_candidate = TypeAdapter(CandidateIndex)


def read_candidate(home: Path) -> CandidateIndex | None:
    """The snapshot that waits, None when there is none, or it is no longer there."""
    written = blobs_of(home).get(CANDIDATE)
    try:
        found = _candidate.validate_json(written) if written is not None else None
    except ValidationError:
        return None  # written by another version: the gate says it again
    return found if found and found.generation in finished(home) else None


# Decisions about the index: each is somebody's, and is on record before it holds.
#
# So a kill leaves at worst a record of what was not done, and the next one to look says so. The
# caller holds the writer's lock of the data folder for all of them.


class Decisions:
    """What one user decides about the index of a data folder."""

    def __init__(self, home: Path, journal: Journal, user: str) -> None:
        """`user` is the pseudonym under which the journal names them."""
        self._home = home
        self._journal = journal
        self._user = user

    def propose(self, manifest: Manifest, verdict: GateVerdict | None) -> None:
        """Let a snapshot wait for a decision, with what the gate said.

        The one that waited before it goes, unless it has been in service.
        """
        before = read_candidate(self._home)
        if before and before.generation in never_served(self._journal) - {manifest.name}:
            discard(self._home, before.generation)
        candidate = CandidateIndex(manifest.name, verdict)
        blobs_of(self._home).put(CANDIDATE, _candidate.dump_json(candidate))
        if verdict is not None:
            act = "gate_passed" if verdict.passed else "gate_refused"
            told = {"against": verdict.against, "reasons": list(verdict.reasons)}
            self._tell(act, generation=manifest.name, **told)

    def built(self, manifest: Manifest) -> None:
        """A snapshot was made: told once, also where a kill kept its builder from telling it."""
        events = index_events(self._journal)
        if any((each.act, each.generation) == ("built", manifest.name) for each in events):
            return
        counted = {"documents": manifest.documents, "passages": manifest.passages}
        self._tell("built", generation=manifest.name, content=manifest.content, **counted)

    def publish(self, name: str, reason: str = "", *, force: bool = False) -> None:
        """Put a snapshot in service.

        Raises GateRefused unless the gate let it through against the index that is in service now,
        or somebody forces it with a reason. The first index needs no gate.
        """
        served = served_name(self._home)
        refusal = self._refusal(name, served)
        if refusal and not (force and reason):
            raise GateRefused(refusal)
        act, told = "forced" if refusal else "published", {"reason": reason, "refusal": refusal}
        with self._switching():
            publish(self._home, name, lambda name: self._switch(act, name, served or "", **told))
        self._close(name)

    def refuse(self, name: str, reason: str) -> None:
        """Throw the candidate away; it must not be the index in service.

        What it brought is set aside until somebody takes it again; of a damaged one, or where the
        index in service is, nobody knows what it brought.
        """
        if not reason:
            raise GateRefused("Dites pourquoi ce candidat est refusé : le journal le garde.")
        candidate = read_candidate(self._home)
        if candidate is None or candidate.generation != name:
            raise UnknownSnapshot(_NO_CANDIDATE)
        manifests = self._compared(name)
        self._tell("refused", generation=name, reason=reason)
        if manifests:
            self._withhold(*manifests, reason)
        self._close(name)
        if name != served_name(self._home):
            discard(self._home, name)

    def rollback(self, reason: str = "") -> str:
        """Put the index before the one in service back, and return its name."""
        left = current_name(self._home)
        with self._switching():
            return rollback(
                self._home,
                lambda name: self._switch("rolled_back", name, left, reason=reason),
                never_served(self._journal),
            )

    def restore(self, name: str, reason: str = "") -> None:
        """Put back an index that has been in service and is kept, older or newer than this one.

        Raises UnknownSnapshot for any other.
        """
        left = served_name(self._home)
        if name not in restorable(self._home, self._journal, left):
            raise UnknownSnapshot(
                f"L'index {name} n'est plus conservé, est déjà en service ou ne l'a jamais été. "
                "Voyez : sourcier index history"
            )
        with self._switching():
            put_back(
                self._home,
                name,
                lambda name: self._switch("restored", name, left or "", reason=reason),
            )

    def discard(self, name: str) -> None:
        """Free the disk of a snapshot that is neither in service nor the candidate."""
        candidate = read_candidate(self._home)
        if name in (served_name(self._home), candidate and candidate.generation):
            raise IngestionError(
                f"L'index {name} est en service ou attend une décision : il n'est pas supprimé."
            )
        if name not in finished(self._home):
            raise UnknownSnapshot(f"Aucun index ne se nomme {name}.")
        self._tell("discarded", generation=name)
        discard(self._home, name)

    def added(self, entries: Sequence[LibraryEntry]) -> None:
        """Files were added to the library."""
        if entries:
            WithheldTexts(self._home).release(entries)
            self._tell("added", files=list(map(_named, entries)))

    @contextmanager
    def adding(self) -> Iterator[list[LibraryEntry]]:
        """A list for files as they are added, which is told also when adding is cut short."""
        entries: list[LibraryEntry] = []
        try:
            yield entries
        finally:
            self.added(entries)

    def removed(self, sources: Sequence[str]) -> None:
        """Files were removed from the library."""
        if sources:
            self._tell("removed", files=list(sources))

    def took_again(self, entry: LibraryEntry) -> None:
        """A file that was set aside came back into the library."""
        self._tell("taken_again", files=[_named(entry)])

    def dated(self, entry: LibraryEntry) -> None:
        """Somebody said as of which day the texts of a file were right."""
        days = [day.isoformat() for day in (entry.state_date, entry.state_until) if day]
        self._tell("dated", files=[_named(entry)], days=days)

    def _compared(self, name: str) -> tuple[Manifest, Manifest] | None:
        """The manifests of a candidate and of the index in service, None where one says nothing."""
        served = served_name(self._home)
        if served in (None, name):
            return None
        try:
            return read_manifest(self._home, name), read_manifest(self._home, str(served))
        except (DamagedSnapshot, UnknownSnapshot):
            return None

    def _withhold(self, candidate: Manifest, served: Manifest, reason: str) -> None:
        at = datetime.now().astimezone()
        refusal = CandidateRefusal(candidate.name, self._user, at, reason)
        withheld = WithheldTexts(self._home).withhold(candidate, served, refusal)
        if withheld:
            self._tell("set_aside", generation=candidate.name, files=list(map(_named, withheld)))

    def _refusal(self, name: str, served: str | None) -> str:
        """Why a snapshot may not be published without force, "" when it may."""
        if served is None or name == served:
            return ""
        candidate = read_candidate(self._home)
        if candidate and candidate.generation == name and candidate.is_examined(served):
            return " ".join(candidate.verdict.reasons if candidate.verdict else ())
        return (
            f"L'index {name} n'a pas encore répondu aux questions de contrôle contre l'index en "
            f"service. Lancez : sourcier index gate {name}"
        )

    def settle(self) -> None:
        """Say which index is in service, where the journal last told of another.

        A kill between the record and the swap brings that about, or a hand in the data folder.
        """
        served, told = served_name(self._home), self._last_told()
        if served and told and served != told:
            self._switch("noticed", served, told)

    @contextmanager
    def _switching(self) -> Iterator[None]:
        """What was told before is settled first, and a swap that fails once it is told."""
        self.settle()
        try:
            yield
        except BaseException:
            self.settle()
            raise

    def _switch(self, act: str, name: str, replaces: str, **told: object) -> None:
        self._tell(act, generation=name, replaces=replaces, **told)

    def _last_told(self) -> str | None:
        """The index in service by the journal, None when it tells of none any more."""
        entries = [entry for entry in self._journal.entries() if entry["kind"] == "index"]
        bodies = (self._journal.body(entry) for entry in reversed(entries))
        switches = (body for body in bodies if body and body["act"] in IN_SERVICE)
        return next((str(body["generation"]) for body in switches), None)

    def _close(self, name: str) -> None:
        candidate = read_candidate(self._home)
        if candidate and candidate.generation == name:
            blobs_of(self._home).remove(CANDIDATE)

    def _tell(self, act: str, **told: object) -> None:
        self._journal.append("index", {"act": act, **told}, user=self._user)


def _named(entry: LibraryEntry) -> dict[str, str]:
    """A file as the journal names it."""
    return {"file": entry.source, "sha256": entry.sha256}


_NO_CANDIDATE = (
    "Ce candidat n'attend plus de décision : un autre a été construit, ou il est publié."
)


def settle_at_start(home: Path, journal: Journal) -> None:
    """Settle what a kill left.

    It waits for the next start or decision where somebody decides at this moment, or the disk
    refuses: neither keeps the pages from being served.
    """
    with suppress(IngestionError), lock_for_writing(home):
        repository_of(home).announce(None)
        Decisions(home, journal, "start").settle()
