"""A small true service for the page: a few documents, scripted answers, opinions in a list."""

import shutil
import time
import weakref
from collections.abc import Callable, Generator, Sequence
from datetime import date
from pathlib import Path
from tempfile import mkdtemp
from threading import Event as Signal

from assistant.answering.answer import (
    Answer,
    Dropped,
    Event,
    Exchange,
    Finished,
    Found,
    ModelReading,
    Outcome,
    QueueWaiting,
    Seconds,
    TurnResult,
    Wrote,
)
from assistant.identity import ALONE
from assistant.journal.journal import Journal
from assistant.law.impact import IndexChanges, impact_of
from assistant.ledger.service import LedgerService
from assistant.question.day import Day, day_asked
from assistant.question.language import Language
from assistant.reports.markup import Html
from assistant.tenders.service import DossierService
from assistant.voice.transcriber import Transcriber
from assistant.web.buyer.dossier_pages import fiche_section
from assistant.web.service import Holdings, Thumb
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Document
from ingestion.documents.versions import History, difference, histories, near_references
from ingestion.errors import DamagedSnapshot, UnknownSnapshot
from ingestion.index.search import Vectors
from ingestion.index.snapshot import IndexSnapshot
from ingestion.tenders.dossiers import Dossier
from tests.support.fake_law import ANSWERS, GENERATION, LAW, TERMS, UNKNOWN
from tests.support.fakes import WordEmbedder
from tests.support.page_texts import (
    CHECKED,
    HOSTILE,
    NOT_FOUND,
    PAYMENT,
    SMALL_PURCHASES,
    WRITTEN,
    clauses_document,
    hostile_answer,
    numbered,
    passage_of,
    small_answer,
    text_document,
)

TODAY = date(2026, 11, 24)
PATIENCE = 60.0
"""Seconds after which a queue moves up by itself, for a page that is gone."""


def no_generation() -> IndexSnapshot:
    raise UnknownSnapshot("Aucun index n'est publié. Lancez « sourcier index build ».")


class FakeService:
    """Finds the same passages for every question; what it answers depends on a word of it.

    Its dossiers are real ones, in a folder that goes with it. A question that waits has two before
    it until `moves_up` is set.
    """

    model_name = "lecteur d’essai"
    engine_host = ""
    embeds_there = False
    servers: frozenset[str] = frozenset()
    voice: Transcriber | None = None
    reader = ALONE

    def __init__(
        self, pace: float = 0.0, prepared: Callable[[Path], Path] = lambda home: home
    ) -> None:
        """`prepared` makes its folder one whose ledger is where a test wants it."""
        self.pace = pace
        self.opinions: list[tuple[str, Thumb, str]] = []
        self.exports: list[tuple[str, tuple[str, ...]]] = []
        self.asked: list[tuple[str, date | None, tuple[Exchange, ...]]] = []
        self.asked_of: list[str | None] = []
        self.closed = 0
        self.moves_up = Signal()
        home = prepared(Path(mkdtemp()))
        weakref.finalize(self, shutil.rmtree, home)
        journal = Journal(home / "journal.jsonl")
        self.filing = DossierService(home, journal, WordEmbedder)
        self.ledger = LedgerService(home, journal, no_generation)
        self.filing.create(Dossier("montelyre-2026", "2026-04", "Entretien des parcs"))
        small = text_document("fiches/petits-achats.md", SMALL_PURCHASES, date(2026, 4, 1))
        written = text_document("fiches/ecrit.md", WRITTEN)
        payment = text_document("fiches/paiement.md", PAYMENT)
        hostile = text_document("fiches/notice.md", HOSTILE)
        clauses, original = clauses_document()
        known = (small, written, payment, hostile, clauses)
        self.documents = {document.id: document for document in known}
        self.originals = {clauses.id: original}
        self.evidence = numbered(
            passage_of(small, "art. R2122-8, en bref", "L’acheteur peut", "R. 2122-8)."),
            passage_of(small, "ce qui reste à faire", "Même dispensé", "R. 2121-6)."),
            passage_of(written, "art. R2112-1", "Un marché", "devis signé."),
            passage_of(clauses, "CCAP, art. 12, p. 2", "En cas de retard", "du marché."),
            passage_of(payment, "art. R2192-10", "Les collectivités", "R. 2192-10)."),
        )
        self.hostile = numbered(passage_of(hostile, "<b>p. 1</b>", "![image]", "</a>"))

    @property
    def holdings(self) -> Holdings:
        titles = tuple(document.title for document in self.documents.values())
        return Holdings("2026-11-15-a1b2c3", 63, 1412, CHECKED, titles)

    @property
    def dossiers(self) -> tuple[Dossier, ...]:
        return self.filing.all()

    def sections(
        self, dossier_id: str, language: Language, *, unfolded: bool = False
    ) -> Sequence[Html]:
        made = self.filing.fiche(dossier_id)
        return (fiche_section(made, dossier_id, language, unfolded=unfolded),)

    @property
    def embedder_name(self) -> str:
        return WordEmbedder().name

    def embed(self, texts: Sequence[str], *, are_questions: bool) -> Vectors:
        embedder = WordEmbedder()
        return embedder.embed_questions(texts) if are_questions else embedder.embed_passages(texts)

    def document(self, document_id: str, dossier: str | None = None) -> Document:
        return self.documents[document_id]

    def histories(self, reference: str) -> tuple[History, ...]:
        return histories(each for each in LAW if each.reference == reference)

    def rulings(self, reference: str, as_of: date) -> tuple[Passage, ...]:
        return ()

    def near_references(self, reference: str) -> tuple[str, ...]:
        return near_references(reference, LAW)

    def changes(self, old: str | None, new: str | None) -> IndexChanges:
        if old == UNKNOWN:
            raise UnknownSnapshot(f"Aucune génération d’index nommée « {old} ».")
        found = difference(LAW[:1], LAW)
        impact = impact_of(found.touched, self.documents.values(), TERMS, ANSWERS)
        return IndexChanges(old or "20261101-000000-000", new or GENERATION, found, impact)

    def original(self, document_id: str, dossier: str | None = None) -> bytes | None:
        return self.originals.get(document_id)

    def exported(self, file_format: str, record_ids: Sequence[str]) -> None:
        self.exports.append((file_format, tuple(record_ids)))

    def rate(self, record_id: str, thumb: Thumb, comment: str) -> None:
        if not record_id.startswith("essai-"):
            raise LookupError(record_id)
        self.opinions.append((record_id, thumb, comment))

    def ask(
        self,
        question: str,
        *,
        as_of: date | None,
        history: Sequence[Exchange],
        dossier: str | None = None,
    ) -> Generator[Event, None, None]:
        self.asked.append((question, as_of, tuple(history)))
        self.asked_of.append(dossier)
        try:
            for event in self.turn(question, day_asked([question], as_of, TODAY), dossier):
                yield event
                time.sleep(self.pace)
        finally:
            self.closed += 1

    def turn(
        self, question: str, day: Day, dossier: str | None = None
    ) -> Generator[Event, None, None]:
        evidence = self.hostile if "<script>" in question else self.evidence
        if "attendre" in question:
            yield QueueWaiting(2)
            self.moves_up.wait(PATIENCE)
            yield QueueWaiting(1)
        yield Found(question, evidence, day.as_of, day.source)
        if "panne" in question:
            raise RuntimeError("broken on purpose")
        if "index" in question:
            raise DamagedSnapshot("L’index est abîmé. Lancez « sourcier index rollback ».")
        if "lentement" in question:
            for _ in range(600):
                yield ModelReading()
                time.sleep(0.05)
        if "météo" in question:
            answer = Answer(Outcome.ABSTAINED, notice=NOT_FOUND)
        else:
            answer = (
                hostile_answer(evidence) if evidence is self.hostile else small_answer(evidence)
            )
        for sentence in answer.sentences:
            yield ModelReading()
            cited = tuple(c for c in answer.citations if c.n in sentence.citations)
            yield Wrote(sentence, cited)
        for removed in answer.removed:
            yield Dropped(removed)
        yield Finished(
            TurnResult(
                f"essai-{len(self.asked)}",
                question,
                question,
                day.as_of,
                day.source,
                answer,
                evidence,
                "rule",
                self.model_name,
                self.holdings.generation,
                Seconds(0.2, 1.1, 3.4),
                dossier,
            )
        )
