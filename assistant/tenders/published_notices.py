"""Notices of the BOAMP: listed, or put into a dossier as they came; each request is on record."""

from hashlib import sha256
from io import BytesIO

from assistant.journal.journal import Journal, outgoing
from assistant.tenders.service import DossierService
from ingestion.opendata.fetching import FoundNotices, Told, fetch_notice, find_notices
from ingestion.opendata.portal import OpenDataset, RecordQuery
from ingestion.progress import StepProgress, untold
from ingestion.tenders.intake import Parcel, Receipt


def list_published(
    dataset: OpenDataset, where: str, most: int, journal: Journal, user: str, told: Told
) -> FoundNotices:
    """The newest notices; raises IngestionError when the portal does not give all of them."""
    with outgoing(journal, "notices", dataset.address_of(RecordQuery(where)), user) as record:
        found = find_notices(dataset, where, most, told)
        record |= {"address": found.address, "found": found.total, "shown": len(found.notices)}
        return found


def add_published(
    dataset: OpenDataset,
    number: str,
    filing: DossierService,
    dossier_id: str,
    journal: Journal,
    user: str,
    progress: StepProgress = untold,
) -> tuple[Receipt, ...]:
    """Put a notice into a dossier as one of its pieces; no receipt when there is none so named.

    Raises:
        IngestionError: when the portal fails, or the dossier is not one of the reader's.
    """
    filing.get(dossier_id)  # before anything is asked
    query = RecordQuery(f'idweb="{number}"')
    with outgoing(journal, "notices", dataset.address_of(query), user) as record:
        answer = fetch_notice(dataset, number)
        record["found"] = int(answer is not None)
        if answer is None:
            return ()
        record |= {"sha256": sha256(answer.content).hexdigest(), "dossier": dossier_id}
    parcel = Parcel(answer.name, BytesIO(answer.content))
    return filing.add(dossier_id, [parcel], progress=progress)
