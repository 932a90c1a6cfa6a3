"""Embeds the bank's questions once for all: python -m tests.studies.ship_questions --data DIR.

Writes their vectors to corpus/modeles/ for the embedder of the data folder, whose weights are its
own or those that are shipped. To be run when the bank or the taught embedder has changed.
"""

import argparse
from pathlib import Path

from rich.progress import Progress

from assistant.container import load_embedder
from assistant.settings import default_home, load_settings
from ingestion.index.dossier_bank import asked_of_dossiers
from ingestion.index.question_bank import read_bank, read_nowhere_answered
from ingestion.index.question_vectors import shipped_file, write_shipped
from ingestion.index.vectors import embed_cached


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    home = parser.parse_args().data
    embedder = load_embedder(home, load_settings(home))
    texts = [wording for each in read_bank() for wording in each.asked]
    texts += [each.question for each in read_nowhere_answered()]
    texts += [each.text for each in asked_of_dossiers()]
    with Progress() as progress:
        bar = progress.add_task("Questions", total=len(texts))
        vectors = embed_cached(
            home / "vectors.sqlite",
            embedder,
            texts,
            lambda done: progress.update(bar, completed=done),
            as_questions=True,
        )
    write_shipped(shipped_file(embedder.name), texts, vectors)


if __name__ == "__main__":
    main()
