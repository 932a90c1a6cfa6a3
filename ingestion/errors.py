"""What can go wrong while documents become an index.

IngestionError
├── BusyIndex          another process is writing this index
├── BuildCancelled     someone asked a build to stop
├── DamagedSnapshot    a file of a snapshot is missing or altered
│   └── LostDocuments  passages of these documents do not find themselves in it
├── DamagedArchive     a document shown as evidence is missing or altered
├── UnknownSnapshot    no snapshot has this name, or none is published
├── UnknownDocument    the snapshot in use does not hold this document
├── UnknownDossier     there is no dossier of this name, or not for this reader
├── EmbedderMismatch   the index was built by another embedding model
├── UnreachableEmbedder   the server of the embedding model does not answer as it should
├── RefusedText        the server of the embedding model answers, but does not read a text
├── ModelUnavailable   weights are absent, incomplete or refused
├── NothingImported    there are no invoices and no purchases yet
├── DamagedLedger      the file of invoices and purchases cannot be read
├── UnreachableLedger  the server of invoices and purchases cannot be asked
├── UnreachableStore   the server of what several machines share cannot be asked
├── QueryTooHeavy      a question to them takes more time or memory than allowed
└── StorageFull        not enough free disk space for what is asked

A file that cannot be read is an `UnreadableFile` among its readers, and for those who asked them a
`FileReading` with a problem.
Messages are in French: they are shown to the user as they are.
"""


class IngestionError(Exception):
    """Base of every failure of this package; the message is a French sentence with the remedy."""


class UnreadableFile(Exception):
    """Nothing can be read from a file; the message is the reason, in French, for the user."""


class BusyIndex(IngestionError):
    """Another process holds the writer's lock."""


class BuildCancelled(IngestionError):
    """Someone asked the build to stop: it leaves nothing behind."""


class DamagedSnapshot(IngestionError):
    """A file of a snapshot is missing, altered or does not answer its own passages."""


class LostDocuments(DamagedSnapshot):
    """Passages of some documents, and of these only, do not find themselves."""

    def __init__(self, message: str, document_ids: frozenset[str]) -> None:
        """`document_ids` are those of the documents; the others are found."""
        super().__init__(message)
        self.document_ids = document_ids


class DamagedArchive(IngestionError):
    """A document that was kept as evidence is missing, or its bytes are not those kept."""


class UnknownSnapshot(IngestionError):
    """The snapshot asked for does not exist, or nothing has been published yet."""


class UnknownDocument(IngestionError, LookupError):
    """The snapshot asked does not hold this document; another one may."""


class UnknownDossier(IngestionError, LookupError):
    """There is no dossier of this name among those that the reader may see."""


class EmbedderMismatch(IngestionError):
    """The snapshot's vectors come from another embedding model than the one at hand."""


class UnreachableEmbedder(IngestionError):
    """The server of the embedding model cannot be reached, is too slow, or answers wrongly."""


class RefusedText(IngestionError):
    """The server of the embedding model reads other texts, and refuses one of those sent to it."""


class ModelUnavailable(IngestionError):
    """The weights asked for are absent, incomplete, altered, or not in the catalogue."""


class NothingImported(IngestionError):
    """No invoice and no purchase has been imported in this data folder."""


class DamagedLedger(IngestionError):
    """The file of invoices and purchases is not one, or is altered."""


class UnreachableLedger(IngestionError):
    """The server that holds the ledger does not answer, or refuses."""


class UnreachableStore(IngestionError):
    """The server that holds indexes and journal does not answer, or refuses."""


class QueryTooHeavy(IngestionError):
    """A question to the ledger takes more time, memory or rows than the limits allow."""


class StorageFull(IngestionError):
    """The disk has less free space than the operation needs."""
