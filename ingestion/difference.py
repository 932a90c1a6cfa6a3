"""The difference between two sets of documents: articles by version, other texts by file. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import takewhile

from ingestion.documents import Document, is_citable
from ingestion.versions import in_order


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
        parts.append(compared(in_order(before.get(key, ())), in_order(after.get(key, ()))))
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


def _days(version: Document) -> tuple[date | None, date | None]:
    return version.valid_from, version.valid_to
