"""Embeds what is shipped once for all: python -m tests.studies.ship_vectors --data DIR.

Writes the vectors of the bank's questions and rules, and of the passages and sentences of the
built-in sheets and dossier, to corpus/modeles/ for the embedder of the data folder, whose weights
are its own or those that are shipped; those that are there already stay. To be run when the bank,
the sheets, the dossier, how they are cut, or the taught embedder has changed.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.progress import Progress

from assistant.container import load_embedder
from assistant.settings import default_home, load_settings
from ingestion.chunking.passages import as_one, passages_of
from ingestion.index.dossier_bank import asked_of_dossiers
from ingestion.index.judged_comparisons import read_judged_comparisons
from ingestion.index.judged_procedures import read_judged_procedures
from ingestion.index.question_bank import read_bank, read_judged, read_nowhere_answered, read_rules
from ingestion.index.search import Embedder, Vectors, as_indexed
from ingestion.index.sentence_index import sentence_texts
from ingestion.index.shipped_vectors import ShippedVectors, shipped_file, write_shipped
from ingestion.index.vectors import embed_cached
from ingestion.library.corpus import builtin_additions
from ingestion.readers.formats import read_bytes


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    home = parser.parse_args().data
    embedder = load_embedder(home, load_settings(home))
    questions = [wording for each in read_bank() for wording in each.asked]
    questions += [each.question for each in read_nowhere_answered()]
    questions += [each.text for each in asked_of_dossiers()]
    questions += [each.question for each in read_judged()]
    questions += [each.question for each in read_judged_procedures()]
    questions += [each.question for each in read_judged_comparisons()]
    told = [*(each.text for each in read_rules()), *builtin_texts()]
    asked = vectors_of(questions, home, embedder, as_questions=True)
    of_told = vectors_of(told, home, embedder, as_questions=False)
    write_shipped(shipped_file(embedder.name), questions, asked, told, of_told)


def builtin_texts() -> list[str]:
    """What an index of the built-in sheets and dossier embeds: passages, sentences of clauses."""
    passages = [
        passage
        for each in builtin_additions()
        for document in read_bytes(each.path.read_bytes(), each.source, each.kind).documents
        for passage in as_one(passages_of(replace(document, dossier=each.dossier)))
    ]
    sentences = [text for _, text in sentence_texts(passages)]
    return [*(as_indexed(passage) for passage in passages), *sentences]


def vectors_of(
    texts: Sequence[str], home: Path, embedder: Embedder, *, as_questions: bool
) -> Vectors:
    """A row for each text: what is shipped already, and the rest computed."""
    shipped = ShippedVectors(shipped_file(embedder.name))
    is_known, rows = shipped.find(texts, embedder.dimension, as_questions=as_questions)
    unknown = [text for text, is_there in zip(texts, is_known, strict=True) if not is_there]
    with Progress() as progress:
        bar = progress.add_task(
            "Questions" if as_questions else "Règles et textes", total=len(unknown)
        )
        rows[~is_known] = embed_cached(
            home / "vectors.sqlite",
            embedder,
            unknown,
            lambda done: progress.update(bar, completed=done),
            as_questions=as_questions,
        )
    return rows


if __name__ == "__main__":
    main()
