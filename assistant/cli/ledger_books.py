"""The ledger as the pages have it, for commands: what they change or take out is on record too."""

from pathlib import Path

from assistant.bookkeeping import Bookkeeping
from assistant.journal import Journal
from ingestion.generation import open_generation
from ingestion.publication import current_name


def journal_of(home: Path) -> Journal:
    """The journal of a data folder."""
    return Journal(home / "journal.jsonl")


def books_of(home: Path) -> Bookkeeping:
    """The ledger of a data folder, with the rules that are published there, if any."""
    return Bookkeeping(home, journal_of(home), lambda: open_generation(home, current_name(home)))
