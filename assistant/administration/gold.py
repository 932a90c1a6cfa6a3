"""Gold questions: what an index must answer as well as the one that it replaces.

A built-in set (corpus/questions), and those that the référent has promoted (`home`/gold.jsonl).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.questions import Question, read_questions
from assistant.review.gold import FILE, require_plain
from ingestion.builtin import CORPUS
from ingestion.generation import Generation
from ingestion.references import normalise

BUILTIN = CORPUS / "questions" / "controle.jsonl"


@dataclass(frozen=True, slots=True)
class Gold:
    """Questions that are asked, and those left out because the index cannot have the answer."""

    asked: tuple[Question, ...]
    left_out: tuple[Question, ...]


def gold_questions(home: Path) -> list[Question]:
    """Every gold question, the built-in ones first.

    Raises WrongQuestions, also for a promoted one that is held to more than plain facts.
    """
    promoted = home / FILE
    if not promoted.exists():
        return read_questions(BUILTIN)
    questions = read_questions(BUILTIN, promoted)
    for question in questions:
        if question.file == str(promoted):
            said = (option for group in question.facts for option in group)
            patterns = (option.pattern for option in (*said, *question.forbidden))
            require_plain(question.id, patterns)
    return questions


def suited(questions: Sequence[Question], reference: Generation) -> Gold:
    """The questions to ask, judged by the index that answers today.

    Left out are those about a dossier, which is no part of the rules, and those expecting an
    article that this index does not have.
    """
    asked = [each for each in questions if not each.dossier and _has_articles(each, reference)]
    return Gold(tuple(asked), tuple(each for each in questions if each not in asked))


def _has_articles(question: Question, generation: Generation) -> bool:
    return all(generation.lexical.lookup(normalise(each)) for each in question.articles)
