"""Whether works are bought, told by the words of others: python -m tests.studies.purchase_kinds.

The questions with an amount (corpus/questions/procedures.jsonl), and what may be bought as six
people named it (corpus/questions/achats.jsonl), each told by the words of other authors: how many
are told, and how many of these wrongly, for several bounds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from ingestion.index.judged_procedures import PurchaseKind, read_judged_procedures
from ingestion.index.purchase_kinds import (
    OTHER,
    UNTOLD,
    WORKS,
    PurchaseKinds,
    learnt_side,
    read_named_purchases,
    told_works,
)
from ingestion.index.questions import Flags
from ingestion.index.search import Vectors

BOUNDS = (0.8, 0.9, 0.95, 0.98)
FOLDS = 10


@dataclass(frozen=True, slots=True)
class LabelledPurchase:
    """Words in which something is bought, who wrote them, and its kind."""

    words: str
    author: int
    kind: PurchaseKind

    @property
    def side(self) -> str:
        """Works, something else, or nothing that is told."""
        return learnt_side(self.kind)


def main() -> None:
    """Run the study."""
    questions, named = asked_purchases(), named_purchases()
    console = Console()
    console.print(described("questions with an amount", questions, told_by_others(questions)))
    for author in sorted({each.author for each in named}):
        these = [each for each in named if each.author == author]
        others = [*questions, *(each for each in named if each.author != author)]
        console.print(described(f"purchases named by {author}", these, _likely(these, others)))


def asked_purchases() -> list[LabelledPurchase]:
    """What is bought in the questions that were judged for a procedure."""
    judged = read_judged_procedures()
    return [LabelledPurchase(each.question, each.author, each.purchase) for each in judged]


def named_purchases() -> list[LabelledPurchase]:
    """What may be bought."""
    named = read_named_purchases()
    return [LabelledPurchase(each.words, each.author, each.purchase) for each in named]


def told_by_others(questions: Sequence[LabelledPurchase]) -> Vectors:
    """How likely each question is of works and of no works, by the words of other authors.

    Of shape (questions, 2).
    """
    authors = np.array([each.author for each in questions])
    found, named = np.zeros((len(questions), 2), np.float32), named_purchases()
    for group in np.array_split(np.unique(authors), FOLDS):
        asked = [each for each in questions if each.author in group]
        others = [each for each in questions if each.author not in group]
        found[np.isin(authors, group)] = _likely(asked, [*named, *others])
    return found


def _likely(asked: Iterable[LabelledPurchase], others: Iterable[LabelledPurchase]) -> Vectors:
    kinds = PurchaseKinds([(each.words, each.kind) for each in others])
    likely = [kinds.likelihood(each.words) for each in asked]
    return np.array([(each[WORKS], each[OTHER]) for each in likely], np.float32)


def told(likely: Vectors, bound: float) -> tuple[Flags, Flags]:
    """Which are told to be of works, and which of no works."""
    said = [told_works(float(works), float(other), bound) for works, other in likely]
    return np.array([each is True for each in said]), np.array([each is False for each in said])


def described(name: str, known: Sequence[LabelledPurchase], likely: Vectors) -> Table:
    """How many are told above each bound, and of how many each is true."""
    title = f"{name}: {len(known)}, {sum(each.side != UNTOLD for each in known)} with a kind"
    table = Table("likelier than", "told", "are works", "are not", "not told", title=title)
    sides = np.array([each.side for each in known])
    for bound in BOUNDS:
        for side, said in zip((WORKS, OTHER), told(likely, bound), strict=True):
            counts = [str(np.sum(sides[said] == one)) for one in (WORKS, OTHER, UNTOLD)]
            table.add_row(f"{bound:g} {side}", str(said.sum()), *counts)
    return table


if __name__ == "__main__":
    main()
