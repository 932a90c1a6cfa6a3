"""What the strategies are made of, each part loaded when the first of them needs it."""

import os
from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from llama_cpp import Llama
from llama_cpp.llama_grammar import LlamaGrammar

from assistant.answering.pipeline import Assistant
from assistant.container import load_embedder, load_model
from assistant.journal.journal import Journal
from assistant.llm.language_model import LanguageModel
from assistant.llm.llama import CONTEXT_TOKENS
from assistant.question.day import day_asked
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.settings import Settings
from ingestion.chunking.passages import Passage
from ingestion.index.search import Embedder, Vectors
from ingestion.index.store import snapshots_folder
from ingestion.models.catalogue import locate
from tests.studies.strategies.strategy import (
    LONGEST,
    PASSAGES,
    ByPassage,
    Moment,
    Plain,
    Product,
    Reached,
    SentenceNumbers,
    ShortFormat,
    Strategy,
    prompt,
)


class Library:
    """llama-cpp-python's `Llama`, greedy, with the chat format of the file."""

    def __init__(self, path: Path) -> None:
        threads = len(os.sched_getaffinity(0))
        self._llama = Llama(
            str(path),
            n_ctx=CONTEXT_TOKENS,
            n_threads=threads,
            n_threads_batch=threads,
            flash_attn=True,
            verbose=False,
        )

    def generate(self, request: str, reached: Reached, grammar: str | None = None) -> str:
        messages: Any = [
            {"role": "system", "content": prompt("system").fill()},
            {"role": "user", "content": request},
        ]
        chunks: Any = self._llama.create_chat_completion(
            messages,
            temperature=0.0,
            max_tokens=LONGEST,
            stream=True,
            grammar=LlamaGrammar.from_string(grammar, verbose=False) if grammar else None,
        )
        text = ""
        for chunk in chunks:
            if piece := chunk["choices"][0]["delta"].get("content"):
                reached(Moment.TEXT)
                text += piece
        return text.strip()


class Parts:
    """The models and the published index of a data folder; `journal` is written to."""

    def __init__(self, home: Path, settings: Settings, journal: Path) -> None:
        self._home = home
        self._settings = settings
        self._journal = Journal(journal)

    @cached_property
    def embedder(self) -> Embedder:
        return load_embedder(self._home, self._settings)

    @cached_property
    def model(self) -> LanguageModel:
        return load_model(self._home, self._settings)

    @cached_property
    def library(self) -> Library:
        return Library(locate(self._settings.llm, self._home).path)

    @cached_property
    def holder(self) -> SnapshotHolder:
        return SnapshotHolder(self._home, self.embedder)

    @cached_property
    def by_passage(self) -> ByPassage:
        return ByPassage(self.search, self.model)

    @cached_property
    def indexed(self) -> tuple[tuple[Passage, ...], Vectors]:
        """The passages that are law today, with their vectors."""
        generation = self.holder.current()
        folder = snapshots_folder(self._home) / generation.manifest.name
        passages = tuple(generation.store.all_passages())
        today = Scope(date.today())
        kept = [row for row, passage in enumerate(passages) if today.admits(passage)]
        return tuple(passages[row] for row in kept), np.load(folder / "vectors.npy")[kept]

    def search(self, question: str, as_of: date | None) -> tuple[Evidence, ...]:
        """The product's search, cut to the passages that strategies answer from."""
        day = day_asked([question], as_of, date.today()).as_of
        retriever = Retriever(self.holder.current(), self.embedder)
        return retriever.retrieve(question, Scope(day), self._settings.evidence_limit)[:PASSAGES]

    def assistant(self, *, writes: bool) -> Assistant:
        return Assistant(
            self.holder,
            self.embedder,
            self.model,
            self._journal,
            self._settings.evidence_limit,
            writes,
        )


def _llama_index(parts: Parts, *, given: bool) -> Strategy:
    from tests.studies.strategies.llama_index_citations import (
        GivenPassages,
        LlamaIndexCitations,
        own_retriever,
    )

    passages, vectors = parts.indexed
    retriever = (
        GivenPassages(parts.search) if given else own_retriever(passages, vectors, parts.embedder)
    )
    return LlamaIndexCitations(retriever, passages, parts.library)


def _haystack(parts: Parts, *, given: bool) -> Strategy:
    from tests.studies.strategies.haystack_pipeline import (
        HaystackPipeline,
        given_finding,
        own_finding,
    )

    passages, vectors = parts.indexed
    finding = (
        given_finding(parts.search) if given else own_finding(passages, vectors, parts.embedder)
    )
    return HaystackPipeline(finding, passages, parts.library)


STRATEGIES: Mapping[str, Callable[[Parts], Strategy]] = {
    "plain": lambda parts: Plain(parts.search, parts.model),
    "plain, may refuse": lambda parts: Plain(parts.search, parts.model, may_refuse=True),
    "by passage": lambda parts: parts.by_passage,
    "by passage again": lambda parts: parts.by_passage,
    "sentence numbers": lambda parts: SentenceNumbers(parts.search, parts.model),
    "short format": lambda parts: ShortFormat(parts.search, parts.library),
    "quotes": lambda parts: Product(parts.assistant(writes=False)),
    "quotes + own words": lambda parts: Product(parts.assistant(writes=True)),
    "LlamaIndex": lambda parts: _llama_index(parts, given=False),
    "LlamaIndex given": lambda parts: _llama_index(parts, given=True),
    "Haystack": lambda parts: _haystack(parts, given=False),
    "Haystack given": lambda parts: _haystack(parts, given=True),
}
"""By name, in the order in which they are asked; "again" has read the passages before, and "given"
means our passages instead of those of the framework's own search."""
