"""LlamaIndex's CitationQueryEngine, with prompts in French. Needs the `bench` extra.

What it would fetch, tokenizer and sentence splitter, comes with its package. It knows of no days:
what it is given to index is the law of today.
"""

# mypy: disable-error-code="import-not-found,misc,untyped-decorator"

from collections.abc import Sequence
from datetime import date
from typing import Any

from llama_index.core import PromptTemplate, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from assistant.llm.llama import CONTEXT_TOKENS
from ingestion.chunking.passages import Passage
from ingestion.index.search import Embedder, Vectors
from tests.studies.strategies.strategy import (
    LONGEST,
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


class LlamaIndexCitations:
    """The engine over a retriever of its own, or over one that gives our passages."""

    def __init__(
        self, retriever: BaseRetriever, passages: Sequence[Passage], writer: Writer
    ) -> None:
        self._passages = {passage.id: passage for passage in passages}
        self._model = _Model(writer=writer)
        self._engine = CitationQueryEngine.from_args(
            index=None,
            retriever=retriever,
            llm=self._model,
            citation_qa_template=_template("llama_index", "context_str", "query_str"),
            citation_refine_template=_template(
                "llama_index_refine", "existing_answer", "context_msg", "query_str"
            ),
        )

    def answer(self, question: str, as_of: date | None, reached: Reached) -> Reply:
        asked = QueryBundle(question)
        found = self._engine.retrieve(asked)
        reached(Moment.EVIDENCE)
        self._model.reached = reached
        response = self._engine.synthesize(asked, found)
        sources = [self._passages[node.node.metadata["passage"]] for node in response.source_nodes]
        return written(str(response.response), sources)


def own_retriever(
    passages: Sequence[Passage], vectors: Vectors, embedder: Embedder
) -> BaseRetriever:
    """LlamaIndex's vector search in memory, over passages whose vectors are known."""
    nodes = [
        _node(passage, _floats(vector)) for passage, vector in zip(passages, vectors, strict=True)
    ]
    index = VectorStoreIndex(nodes, embed_model=_Embedding(embedder=embedder))
    return index.as_retriever(similarity_top_k=PASSAGES)


class GivenPassages(BaseRetriever):
    """Our search, as a retriever of LlamaIndex."""

    def __init__(self, search: Search) -> None:
        self._search = search
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._search(query_bundle.query_str, None)
        return [NodeWithScore(node=_node(item.passage), score=item.score) for item in found]


class _Model(CustomLLM):
    writer: Any
    reached: Any = None

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(context_window=CONTEXT_TOKENS, num_output=LONGEST)

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return CompletionResponse(text=self.writer.generate(prompt, self.reached))

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Any:
        raise NotImplementedError


class _Embedding(BaseEmbedding):
    embedder: Any

    def _get_query_embedding(self, query: str) -> list[float]:
        return _floats(self.embedder.embed_questions([query])[0])

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return _floats(self.embedder.embed_passages([text])[0])


def _floats(vector: Vectors) -> list[float]:
    return [float(value) for value in vector]


def _node(passage: Passage, vector: list[float] | None = None) -> TextNode:
    return TextNode(
        id_=passage.id, text=shown(passage), embedding=vector, metadata={"passage": passage.id}
    )


def _template(name: str, *placeholders: str) -> PromptTemplate:
    """A prompt file as a template of LlamaIndex, which writes placeholders with braces."""
    return PromptTemplate(
        prompt(name, *placeholders).fill(**{name: f"{{{name}}}" for name in placeholders})
    )
