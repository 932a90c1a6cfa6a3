"""What is asked of a purchase, told by words of others: python -m tests.studies.purchase_claims.

The questions of corpus/questions/oui-ou-non.jsonl, each told by those of other authors: for several
bounds how many are told to ask yes or no, and how many of these rightly, and how many are told the
opposite: what "oui" affirms of one and "non" of the other.
"""

from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.table import Table

from ingestion.index.purchase_claims import (
    JudgedClaim,
    PurchaseClaim,
    PurchaseClaims,
    read_judged_claims,
)

BOUNDS = (0.6, 0.7, 0.8, 0.9, 0.95)
FOLDS = 10

INVERTED = 115
"""Who wrote, on the same words, what "oui" affirms and what it denies: "le MAPA est-il exclu ?"."""

OPPOSITE = {
    PurchaseClaim.UNADVERTISED: PurchaseClaim.COMPETED,
    PurchaseClaim.COMPETED: PurchaseClaim.UNADVERTISED,
    PurchaseClaim.ADAPTED: PurchaseClaim.FORMALISED,
    PurchaseClaim.FORMALISED: PurchaseClaim.ADAPTED,
}

Told = tuple[PurchaseClaim, float]


def main() -> None:
    """Run the study."""
    judged = read_judged_claims()
    asked = sum(each.claim is not PurchaseClaim.UNTOLD for each in judged)
    found = told_by_others(judged)
    title = f"{len(judged)} questions, {asked} of which yes or no answers"
    table = Table("likelier than", "told", "right", "opposite", title=title)
    for bound in BOUNDS:
        said = claims_above(judged, found, bound)
        right = np.mean([each.claim is claim for each, claim in said])
        opposite = sum(each.claim is OPPOSITE.get(claim) for each, claim in said)
        table.add_row(f"{bound:g}", str(len(said)), f"{right:.3f}", str(opposite))
    Console().print(table)


def told_by_others(judged: Sequence[JudgedClaim]) -> list[Told]:
    """The likeliest claim of each question and how likely it is, by those of other authors."""
    authors = np.array([each.author for each in judged])
    found: dict[str, Told] = {}
    for place in range(FOLDS):
        group = np.unique(authors)[place::FOLDS]
        claims = PurchaseClaims([each for each in judged if each.author not in group])
        these = [each.question for each in judged if each.author in group]
        found |= {question: claims.likeliest(question) for question in these}
    return [found[each.question] for each in judged]


def claims_above(
    judged: Sequence[JudgedClaim], found: Sequence[Told], bound: float
) -> list[tuple[JudgedClaim, PurchaseClaim]]:
    """Those of which a claim is told, and which."""
    told = zip(judged, found, strict=True)
    return [
        (each, claim)
        for each, (claim, likely) in told
        if likely > bound and claim is not PurchaseClaim.UNTOLD
    ]


if __name__ == "__main__":
    main()
