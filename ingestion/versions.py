"""Versions of articles: histories, the version of a day, and what contradicts itself. Pure.

No date is ever guessed: an unknown beginning or end contradicts nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from itertools import combinations
from pathlib import PurePosixPath

from ingestion.documents import Document, is_citable

MOST_NEAR = 5
"""References proposed in place of an unknown one."""


@dataclass(frozen=True, slots=True)
class History:
    """An article of one code or law: its versions, oldest first, those never cited among them.

    A version whose beginning is unknown stands where it ended; one that ended on an unknown day
    stands before all others.
    """

    title: str
    reference: str
    versions: tuple[Document, ...]

    def on(self, day: date) -> Document | None:
        """The version in force that day; one of known beginning goes before one of unknown."""
        candidates = [version for version in self.versions if may_apply(version, day)]
        return max(candidates, key=lambda each: each.valid_from or date.min, default=None)


def histories(versions: Iterable[Document]) -> tuple[History, ...]:
    """The histories of the articles that have one reference, one for each title.

    A text whose file names no code joins the only titled history there is.
    """
    by_title: dict[str, list[Document]] = defaultdict(list)
    for version in versions:
        by_title[version.title].append(version)
    titled = [title for title, found in by_title.items() if any(map(has_own_title, found))]
    if len(titled) == 1:
        by_title = {titled[0]: [version for found in by_title.values() for version in found]}
    return tuple(
        History(title, found[0].reference or "", in_order(found))
        for title, found in sorted(by_title.items())
    )


def in_order(versions: Iterable[Document]) -> tuple[Document, ...]:
    """Versions of one article, oldest first, as a history has them."""
    return tuple(sorted(versions, key=_position))


def has_own_title(document: Document) -> bool:
    """Whether the text says its title; without one, it bears the name of its file."""
    return document.title != PurePosixPath(document.source).stem


def may_apply(version: Document, day: date) -> bool:
    """Whether a version is the law of a day, as far as its dates are known."""
    begun = version.valid_from is None or version.valid_from <= day
    ended = version.valid_to is not None and version.valid_to <= day
    return begun and not ended and is_citable(version.state, version.valid_to)


def near_references(reference: str, documents: Iterable[Document]) -> tuple[str, ...]:
    """The references of articles that are written most like this one, nearest first."""
    known = {document.reference for document in documents if document.reference}
    return tuple(get_close_matches(reference, sorted(known), MOST_NEAR))


def irregularities(documents: Iterable[Document]) -> tuple[str, ...]:
    """What contradicts itself among versions of the same article, in French sentences."""
    articles: dict[tuple[str, str], list[Document]] = defaultdict(list)
    for document in documents:
        if document.reference is not None:
            articles[document.title, document.reference].append(document)
    return tuple(
        f"{title}, {reference} : {found}"
        for (title, reference), versions in articles.items()
        for found in _irregular(versions)
    )


def _irregular(versions: Sequence[Document]) -> Iterator[str]:
    for version in versions:
        if version.valid_from and version.valid_to and _is_impossible(version):
            yield (
                f"une version finit le {version.valid_to:%d/%m/%Y} sans avoir commencé avant "
                f"(début le {version.valid_from:%d/%m/%Y}), dans {version.source}"
            )
    for one, other in combinations(versions, 2):
        files = " et ".join(dict.fromkeys((one.source, other.source)))
        if one.text == other.text and _days(one) == _days(other):
            yield f"le même texte est donné deux fois avec les mêmes dates, dans {files}"
        elif shared := _shared_days(one, other):
            yield f"deux versions sont en vigueur les mêmes jours, {shared}, dans {files}"


def _is_impossible(version: Document) -> bool:
    """Archives give a version that never was in force the same day twice."""
    start, end = _days(version)
    was_law = is_citable(version.state, version.valid_to)
    return was_law and start is not None and end is not None and end <= start


def _shared_days(one: Document, other: Document) -> str:
    """The known days that both versions claim, in words; nothing when there is none."""
    if one.valid_from is None or other.valid_from is None:
        return ""
    if not all(is_citable(each.state, each.valid_to) for each in (one, other)):
        return ""
    start = max(one.valid_from, other.valid_from)
    end = min(one.valid_to or date.max, other.valid_to or date.max)
    if end <= start:
        return ""
    if end == date.max:
        return f"depuis le {start:%d/%m/%Y}"
    return f"du {start:%d/%m/%Y} au {end - timedelta(days=1):%d/%m/%Y}"


def _days(version: Document) -> tuple[date | None, date | None]:
    return version.valid_from, version.valid_to


def _position(version: Document) -> tuple[date, bool, str]:
    """Where a version stands: at its beginning, just before the one that follows its end."""
    if version.valid_from:
        return version.valid_from, True, version.id
    latest = date.max if is_citable(version.state, None) else date.min
    return version.valid_to or latest, False, version.id
