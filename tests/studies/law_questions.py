"""What the studies of the law share: questions that expect articles, and their evidence."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from rich.console import Console

from assistant.evaluation.questions import Question, read_questions
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.retriever import Retriever

DATA = Path(__file__).parents[1] / "data"
OWN = sorted(DATA.glob("questions_*.jsonl"))
EVIDENCE = 20
"""Passages looked at for each question."""

Sets = Mapping[str, Sequence[Question]]

console = Console(width=150)


def expecting(path: Path) -> list[Question]:
    """The questions of a file that expect an article and belong to no dossier."""
    return [
        question
        for question in read_questions(path)
        if question.articles and not question.refusal_expected and not question.dossier
    ]


def found(retriever: Retriever, text: str, question: Question) -> tuple[Evidence, ...]:
    """The evidence for a question put in these words."""
    return retriever.retrieve(text, Scope(question.as_of or date.today()), EVIDENCE)


def share(part: int, whole: int) -> str:
    """A part as a number and in percent."""
    return f"{part}/{whole} ({part / max(whole, 1):.1%})"
