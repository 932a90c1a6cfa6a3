"""Impact: how one index differs from another, what that touches, and both as plain JSON."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.journal.chain import entry_id
from assistant.journal.journal import Journal
from ingestion.documents.document import Document, Kind, is_citable
from ingestion.documents.references import find_references, normalise
from ingestion.documents.versions import Difference, History, Revision, compare, difference
from ingestion.errors import UnknownSnapshot
from ingestion.index.lexical import Term, read_glossary
from ingestion.index.publication import current_name, finished, open_snapshot

# Impact: what articles that changed touch: sheets, terms of the glossary, past answers.

Article = tuple[str, str]
"""Title and reference."""

Recorded = tuple[Mapping[str, Any], Mapping[str, Any] | None]
"""An entry of the journal and its body, None when nobody may read it any more, or here."""


@dataclass(frozen=True, slots=True)
class TouchedSheet:
    """A text of the rules that names articles that changed."""

    title: str
    source: str
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TouchedAnswer:
    """An answer of the journal that cites articles that changed; the first answer has number 1.

    `asked_on` is the day on this machine.
    """

    number: int
    question: str
    asked_on: date
    record_id: str
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """Everything that should be read again; each names the articles for which it should."""

    sheets: tuple[TouchedSheet, ...] = ()
    terms: tuple[Term, ...] = ()
    answers: tuple[TouchedAnswer, ...] = ()


def impact_of(
    touched: Set[Article],
    documents: Iterable[Document],
    terms: Iterable[Term],
    answers: Iterable[Recorded],
) -> Impact:
    """What names or cites one of the articles; the answers are those of the journal. Pure.

    Sheets and the glossary give numbers without a code: a number meets the articles of every code.
    """
    numbers = {reference for _, reference in touched}
    return Impact(
        tuple(_sheets(numbers, documents)),
        tuple(Term(term.words, both) for term in terms if (both := _both(term.articles, numbers))),
        tuple(_answers(touched, answers)),
    )


def _sheets(numbers: Set[str], documents: Iterable[Document]) -> Iterator[TouchedSheet]:
    for document in documents:
        if document.reference is None and document.kind is Kind.RULES:
            named = (found.key for found in find_references(document.text))
            if articles := _both(named, numbers):
                yield TouchedSheet(document.title, document.source, articles)


def _answers(touched: Set[Article], answers: Iterable[Recorded]) -> Iterator[TouchedAnswer]:
    for number, (entry, body) in enumerate(answers, 1):
        if body is None:
            continue
        cited = (
            a
            for each in body.get("citations", ())
            for a in articles_touched(each["title"], each["locator"], touched)
        )
        if articles := tuple(dict.fromkeys(cited)):
            asked_on = datetime.fromisoformat(entry["at"]).astimezone().date()
            yield TouchedAnswer(number, body["question"], asked_on, entry_id(entry), articles)


def articles_touched(title: str, locator: str, touched: Set[Article]) -> Iterator[str]:
    """Which of the articles a citation names: the law has the title of its code, a sheet its own.

    `locator` says where the citation stands, under `title`. Pure.
    """
    is_law = normalise(locator) != locator or locator.startswith("Annexe")
    for found in find_references(locator):
        titles = {each for each, reference in touched if reference == found.key}
        if titles and (title in titles or not is_law):
            yield found.key


def _both(named: Iterable[str], numbers: Set[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reference for reference in named if reference in numbers))


# Changes of the index: how one snapshot differs from another, and what that touches.


@dataclass(frozen=True, slots=True)
class IndexChanges:
    """The difference from an old snapshot to a new one, and its impact."""

    old: str
    new: str
    difference: Difference
    impact: Impact


def changes_between(
    home: Path, old: str | None, new: str | None, journal: Journal, user: str | None = None
) -> IndexChanges:
    """The changes from one snapshot to another, and the answers that they touch.

    By default the new one is the published one, the old one the last that was made before it, and
    the answers are everyone's; a `user` is told of their own only.
    Raises UnknownSnapshot or DamagedSnapshot.
    """
    new = new or current_name(home)
    old = old or _before(home, new)
    found, later = _compared(home, old, new)
    impact = impact_of(found.touched, later, read_glossary(), _recorded_answers(journal, user))
    return IndexChanges(old, new, found, impact)


def _recorded_answers(journal: Journal, user: str | None) -> Iterator[Recorded]:
    """Every answer; what was said of a dossier is for its team, and not read here.

    Nor is what others than the user were told; an answer of an earlier version names nobody.
    """
    for entry in journal.entries():
        if entry["kind"] == "answer":
            is_of_another = user is not None and entry["user"] not in ("", user)
            is_unread = is_of_another or journal.apart(entry)
            yield entry, None if is_unread else journal.body(entry)


def changes_since(home: Path) -> Callable[[str], Difference]:
    """What differs in the snapshot in service from an earlier one, by the earlier one's name.

    Where that one is no longer kept, the oldest one that is kept stands for it. Raises
    UnknownSnapshot or DamagedSnapshot, as what it returns does.
    """
    kept, now = finished(home), current_name(home)

    def since(generation: str) -> Difference:
        then = generation if generation in kept else kept[0]
        return difference_between(home, then, now) if then != now else Difference()

    return since


@lru_cache(maxsize=16)
def difference_between(home: Path, old: str, new: str) -> Difference:
    """What one snapshot has that another had not; found once, as snapshots never change.

    Raises UnknownSnapshot or DamagedSnapshot.
    """
    return _compared(home, old, new)[0]


def _compared(home: Path, old: str, new: str) -> tuple[Difference, tuple[Document, ...]]:
    """The difference between two snapshots, and the documents of the later one."""
    earlier = tuple(open_snapshot(home, old).store.documents())
    later = tuple(open_snapshot(home, new).store.documents())
    return difference(earlier, later), later


def _before(home: Path, name: str) -> str:
    earlier = [each for each in finished(home) if each < name]
    if not earlier:
        raise UnknownSnapshot(
            f"Aucun index construit avant {name} n'est conservé : rien à comparer. Le prochain "
            "index construit pourra être comparé à celui-ci."
        )
    return earlier[-1]


# Articles and changes as plain JSON: the contract of `law` and `index diff` for programs. Pure.
#
# `valid_to` is the first day that a version no longer covers.


def law_fields(
    found: Sequence[History], reference: str, day: date, *, whole: bool
) -> dict[str, Any]:
    """An article in each code: its version of a day, or its whole history with comparisons."""
    articles = [
        {
            "title": history.title,
            "versions": [
                _text_fields(version)
                | {"in_force": version is history.on(day)}
                | (_wording_fields(history.versions[n - 1], version) if whole and n else {})
                for n, version in enumerate(history.versions)
                if whole or version is history.on(day)
            ],
        }
        for history in found
    ]
    return {"reference": reference, "as_of": day.isoformat(), "articles": articles}


def changes_fields(changes: IndexChanges) -> dict[str, Any]:
    """The changes between two snapshots, and what they touch."""
    found, impact = changes.difference, changes.impact
    return {
        "old": changes.old,
        "new": changes.new,
        "articles": {
            "added": list(map(_text_fields, found.added)),
            "changed": list(map(_change_fields, found.changed)),
            "ended": list(map(_text_fields, found.ended)),
            "redated": list(map(_revision_fields, found.redated)),
            "removed": list(map(_text_fields, found.removed)),
        },
        "documents": {
            "added": list(map(_document_fields, found.others_added)),
            "changed": list(map(_revision_fields, found.others_changed)),
            "removed": list(map(_document_fields, found.others_removed)),
        },
        "touched": {
            "sheets": list(map(asdict, impact.sheets)),
            "terms": list(map(asdict, impact.terms)),
            "answers": [
                asdict(answer) | {"asked_on": answer.asked_on.isoformat()}
                for answer in impact.answers
            ],
        },
    }


def _document_fields(document: Document) -> dict[str, Any]:
    return {
        "title": document.title,
        "reference": document.reference,
        "path": list(document.path),
        "valid_from": document.valid_from and document.valid_from.isoformat(),
        "valid_to": document.valid_to and document.valid_to.isoformat(),
        "state": document.state and document.state.value,
        "citable": is_citable(document.state, document.valid_to),
        "address": document.address,
        "document": document.id,
        "source": document.source,
        "dossier": document.dossier,
    }


def _text_fields(document: Document) -> dict[str, Any]:
    return _document_fields(document) | {"text": document.text}


def _revision_fields(revision: Revision) -> dict[str, Any]:
    return {"before": _document_fields(revision.before), "after": _document_fields(revision.after)}


def _change_fields(revision: Revision) -> dict[str, Any]:
    return _revision_fields(revision) | _wording_fields(revision.before, revision.after)


def _wording_fields(before: Document, after: Document) -> dict[str, Any]:
    segments = compare(before.text, after.text)
    return {"changes": [{"change": each.change.value, "text": each.text} for each in segments]}
