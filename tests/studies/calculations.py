"""Questions that call for a calculation: python -m tests.studies.calculations --data DIR [FILE…].

Four people wrote 90 questions each, as they would type them, with an answer worked out from the
code alone: 60 that the law and the figures of the case answer, 15 that lack a fact, 15 of which
the law gives no figure (tests/data/calculations_strangers*.jsonl). They are asked over the index
of DIR, the code's. *Right*: every fact of the answer is said (of those without a figure: refused,
or said to be left open); *calculated wrongly*: a calculation is shown and a fact lacks; *cited*:
articles only. The calculators grew on the questions of the first file, and on none of the second.
"""

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import TypeAdapter
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.answering.answer import Outcome, TurnResult
from assistant.answering.pipeline import Assistant
from assistant.citations.checker import Support
from assistant.container import load_examinee
from assistant.settings import default_home, load_settings
from ingestion.index.publication import current_name
from ingestion.index.question_bank import read_lines

DATA = Path(__file__).parents[1] / "data"
STRANGERS = DATA / "calculations_strangers.jsonl"
AGAIN = DATA / "calculations_strangers_again.jsonl"


class ExpectedAnswer(StrEnum):
    """What a good answer to a question is."""

    FIGURE = "figure"
    LACKING = "lacking"
    NONE = "none"


class CalculationVerdict(StrEnum):
    """What became of a question."""

    RIGHT = "right"
    MISCALCULATED = "calculated wrongly"
    CITED = "cited"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class CalculationQuestion:
    """A question with its answer; `facts` are patterns, of each group one has to be said."""

    id: str
    question: str
    kind: str
    expects: ExpectedAnswer
    truth: str
    facts: tuple[tuple[str, ...], ...]
    articles: tuple[str, ...]

    def is_told_by(self, text: str) -> bool:
        """Whether a text says every fact."""
        said = " ".join(text.split())
        return all(any(re.search(one, said, re.I) for one in group) for group in self.facts)


_question = TypeAdapter(CalculationQuestion)


def verdict(asked: CalculationQuestion, result: TurnResult) -> CalculationVerdict:
    """What became of a question, by its answer."""
    answer = result.answer
    is_refused = answer.outcome is Outcome.ABSTAINED
    is_calculated = any(each.support is Support.COMPUTED for each in answer.sentences)
    if asked.expects is ExpectedAnswer.NONE:
        is_right = is_refused or (answer.outcome is Outcome.PARTIAL and not is_calculated)
    else:
        is_right = not is_refused and asked.is_told_by(answer.markdown)
    if is_right:
        return CalculationVerdict.RIGHT
    if is_refused:
        return CalculationVerdict.REFUSED
    return CalculationVerdict.MISCALCULATED if is_calculated else CalculationVerdict.CITED


def main() -> None:
    """Ask them all and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    parser.add_argument("--show", action="store_true", help="print what is not right")
    parser.add_argument("files", nargs="*", type=Path, default=[STRANGERS, AGAIN])
    given = parser.parse_args()
    console = Console(width=120)
    with TemporaryDirectory() as records:
        examinee = load_examinee(given.data, load_settings(given.data), Path(records))
        assistant = examinee(current_name(given.data))
        for path in given.files:
            found = [*_asked(assistant, path)]
            console.print(_table(path.stem, found))
            for asked, result, became in found if given.show else ():
                if became is not CalculationVerdict.RIGHT:
                    console.print(asked.id, became, asked.question, style="bold", markup=False)
                    console.print(asked.truth, "\n", result.answer.markdown, markup=False)


Turn = tuple[CalculationQuestion, TurnResult, CalculationVerdict]
"""A question, its answer and what became of it."""


def _asked(assistant: Assistant, path: Path) -> Iterator[Turn]:
    for asked in track([*read_lines(path, _question)], path.stem):
        *_, last = assistant.ask(asked.question)
        assert isinstance(last, TurnResult)
        yield asked, last, verdict(asked, last)


def _table(
    title: str, found: list[tuple[CalculationQuestion, TurnResult, CalculationVerdict]]
) -> Table:
    counted: dict[tuple[str, str, str], Counter[CalculationVerdict]] = defaultdict(Counter)
    for asked, _, became in found:
        author, expects = asked.id.partition("-")[0], asked.expects
        for of in ((author, "all"), ("all", "all"), ("all", asked.kind)):
            counted[expects, *of][became] += 1
    table = Table("expects", "author", "kind", *CalculationVerdict, title=title)
    for row, counts in sorted(counted.items()):
        table.add_row(*row, *(str(counts[each]) for each in CalculationVerdict))
    return table


if __name__ == "__main__":
    main()
