"""Which passages are quoted beside the first: python -m tests.studies.quoted --data DIR.

Over the index of DIR, the code's. Of the questions of people that the code answers, those of a
fifth of the authors at a time are asked where none of that fifth is around; of other people
(tests/data/judged_lines.jsonl) all. A regression on the first tells which of the first six passages
are of an article that readers named; for bounds of it are printed how often all that they named is
quoted, and how many passages are, with and without what questions around are answered by.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import log
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from sklearn.linear_model import LogisticRegression

from assistant.answering.quoted_passages import (
    CONSIDERED,
    LEAST_SCORE,
    LEAST_SHARE,
    UNASKED,
    worth_reading,
)
from assistant.container import load_embedder
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.tuning import default_tuning
from assistant.settings import default_home, load_settings
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.question_bank import HasAnswer, JudgedQuestion, read_judged
from ingestion.index.search import Embedder
from ingestion.index.snapshot import IndexSnapshot
from tests.studies.answerability import separation
from tests.studies.judged import OTHERS, by_folds


@dataclass(frozen=True, slots=True)
class NamedArticles:
    """What is found for a question whose articles readers named."""

    named: frozenset[str]
    evidence: tuple[Evidence, ...]
    shares: dict[str, float]

    def is_named(self, item: Evidence) -> bool:
        """Whether a passage is of one of them."""
        return not self.named.isdisjoint(item.passage.references)

    def rows(self) -> Iterator[tuple[list[float], bool]]:
        """The two signals of each passage beside the first, and whether it is of one of them."""
        first = max(self.evidence[0].score, LEAST_SCORE)
        for item in self.evidence[1:CONSIDERED]:
            share = self.shares.get(item.passage.id, 0.0)
            ratio = log(max(item.score, LEAST_SCORE) / first)
            yield [ratio, log(share + LEAST_SHARE)], self.is_named(item)


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    parser.add_argument("--one-in", type=int, default=15, help="by folds, ask one in so many")
    arguments = parser.parse_args()
    home, step = arguments.data, arguments.one_in
    embedder = load_embedder(home, load_settings(home))
    snapshot = open_snapshot(home, current_name(home))
    folds = [
        each
        for left, apart in by_folds(read_judged(), snapshot)
        for each in find(left[::step], apart, embedder)
    ]
    others = find(read_judged(OTHERS), snapshot, embedder)
    rows, right = zip(*(row for each in folds for row in each.rows()), strict=True)
    fitted = LogisticRegression(C=10).fit(rows, right)
    console = Console()
    console.print(f"weights {fitted.coef_[0].round(2)}, bias {fitted.intercept_.round(2)}")
    for name, found in (("by folds", folds), ("others", others)):
        console.print(f"{name}: {len(found)} questions, area {area(found, fitted):.3f}")
        console.print(f"  by scores alone: {described(found, by_shares=False)}")
        console.print(f"  by shares too: {described(found, by_shares=True)}")


def area(found: Sequence[NamedArticles], fitted: LogisticRegression) -> float:
    """How often a passage that readers named has higher odds than one that they did not."""
    rows, named = zip(*(row for each in found for row in each.rows()), strict=True)
    odds = list(zip(fitted.decision_function(rows), named, strict=True))
    return separation(
        [each for each, is_named in odds if is_named],
        [each for each, is_named in odds if not is_named],
    )


def find(
    questions: Sequence[JudgedQuestion], snapshot: IndexSnapshot, embedder: Embedder
) -> list[NamedArticles]:
    """What an index finds for those that the code answers."""
    retriever, found = Retriever(snapshot, embedder, default_tuning()), []
    answered = [each for each in questions if each.answered is HasAnswer.YES]
    for each in track(answered, "Questions"):
        [vector] = embedder.embed_questions([each.question])
        evidence = retriever.retrieve(each.question, Scope(date.today()), CONSIDERED)
        shares = dict(snapshot.questions.answering(vector))
        found.append(NamedArticles(frozenset(each.articles), evidence, shares))
    return found


def described(found: Sequence[NamedArticles], *, by_shares: bool) -> str:
    """How often all that readers named is quoted, and in how many passages."""
    quoted = [worth_reading(each.evidence, each.shares if by_shares else UNASKED) for each in found]
    whole = [
        each.named <= {key for item in items for key in item.passage.references}
        for each, items in zip(found, quoted, strict=True)
    ]
    return f"{np.mean(whole):.3f} in {np.mean([len(items) for items in quoted]):.2f} passages"


if __name__ == "__main__":
    main()
