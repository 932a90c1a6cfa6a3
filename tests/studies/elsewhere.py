"""Where to look for what the code does not answer: python -m tests.studies.elsewhere --data DIR.

Over the index of DIR, the code's. Each of the questions of corpus/questions/jugements.jsonl that
readers said where to look for is told it by the others, without what the same fifth of the authors
wrote. Printed is, for bounds of how far the questions around agree, which share is told a place,
for how many that is the one that a reader named, and the places that are told wrongly most.
"""

import argparse
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.container import load_embedder
from assistant.settings import default_home, load_settings
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.question_bank import Elsewhere, read_judged
from tests.studies.judged import by_folds

BOUNDS = (0.4, 0.5, 0.6, 0.7, 0.8)
MOST_MISTAKEN = 8

Told = tuple[Elsewhere | None, Elsewhere | None, float]
"""Where a reader would look, where the questions around say, and how many of them."""


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    home = parser.parse_args().data
    embedder = load_embedder(home, load_settings(home))
    snapshot = open_snapshot(home, current_name(home))
    asked = [each for each in read_judged() if each.elsewhere]
    told: list[Told] = []
    for left, known in by_folds(asked, snapshot):
        vectors = embedder.embed_questions([each.question for each in left])
        pairs = list(zip(left, vectors, strict=True))
        for question, vector in track(pairs, description="Questions d'un cinquième"):
            shares = known.questions.places(vector)
            place = max(shares, key=lambda each: shares[each])
            told.append((question.elsewhere, place, shares[place]))
    console = Console()
    console.print(_by_bounds(told), _mistaken(told))


def _by_bounds(told: list[Told]) -> Table:
    table = Table("agree", "told", "right", title=f"{len(told)} questions")
    for bound in BOUNDS:
        sure = [named is place for named, place, share in told if share >= bound and place]
        table.add_row(
            str(bound), f"{len(sure) / len(told):.2f}", f"{sum(sure) / max(1, len(sure)):.3f}"
        )
    return table


def _mistaken(told: list[Told]) -> Table:
    sure = [(named, place) for named, place, share in told if share >= BOUNDS[2] and place]
    counts = Counter(pair for pair in sure if pair[0] is not pair[1])
    table = Table("a reader", "told", "times", title=f"at {BOUNDS[2]}")
    for (named, place), count in counts.most_common(MOST_MISTAKEN):
        table.add_row(named, place, str(count))
    return table


if __name__ == "__main__":
    main()
