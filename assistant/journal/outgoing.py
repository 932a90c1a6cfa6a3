"""What is asked of public portals, on record whatever comes of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from assistant.journal.journal import Journal
from ingestion.errors import IngestionError


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
