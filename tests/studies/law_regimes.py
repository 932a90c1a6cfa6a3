"""How many passages of regimes that a question does not name come first, or would be quoted?"""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.progress import track
from rich.table import Table

from assistant.answering.extraction import worth_reading
from assistant.evaluation.questions import Question
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.ranking import foreign_regime
from assistant.retrieval.retriever import Retriever
from ingestion.chunking.passages import Passage
from ingestion.index.snapshot import IndexSnapshot
from tests.studies.law_questions import Sets, console, found, share


@dataclass(frozen=True, slots=True)
class Leak:
    """A passage that would be quoted although its regime is not that of any expected article."""

    question: str
    item: Evidence
    regime: str
    is_named: bool


def leaks(generation: IndexSnapshot, question: Question, quoted: Sequence[Evidence]) -> list[Leak]:
    """The quoted passages of a regime that none of the expected and useful articles belongs to."""
    lookup, store = generation.lexical.lookup, generation.store
    ids = [found for key in (*question.articles, *question.useful) for found in lookup(key)]
    expected = {_regime("", passage) for passage in store.passages(ids)}
    return [
        Leak(question.text, item, regime, _regime(question.text, item.passage) is None)
        for item in quoted
        if (regime := _regime("", item.passage)) is not None and regime not in expected
    ]


def _regime(question: str, passage: Passage) -> str | None:
    return foreign_regime(question, (passage.title, *passage.headings))


def regimes(retriever: Retriever, generation: IndexSnapshot, sets: Sets) -> None:
    """Print how many passages of other regimes come first or would be quoted, and which."""
    table = Table("set", "regime", "first", "quoted passages", "answers with one")
    listed = Table("question", "passage", "regime", "question seems to name it")
    for name, questions in sets.items():
        quoted, leaked = 0, list[list[Leak]]()
        for question in track(questions, f"{name}, regimes", transient=True):
            passages = worth_reading(found(retriever, question.text, question))
            quoted += len(passages)
            leaked.append(leaks(generation, question, passages))
        for label, kept in (
            ("not named", [[leak for leak in each if not leak.is_named] for each in leaked]),
            ("any other", leaked),
        ):
            first = sum(any(leak.item.number == 1 for leak in each) for each in kept)
            table.add_row(
                f"{name} ({len(questions)})" if label == "not named" else "",
                label,
                share(first, len(questions)),
                share(sum(map(len, kept)), quoted),
                share(sum(map(bool, kept)), len(questions)),
            )
        for leak in (leak for each in leaked for leak in each):
            place = f"{leak.item.number}. {leak.item.passage.locator}"
            listed.add_row(leak.question, place, leak.regime, "yes" if leak.is_named else "no")
    console.print(table, listed)
