"""Haystack: retriever, prompt builder and generator in pipelines, prompt in French.

Needs the `bench` extra. It knows of no days: what it is given to index is the law of today.
"""

# mypy: disable-error-code="import-not-found,misc,untyped-decorator"

import os
from collections.abc import Sequence
from datetime import date
from typing import Any

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

from haystack import Document, Pipeline, component
from haystack.components.builders import PromptBuilder
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

from ingestion.chunking.passages import Passage
from ingestion.index.search import Embedder, Vectors
from tests.studies.strategies.strategy import (
    PASSAGES,
    Moment,
    Reached,
    Reply,
    Search,
    Writer,
    prompt,
    shown,
    written,
)


class HaystackPipeline:
    """A pipeline that finds documents, by itself or with our search, and one that writes."""

    def __init__(self, finding: Pipeline, passages: Sequence[Passage], writer: Writer) -> None:
        self._finding = finding
        self._passages = {passage.id: passage for passage in passages}
        self._writing = Pipeline()
        template = prompt("haystack").fill()
        self._writing.add_component(
            "prompt", PromptBuilder(template, required_variables=["documents", "question"])
        )
        self._writing.add_component("generator", _Generator(writer))
        self._writing.connect("prompt.prompt", "generator.prompt")

    def answer(self, question: str, as_of: date | None, reached: Reached) -> Reply:
        found = self._finding.run({"question": {"question": question}})["documents"]["documents"]
        reached(Moment.EVIDENCE)
        given = {
            "prompt": {"documents": found, "question": question},
            "generator": {"reached": reached},
        }
        text = self._writing.run(given)["generator"]["reply"]
        return written(text, [self._passages[document.id] for document in found])


def own_finding(passages: Sequence[Passage], vectors: Vectors, embedder: Embedder) -> Pipeline:
    """Haystack's vector search in memory, over passages whose vectors are known."""
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    store.write_documents(
        [
            _document(passage, vector.tolist())
            for passage, vector in zip(passages, vectors, strict=True)
        ]
    )
    finding = Pipeline()
    finding.add_component("question", _QuestionEmbedder(embedder))
    finding.add_component("documents", InMemoryEmbeddingRetriever(store, top_k=PASSAGES))
    finding.connect("question.embedding", "documents.query_embedding")
    return finding


def given_finding(search: Search) -> Pipeline:
    """Our search, as a pipeline of Haystack."""
    finding = Pipeline()
    finding.add_component("question", _Question())
    finding.add_component("documents", _GivenPassages(search))
    finding.connect("question.question", "documents.question")
    return finding


def _document(passage: Passage, vector: list[float] | None = None) -> Document:
    return Document(id=passage.id, content=shown(passage), embedding=vector)


@component
class _Question:
    @component.output_types(question=str)
    def run(self, question: str) -> dict[str, Any]:
        return {"question": question}


@component
class _GivenPassages:
    def __init__(self, search: Search) -> None:
        self._search = search

    @component.output_types(documents=list[Document])
    def run(self, question: str) -> dict[str, Any]:
        return {"documents": [_document(item.passage) for item in self._search(question, None)]}


@component
class _QuestionEmbedder:
    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @component.output_types(embedding=list[float])
    def run(self, question: str) -> dict[str, Any]:
        return {"embedding": self._embedder.embed_questions([question])[0].tolist()}


@component
class _Generator:
    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    @component.output_types(reply=str)
    def run(self, prompt: str, reached: Reached) -> dict[str, Any]:
        return {"reply": self._writer.generate(prompt, reached)}
