"""Which comparisons of a figure with a limit are said: python -m tests.studies.judged_comparisons.

Those that readers judged (corpus/questions/comparaisons.jsonl), each told by those of other
authors: how many are above several bounds of the odds, and how many of these are of the same thing.
"""

from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.table import Table

from assistant.retrieval.tuning import default_tuning
from ingestion.index.judged_comparisons import (
    JudgedComparison,
    JudgedComparisons,
    read_judged_comparisons,
)
from ingestion.index.search import Vectors
from ingestion.index.shipped_vectors import ShippedVectors, shipped_file

BOUNDS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)


def main() -> None:
    """Run the study."""
    is_same, odds = (
        np.array([each.is_same for each in read_judged_comparisons()]),
        comparison_odds(),
    )
    table = Table("odds above", "said", "right", title=f"{len(odds)} comparisons")
    for bound in BOUNDS:
        said = odds > bound
        table.add_row(f"{bound:.2f}", str(said.sum()), f"{is_same[said].mean():.2f}")
    Console().print(table)


def comparison_odds() -> Vectors:
    """The odds of each comparison, by those of the questions of other authors."""
    judged = read_judged_comparisons()
    asked, authors = _vectors(judged), np.array([each.author for each in judged])
    odds = np.zeros(len(judged), np.float32)
    for author in np.unique(authors):
        others = np.flatnonzero(authors != author)
        known = JudgedComparisons([judged[row] for row in others], asked[others])
        for row in np.flatnonzero(authors == author):
            odds[row] = known.odds(asked[row], judged[row].limit)
    return odds


def _vectors(judged: Sequence[JudgedComparison]) -> Vectors:
    shipped = ShippedVectors(shipped_file(default_tuning().embedder))
    return shipped.find([each.question for each in judged], 384, as_questions=True)[1]


if __name__ == "__main__":
    main()
