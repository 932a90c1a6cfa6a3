"""The desk of one reader: what pages and tools ask of the rest of the program."""

from collections.abc import Generator, Sequence
from datetime import date
from typing import Protocol

from assistant.answering.answer import Event, Exchange, TurnResult
from assistant.calculators.calculation import Calculation
from assistant.calculators.catalogue import Asked
from assistant.ledger.service import LedgerService
from assistant.tenders.conformity.review import FiledReview
from assistant.tenders.service import DossierService
from ingestion.index.store import PassageStore
from ingestion.legislation.versions import History
from ingestion.readers.documents import Document


class ReaderDesk(Protocol):
    """Answers in the name of a reader, who sees the dossiers of their teams and no other.

    Failures whose message is a French sentence for the reader are `AssistantError` or
    `IngestionError`.
    """

    @property
    def filing(self) -> DossierService:
        """The dossiers of the reader; any other is as unknown as one that does not exist."""

    @property
    def ledger(self) -> LedgerService:
        """The invoices and purchases of this machine."""

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

    def document(self, document_id: str, dossier: str | None = None) -> Document:
        """The whole document, of the rules or of a dossier. Raises UnknownDocument."""

    def histories(self, reference: str) -> tuple[History, ...]:
        """The versions of an article in each code that has it, none when no code has."""

    def near_references(self, reference: str) -> tuple[str, ...]:
        """References of articles that are written almost like this one."""


class Desk(ReaderDesk, Protocol):
    """What the tools ask besides."""

    @property
    def store(self) -> PassageStore:
        """The documents of the rules in use."""

    def search(self, question: str, *, as_of: date | None, dossier: str | None) -> TurnResult:
        """The passages that a question would be answered from, without an answer."""

    def calculate(self, asked: Asked, day: date) -> Calculation:
        """What is asked, calculated on the law of a day. Raises Ungrounded or WrongFigures."""

    def review(self, dossier_id: str, as_of: date | None) -> FiledReview:
        """A dossier compared with the rules of its day, or of another, and with itself."""

    def documents(self, dossier: str | None = None) -> Sequence[Document]:
        """All of the rules, or of a dossier as it is indexed, without the articles."""
