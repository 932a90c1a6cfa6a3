"""Parts: each subject of a question with the evidence that was found for it. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.evidence import Evidence

FOR_EACH = 3
"""Passages shown for a subject of a question that has several."""


@dataclass(frozen=True, slots=True)
class Part:
    """A subject of the question, as a question of its own, and its evidence, best first.

    `untold`: what would answer it is the law of other days, and nothing kept is that of this day.
    """

    question: str
    evidence: tuple[Evidence, ...]
    untold: bool = False


def parts_of(
    questions: Sequence[str], search: Callable[[str, int], Sequence[Evidence]], limit: int
) -> tuple[Part, ...]:
    """The evidence of each question, `limit` passages for one that stands alone.

    Numbers run on through the parts; what is found for two of them has one number.
    """
    each = limit if len(questions) == 1 else FOR_EACH
    numbers: dict[str, int] = {}
    return tuple(
        Part(
            question,
            tuple(
                replace(item, number=numbers.setdefault(item.passage.id, len(numbers) + 1))
                for item in search(question, each)
            ),
        )
        for question in questions
    )


def together(parts: Sequence[Part]) -> tuple[Evidence, ...]:
    """The evidence of all parts in the order of its numbers."""
    found = {item.number: item for part in reversed(parts) for item in part.evidence}
    return tuple(found[number] for number in sorted(found))
