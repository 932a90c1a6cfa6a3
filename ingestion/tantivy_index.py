"""The lexical index on disk, with a French analyser. Door of tantivy."""

import re
from collections.abc import Sequence
from pathlib import Path

import tantivy

from ingestion.errors import DamagedGeneration
from ingestion.glossary import EverydayWords
from ingestion.passages import Passage
from ingestion.search import Hit, context

TEXT_WEIGHT = 1.0
CONTEXT_WEIGHT = 0.4
"""Of a word found in the headings; on the real code 0.3 to 0.6 found more than 1 or 2.5."""

WRITER_BYTES = 64_000_000

_WORD = re.compile(r"\w+")


class TantivyIndex:
    """BM25 over a passage's text and context; exact look-up of references."""

    def __init__(self, folder: Path) -> None:
        """Open the index that `write_lexical` left in a folder; raises DamagedGeneration."""
        try:
            self._index = tantivy.Index.open(str(folder))
        except ValueError as error:
            raise DamagedGeneration(
                f"L'index lexical {folder} est illisible. Lancez : sourcier index rollback"
            ) from error
        self._french = _french()
        self._index.register_tokenizer("french", self._french)
        self._searcher = self._index.searcher()

    def __len__(self) -> int:
        return self._searcher.num_docs

    def search(self, question: str, k: int) -> list[Hit]:
        """Hits by BM25; what is not a word of the question is left out."""
        return self._ranked(question, {"text": TEXT_WEIGHT, "context": CONTEXT_WEIGHT}, k)

    def search_everyday(self, question: str, k: int) -> list[Hit]:
        """Hits by BM25 over the glossary's phrases."""
        return self._ranked(question, {"everyday": 1.0}, k)

    def _ranked(self, question: str, weights: dict[str, float], k: int) -> list[Hit]:
        words = " ".join(_WORD.findall(question.lower()))  # "OR" and "NOT" would be operators
        if not self._french.analyze(words):
            return []  # stop words alone would match every passage
        query, _ = self._index.parse_query_lenient(words, list(weights), field_boosts=weights)
        return [Hit(self._id(address), score) for score, address in self._hits(query, k)]

    def lookup(self, reference: str) -> list[str]:
        """At most 100 identifiers."""
        query = tantivy.Query.term_query(self._index.schema, "reference", reference, "basic")
        return [self._id(address) for _, address in self._hits(query, k=100)]

    def _hits(self, query: tantivy.Query, k: int) -> list[tuple[float, tantivy.DocAddress]]:
        return self._searcher.search(query, k).hits

    def _id(self, address: tantivy.DocAddress) -> str:
        return str(self._searcher.doc(address)["id"][0])


def write_lexical(folder: Path, passages: Sequence[Passage], everyday: EverydayWords) -> None:
    """Write a new lexical index of the passages into an empty folder."""
    folder.mkdir(parents=True)
    index = tantivy.Index(_schema(), path=str(folder))
    index.register_tokenizer("french", _french())
    writer = index.writer(heap_size=WRITER_BYTES, num_threads=1)
    for passage in passages:
        writer.add_document(
            tantivy.Document(
                id=passage.id,
                text=passage.text,
                context=context(passage),
                everyday=everyday.of(passage),
                reference=list(passage.references),
            )
        )
    writer.commit()
    writer.wait_merging_threads()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("reference", tokenizer_name="raw")
    builder.add_text_field("text", tokenizer_name="french")
    builder.add_text_field("context", tokenizer_name="french")
    builder.add_text_field("everyday", tokenizer_name="french")
    return builder.build()


def _french() -> tantivy.TextAnalyzer:
    """Words in lower case, French stop words out, stemmed, then without accents.

    The order matters: the stop words and the stemmer know accented forms.
    """
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stopword("french"))
        .filter(tantivy.Filter.stemmer("french"))
        .filter(tantivy.Filter.ascii_fold())
        .build()
    )
