"""The service of this machine: what the page asks for, from the assistant, the index and files."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

from assistant.answering.answer import Event, Exchange, Finished, TurnResult
from assistant.answering.pipeline import Assistant
from assistant.answering.record import asked_by, searched_by
from assistant.calculators.calculation import Calculation
from assistant.calculators.catalogue import Asked, calculate
from assistant.calculators.constants import IndexedLaw, read_rates
from assistant.errors import UnknownRecord
from assistant.identity import ALONE, Identity
from assistant.law.impact import IndexChanges, changes_between
from assistant.ledger.service import LedgerService
from assistant.question.language import Language, detect_language
from assistant.reports.markup import Html
from assistant.retrieval.rulings import rulings_applying
from assistant.tenders.conformity.review import FiledReview, review_of
from assistant.tenders.service import DossierService
from assistant.voice.transcriber import Transcriber
from assistant.web.buyer.dossier_pages import fiche_section, review_section
from assistant.web.service import Holdings, Thumb
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Document
from ingestion.documents.versions import History, histories, near_references
from ingestion.errors import UnknownDocument
from ingestion.index.search import Embedder, Vectors, embedder_host
from ingestion.index.store import PassageStore
from ingestion.library.library import Library
from ingestion.tenders.dossiers import Dossier


class LocalBuyerService:
    """The service of one reader: what they do is done in their name, for their teams."""

    def __init__(
        self,
        home: Path,
        assistant: Assistant,
        embedder: Callable[[], Embedder],
        reader: Identity = ALONE,
        most: int | None = None,
        voice: Transcriber | None = None,
        servers: frozenset[str] = frozenset(),
    ) -> None:
        """The assistant is ready; `embedder` is the one that indexes are built by.

        `most` is how many bytes of pieces a reader may keep, `voice` what hears a question,
        `servers` those that are told to the reader.
        """
        self.voice = voice
        self.servers = servers
        self.filing = DossierService(
            home, assistant.journal, embedder, reader.teams, reader.user, most, reader.dossiers
        )
        self._assistant = assistant
        self._embedder = embedder
        self._home = home
        self.reader = reader

    @property
    def ledger(self) -> LedgerService:
        """The invoices and purchases of this machine."""
        return self._assistant.ledger

    @property
    def holdings(self) -> Holdings:
        """What the published snapshot holds."""
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
    def store(self) -> PassageStore:
        """The documents of the published snapshot."""
        return self._assistant.generation.store

    @property
    def engine_host(self) -> str:
        """The server of the language model."""
        return self._assistant.engine_host

    @property
    def embeds_there(self) -> bool:
        """As the embedder in use says."""
        return bool(embedder_host(self._assistant.embedder))

    @property
    def dossiers(self) -> tuple[Dossier, ...]:
        """The dossiers that this reader may ask about."""
        return self.filing.all()

    def sections(
        self, dossier_id: str, language: Language, *, unfolded: bool = False
    ) -> Sequence[Html]:
        """The fiche of the pieces and their conformity review, once there are some."""
        if not self.filing.count(dossier_id):
            return ()
        return (
            fiche_section(self.filing.fiche(dossier_id), dossier_id, language, unfolded=unfolded),
            review_section(self.review(dossier_id), language, unfolded=unfolded),
        )

    def review(self, dossier_id: str, as_of: date | None = None) -> FiledReview:
        """A dossier compared with the rules in use and with itself."""
        self._require(dossier_id)
        dossiers, rules = self._assistant.dossiers(self.reader.teams), self._assistant.generation
        return review_of(dossier_id, dossiers, rules, date.today(), as_of)

    def calculate(self, asked: Asked, day: date) -> Calculation:
        """A calculation on the law of a day, as the published snapshot states it."""
        law = IndexedLaw(self._assistant.generation, day)
        return calculate(asked, law, read_rates(self._home))

    def ask(
        self,
        question: str,
        *,
        as_of: date | None,
        history: Sequence[Exchange],
        dossier: str | None = None,
    ) -> Generator[Event, None, None]:
        """One turn of the assistant, in the language of the question.

        Raises UnknownDossier for one that the reader, or the token of their program, is not shown.
        """
        self._require(dossier)
        turn = self._assistant.ask(
            question,
            as_of=as_of,
            history=history,
            language=detect_language(question),
            dossier=dossier,
            teams=self.reader.teams,
            user=self.reader.user,
            purpose=asked_by(self.reader),
        )
        with closing(turn):
            for event in turn:
                if isinstance(event, Finished):
                    event = Finished(self._as_shown(event.result))
                yield event

    def search(self, question: str, *, as_of: date | None, dossier: str | None) -> TurnResult:
        """The evidence of a turn, without its answer."""
        self._require(dossier)
        found = self._assistant.search(
            question,
            as_of=as_of,
            dossier=dossier,
            teams=self.reader.teams,
            user=self.reader.user,
            purpose=searched_by(self.reader),
        )
        return self._as_shown(found)

    @property
    def embedder_name(self) -> str:
        """The model that indexes are built by."""
        return self._embedder().name

    def embed(self, texts: Sequence[str], *, are_questions: bool) -> Vectors:
        """The vectors of texts, by the model that indexes are built by."""
        embedder = self._embedder()
        return embedder.embed_questions(texts) if are_questions else embedder.embed_passages(texts)

    def document(self, document_id: str, dossier: str | None = None) -> Document:
        """A document of the rules in use, of a dossier, or a decision."""
        try:
            return self._store_of(dossier).document(document_id)
        except UnknownDocument:
            if dossier is not None or (case_law := self._assistant.case_law) is None:
                raise
            return case_law.store.document(document_id)

    def documents(self, dossier: str | None = None) -> Sequence[Document]:
        """The documents of the rules in use that are no articles, or those of a dossier."""
        return tuple(self._store_of(dossier).texts())

    def _store_of(self, dossier: str | None) -> PassageStore:
        self._require(dossier)
        if dossier is None:
            return self.store
        return self._assistant.dossier(dossier, self.reader.teams).store

    def histories(self, reference: str) -> tuple[History, ...]:
        """The versions of an article in the published snapshot."""
        return histories(self._assistant.generation.store.versions(reference))

    def rulings(self, reference: str, as_of: date) -> Sequence[Passage]:
        """Those of the decisions installed."""
        case_law = self._assistant.case_law
        return rulings_applying(case_law, reference, as_of) if case_law else ()

    def near_references(self, reference: str) -> tuple[str, ...]:
        """References of the published snapshot."""
        return near_references(reference, self._assistant.generation.store.documents())

    def changes(self, old: str | None, new: str | None) -> IndexChanges:
        """What changed between two snapshots of this machine, and what it touches of theirs."""
        return changes_between(self._home, old, new, self._assistant.journal, self.reader.user)

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
        """Keep an opinion beside the reader's own answer; raises UnknownRecord for any other.

        So it does for one that went with its dossier; raises UnknownDossier where that is no longer
        the reader's.
        """
        journal = self._assistant.journal
        rated = journal.entry(record_id)
        # An answer of an earlier version names nobody.
        if (
            rated is None
            or rated["kind"] != "answer"
            or rated["user"] not in ("", self.reader.user)
            or (body := journal.body(rated)) is None
        ):
            raise UnknownRecord(f"Le journal n'a pas d'enregistrement {record_id}.")
        self._require(body.get("dossier"))
        opinion = {"record_id": record_id, "thumb": thumb, "comment": comment}
        journal.append("opinion", opinion, journal.apart(rated), user=self.reader.user)

    def _require(self, dossier: str | None) -> None:
        """Raise UnknownDossier for one that is not shown."""
        if dossier is not None:
            self.filing.get(dossier)

    def _as_shown(self, result: TurnResult) -> TurnResult:
        """A result without the dossiers that are not shown among those that it proposes."""
        if not result.proposed:
            return result
        shown = {each.id for each in self.dossiers}
        proposed = tuple(each for each in result.proposed if each.id in shown)
        return replace(result, proposed=proposed)
