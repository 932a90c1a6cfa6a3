"""Build a snapshot beside the others, from everything in the library."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np

from ingestion.chunking.passages import Passage, as_one, passages_of
from ingestion.documents.document import Document
from ingestion.documents.versions import irregularities
from ingestion.durable import require_space
from ingestion.errors import IngestionError, LostDocuments
from ingestion.index.lexical import Term, read_glossary
from ingestion.index.publication import find_content, repository_of, verify_snapshot
from ingestion.index.question_bank import read_bank, read_judged, read_nowhere_answered, read_rules
from ingestion.index.question_links import leading_questions
from ingestion.index.questions import LeadingQuestion
from ingestion.index.search import Embedder, Vectors, as_indexed, embedder_host
from ingestion.index.sentence_index import sentence_texts, sentences_of
from ingestion.index.shipped_vectors import ShippedVectors, shipped_file
from ingestion.index.snapshot import SnapshotContents
from ingestion.index.store import DisputedFigure, Manifest
from ingestion.index.vectors import embed_cached
from ingestion.library.library import Library
from ingestion.progress import StepProgress

Comparison = Callable[[Sequence[Passage], Sequence[Document]], tuple[DisputedFigure, ...]]
"""Told the passages and the documents of an index, says which figures of theirs are disputed."""


def uncompared(
    passages: Sequence[Passage], documents: Sequence[Document]
) -> tuple[DisputedFigure, ...]:
    """For what has no sheets."""
    return ()


FORMAT = b"11"
"""To be raised when a snapshot of the same texts is written or searched otherwise."""

_LOST = "ses passages ne se retrouvent pas par leur sens"

VECTOR_COPIES, SENTENCE_COPIES, TEXT_COPIES = 10, 3, 5
"""Room that vectors of passages, those of sentences and texts take, in times their own size; for
passages and texts measured 9.3 and 4, with the cache and the copies of a verification. Sentences
stand in the cache and in the snapshot, and are given one more."""


@dataclass(frozen=True, slots=True)
class _Texts:
    """Everything that is indexed: documents, passages in order, the glossary, the bank's questions.

    `origins` is the sha256 of each file by its source, in the order of adding, `aside` why a file
    is not indexed, or not all of it, `disputed` what is known to be wrong in a passage.
    """

    origins: dict[str, str]
    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    glossary: tuple[Term, ...]
    questions: tuple[LeadingQuestion, ...]
    aside: dict[str, str]
    disputed: tuple[DisputedFigure, ...]

    def without(self, lost: LostDocuments) -> "_Texts":
        """All but some documents; raises IngestionError, which names them, when none is left."""
        ids = lost.document_ids
        named = {each.source: _LOST for each in self.documents if each.id in ids}
        gone = {each.id for each in self.passages if each.document_id in ids}
        left = replace(
            self,
            documents=tuple(each for each in self.documents if each.id not in ids),
            passages=tuple(each for each in self.passages if each.document_id not in ids),
            questions=self._questions_without(gone),
            aside=self.aside | named,
            disputed=tuple(each for each in self.disputed if each.passage_id not in gone),
        )
        return left.required()

    def _questions_without(self, gone: set[str]) -> tuple[LeadingQuestion, ...]:
        """Those that still lead to a passage, and those that never did."""
        return tuple(
            each.without(gone)
            for each in self.questions
            if not each.passage_ids or not gone.issuperset(each.passage_ids)
        )

    def required(self) -> "_Texts":
        """The same; raises IngestionError when there is nothing in it to index."""
        if self.passages:
            return self
        if self.aside:
            told = " ; ".join(f"{source} : {why}" for source, why in self.aside.items())
            raise IngestionError(f"Aucun des fichiers ajoutés ne peut être indexé. {told}")
        raise IngestionError("Rien à indexer. Ajoutez des fichiers : sourcier index add CHEMIN")


def build(
    home: Path, embedder: Embedder, progress: StepProgress, compare: Comparison = uncompared
) -> Manifest:
    """Build and verify a snapshot; the caller holds the writer's lock.

    Returns the sound snapshot that already has this content, if there is one, published or not.
    A file that cannot be indexed is set aside, and named in the manifest. Raises IngestionError
    when the library is empty or none of it can be indexed, StorageFull before the long work starts
    if that can be told, and DamagedSnapshot when what was built does not verify. What `progress`
    raises ends the build. Whatever ends it, nothing of it is left.
    """
    texts = _texts(Library(home), progress, compare)
    content = _content(texts, embedder)
    repository_of(home).clear_unfinished()
    if same := find_content(home, content):
        return same
    require_space(home, _room(texts, embedder))
    while True:
        try:
            return _built(home, content, texts, embedder, progress)
        except LostDocuments as lost:
            texts = texts.without(lost)


def _built(
    home: Path, content: str, texts: _Texts, embedder: Embedder, progress: StepProgress
) -> Manifest:
    """A snapshot of these texts, verified; raises LostDocuments when some are not found in it."""
    manifest = _described(datetime.now(UTC), content, embedder, texts)
    contents = _contents(home, texts, embedder, progress)
    repository = repository_of(home)
    manifest = repository.write(
        contents, manifest, lambda done: progress("Écriture de l'index", done, 3)
    )
    try:
        progress("Vérification dans un processus séparé", 0, 1)
        verify_snapshot(home, manifest.name)
        progress("Vérification dans un processus séparé", 1, 1)
    except BaseException:
        repository.discard(manifest.name)
        raise
    return manifest


def _contents(
    home: Path, texts: _Texts, embedder: Embedder, progress: StepProgress
) -> SnapshotContents:
    """The texts with their vectors; raises LostDocuments for those without a direction."""
    embedding = _Embedding(home, embedder, ShippedVectors(shipped_file(embedder.name)), progress)
    vectors = embedding.of_passages(texts.passages)
    _require_directions(texts, vectors)
    asked = embedding.of_questions(texts.questions)
    return SnapshotContents(
        texts.documents,
        texts.passages,
        vectors,
        texts.glossary,
        texts.questions,
        asked,
        sentences_of(texts.passages, embedding.of_sentences),
    )


def _texts(library: Library, progress: StepProgress, compare: Comparison) -> _Texts:
    documents, unreadable = library.readable()
    passages: list[Passage] = []
    for done, document in enumerate(documents, 1):
        passages += as_one(passages_of(document))
        progress("Découpage en passages", done, len(documents))
    origins = {entry.source: entry.sha256 for entry in library.entries}
    questions = leading_questions(
        read_bank(), read_nowhere_answered(), read_judged(), read_rules(), documents, passages
    )
    disputed = compare(passages, documents)
    return _Texts(
        origins, documents, tuple(passages), read_glossary(), questions, unreadable, disputed
    ).required()


def _content(texts: _Texts, embedder: Embedder) -> str:
    digest = sha256(FORMAT + embedder.name.encode())
    if embedder_host(embedder):  # which may give another model the same name
        digest.update(str(embedder.dimension).encode())
    for part in (
        *texts.origins.items(),
        *texts.documents,
        *texts.passages,
        *texts.glossary,
        *texts.questions,
        *texts.disputed,
    ):
        digest.update(repr(part).encode())
    return digest.hexdigest()


def _room(texts: _Texts, embedder: Embedder) -> int:
    """Bytes that building takes at most."""
    vectors = VECTOR_COPIES * len(texts.passages)
    vectors += SENTENCE_COPIES * len(sentence_texts(texts.passages))
    characters = sum(len(document.text.encode()) for document in texts.documents)
    return vectors * embedder.dimension * 4 + TEXT_COPIES * characters + 20_000_000


def _name(created_at: datetime) -> str:
    """Names sort as their snapshots were made, to the millisecond."""
    return f"{created_at:%Y%m%d-%H%M%S}-{created_at.microsecond // 1000:03}"


@dataclass(frozen=True, slots=True)
class _Embedding:
    """Vectors of texts: those that are shipped, and the others computed, which is told."""

    home: Path
    embedder: Embedder
    shipped: ShippedVectors
    progress: StepProgress

    def of_passages(self, passages: Sequence[Passage]) -> Vectors:
        return self._rows([as_indexed(each) for each in passages], "Calcul des vecteurs")

    def of_questions(self, questions: Sequence[LeadingQuestion]) -> Vectors:
        step = "Calcul des vecteurs des questions"
        return self._rows([each.text for each in questions], step, as_questions=True)

    def of_sentences(self, sentences: Sequence[str]) -> Vectors:
        return self._rows(sentences, "Calcul des vecteurs des phrases")

    def _rows(self, texts: Sequence[str], step: str, *, as_questions: bool = False) -> Vectors:
        dimension = self.embedder.dimension
        is_known, rows = self.shipped.find(texts, dimension, as_questions=as_questions)
        unknown = [text for text, known in zip(texts, is_known, strict=True) if not known]

        def told(done: int) -> None:
            if unknown:  # a dossier has no question, the code no clause: no empty bar
                self.progress(step, done, len(unknown))

        rows[~is_known] = embed_cached(
            self.home / "vectors.sqlite", self.embedder, unknown, told, as_questions=as_questions
        )
        return rows


def _require_directions(texts: _Texts, vectors: Vectors) -> None:
    """Raise LostDocuments for those of which a vector is no number: nothing is near to it."""
    lost = {
        each.document_id
        for each, vector in zip(texts.passages, vectors, strict=True)
        if not np.isfinite(vector).all()
    }
    if lost:
        raise LostDocuments("Des passages n'ont pas de vecteur.", frozenset(lost))


def _described(created_at: datetime, content: str, embedder: Embedder, texts: _Texts) -> Manifest:
    """The manifest of what is to be written, without hashes yet."""
    dates = [document.state_date for document in texts.documents if document.state_date is not None]
    return Manifest(
        name=_name(created_at),
        content=content,
        created_at=created_at,
        embedder=embedder.name,
        dimension=embedder.dimension,
        documents=len(texts.documents),
        passages=len(texts.passages),
        sources=tuple(texts.origins),
        titles=tuple(dict.fromkeys(document.title for document in texts.documents)),
        dossiers=tuple(
            dict.fromkeys(document.dossier for document in texts.documents if document.dossier)
        ),
        state_date=max(dates, default=None),
        files={},
        warnings=(
            *(f"{source} n'est pas interrogé : {why}" for source, why in texts.aside.items()),
            *irregularities(texts.documents),
        ),
        origins=texts.origins,
        aside=texts.aside,
        state_dates=_state_dates(each for each in texts.documents if not each.state_until),
        state_ranges=_state_ranges(texts.documents),
        disputed=texts.disputed,
    )


def _state_dates(documents: Iterable[Document]) -> tuple[tuple[date | None, int], ...]:
    """How many documents were right on each day, the undated last."""
    counted = Counter(document.state_date for document in documents)
    return tuple(sorted(counted.items(), key=lambda each: each[0] or date.max))


def _state_ranges(documents: Iterable[Document]) -> tuple[tuple[date, date, int], ...]:
    """How many documents were right on some day of each range, the earliest first."""
    counted = Counter(
        (each.state_date, each.state_until)
        for each in documents
        if each.state_date and each.state_until
    )
    return tuple((first, last, count) for (first, last), count in sorted(counted.items()))
