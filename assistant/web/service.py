"""The buyer's service: everything the page asks of the rest of the program."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from assistant.identity import Identity
from assistant.law.impact import IndexChanges
from assistant.question.language import Language
from assistant.reports.markup import Html
from assistant.tenders.service import DossierService
from assistant.tools.tool import ReaderService
from assistant.voice.transcriber import Transcriber
from ingestion.chunking.passages import Passage
from ingestion.index.search import Vectors
from ingestion.tenders.dossiers import Dossier

Thumb = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Holdings:
    """What can be cited: the published snapshot, how much it holds and as of when."""

    generation: str
    documents: int
    passages: int
    state_date: date | None = None
    titles: tuple[str, ...] = ()


class BuyerService(ReaderService, Protocol):
    """A reader's service that opens originals and keeps opinions too."""

    @property
    def reader(self) -> Identity:
        """Whose service this is."""

    @property
    def holdings(self) -> Holdings:
        """What is indexed now."""

    @property
    def model_name(self) -> str:
        """The model that reads, as told to the user."""

    @property
    def engine_host(self) -> str:
        """The server that questions are sent to, "" when they stay on this machine."""

    @property
    def embeds_there(self) -> bool:
        """Whether all that is searched and indexed goes to that server too, for its vectors."""

    @property
    def servers(self) -> frozenset[str]:
        """Which other servers this machine has, by the names of their settings."""

    @property
    def voice(self) -> Transcriber | None:
        """What hears a question that is spoken, None where nothing does."""

    @property
    def dossiers(self) -> tuple[Dossier, ...]:
        """The dossiers that the reader may ask about."""

    @property
    def filing(self) -> DossierService:
        """The dossiers of the reader, to be filled, corrected and removed."""

    def sections(
        self, dossier_id: str, language: Language, *, unfolded: bool = False
    ) -> Sequence[Html]:
        """What is known of a dossier beyond its pieces, each ready to stand on its page."""

    @property
    def embedder_name(self) -> str:
        """The model that texts are embedded by, and the digest of its weights."""

    def embed(self, texts: Sequence[str], *, are_questions: bool) -> Vectors:
        """One unit row for each text, read as questions or as passages."""

    def rulings(self, reference: str, as_of: date) -> Sequence[Passage]:
        """A paragraph of each decision known that day that applies an article, none if none is."""

    def changes(self, old: str | None, new: str | None) -> IndexChanges:
        """What changed between two snapshots, by default the published one and that before.

        Raises UnknownSnapshot or DamagedSnapshot.
        """

    def original(self, document_id: str, dossier: str | None = None) -> bytes | None:
        """The bytes of the file it was read from, None when they were not kept."""

    def exported(self, file_format: str, record_ids: Sequence[str]) -> None:
        """Keep that the reader takes these recorded answers away as a file."""

    def rate(self, record_id: str, thumb: Thumb, comment: str) -> None:
        """Keep an opinion on a recorded answer. Raises LookupError when there is no such record."""
