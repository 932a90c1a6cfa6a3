"""A reading as JSON, between the process that reads a file and the one that asked. Pure.

JSON and not pickle: what comes from a process that parsed a hostile file must not be executable.
"""

import json
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from ingestion.documents import (
    Days,
    Document,
    FileReading,
    Furniture,
    Heading,
    Hidden,
    Kind,
    Mark,
    Page,
    State,
    Stretch,
)

_DATES = ("valid_from", "valid_to", "state_date", "not_before")


def to_json(reading: FileReading) -> bytes:
    """The reading in UTF-8."""
    return json.dumps(asdict(reading), default=date.isoformat).encode()


def from_json(data: bytes) -> FileReading:
    """The reading that `to_json` wrote.

    Raises:
        ValueError: when the bytes are not such a reading.
    """
    try:
        found = json.loads(data)
        return FileReading(
            source=str(found["source"]),
            documents=tuple(_document(document) for document in found["documents"]),
            warnings=tuple(str(warning) for warning in found["warnings"]),
            problem=found["problem"],
            remarks=tuple(str(remark) for remark in found["remarks"]),
        )
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"not a reading: {error!r}") from error


def _document(found: dict[str, Any]) -> Document:
    values = {field.name: found[field.name] for field in fields(Document)}
    values["kind"] = Kind(values["kind"])
    values["state"] = State(values["state"]) if values["state"] else None
    values["pages"] = tuple(Page(**page) for page in values["pages"])
    values["headings"] = tuple(Heading(**heading) for heading in values["headings"])
    values["marks"] = tuple(Mark(**mark) for mark in values["marks"])
    values["furniture"] = tuple(Furniture(**each) for each in values["furniture"])
    values["hidden"] = tuple(Hidden(**hidden) for hidden in values["hidden"])
    values["stretches"] = tuple(_stretch(stretch) for stretch in values["stretches"])
    values["path"] = tuple(values["path"])
    for name in _DATES:
        values[name] = _day(values[name])
    return Document(**values)


def _stretch(found: dict[str, Any]) -> Stretch:
    days = found.pop("days")
    return Stretch(**found, days=days and Days(**{name: _day(days[name]) for name in days}))


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
