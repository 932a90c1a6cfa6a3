"""History: what was done to the index and to its texts, and by whom."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.journal.journal import IN_SERVICE, Journal
from ingestion.index.publication import finished

TOLD: Mapping[str, str] = {
    "built": "construit",
    "gate_passed": "contrôle passé",
    "gate_refused": "contrôle refusé",
    "published": "mis en service",
    "forced": "mis en service malgré le contrôle",
    "refused": "refusé",
    "rolled_back": "remis en service, retour en arrière",
    "restored": "remis en service",
    "noticed": "constaté en service, autre que le dernier annoncé",
    "discarded": "supprimé",
}
"""Acts of entries of kind "index" that concern one, in French."""


@dataclass(frozen=True, slots=True)
class IndexEvent:
    """What was done to an index; `act` is a key of TOLD, `user` a pseudonym.

    `reason` is what the one who did it said, `findings` what the gate said against it.
    """

    at: datetime
    user: str
    act: str
    generation: str
    reason: str
    findings: tuple[str, ...]

    @property
    def told(self) -> str:
        """The act in French."""
        return TOLD[self.act]

    @property
    def put_in_service(self) -> bool:
        """Whether the index answered from then on."""
        return self.act in IN_SERVICE


def index_events(journal: Journal) -> Iterator[IndexEvent]:
    """Everything that was done to indexes, the oldest first."""
    for done, body in _acts(journal, TOLD):
        refusal = body.get("refusal")
        yield IndexEvent(
            done.at,
            done.user,
            body["act"],
            body["generation"],
            body.get("reason", ""),
            (*body.get("reasons", ()), *([refusal] if refusal else ())),
        )


@dataclass(frozen=True, slots=True)
class TextAct:
    """When something was last done to a file, and by whom (a pseudonym)."""

    at: datetime
    user: str


def text_acts(journal: Journal, *acts: str) -> dict[str, TextAct]:
    """When and by whom one of these acts was last done to each file, by its source."""
    return {file["file"]: done for done, body in _acts(journal, acts) for file in body["files"]}


def _acts(journal: Journal, acts: Container[str]) -> Iterator[tuple[TextAct, Mapping[str, Any]]]:
    """When and by whom each of these acts was done, the oldest first, and what is told of it."""
    for entry in journal.entries():
        body = journal.body(entry) if entry["kind"] == "index" else None
        if body and body["act"] in acts:
            yield TextAct(datetime.fromisoformat(entry["at"]), str(entry.get("user", ""))), body


def never_served(journal: Journal) -> frozenset[str]:
    """The indexes that it tells of and that have not been in service, as the journal has it."""
    told, served = set(), set()
    for _, body in _acts(journal, TOLD):
        told.add(body["generation"])
        if body["act"] in IN_SERVICE:
            served |= {body["generation"], body.get("replaces", "")}
    return frozenset(told - served)


def restorable(home: Path, journal: Journal, served: str | None) -> tuple[str, ...]:
    """The indexes kept that have been in service and are not, the newest first.

    They were let in once, so that nothing is asked of them again.
    """
    were = {each.generation for each in index_events(journal) if each.put_in_service}
    return tuple(name for name in reversed(finished(home)) if name in were and name != served)
