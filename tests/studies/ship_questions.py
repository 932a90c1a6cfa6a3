"""Embeds the bank once for all: python -m tests.studies.ship_questions --data DIR.

Writes the vectors of its questions and rules to corpus/modeles/ for the embedder of the data
folder, whose weights are its own or those that are shipped; those that are there already stay. To
be run when the bank or the taught embedder has changed.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.progress import Progress

from assistant.container import load_embedder
from assistant.settings import default_home, load_settings
from ingestion.index.dossier_bank import asked_of_dossiers
from ingestion.index.question_bank import read_bank, read_judged, read_nowhere_answered, read_rules
from ingestion.index.question_vectors import ShippedVectors, shipped_file, write_shipped
from ingestion.index.search import Embedder, Vectors
from ingestion.index.vectors import embed_cached


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
    rules = [each.text for each in read_rules()]
    asked = vectors_of(questions, home, embedder, as_questions=True)
    told = vectors_of(rules, home, embedder, as_questions=False)
    write_shipped(shipped_file(embedder.name), [*questions, *rules], np.vstack([asked, told]))


def vectors_of(
    texts: Sequence[str], home: Path, embedder: Embedder, *, as_questions: bool
) -> Vectors:
    """A row for each text: what is shipped already, and the rest computed."""
    shipped = ShippedVectors(shipped_file(embedder.name))
    is_known, rows = shipped.find(texts, embedder.dimension)
    unknown = [text for text, is_there in zip(texts, is_known, strict=True) if not is_there]
    with Progress() as progress:
        bar = progress.add_task("Questions" if as_questions else "Règles", total=len(unknown))
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
