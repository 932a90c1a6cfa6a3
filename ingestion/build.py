"""Build a generation beside the others, from everything in the library."""

import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np

from ingestion.chroma_index import write_vectors
from ingestion.documents import Document
from ingestion.durable import sync
from ingestion.embedding import Embedder
from ingestion.errors import IngestionError
from ingestion.generation import (
    Manifest,
    generations_folder,
    hash_files,
    write_manifest,
)
from ingestion.library import Library
from ingestion.passages import Passage, passages_of
from ingestion.publication import current_manifest
from ingestion.search import context
from ingestion.store import write_store
from ingestion.tantivy_index import write_lexical
from ingestion.vector_cache import embed_cached
from ingestion.verification import verify

Progress = Callable[[str, int, int], None]
"""Told the step (a French phrase), how much of it is done, and how much there is."""


def build(home: Path, embedder: Embedder, progress: Progress) -> Manifest:
    """Build and verify a generation; the caller holds the writer's lock.

    Returns the published generation when it already has this content. Raises IngestionError when
    the library is empty, DamagedGeneration when what was built does not verify.
    """
    documents = list(Library(home).documents())
    passages = _cut(documents, progress)
    if not passages:
        raise IngestionError("Rien à indexer. Ajoutez des fichiers : sourcier index add CHEMIN")
    content = _content(passages, embedder)
    published = current_manifest(home)
    if published is not None and published.content == content:
        return published
    _clear_unfinished(home)
    created_at = datetime.now(UTC)
    name = f"{created_at:%Y%m%d-%H%M%S}-{content[:8]}"
    folder = generations_folder(home) / name
    _write(home, folder, documents, passages, embedder, progress)
    manifest = _describe(folder, content, created_at, embedder, documents, passages)
    write_manifest(folder, manifest)
    progress("Vérification dans un processus séparé", 0, 1)
    verify(home, name)
    progress("Vérification dans un processus séparé", 1, 1)
    return manifest


def _cut(documents: Sequence[Document], progress: Progress) -> list[Passage]:
    passages: list[Passage] = []
    for done, document in enumerate(documents, 1):
        passages += passages_of(document)
        if done % 50 == 0 or done == len(documents):
            progress("Découpage en passages", done, len(documents))
    return passages


def _write(
    home: Path,
    folder: Path,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    embedder: Embedder,
    progress: Progress,
) -> None:
    texts = [f"{context(passage)}\n{passage.text}" for passage in passages]
    vectors = embed_cached(
        home / "vectors.sqlite",
        embedder,
        texts,
        lambda done: progress("Calcul des vecteurs", done, len(texts)),
    )
    folder.mkdir(parents=True)
    progress("Écriture de l'index", 0, 3)
    write_store(folder / "passages.sqlite", documents, passages)
    np.save(folder / "vectors.npy", vectors)
    progress("Écriture de l'index", 1, 3)
    write_lexical(folder / "lexical", passages)
    progress("Écriture de l'index", 2, 3)
    write_vectors(folder / "chroma", [passage.id for passage in passages], vectors)
    for path in folder.rglob("*"):
        sync(path)
    progress("Écriture de l'index", 3, 3)


def _describe(
    folder: Path,
    content: str,
    created_at: datetime,
    embedder: Embedder,
    documents: Sequence[Document],
    passages: Sequence[Passage],
) -> Manifest:
    dates = [document.state_date for document in documents if document.state_date is not None]
    return Manifest(
        name=folder.name,
        content=content,
        created_at=created_at,
        embedder=embedder.name,
        documents=len(documents),
        passages=len(passages),
        sources=tuple(dict.fromkeys(document.source for document in documents)),
        state_date=max(dates, default=None),
        files=hash_files(folder),
    )


def _content(passages: Sequence[Passage], embedder: Embedder) -> str:
    digest = sha256(embedder.name.encode())
    for passage in passages:
        digest.update(repr(passage).encode())
    return digest.hexdigest()


def _clear_unfinished(home: Path) -> None:
    generations_folder(home).mkdir(parents=True, exist_ok=True)
    for folder in generations_folder(home).iterdir():
        if not (folder / "manifest.json").exists():
            shutil.rmtree(folder)
