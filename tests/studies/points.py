"""What rules tell of questions that ask several things: python -m tests.studies.points --data DIR.

Of people's questions (corpus/questions/jugements.jsonl) those with two points or more that the code
answers, each asked over the index of DIR, the code's, without what its authors' fifth leads to. The
likeliest rule of the whole, and of each point read with the first, by how sure it is (odds,
logarithms), with the marks that readers gave these rules for the whole question: 2 it answers
alone, 1 in part, 0 beside, -1 it would mislead. Then how many questions are answered whole, by two
halves or by one, where the rule of the whole is told, and where those of the points are.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.answering.first_line import candidate_rules
from assistant.citations.cases import is_of_another_case
from assistant.container import load_embedder
from assistant.question.conversation import side_by_side
from assistant.question.subquestions import points_of
from assistant.retrieval.conversation import ConversationEmbedder
from assistant.retrieval.evidence import Scope
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.tuning import default_tuning
from assistant.settings import default_home, load_settings
from ingestion.index.judged_rules import judged_rules
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.question_bank import HasAnswer, JudgedQuestion, digest_of_rule, read_judged
from ingestion.index.search import Embedder
from ingestion.index.snapshot import IndexSnapshot
from tests.studies.judged import by_folds

SHOWN = 6
BANDS = (0.0, -0.5, -1.5, -2.5)
MARKS = (2, 1, 0, -1, None)


@dataclass(frozen=True, slots=True)
class RuleTold:
    """The likeliest rule, how sure it is to answer, and its mark, None where nobody gave one."""

    rule: str
    odds: float
    mark: int | None


def main() -> None:
    """Ask, and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    parser.add_argument("--one-in", type=int, default=1, help="ask one in so many")
    arguments = parser.parse_args()
    home = arguments.data
    embedder = load_embedder(home, load_settings(home))
    snapshot = open_snapshot(home, current_name(home))
    wholes: list[list[RuleTold]] = []
    points: list[list[RuleTold]] = []
    for left, apart in by_folds(read_judged(), snapshot):
        asked = [each for each in left if points_of(each.question)]
        answered = [each for each in asked if each.answered is not HasAnswer.NO]
        for each in track(answered[:: arguments.one_in], "Questions"):
            reading = PointReading(each, apart, embedder)
            wholes.append(reading.told(each.question))
            first, *others = points_of(each.question)
            said = [reading.told(first)]
            said += [reading.told(side_by_side(first, other), other) for other in others]
            points.append([rule for of in said for rule in of])
    Console(width=120).print(by_band(wholes, points), answered_by(wholes, points))


class PointReading:
    """Reads one question of people over an index."""

    def __init__(self, asked: JudgedQuestion, snapshot: IndexSnapshot, embedder: Embedder) -> None:
        """What was judged of the question itself is left aside."""
        self._asked = asked
        self._snapshot = snapshot
        self._embedder = embedder
        self._judged = judged_rules(embedder.name, embedder.dimension)

    def told(self, text: str, own: str = "") -> list[RuleTold]:
        """The likeliest rule for the question or a point of it, none where none is found."""
        embedder = ConversationEmbedder(self._embedder, {text: own} if own else {})
        retriever = Retriever(self._snapshot, embedder, default_tuning())
        found = list(retriever.retrieve(text, Scope(date.today()), SHOWN))
        if text != self._asked.question:
            ids = {item.passage.id for item in found}
            whole = retriever.retrieve(self._asked.question, Scope(date.today()), SHOWN)
            found += [item for item in whole if item.passage.id not in ids]
        [vector] = embedder.embed_questions([text])
        known = self._snapshot.questions, self._embedder, self._judged
        rules = candidate_rules(
            vector, found, *known, is_of_today=True, leaving=self._asked.question
        )
        weights = default_tuning().prepared
        fitting = [each for each in rules if not is_of_another_case(each.answer.text, text)]
        if not fitting:
            return []
        best = max(fitting, key=lambda each: each.odds(weights))
        mark = self._asked.rules.get(digest_of_rule(best.answer.text))
        return [RuleTold(best.answer.text, best.odds(weights), mark)]


def by_band(wholes: Sequence[Sequence[RuleTold]], points: Sequence[Sequence[RuleTold]]) -> Table:
    """The marks of the rules of wholes, of the surest point and of the others."""
    table = Table("of", "odds above", *map(str, MARKS))
    surest = [[each[0]] for each in map(distinct, points) if each]
    others = [distinct(each)[1:] for each in points]
    for name, told in (("the whole", wholes), ("surest point", surest), ("other points", others)):
        above = float("inf")
        for band in BANDS:
            within = Counter(rule.mark for of in told for rule in of if band < rule.odds <= above)
            table.add_row(name, str(band), *(str(within[mark]) for mark in MARKS))
            above = band
    return table


def answered_by(
    wholes: Sequence[Sequence[RuleTold]], points: Sequence[Sequence[RuleTold]]
) -> Table:
    """How much of a question is answered by the rules above a bound, as far as they were marked."""
    table = Table("told", "odds above", "whole", "two halves", "a half", "nothing", "misleads")
    for name, told in (("the whole", wholes), ("points", points)):
        for band in BANDS:
            kept = [[rule for rule in distinct(of) if rule.odds > band] for of in told]
            counts = Counter(_answered(Counter(rule.mark for rule in of)) for of in kept)
            table.add_row(name, str(band), *(str(counts[kind]) for kind in range(5)))
    return table


def distinct(told: Sequence[RuleTold]) -> list[RuleTold]:
    """Each rule once, as sure as it is for any point, the surest first."""
    surest: dict[str, RuleTold] = {}
    for each in sorted(told, key=lambda rule: -rule.odds):
        surest.setdefault(each.rule, each)
    return [*surest.values()]


def _answered(marks: Mapping[int | None, int]) -> int:
    """The column of these marks, the worst first and then the best."""
    if marks[-1]:
        return 4
    if marks[2]:
        return 0
    return 1 if marks[1] > 1 else 2 if marks[1] else 3


if __name__ == "__main__":
    main()
