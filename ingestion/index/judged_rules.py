"""What readers thought of rules of the bank as the answer to questions, and what it tells.

The questions are those of people who did not know the code. A rule is likely to answer where rules
like it answered questions like the one asked.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from ingestion.index.question_bank import (
    ANSWERS,
    JudgedQuestion,
    digest_of_rule,
    read_judged,
    read_rules,
)
from ingestion.index.questions import SHARPNESS
from ingestion.index.search import Embedder, Vectors
from ingestion.index.shipped_vectors import ShippedVectors, shipped_file

LEAST = 0.3
"""What counts for either side where little near was judged: a few judgements of other questions say
how often rules are asked about, and not which one answers."""


class JudgedRules:
    """Rules that were judged, by how near a question and a rule are to those of each judgement."""

    def __init__(
        self, judged: Sequence[JudgedQuestion], asked: Vectors, rules: Mapping[str, Vectors]
    ) -> None:
        """Row i of `asked` belongs to `judged[i]`; `rules` are vectors by their digests."""
        self.questions, self._asked = [each.question for each in judged], asked
        digests = sorted(rules)
        place = {digest: number for number, digest in enumerate(digests)}
        marks = [
            (number, place[digest], mark == ANSWERS)
            for number, each in enumerate(judged)
            for digest, mark in each.rules.items()
            if digest in place
        ]
        self._of, self._rule, answers = np.array(marks, dtype=np.intp).reshape(-1, 3).T
        self._answers = answers.astype(np.bool_)
        self._rules = np.array([rules[digest] for digest in digests], dtype=np.float32)
        self._place = place

    def __len__(self) -> int:
        """How many judgements there are."""
        return len(self._of)

    def vectors(self, rules: Sequence[str], embedder: Embedder) -> Vectors:
        """A row for each rule, judged or not: those that are shipped, the others computed.

        Embedding the rules of a question took longer than all else that is done for it.
        """
        places = [self._place.get(digest_of_rule(rule), -1) for rule in rules]
        unknown = [rule for rule, place in zip(rules, places, strict=True) if place < 0]
        computed = iter(embedder.embed_passages(unknown) if unknown else ())
        return np.array(
            [self._rules[place] if place >= 0 else next(computed) for place in places],
            dtype=np.float32,
        )

    def odds(self, question: Vectors, rules: Vectors, *, leaving: str = "") -> list[float]:
        """The logarithm of the odds that each rule answers, by judgements alone; 0 without any.

        A row of `rules` is a rule. What was judged of the question `leaving` does not count.
        """
        if not len(self):
            return [0.0] * len(rules)
        asked = np.exp((self._asked @ question - 1) / SHARPNESS)
        asked[[number for number, each in enumerate(self.questions) if each == leaving]] = 0.0
        alike = np.exp((self._rules @ rules.T - 1) / SHARPNESS)
        counts = asked[self._of, np.newaxis] * alike[self._rule]
        right, other = counts[self._answers].sum(axis=0), counts[~self._answers].sum(axis=0)
        return [float(each) for each in np.log(right + LEAST) - np.log(other + LEAST)]


@cache
def judged_rules(embedder: str, dimension: int) -> JudgedRules:
    """What was judged, for an embedder whose vectors are shipped; else nothing."""
    path = shipped_file(embedder)
    if not path.exists():
        return JudgedRules((), np.zeros((0, dimension), np.float32), {})
    shipped = ShippedVectors(path)
    judged = [each for each in read_judged() if each.rules]
    is_asked, asked = shipped.find([each.question for each in judged], dimension, as_questions=True)
    texts = [each.text for each in read_rules()]
    is_known, rows = shipped.find(texts, dimension, as_questions=False)
    known = {
        digest_of_rule(text): row
        for text, row, is_there in zip(texts, rows, is_known, strict=True)
        if is_there
    }
    there = [each for each, is_there in zip(judged, is_asked, strict=True) if is_there]
    return JudgedRules(there, asked[is_asked], known)
