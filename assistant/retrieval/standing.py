"""Standing: which passages of an index an answer may quote in a scope, and these as evidence."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from assistant.question.language import find_stems
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.hierarchy import ARTICLES, Rank, rank_of
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Kind, is_citable
from ingestion.documents.general_clauses import CCAG, CCAG_OF_WORKS
from ingestion.index.snapshot import IndexSnapshot
from ingestion.index.store import DisputedFigure, PassageStore

_GENERAL: WeakKeyDictionary[PassageStore, frozenset[str]] = WeakKeyDictionary()


def general_ids(snapshot: IndexSnapshot) -> frozenset[str]:
    """The identifiers of the passages that are clauses of a CCAG, looked for once an index."""
    known = _GENERAL.get(snapshot.store)
    if known is None:
        known = frozenset(
            each.id
            for each in snapshot.store.all_passages()
            if rank_of(each) is Rank.GENERAL_CLAUSE
        )
        _GENERAL[snapshot.store] = known
    return known


def named_ids(snapshot: IndexSnapshot, references: Sequence[str]) -> list[str]:
    """The identifiers of the passages that are these articles or clauses."""
    return [found for each in references for found in snapshot.lexical.lookup(each)]


def standing(snapshot: IndexSnapshot, ids: Sequence[str], scope: Scope) -> list[Passage]:
    """Of these passages, each once, those that an answer may quote in this scope."""
    passages = snapshot.store.passages(list(dict.fromkeys(ids)))
    return [passage for passage in passages if _admits(snapshot, passage, scope)]


def in_force(snapshot: IndexSnapshot, reference: str, scope: Scope) -> list[Passage]:
    """The passages of an article that may be quoted in this scope, else the sheets about it."""
    found = standing(snapshot, named_ids(snapshot, [reference]), scope)
    return [each for each in found if rank_of(each) in ARTICLES] or found


def evidence_of(snapshot: IndexSnapshot, passage: Passage, number: int) -> Evidence:
    """A passage as evidence that was not searched for."""
    return Evidence(number, passage, 0.0, text_sha256(snapshot, passage))


def text_sha256(snapshot: IndexSnapshot, passage: Passage) -> str:
    """Hexadecimal sha256 of the whole text that a passage is a part of."""
    return snapshot.store.document(passage.document_id).text_sha256


def explanation(
    snapshot: IndexSnapshot, article: Passage, question: str, scope: Scope
) -> Passage | None:
    """Of the sheets about an article, the section with most words of the question."""
    if rank_of(article) not in ARTICLES:
        return None
    asked = find_stems(question)
    sections = [
        each
        for each in snapshot.store.passages(named_ids(snapshot, article.references))
        if rank_of(each) is Rank.SHEET and scope.admits(each)
    ]
    words = [asked & find_stems("\n".join([each.text, *each.headings[-1:]])) for each in sections]
    best = max(words, key=len, default=frozenset())
    return sections[words.index(best)] if best else None


def _admits(snapshot: IndexSnapshot, passage: Passage, scope: Scope) -> bool:
    """Whether an answer may quote a passage.

    A version of unknown beginning gives way to one that is known to be in force that day, a section
    of a sheet to the articles that it is about. Nothing rests on a sheet whose figures these do not
    state, nor on one about another CCAG than those meant.
    """
    if not (scope.admits(passage) and scope.reads(passage)):
        return False
    if passage.kind is not Kind.RULES:
        return True
    if rank_of(passage) is Rank.SHEET:
        return not (
            disputed_in(snapshot, passage, scope)
            or _is_of_another_general_text(passage, scope)
            or _is_of_articles(snapshot, passage, scope)
        )
    return passage.valid_from is not None or not _has_dated_version(snapshot, passage, scope)


def disputed_in(
    snapshot: IndexSnapshot, passage: Passage, scope: Scope
) -> tuple[DisputedFigure, ...]:
    """The figures of a passage that the articles of the day do not state, as the index knows."""
    return tuple(
        each
        for each in snapshot.manifest.disputed
        if each.passage_id == passage.id and each.holds_on(scope.as_of)
    )


def _is_of_another_general_text(section: Passage, scope: Scope) -> bool:
    """Whether a section explains clauses of a CCAG, and none of those that are meant.

    Where none is named and building works are bought, that of works is.
    """
    clauses = [each for each in section.references if each.startswith(CCAG)]
    if not clauses:
        return False
    if scope.general:
        return not any(map(scope.reads_reference, clauses))
    families = {each.partition(" ")[0] for each in clauses}
    return scope.works and families.isdisjoint({CCAG, CCAG_OF_WORKS})


def _is_of_articles(snapshot: IndexSnapshot, section: Passage, scope: Scope) -> bool:
    """Whether all that a section explains can be read that day in the articles themselves.

    What it tells of a law that has ended stays, unless its article is dated: a text of unknown
    beginning may be the one that came after.
    """
    is_past = section.valid_to is not None
    return bool(section.references) and all(
        scope.reads_reference(reference)
        and any(
            is_citable(version.state, version.valid_to)
            and scope.covers(version.valid_from or version.not_before, version.valid_to)
            and (version.valid_from is not None or not is_past)
            for version in snapshot.store.versions(reference)
        )
        for reference in section.references
    )


def _has_dated_version(snapshot: IndexSnapshot, passage: Passage, scope: Scope) -> bool:
    """Whether a version of an article is known to be in force on the day of the question."""
    return any(
        version.valid_from is not None
        and version.title == passage.title
        and is_citable(version.state, version.valid_to)
        and scope.covers(version.valid_from, version.valid_to)
        for reference in snapshot.store.revised.intersection(passage.references)
        for version in snapshot.store.versions(reference)
    )
