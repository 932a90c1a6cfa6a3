"""Contradictions: texts in force that say opposite things, kept in corpus/contradictions.toml."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from assistant.law.figures import FigureKind, FigureStatement, StatedFigure
from assistant.question.language import Language
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.hierarchy import ARTICLES, rank_of
from assistant.retrieval.standing import in_force
from assistant.retrieval.tuning import SubjectBounds
from ingestion.chunking.passages import Passage
from ingestion.index.search import Vectors
from ingestion.index.snapshot import IndexSnapshot
from ingestion.library.corpus import CORPUS


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
    cited: Sequence[Evidence], snapshot: IndexSnapshot, scope: Scope
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
            _saying(article, says, snapshot, scope)
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
    reference: str, says: re.Pattern[str], snapshot: IndexSnapshot, scope: Scope
) -> Passage | None:
    """The passage of an article that may be shown in this scope and still says so."""
    passages = in_force(snapshot, reference, scope)
    articles = (passage for passage in passages if rank_of(passage) in ARTICLES)
    return next((passage for passage in articles if says.search(passage.text)), None)


def _pattern(written: str) -> re.Pattern[str]:
    return re.compile(written, re.IGNORECASE)


# Disagreements: texts that state different figures on one subject, for one day. Pure.


Embed = Callable[[Sequence[str]], Vectors]
"""The vectors of subjects, a row each, of norm 1."""


@dataclass(frozen=True, slots=True)
class FigureDisagreement:
    """A statement and one that says another figure; `nearness` is how much they are of one subject.

    The first is the newer one.
    """

    first: FigureStatement
    second: FigureStatement
    nearness: float


def disagreements(
    fresh: Sequence[FigureStatement],
    others: Sequence[FigureStatement],
    day: date,
    embed: Embed,
    bounds: SubjectBounds,
) -> tuple[FigureDisagreement, ...]:
    """What fresh statements say against others, or among themselves, the nearest first.

    Only statements that are the law of the day are compared, of several texts. Articles of one code
    are told apart by it: only those of one section are compared, and those whose contradiction is
    known (corpus/contradictions.toml) are left out. A statement with which another text agrees
    nearly as closely is held to be right.
    """
    known = [each for each in (*fresh, *others) if each.applies_on(day)]
    asked = [each for each in fresh if each.applies_on(day)]
    if not asked:
        return ()
    subjects = list(dict.fromkeys(each.subject for each in known))
    rows = embed(subjects)
    places = {subject: place for place, subject in enumerate(subjects)}
    told = _figures_of_texts(known)
    found: dict[frozenset[int], FigureDisagreement] = {}
    for statement in asked:
        cosines = rows @ rows[places[statement.subject]]
        nearness = [float(cosines[places[each.subject]]) for each in known]
        for each in _against(statement, known, nearness, bounds, told):
            found.setdefault(frozenset((id(statement), id(each.second))), each)
    return tuple(sorted(found.values(), key=lambda each: -each.nearness))


_Told = Mapping[tuple[str, FigureKind], Collection[StatedFigure]]


def _figures_of_texts(statements: Sequence[FigureStatement]) -> _Told:
    found: dict[tuple[str, FigureKind], list[StatedFigure]] = defaultdict(list)
    for each in statements:
        found[each.passage.document_id, each.kind].extend(each.figures)
    return found


def _against(
    statement: FigureStatement,
    known: Sequence[FigureStatement],
    nearness: Sequence[float],
    bounds: SubjectBounds,
    told: _Told,
) -> Iterator[FigureDisagreement]:
    """What is said against a statement by others, unless one agrees nearly as closely."""
    agreeing, opposed = 0.0, []
    for other, cosine in zip(known, nearness, strict=True):
        if not _is_of_one_kind(statement, other):
            continue
        near = cosine - bounds.unnamed * statement.cases_unnamed(other)
        if statement.agrees_with(other):
            agreeing = max(agreeing, near)
        elif near >= _needed(statement, other, bounds) and not _is_told(statement, other, told):
            opposed.append(FigureDisagreement(statement, other, near))
    return (each for each in opposed if agreeing < each.nearness - bounds.agreement)


def _is_of_one_kind(one: FigureStatement, other: FigureStatement) -> bool:
    is_apart = one.passage.document_id != other.passage.document_id
    return one.kind is other.kind and is_apart and one.concerns_cases_of(other)


def _needed(one: FigureStatement, other: FigureStatement, bounds: SubjectBounds) -> float:
    """The nearness from which two statements are of one subject."""
    if _are_of_one_code(one, other):
        is_known = any(_names(known.articles, one, other) for known in contradictions())
        is_near = one.passage.headings == other.passage.headings and not is_known
        return bounds.other_article if is_near else 2.0
    shared = one.articles & other.articles
    is_free = not one.articles or not other.articles
    return bounds.near if shared or is_free else bounds.other_article


def _are_of_one_code(one: FigureStatement, other: FigureStatement) -> bool:
    are_articles = all(rank_of(each.passage) in ARTICLES for each in (one, other))
    return are_articles and one.passage.title == other.passage.title


def _names(articles: tuple[str, str], one: FigureStatement, other: FigureStatement) -> bool:
    first, second = articles
    return (first in one.articles and second in other.articles) or (
        second in one.articles and first in other.articles
    )


def _is_told(one: FigureStatement, other: FigureStatement, told: _Told) -> bool:
    """Whether two texts on one article both state the figure, one of them elsewhere.

    An article gives a rule and its exceptions, and a sheet about it may say one of them alone.
    """
    if one.articles.isdisjoint(other.articles):
        return False
    return any(
        mine.is_as(theirs)
        for statement, text in ((one, other), (other, one))
        for mine in statement.figures
        for theirs in told[text.passage.document_id, statement.kind]
    )
