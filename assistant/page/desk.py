"""The desk: everything the page asks of the rest of the program."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from assistant.index_changes import IndexChanges
from assistant.turn import Event, Exchange
from ingestion.documents import Document
from ingestion.versions import History

Thumb = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Holdings:
    """What can be cited: the published generation, how much it holds and as of when."""

    generation: str
    documents: int
    passages: int
    state_date: date | None = None
    titles: tuple[str, ...] = ()


class Desk(Protocol):
    """Answers questions, opens documents, keeps opinions.

    Failures whose message is a French sentence for the reader are `AssistantError` or
    `IngestionError`; an unknown document is a `LookupError`.
    """

    @property
    def holdings(self) -> Holdings:
        """What is indexed now."""

    @property
    def model_name(self) -> str:
        """The model that reads, as told to the user."""

    def ask(
        self, question: str, *, as_of: date | None, history: Sequence[Exchange]
    ) -> Generator[Event, None, None]:
        """One turn; without a day, that of the question or today.

        Closing the generator between two events stops it at once.
        """

    def document(self, document_id: str) -> Document:
        """The whole document. Raises LookupError when there is none of that id."""

    def histories(self, reference: str) -> tuple[History, ...]:
        """The versions of an article in each code that has it, none when no code has."""

    def near_references(self, reference: str) -> tuple[str, ...]:
        """References of articles that are written almost like this one."""

    def changes(self, old: str | None, new: str | None) -> IndexChanges:
        """What changed between two generations, by default the published one and that before.

        Raises UnknownGeneration or DamagedGeneration.
        """

    def original(self, document_id: str) -> bytes | None:
        """The bytes of the file it was read from, None when they were not kept."""

    def rate(self, record_id: str, thumb: Thumb, comment: str) -> None:
        """Keep an opinion on a recorded answer. Raises LookupError when there is no such record."""
