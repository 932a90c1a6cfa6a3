"""What is said of each file: its verdict, what it stores, what is doubted. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ingestion.ledger.columns import Columns
from ingestion.ledger.entries import Entry
from ingestion.ledger.records import Comment, Contents
from ingestion.ledger.rows import Invoice, Level, Purchase

_SAMPLE = 5


class Verdict(StrEnum):
    """What becomes of a file; `KNOWN` when the ledger has its bytes, or all that it says."""

    ACCEPTED = "accepted"
    WARNED = "warned"
    REFUSED = "refused"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class FileReport:
    """What was found in a file: how many invoices or contracts are stored, and all that is said.

    `sample` are the first of those that are stored, or that were read when none is; `columns` are
    those of its tables.
    """

    name: str
    verdict: Verdict
    format: str = ""
    stored: int = 0
    left_out: int = 0
    sample: tuple[Invoice | Purchase, ...] = ()
    columns: tuple[Columns, ...] = ()
    comments: tuple[Comment, ...] = ()


def judged(
    name: str, contents: Contents, entries: Sequence[Entry], columns: tuple[Columns, ...]
) -> FileReport:
    """What becomes of a file with these entries: one that is refused as a whole stores none."""
    told = (comment for entry in entries for comment in entry.comments)
    comments = tuple(dict.fromkeys((*contents.comments, *told)))
    stored = [each for each in entries if is_stored(each)]
    if any(each.level is Level.REFUSED and not each.place for each in contents.comments):
        verdict, stored = Verdict.REFUSED, []
    elif stored:
        verdict = Verdict.WARNED if comments else Verdict.ACCEPTED
    else:
        is_known = bool(entries) and all(each.is_known for each in entries)
        verdict = Verdict.KNOWN if is_known else Verdict.REFUSED
    return FileReport(
        name,
        verdict,
        contents.format,
        len(stored),
        len(entries) - len(stored),
        tuple(each.main for each in (stored or entries)[:_SAMPLE] if each.main),
        columns,
        comments,
    )


def is_stored(entry: Entry) -> bool:
    """Whether an entry is new and has nothing against it."""
    return not entry.is_known and not entry.is_refused
