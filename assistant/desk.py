"""The desk of this machine: what the page asks for, from the assistant, the index and the files."""

from collections.abc import Generator, Sequence
from datetime import date
from pathlib import Path

from assistant.assistant import Assistant
from assistant.errors import UnknownRecord
from assistant.index_changes import IndexChanges, changes_between
from assistant.language import language_of
from assistant.page.desk import Holdings, Thumb
from assistant.turn import Event, Exchange
from ingestion.documents import Document
from ingestion.library import Library
from ingestion.versions import History, histories, near_references


class LocalDesk:
    """One user on one machine."""

    def __init__(self, home: Path, assistant: Assistant) -> None:
        """The assistant is ready; nothing is loaded here."""
        self._assistant = assistant
        self._home = home
        self._library = Library(home)

    @property
    def holdings(self) -> Holdings:
        """What the published generation holds."""
        manifest = self._assistant.generation.manifest
        return Holdings(
            generation=manifest.name,
            documents=manifest.documents,
            passages=manifest.passages,
            state_date=manifest.state_date,
            titles=manifest.titles,
        )

    @property
    def model_name(self) -> str:
        """The language model's name."""
        return self._assistant.model_name

    def ask(
        self, question: str, *, as_of: date | None, history: Sequence[Exchange]
    ) -> Generator[Event, None, None]:
        """One turn of the assistant, in the language of the question."""
        language = language_of(question)
        return self._assistant.ask(question, as_of=as_of, history=history, language=language)

    def document(self, document_id: str) -> Document:
        """A document of the published generation."""
        return self._assistant.generation.store.document(document_id)

    def histories(self, reference: str) -> tuple[History, ...]:
        """The versions of an article in the published generation."""
        return histories(self._assistant.generation.store.versions(reference))

    def near_references(self, reference: str) -> tuple[str, ...]:
        """References of the published generation."""
        return near_references(reference, self._assistant.generation.store.documents())

    def changes(self, old: str | None, new: str | None) -> IndexChanges:
        """What changed between two generations of this machine."""
        return changes_between(self._home, old, new, self._assistant.journal)

    def original(self, document_id: str) -> bytes | None:
        """The file kept in the library when it was added."""
        return self._library.original(self.document(document_id).id)

    def rate(self, record_id: str, thumb: Thumb, comment: str) -> None:
        """Append the opinion to the journal; raises UnknownRecord."""
        answers = (
            entry for entry in self._assistant.journal.entries() if entry.get("kind") == "answer"
        )
        if all(entry["hash"][:16] != record_id for entry in answers):
            raise UnknownRecord(f"Le journal n'a pas d'enregistrement {record_id}.")
        opinion = {"record_id": record_id, "thumb": thumb, "comment": comment}
        self._assistant.journal.append("opinion", opinion)
