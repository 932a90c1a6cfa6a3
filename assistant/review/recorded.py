"""Recorded answers: what the journal keeps of a turn, read back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from assistant.record import read_evidence
from assistant.results import result_of
from assistant.turn import Result


@dataclass(frozen=True, slots=True)
class Recorded:
    """A turn as it stands in the journal.

    `ended` is "finished", or "interrupted" for one that was stopped or failed. `archive` gives for
    the identifier of each document that was shown the sha256 under which it was archived; it is
    empty for answers older than the archive.
    """

    at: datetime
    user: str
    ended: str
    result: Result
    archive: Mapping[str, str]


def recorded(entry: Mapping[str, Any], body: Mapping[str, Any]) -> Recorded:
    """The turn that an entry and its body say, whether a buyer's or a replay."""
    result = replace(
        result_of({**body, "record_id": entry["hash"][:16]}),
        standalone=body["standalone"],
        evidence=read_evidence(body["evidence"]),
    )
    return Recorded(moment(entry), entry.get("user", ""), body["ended"], result, _archive(body))


def moment(entry: Mapping[str, Any]) -> datetime:
    """When an entry was written, in the time of this machine."""
    return datetime.fromisoformat(entry["at"]).astimezone()


def _archive(body: Mapping[str, Any]) -> Mapping[str, str]:
    found: Mapping[str, str] = body.get("archive", {})
    return found
