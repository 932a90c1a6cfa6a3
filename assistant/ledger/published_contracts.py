"""Published contracts fetched for the ledger: where from, when and which bytes, on record."""

from pathlib import Path

from assistant.journal.journal import Journal
from assistant.journal.outgoing import outgoing
from ingestion.opendata.fetching import (
    FetchedFile,
    Told,
    count_contracts,
    fetch_contracts,
)
from ingestion.opendata.portal import EXPORT, OpenDataset, RecordQuery

FOLDER = "fetched"
"""Of a data folder: the files as they came, into which the lineage of the rows points."""


def fetch_published(
    dataset: OpenDataset, where: str, folder: Path, journal: Journal, user: str, told: Told
) -> FetchedFile | None:
    """Fetch the contracts into a folder; None when there are none.

    Raises:
        IngestionError: when they do not all come; nothing of them is kept.
    """
    address = dataset.address_of(RecordQuery(where), EXPORT)
    with outgoing(journal, "purchases", address, user) as record:
        expected = count_contracts(dataset, where)
        record["lines"] = expected
        if not expected:
            return None
        fetched = fetch_contracts(dataset, where, expected, folder, told)
        record |= {"file": fetched.path.name, "sha256": fetched.sha256}
        return fetched
