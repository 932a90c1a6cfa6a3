"""Disagreements: texts that state different figures on one subject, for one day. Pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.law.contradictions import contradictions
from assistant.law.figures import FigureKind, FigureStatement, StatedFigure
from assistant.law.hierarchy import ARTICLES, rank_of
from assistant.retrieval.ranking import SubjectBounds
from ingestion.index.search import Vectors

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
