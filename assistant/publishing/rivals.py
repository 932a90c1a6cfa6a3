"""Rivals: what a candidate newly states in figures against another of its texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.answering.pipeline import Assistant
from assistant.law.contradictions import Embed, FigureDisagreement, disagreements
from assistant.law.figures import FigureStatement, statements_of
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Kind
from ingestion.index.search import Embedder, Vectors, as_indexed
from ingestion.index.vectors import embed_cached
from ingestion.progress import StepProgress

NEIGHBOURS = 100
"""Passages near a new one whose statements are compared with its own."""

COMPARING = "Comparaison des montants, délais et taux"


@dataclass(frozen=True, slots=True)
class RivalStatement:
    """One side of a contradiction: the words, and where they stand in which text.

    `start` and `end` are half-open characters of the document.
    """

    document: str
    title: str
    source: str
    locator: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RivalPair:
    """Two texts that state different figures on one subject; the first is new in the candidate.

    `kind` is the French word for what the figures measure.
    """

    kind: str
    first: RivalStatement
    second: RivalStatement


def new_rivals(
    home: Path, before: Assistant, after: Assistant, day: date, progress: StepProgress
) -> tuple[RivalPair, ...]:
    """What the candidate states on a day against itself, and the index in service did not yet.

    Only rules are read. Vectors that have been computed once are kept.
    """
    known = {each.said for each in statements_of(_rules(before))}
    passages = _rules(after)
    fresh = [each for each in statements_of(passages) if each.said not in known]
    if not fresh:
        return ()

    def embed(texts: Sequence[str]) -> Vectors:
        return _embedded(home, after.embedder, texts, progress)

    others = _beside(fresh, after, passages, embed)
    found = disagreements(fresh, others, day, embed, after.tuning.subject)
    return tuple(map(_told, found))


def _rules(assistant: Assistant) -> list[Passage]:
    return [each for each in assistant.generation.store.all_passages() if each.kind is Kind.RULES]


def _embedded(
    home: Path, embedder: Embedder, texts: Sequence[str], progress: StepProgress
) -> Vectors:
    return embed_cached(
        home / "vectors.sqlite", embedder, texts, lambda done: progress(COMPARING, done, len(texts))
    )


def _beside(
    fresh: Sequence[FigureStatement],
    assistant: Assistant,
    passages: Sequence[Passage],
    embed: Embed,
) -> list[FigureStatement]:
    """The other statements of the passages that are near those of the fresh ones."""
    new = list({each.passage.id: each.passage for each in fresh}.values())
    search = assistant.generation.near
    rows = embed([as_indexed(each) for each in new])
    near = {hit.passage_id for row in rows for hit in search(row, NEIGHBOURS)}
    near |= {each.id for each in new}
    told = {each.said for each in fresh}
    candidates = statements_of(each for each in passages if each.id in near)
    return [each for each in candidates if each.said not in told]


def _told(found: FigureDisagreement) -> RivalPair:
    return RivalPair(found.first.kind.value, _side(found.first), _side(found.second))


def _side(statement: FigureStatement) -> RivalStatement:
    passage = statement.passage
    return RivalStatement(
        passage.document_id,
        passage.title,
        passage.source,
        passage.locator,
        statement.text,
        statement.start,
        statement.end,
    )
