"""The desk of this machine: what the page asks for, from the assistant, the index and the files."""

from collections.abc import Callable, Generator, Sequence
from datetime import date
from pathlib import Path

from assistant.assistant import Assistant
from assistant.bookkeeping import Bookkeeping
from assistant.conformity.filed import review_of
from assistant.conformity.view import review_section
from assistant.errors import UnknownRecord
from assistant.filing import Filing
from assistant.identity import ALONE, Identity
from assistant.index_changes import IndexChanges, changes_between
from assistant.language import Language, language_of
from assistant.page.desk import Holdings, Thumb
from assistant.page.fiche_section import fiche_section
from assistant.page.markup import Html
from assistant.turn import Event, Exchange
from ingestion.documents import Document
from ingestion.dossiers import Dossier
from ingestion.embedding import Embedder
from ingestion.library import Library
from ingestion.versions import History, histories, near_references


class LocalDesk:
    """The desk of one reader: what they do is done in their name, for their teams."""

    def __init__(
        self,
        home: Path,
        assistant: Assistant,
        embedder: Callable[[], Embedder],
        reader: Identity = ALONE,
        most: int | None = None,
    ) -> None:
        """The assistant is ready; `embedder` is the one that indexes are built by.

        `most` is how many bytes of pieces a reader may keep.
        """
        self.filing = Filing(home, assistant.journal, embedder, reader.teams, reader.user, most)
        self._assistant = assistant
        self._home = home
        self.reader = reader

    @property
    def ledger(self) -> Bookkeeping:
        """The invoices and purchases of this machine."""
        return self._assistant.ledger

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

    @property
    def dossiers(self) -> tuple[Dossier, ...]:
        """The dossiers that this reader may ask about."""
        return self.filing.all()

    def sections(self, dossier_id: str, language: Language) -> Sequence[Html]:
        """The fiche of the pieces and their conformity review, once there are some."""
        if not self.filing.count(dossier_id):
            return ()
        dossiers, rules = self._assistant.dossiers(self.reader.teams), self._assistant.generation
        return (
            fiche_section(self.filing.fiche(dossier_id), dossier_id, language),
            review_section(review_of(dossier_id, dossiers, rules, date.today()), language),
        )

    def ask(
        self,
        question: str,
        *,
        as_of: date | None,
        history: Sequence[Exchange],
        dossier: str | None = None,
    ) -> Generator[Event, None, None]:
        """One turn of the assistant, in the language of the question."""
        return self._assistant.ask(
            question,
            as_of=as_of,
            history=history,
            language=language_of(question),
            dossier=dossier,
            teams=self.reader.teams,
            user=self.reader.user,
        )

    def document(self, document_id: str, dossier: str | None = None) -> Document:
        """A document of the rules in use, or of a dossier."""
        if dossier is None:
            return self._assistant.generation.store.document(document_id)
        return self._assistant.dossier(dossier, self.reader.teams).store.document(document_id)

    def histories(self, reference: str) -> tuple[History, ...]:
        """The versions of an article in the published generation."""
        return histories(self._assistant.generation.store.versions(reference))

    def near_references(self, reference: str) -> tuple[str, ...]:
        """References of the published generation."""
        return near_references(reference, self._assistant.generation.store.documents())

    def changes(self, old: str | None, new: str | None) -> IndexChanges:
        """What changed between two generations of this machine."""
        return changes_between(self._home, old, new, self._assistant.journal)

    def original(self, document_id: str, dossier: str | None = None) -> bytes | None:
        """The file kept in the library when it was added."""
        known = self.document(document_id, dossier).id
        home = self._assistant.dossiers(self.reader.teams).home(dossier) if dossier else self._home
        return Library(home).original(known)

    def exported(self, file_format: str, record_ids: Sequence[str]) -> None:
        """Append the export to the journal, which holds the answers themselves."""
        told = {"what": "conversation", "format": file_format, "records": list(record_ids)}
        self._assistant.journal.append("export", told, user=self.reader.user)

    def rate(self, record_id: str, thumb: Thumb, comment: str) -> None:
        """Keep an opinion beside the reader's own answer; raises UnknownRecord for any other."""
        journal = self._assistant.journal
        rated = journal.entry(record_id)
        # An answer of an earlier version names nobody.
        if (
            rated is None
            or rated["kind"] != "answer"
            or rated["user"] not in ("", self.reader.user)
        ):
            raise UnknownRecord(f"Le journal n'a pas d'enregistrement {record_id}.")
        opinion = {"record_id": record_id, "thumb": thumb, "comment": comment}
        journal.append("opinion", opinion, journal.apart(rated), user=self.reader.user)
