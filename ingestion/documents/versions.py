"""Versions of articles, the one of a day, and what differs between two sets. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from difflib import SequenceMatcher, get_close_matches
from enum import StrEnum
from itertools import combinations, groupby, takewhile
from pathlib import PurePosixPath

from ingestion.documents.document import Document, is_citable

# Versions of articles: histories, the version of a day, and what contradicts itself. Pure.
#
# No date is ever guessed: an unknown beginning or end contradicts nothing.

_MOST_NEAR = 5
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
        History(title, found[0].reference or "", sort_versions(found))
        for title, found in sorted(by_title.items())
    )


def sort_versions(versions: Iterable[Document]) -> tuple[Document, ...]:
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
    """The references of articles that are written most like this one, nearest first.

    Those that it begins with, or that begin with it, come before all others.
    """
    known = sorted({document.reference for document in documents if document.reference})
    near = get_close_matches(reference, known, max(len(known), 1))

    def is_apart(other: str) -> bool:
        return not (other.startswith(reference) or reference.startswith(other))

    return tuple(sorted(near, key=is_apart)[:_MOST_NEAR])


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


# Wording: what was kept, removed and added between two texts, word by word. Pure.
#
# Lines are compared first, then the words of those that differ: a long text whose every word was
# compared with every other would take minutes.

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_WORD = re.compile(r"\s*(?:\d+(?:[ \u00a0\u202f]\d{3}(?!\d)|[.,-]\d+)*|\w+|[^\w\s])|\s+")
"""A word, number or sign with the spaces before it; what ends a text has no word."""


class WordChange(StrEnum):
    """What became of a stretch of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class TextStretch:
    """A stretch of text and what became of it."""

    change: WordChange
    text: str


def compare(before: str, after: str) -> tuple[TextStretch, ...]:
    """The segments from one text to the other, removed before added, never two alike in a row.

    Kept and removed ones make `before`, kept and added ones make `after`, to the character.
    """
    segments = _between(_LINE.findall(before), _LINE.findall(after))
    return tuple(
        TextStretch(change, "".join(segment.text for segment in run))
        for change, run in groupby(segments, lambda each: each.change)
    )


def _between(
    before: Sequence[str], after: Sequence[str], *, are_lines: bool = True
) -> Iterator[TextStretch]:
    """Segments by lines; lines replaced by others are compared by words."""
    for tag, i, j, m, n in SequenceMatcher(None, before, after).get_opcodes():
        removed, added = "".join(before[i:j]), "".join(after[m:n])
        if tag == "equal":
            yield TextStretch(WordChange.KEPT, removed)
        elif tag == "replace" and are_lines:
            yield from _between(_WORD.findall(removed), _WORD.findall(added), are_lines=False)
        else:
            if removed:
                yield TextStretch(WordChange.REMOVED, removed)
            if added:
                yield TextStretch(WordChange.ADDED, added)


# The difference between two sets of documents: articles by version, other texts by file. Pure.


@dataclass(frozen=True, slots=True)
class Revision:
    """One text as it was and as it is."""

    before: Document
    after: Document


@dataclass(frozen=True, slots=True)
class Difference:
    """What a set of documents has that an earlier one had not, and the reverse.

    Of articles: `added` are versions with nothing before them to be compared with; `changed` are
    new wordings, each with the one it corrects or follows; `ended` are the last versions of
    articles that had no known end and have one now; `redated` are other wordings that kept their
    words and not their days; `removed` are wordings that are gone. The others are sheets and
    pieces of tenders.
    """

    added: tuple[Document, ...] = ()
    changed: tuple[Revision, ...] = ()
    ended: tuple[Document, ...] = ()
    redated: tuple[Revision, ...] = ()
    removed: tuple[Document, ...] = ()
    others_added: tuple[Document, ...] = ()
    others_changed: tuple[Revision, ...] = ()
    others_removed: tuple[Document, ...] = ()

    @property
    def touched(self) -> frozenset[tuple[str, str]]:
        """Title and reference of every article that was there before and is not the same now."""
        revised = [revision.after for revision in (*self.changed, *self.redated)]
        touched = (*revised, *self.ended, *filter(_is_law, self.removed))
        return frozenset((each.title, each.reference or "") for each in touched)


def difference(old: Iterable[Document], new: Iterable[Document]) -> Difference:
    """What changed from the old documents to the new; empty when their words and days are equal."""
    before, after = _grouped(old), _grouped(new)
    parts = []
    for key in sorted(before.keys() | after.keys()):
        compared = _of_article if key[0] else _of_file
        parts.append(
            compared(sort_versions(before.get(key, ())), sort_versions(after.get(key, ())))
        )
    return _joined(parts)


_Key = tuple[bool, str, str]


def _grouped(documents: Iterable[Document]) -> Mapping[_Key, list[Document]]:
    """Versions of an article by its title and reference, other texts by dossier and file."""
    groups: dict[_Key, list[Document]] = defaultdict(list)
    for each in documents:
        is_article = each.reference is not None
        names = (each.title, each.reference) if is_article else (each.dossier, each.source)
        groups[is_article, names[0] or "", names[1] or ""].append(each)
    return groups


def _joined(parts: Sequence[Difference]) -> Difference:
    return Difference(
        **{
            field.name: tuple(each for part in parts for each in getattr(part, field.name))
            for field in fields(Difference)
        }
    )


def _of_article(old: Sequence[Document], new: Sequence[Document]) -> Difference:
    pairs, gone, fresh = _matched(old, new)
    added: list[Document] = []
    changed: list[Revision] = []
    for after in fresh:
        before = _before(after, gone, new) if _is_law(after) else None
        if before is None:
            added.append(after)
        else:
            changed.append(Revision(before, after))
        gone = [each for each in gone if each is not before]
    has_ended = bool(new) and _is_open(old) and not _is_open(new)
    ended = new[-1:] if has_ended else ()
    redated = (Revision(*pair) for pair in pairs if _days(pair[0]) != _days(pair[1]))
    return Difference(
        added=tuple(added),
        changed=tuple(changed),
        ended=tuple(ended),
        redated=tuple(each for each in redated if each.after not in ended),
        removed=tuple(gone),
    )


def _of_file(old: Sequence[Document], new: Sequence[Document]) -> Difference:
    """One file mostly is one text; texts of a file that has several are paired in order."""
    _, gone, fresh = _matched(old, new)
    both = min(len(gone), len(fresh))
    return Difference(
        others_added=tuple(fresh[both:]),
        others_changed=tuple(map(Revision, gone[:both], fresh[:both])),
        others_removed=tuple(gone[both:]),
    )


_Pair = tuple[Document, Document]


def _matched(
    old: Sequence[Document], new: Sequence[Document]
) -> tuple[list[_Pair], list[Document], list[Document]]:
    """Pairs of the same words, of the same days first; what is left of the old and of the new."""
    pairs: list[_Pair] = []
    gone, fresh = list(old), list(new)
    for same in (_same_days, _same_words):
        for before in tuple(gone):
            after = next((each for each in fresh if same(before, each)), None)
            if after is not None:
                pairs.append((before, after))
                gone = [each for each in gone if each is not before]
                fresh = [each for each in fresh if each is not after]
    return pairs, gone, fresh


def _same_words(before: Document, after: Document) -> bool:
    return before.text == after.text


def _same_days(before: Document, after: Document) -> bool:
    return _same_words(before, after) and _days(before) == _days(after)


def _before(after: Document, gone: Sequence[Document], new: Sequence[Document]) -> Document | None:
    """The wording with which to compare: that of the same days, the previous, else the last gone.

    Versions that are never cited are compared with nothing: their place in time is not known.
    """
    left = list(filter(_is_law, gone))
    corrected = [each for each in left if each.valid_from == after.valid_from]
    earlier = takewhile(lambda each: each is not after, new)
    previous = list(filter(_is_law, earlier))
    return next(iter((*corrected, *previous[-1:], *left[-1:])), None)


def _is_law(version: Document) -> bool:
    return is_citable(version.state, version.valid_to)


def _is_open(versions: Sequence[Document]) -> bool:
    """Whether an article goes on without known end."""
    return any(each.valid_to is None and is_citable(each.state, None) for each in versions)
