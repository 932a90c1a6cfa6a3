"""Prepared answers: the bank's own line, where it answers what is asked.

The line was written on an article whose text is still the same (its hash), and is shown beside the
passage that it was written on. It was written for another question: that it answers this one is
told by how near the two are, by how likely its passage is, and by what the bank answers to the
other questions nearby. Figures on the other side of a limit make another case of it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import exp

from assistant.answering.answer import Prominence
from assistant.answering.extraction import Draft
from assistant.answering.lead import NO, YES, form_of
from assistant.law.hierarchy import ARTICLES, rank_of
from assistant.question.quantities import Quantity, find_quantities, fold_same_length
from assistant.question.rewriting import asks_openly
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.ranking import PreparedWeights
from ingestion.index.questions import LeadingQuestion, Likeness, QuestionIndex
from ingestion.index.search import Embedder, Vectors

ALIKE = 14
"""Questions of the bank that are looked at, each in its nearest wording."""

TRIED = 5
"""How many of them may give their line."""

SHARPNESS = 0.05
"""Difference of cosines by which the answer to one question counts e times that to another."""

_NUMBER = re.compile(r"\d(?:[\d\s.,]*\d)?")
_BETWEEN = re.compile(r"[\s.]")
_MEASURED = frozenset({"euro", "ratio", "point", "month", "day", "hour", "minute", "count"})


@dataclass(frozen=True, slots=True)
class PreparedAnswer:
    """A line of the bank, the evidence that it was written on, and the words of it that answer.

    None are known of a sheet.
    """

    text: str
    evidence: Evidence
    quotes: tuple[Draft, ...] = ()

    def carried_by(self, quoted: Sequence[Draft]) -> list[Draft]:
        """The words that answer, else what is quoted of its passage: never folded."""
        carrying = self.quotes or [each for each in quoted if each.evidence[0] == self.evidence]
        return [replace(each, place=Prominence.BODY) for each in carrying]


# What the bank answers to the questions most alike: a line that agrees with it is surer.


@dataclass(frozen=True, slots=True)
class NearAnswers:
    """The bank's questions most alike, best first, each another, and the vectors of their lines.

    `found` are those that lead to the evidence, all where none does; `vectors[i]` is of `found[i]`.
    """

    alike: tuple[Likeness, ...]
    found: tuple[Likeness, ...]
    vectors: tuple[Vectors, ...]

    def ahead(self, one: Likeness) -> float:
        """By how much the cosine of one is above that of the nearest other; 1 at most."""
        others = (each.cosine for each in self.alike if each.question.of != one.question.of)
        return one.cosine - max(others, default=0.0)

    def nearness(self, line: Vectors, of: str = "") -> float:
        """The mean cosine of a line's vector with those of the others, by how alike they are."""
        shares = zip(self._shares(of), self.vectors, strict=True)
        return sum(share * float(vector @ line) for share, vector in shares)

    def agreement(self, line: str, of: str = "") -> float:
        """The share of the others that answer as a line does, oui, non or neither."""
        said = _polarity(line)
        shares = zip(self._shares(of), self.found, strict=True)
        return sum(share for share, each in shares if _polarity(each.question.lead) == said)

    def _shares(self, of: str) -> list[float]:
        """How much each counts, of 1 in all; that of the question `of` does not."""
        counts = [
            0.0 if each.question.of == of else exp((each.cosine - 1) / SHARPNESS)
            for each in self.found
        ]
        total = sum(counts)
        return [count / total for count in counts] if total else counts


def near_answers(
    asked: Vectors, evidence: Sequence[Evidence], questions: QuestionIndex, embedder: Embedder
) -> NearAnswers:
    """What the bank answers nearby; `asked` is the vector of the question."""
    alike = tuple(questions.alike(asked, ALIKE))
    if not alike:
        return NO_ANSWERS
    shown = {item.passage.id for item in evidence}
    found = tuple(each for each in alike if not shown.isdisjoint(each.question.passage_ids))
    found = found or alike
    vectors = embedder.embed_passages([each.question.lead for each in found])
    return NearAnswers(alike, found, tuple(vectors))


NO_ANSWERS = NearAnswers((), (), ())
"""Where the bank is not asked."""


def _polarity(line: str) -> int:
    form = form_of(line)
    return 1 if form in YES else -1 if form in NO else 0


# The line that is sure enough to answer. Pure.


@dataclass(frozen=True, slots=True)
class CandidateAnswer:
    """A question of the bank whose line may answer another, and what tells whether it does.

    `borne` is the evidence that bears it, `share` that of its passage in what was found; the others
    are what `NearAnswers` tells of it.
    """

    question: LeadingQuestion
    borne: Evidence
    ahead: float
    share: float
    central: float
    agreement: float

    @property
    def is_polar(self) -> bool:
        """Whether it says oui or non."""
        return _polarity(self.question.lead) != 0

    def odds(self, weights: PreparedWeights) -> float:
        """How sure it is that it answers; above 0 it does."""
        return (
            weights.ahead * self.ahead
            + weights.share * self.share
            + weights.central * self.central
            + weights.agreement * self.agreement
            + (weights.polar if self.is_polar else 0.0)
            + weights.bias
        )


def prepared_answer(
    candidates: Sequence[CandidateAnswer], weights: PreparedWeights
) -> PreparedAnswer | None:
    """The line of the bank that answers, None where none is sure to."""
    best = max(candidates, key=lambda each: each.odds(weights), default=None)
    if best is None or best.odds(weights) <= 0:
        return None
    quotes = tuple(_answering(best.borne, best.question.spans))
    return PreparedAnswer(best.question.lead, best.borne, quotes)


def candidate_answers(
    question: str, near: NearAnswers, evidence: Sequence[Evidence], *, is_of_today: bool
) -> list[CandidateAnswer]:
    """The first `TRIED` of the bank's lines nearby that the evidence bears, in the same case.

    A sheet does not tell which text a line was written on: it bears one where the law asked about
    is that of today only. Oui and non are no answers to who, what or how much.
    """
    found = []
    is_open = asks_openly(question)
    for row, one in enumerate(near.found):
        if is_open and _polarity(one.question.lead):
            continue
        borne = _borne(question, one, evidence, is_of_today=is_of_today)
        if borne is not None:
            line, of = one.question.lead, one.question.of
            central, agreement = near.nearness(near.vectors[row], of), near.agreement(line, of)
            found.append(
                CandidateAnswer(
                    one.question, borne, near.ahead(one), borne.score, central, agreement
                )
            )
    return found[:TRIED]


def _borne(
    question: str, one: Likeness, evidence: Sequence[Evidence], *, is_of_today: bool
) -> Evidence | None:
    """The evidence that bears the line of a question, if the case is the same.

    A figure that neither its text nor the question has is of the case that the line was written on.
    """
    said = one.question
    bearing = (
        item
        for item in evidence
        if item.passage.id in said.passage_ids
        and not item.disputed
        and (is_of_today or rank_of(item.passage) in ARTICLES)
    )
    borne = next(bearing, None)
    if borne is None or not is_same_case(question, said.text, [said.lead, borne.passage.text]):
        return None
    told = _figures(borne.passage.text) | _figures(question)
    return borne if _figures(said.lead) <= told else None


def _figures(text: str) -> set[str]:
    """The numbers of a text that are written in digits."""
    return {_BETWEEN.sub("", found) for found in _NUMBER.findall(text)}


def _answering(item: Evidence, spans: Iterable[tuple[int, int]]) -> Iterator[Draft]:
    """The parts of these spans of a document that stand in a passage of it."""
    passage = item.passage
    for first, last in spans:
        start, end = (
            max(first, passage.start) - passage.start,
            min(last, passage.end) - passage.start,
        )
        if start < end:
            yield Draft(passage.text[start:end], (item,), start, end)


def is_same_case(question: str, other: str, texts: Iterable[str]) -> bool:
    """Whether the figures of two questions are on the same sides of all those of some texts."""
    limits = [quantity for text in texts for quantity in measures(text)]
    return _sides(question, limits) == _sides(other, limits)


def _sides(question: str, limits: Sequence[Quantity]) -> set[tuple[str, tuple[int, ...]]]:
    """For each figure of a question, on which side of each limit of its unit it is."""
    sides = set()
    for given in measures(question):
        value = Fraction(given.value)
        met = [Fraction(each.value) for each in limits if each.unit == given.unit]
        if met:
            sides.add((given.unit, tuple((value > limit) - (value < limit) for limit in met)))
    return sides


def measures(text: str) -> list[Quantity]:
    """The amounts, shares, durations and numbers of a text. Pure."""
    found = find_quantities(fold_same_length(text))
    return [quantity for quantity in found if quantity.unit in _MEASURED]
