"""The lexical index on disk, and the glossary of everyday words. Door of tantivy."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tantivy
from pydantic import TypeAdapter

from ingestion.chunking.passages import Passage
from ingestion.documents.references import normalise
from ingestion.errors import DamagedSnapshot, IngestionError
from ingestion.index.search import Hit, context, lookup_keys
from ingestion.library.corpus import CORPUS

# The glossary: the everyday words for what the law calls otherwise, with the articles they mean.
#
# It is to the code what the alphabetical index at the end of a printed one is: "MAPA" is in no
# article, and leads to those on the adapted procedure.

GLOSSARY = CORPUS / "glossaire"

DIRECT = 2
"""Articles of an entry that are found by its words; on the real code two found more than one or
all of them."""


@dataclass(frozen=True, slots=True)
class Term:
    """The ways to name one subject, and the articles that govern it, the most direct first."""

    words: tuple[str, ...]
    articles: tuple[str, ...]


_terms = TypeAdapter(tuple[Term, ...])


def terms_json(terms: Sequence[Term]) -> bytes:
    """Terms as they are kept in a snapshot."""
    return _terms.dump_json(tuple(terms), indent=1)


def parsed_terms(written: bytes) -> tuple[Term, ...]:
    """The terms that `terms_json` wrote."""
    return _terms.validate_json(written)


def read_glossary(folder: Path = GLOSSARY) -> tuple[Term, ...]:
    """The terms of every file of a folder, none when it does not exist.

    Raises IngestionError naming a file that is not a glossary.
    """
    terms: list[Term] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            entries = tomllib.loads(path.read_text(encoding="utf-8"))["term"]
            terms += (
                Term(tuple(entry["words"]), tuple(map(normalise, entry["articles"])))
                for entry in entries
            )
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
            raise IngestionError(
                f"Le glossaire {path.name} est mal écrit ({error!r}). Chaque entrée [[term]] a "
                "des « words » et des « articles »."
            ) from error
    return tuple(terms)


class EverydayWords:
    """What buyers call the subject of a passage, by the articles that it is."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._phrases: dict[str, list[str]] = {}
        for term in terms:
            for article in term.articles[:DIRECT]:
                self._phrases.setdefault(article, []).extend(term.words)

    def of(self, passage: Passage) -> str:
        """The phrases for its articles, one a line; empty when the glossary has none."""
        phrases = (self._phrases.get(reference, ()) for reference in passage.references)
        return "\n".join(phrase for each in phrases for phrase in each)


# The lexical index on disk, with a French analyser.

TEXT_WEIGHT = 1.0
CONTEXT_WEIGHT = 0.4
"""Of a word found in the headings; on the real code 0.3 to 0.6 found more than 1 or 2.5."""

WRITER_BYTES = 64_000_000

_WORD = re.compile(r"\w+")


class TantivyIndex:
    """BM25 over a passage's text and context; exact look-up of references."""

    def __init__(self, folder: Path) -> None:
        """Open the index that `write_lexical` left in a folder; raises DamagedSnapshot."""
        try:
            self._index = tantivy.Index.open(str(folder))
        except ValueError as error:
            raise DamagedSnapshot(
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
        words = bare_words(question)  # "OR" and "NOT" would be operators
        if not self._french.analyze(words):
            return []  # stop words alone would match every passage
        query, _ = self._index.parse_query_lenient(words, list(weights), field_boosts=weights)
        return [Hit(self._id(address), score) for score, address in self._hits(query, k)]

    def lookup(self, reference: str, most: int = 100) -> list[str]:
        """At most so many identifiers."""
        query = tantivy.Query.term_query(self._index.schema, "reference", reference, "basic")
        return [self._id(address) for _, address in self._hits(query, most)]

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
                reference=lookup_keys(passage),
            )
        )
    writer.commit()
    writer.wait_merging_threads()


def bare_words(question: str) -> str:
    """The words of a question in lower case, without what stands between them. Pure."""
    return " ".join(_WORD.findall(question.lower()))


def french_words(text: str) -> list[str]:
    """The words of a text as they are searched, in order, whichever the engine. Pure."""
    words: list[str] = _ANALYSER.analyze(text)
    return words


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


_ANALYSER = _french()
