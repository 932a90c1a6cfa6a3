"""Retention: bodies forgotten after some months, or for one user; their hashes stay."""

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any

from assistant.journal.journal import Journal

_DAY = 24 * 3600


def purge(journal: Journal, before: datetime, *, user: str = "") -> int:
    """Forget the bodies of the entries before a moment, and say so in the journal; how many."""
    limit = before.isoformat()
    return journal.forget(
        "retention", {"before": limit}, lambda entry: str(entry["at"]) < limit, user=user
    )


def erase(journal: Journal, pseudonym: str, *, user: str = "") -> int:
    """Forget all that was written under a pseudonym, and say so in the journal; how many bodies."""
    return journal.forget(
        "erasure", {"user": pseudonym}, lambda entry: entry["user"] == pseudonym, user=user
    )


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
            purge(journal, months_before(datetime.now(UTC), months))
            Event().wait(_DAY)

    Thread(target=work, name="purge", daemon=True).start()
