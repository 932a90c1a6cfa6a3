"""Which comparisons of figures would be said: python -m tests.studies.comparisons.

Those of corpus/questions/comparaisons.jsonl, each told by those of other authors: how many are
above several bounds of the odds, and how many of these readers held to be of the same thing.
"""

import numpy as np
from rich.console import Console
from rich.table import Table

from assistant.retrieval.ranking import default_tuning
from ingestion.index.judged_comparisons import JudgedComparisons, read_judged_comparisons
from ingestion.index.question_bank import read_judged
from ingestion.index.search import Vectors
from ingestion.index.shipped_vectors import ShippedVectors, shipped_file

BOUNDS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)


def main() -> None:
    """Run the study."""
    judged = read_judged_comparisons()
    is_same = np.array([each.is_same for each in judged])
    odds = odds_by_others()
    table = Table("odds above", "said", "of the same thing", title=f"{len(judged)} comparisons")
    for bound in BOUNDS:
        said = odds > bound
        table.add_row(f"{bound:.1f}", str(said.sum()), f"{is_same[said].mean():.2f}")
    Console().print(table)


def odds_by_others() -> Vectors:
    """The odds of each comparison, by those of the questions of other authors."""
    judged = read_judged_comparisons()
    author = {each.question: each.author for each in read_judged()}
    of = np.array([author[each.question] for each in judged])
    shipped = ShippedVectors(shipped_file(default_tuning().embedder))
    _, asked = shipped.find([each.question for each in judged], 384, as_questions=True)
    odds = np.zeros(len(judged), np.float32)
    for left in np.unique(of):
        others = np.flatnonzero(of != left)
        known = JudgedComparisons([judged[row] for row in others], asked[others])
        for row in np.flatnonzero(of == left):
            odds[row] = known.odds(asked[row], judged[row].limit)
    return odds


if __name__ == "__main__":
    main()
