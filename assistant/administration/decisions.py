"""Decisions about the index: each is somebody's, and is on record before it holds.

So a kill leaves at worst a record of what was not done, and the next one to look says so. The
caller holds the writer's lock of the data folder for all of them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from assistant.administration.candidate import (
    Candidate,
    forget_candidate,
    keep_candidate,
    read_candidate,
)
from assistant.administration.verdict import Verdict
from assistant.errors import GateRefused
from assistant.journal import Journal
from assistant.journal.vocabulary import IN_SERVICE
from ingestion.durable import writing
from ingestion.errors import IngestionError, UnknownGeneration
from ingestion.manifest import Manifest
from ingestion.publication import current_name, discard, finished, publish, rollback
from ingestion.readings import Entry


class Decisions:
    """What one user decides about the index of a data folder."""

    def __init__(self, home: Path, journal: Journal, user: str) -> None:
        """`user` is the pseudonym under which the journal names them."""
        self._home = home
        self._journal = journal
        self._user = user

    def propose(self, manifest: Manifest, verdict: Verdict | None) -> None:
        """Let a generation wait for a decision, with what the gate said."""
        keep_candidate(self._home, Candidate(manifest.name, verdict))
        if verdict is not None:
            act = "gate_passed" if verdict.passed else "gate_refused"
            told = {"against": verdict.against, "reasons": list(verdict.reasons)}
            self._tell(act, generation=manifest.name, **told)

    def built(self, manifest: Manifest) -> None:
        """A generation was made."""
        counted = {"documents": manifest.documents, "passages": manifest.passages}
        self._tell("built", generation=manifest.name, content=manifest.content, **counted)

    def publish(self, name: str, reason: str = "", *, force: bool = False) -> None:
        """Put a generation in service.

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
        """Throw the candidate away; it must not be the index in service."""
        if not reason:
            raise GateRefused("Dites pourquoi ce candidat est refusé : le journal le garde.")
        candidate = read_candidate(self._home)
        if candidate is None or candidate.generation != name:
            raise UnknownGeneration(_NO_CANDIDATE)
        self._tell("refused", generation=name, reason=reason)
        self._close(name)
        if name != served_name(self._home):
            discard(self._home, name)

    def rollback(self, reason: str = "") -> str:
        """Put the index before the one in service back, and return its name."""
        left = current_name(self._home)
        with self._switching():
            return rollback(
                self._home, lambda name: self._switch("rolled_back", name, left, reason=reason)
            )

    def discard(self, name: str) -> None:
        """Free the disk of a generation that is neither in service nor the candidate."""
        candidate = read_candidate(self._home)
        if name in (served_name(self._home), candidate and candidate.generation):
            raise IngestionError(
                f"L'index {name} est en service ou attend une décision : il n'est pas supprimé."
            )
        if name not in finished(self._home):
            raise UnknownGeneration(f"Aucun index ne se nomme {name}.")
        self._tell("discarded", generation=name)
        discard(self._home, name)

    def added(self, entries: Sequence[Entry]) -> None:
        """Files were added to the library."""
        if entries:
            told = [{"file": entry.source, "sha256": entry.sha256} for entry in entries]
            self._tell("added", files=told)

    def removed(self, sources: Sequence[str]) -> None:
        """Files were removed from the library."""
        if sources:
            self._tell("removed", files=list(sources))

    def _refusal(self, name: str, served: str | None) -> str:
        """Why a generation may not be published without force, "" when it may."""
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
            forget_candidate(self._home)

    def _tell(self, act: str, **told: object) -> None:
        self._journal.append("index", {"act": act, **told}, user=self._user)


_NO_CANDIDATE = (
    "Ce candidat n'attend plus de décision : un autre a été construit, ou il est publié."
)


def served_name(home: Path) -> str | None:
    """Name of the index in service, None when there is none."""
    return current_name(home) if (home / "current").exists() else None


def settle_at_start(home: Path, journal: Journal) -> None:
    """Settle what a kill left.

    It waits for the next start or decision where somebody decides at this moment, or the disk
    refuses: neither keeps the pages from being served.
    """
    with suppress(IngestionError), writing(home):
        Decisions(home, journal, "start").settle()
