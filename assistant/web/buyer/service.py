"""The buyer's service: everything the page asks of the rest of the program."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from assistant.accounts.identity import Identity
from assistant.answering.answer import Event, Exchange
from assistant.law.impact import IndexChanges
from assistant.ledger.service import LedgerService
from assistant.question.language import Language
from assistant.reports.markup import Html
from assistant.tenders.service import DossierService
from ingestion.chunking.passages import Passage
from ingestion.index.search import Vectors
from ingestion.legislation.versions import History
from ingestion.readers.documents import Document
from ingestion.tenders.dossiers import Dossier

Thumb = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Holdings:
    """What can be cited: the published generation, how much it holds and as of when."""

    generation: str
    documents: int
    passages: int
    state_date: date | None = None
    titles: tuple[str, ...] = ()


class BuyerService(Protocol):
    """Answers questions, opens documents, keeps opinions.

    Failures whose message is a French sentence for the reader are `AssistantError` or
    `IngestionError`; an unknown document is a `LookupError`.
    """

    @property
    def reader(self) -> Identity:
        """Whose desk this is."""

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
    def dossiers(self) -> tuple[Dossier, ...]:
        """The dossiers that the reader may ask about."""

    @property
    def filing(self) -> DossierService:
        """The dossiers of the reader, to be filled, corrected and removed."""

    @property
    def ledger(self) -> LedgerService:
        """The invoices and purchases of this machine, to be imported, seen and asked about."""

    def sections(self, dossier_id: str, language: Language) -> Sequence[Html]:
        """What is known of a dossier beyond its pieces, each ready to stand on its page."""

    def ask(
        self,
        question: str,
        *,
        as_of: date | None,
        history: Sequence[Exchange],
        dossier: str | None = None,
    ) -> Generator[Event, None, None]:
        """One turn, about the rules or about a dossier; without a day, the question's or today.

        Closing the generator between two events stops it at once.
        """

    @property
    def embedder_name(self) -> str:
        """The model that texts are embedded by, and the digest of its weights."""

    def embed(self, texts: Sequence[str], *, are_questions: bool) -> Vectors:
        """One unit row for each text, read as questions or as passages."""

    def document(self, document_id: str, dossier: str | None = None) -> Document:
        """The whole document, of the rules or of a dossier. Raises LookupError for an unknown one.

        A dossier of another team is as unknown as one that does not exist.
        """

    def histories(self, reference: str) -> tuple[History, ...]:
        """The versions of an article in each code that has it, none when no code has."""

    def rulings(self, reference: str, as_of: date) -> Sequence[Passage]:
        """A paragraph of each decision known that day that applies an article, none if none is."""

    def near_references(self, reference: str) -> tuple[str, ...]:
        """References of articles that are written almost like this one."""

    def changes(self, old: str | None, new: str | None) -> IndexChanges:
        """What changed between two generations, by default the published one and that before.

        Raises UnknownGeneration or DamagedGeneration.
        """

    def original(self, document_id: str, dossier: str | None = None) -> bytes | None:
        """The bytes of the file it was read from, None when they were not kept."""

    def exported(self, file_format: str, record_ids: Sequence[str]) -> None:
        """Keep that the reader takes these recorded answers away as a file."""

    def rate(self, record_id: str, thumb: Thumb, comment: str) -> None:
        """Keep an opinion on a recorded answer. Raises LookupError when there is no such record."""
