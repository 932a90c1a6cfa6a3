"""Contradictions: texts in force that say opposite things, kept in corpus/contradictions.toml."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from assistant.law.hierarchy import ARTICLES, rank_of
from assistant.question.language import Language
from assistant.retrieval.candidates import in_force
from assistant.retrieval.evidence import Evidence, Scope
from ingestion.chunking.passages import Passage
from ingestion.index.snapshot import IndexSnapshot
from ingestion.library.library import CORPUS


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two articles, what each must still say, and by language on what and who prevails."""

    articles: tuple[str, str]
    says: tuple[re.Pattern[str], re.Pattern[str]]
    subject: dict[Language, str]
    explanation: dict[Language, str]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A contradiction on the day of an answer: its two passages, in the order of its articles."""

    contradiction: Contradiction
    passages: tuple[Passage, Passage]


@cache
def contradictions() -> tuple[Contradiction, ...]:
    """Every entry of the file."""
    text = (CORPUS / "contradictions.toml").read_text(encoding="utf-8")
    return tuple(
        Contradiction(
            (row["articles"][0], row["articles"][1]),
            (_pattern(row["first_says"]), _pattern(row["second_says"])),
            {language: row["subject"][language] for language in Language},
            {language: row["explanation"][language] for language in Language},
        )
        for row in tomllib.loads(text)["contradiction"]
    )


def conflicts(
    cited: Sequence[Evidence], generation: IndexSnapshot, scope: Scope
) -> tuple[Conflict, ...]:
    """The contradictions in which an article that the cited passages hold or explain takes part.

    A contradiction whose articles are not both indexed, in force that day and still opposed is
    none.
    """
    mentioned = {reference for item in cited for reference in item.passage.references}
    found = []
    for known in contradictions():
        if mentioned.isdisjoint(known.articles):
            continue
        first, second = (
            _saying(article, says, generation, scope)
            for article, says in zip(known.articles, known.says, strict=True)
        )
        if first and second:
            found.append(Conflict(known, (first, second)))
    return tuple(found)


def explained(conflict: Conflict, evidence: Sequence[Evidence], language: Language) -> str:
    """What the reader should know of a conflict between two cited passages. Pure."""
    known = conflict.contradiction
    ids = {passage.id for passage in conflict.passages}
    marks = " ".join(f"[{item.number}]" for item in evidence if item.passage.id in ids)
    subject, explanation = known.subject[language], known.explanation[language]
    if language is Language.FRENCH:
        return f"Attention, {marks} se contredisent sur {subject}. {explanation}"
    return f"Beware, {marks} contradict each other on {subject}. {explanation}"


def _saying(
    reference: str, says: re.Pattern[str], generation: IndexSnapshot, scope: Scope
) -> Passage | None:
    """The passage of an article that may be shown in this scope and still says so."""
    passages = in_force(generation, reference, scope)
    articles = (passage for passage in passages if rank_of(passage) in ARTICLES)
    return next((passage for passage in articles if says.search(passage.text)), None)


def _pattern(written: str) -> re.Pattern[str]:
    return re.compile(written, re.IGNORECASE)
