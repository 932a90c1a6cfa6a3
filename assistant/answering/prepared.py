"""Prepared answers: the bank's own line, for a question that is the same as one of its own. Pure.

The line was written on an article whose text is still the same (its hash), and is shown beside the
passage that it was written on. A question that is only near is not the same: figures on the other
side of a limit make another question of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assistant.answering.extraction import Draft
from assistant.law.hierarchy import ARTICLES, rank_of
from assistant.question.quantities import Quantity, find_quantities, fold_same_length
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.ranking import Sameness
from assistant.retrieval.retriever import READ_FIRST
from ingestion.index.questions import Likeness

ALIKE = 5
"""Questions of the bank that are looked at; how many of them are the same one counts."""

_MEASURED = frozenset({"euro", "ratio", "point", "month", "day", "hour", "minute", "count"})


@dataclass(frozen=True, slots=True)
class PreparedAnswer:
    """A line of the bank, the evidence that it was written on, and the words of it that answer.

    None are known of a sheet.
    """

    text: str
    evidence: Evidence
    quotes: tuple[Draft, ...] = ()


def prepared_answer(
    question: str,
    alike: Sequence[Likeness],
    unanswered: float,
    evidence: Sequence[Evidence],
    weights: Sameness,
    *,
    is_of_today: bool,
) -> PreparedAnswer | None:
    """The answer of the most alike of the bank's questions, if it is the same; None if not sure.

    `alike` are the questions of the bank, most alike first, `unanswered` what their index tells. A
    sheet does not tell which text a line was written on: it bears one where the law asked about is
    that of today only.
    """
    if not alike or not alike[0].question.lead or sameness(alike, unanswered, weights) <= 0:
        return None
    best = alike[0].question
    borne = next(
        (
            item
            for item in evidence[:READ_FIRST]
            if item.passage.id in best.passage_ids
            and not item.disputed
            and (is_of_today or rank_of(item.passage) in ARTICLES)
        ),
        None,
    )
    if borne is None or not is_same_case(question, best.text, [best.lead, borne.passage.text]):
        return None
    return PreparedAnswer(best.lead, borne, tuple(_answering(borne, best.spans)))


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


def sameness(alike: Sequence[Likeness], unanswered: float, weights: Sameness) -> float:
    """How sure it is that the most alike is the same question; above 0 it is."""
    first, *others = alike
    other = next((each.cosine for each in others if each.question.of != first.question.of), 0.0)
    near = [each.question for each in alike[:ALIKE]]
    place = set(first.question.passage_ids)
    return (
        weights.cosine * first.cosine
        + weights.ahead * (first.cosine - other)
        + weights.votes * sum(each.of == first.question.of for each in near)
        + weights.place * sum(not place.isdisjoint(each.passage_ids) for each in near)
        + weights.unanswered * unanswered
        + weights.bias
    )


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
