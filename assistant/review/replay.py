"""Answers held against the texts of today: as they were shown, asked again, touched by a change."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from assistant.answering.answer import Answer, Citation
from assistant.law.impact import articles_touched, changes_since
from assistant.retrieval.evidence import Evidence
from assistant.review.recorded import CitedPlace, Item, ReviewLine
from ingestion.documents.document import Document
from ingestion.documents.references import find_references
from ingestion.documents.versions import Difference, TextStretch, compare

LOOKED = "looked"
"""The act of an entry of kind "review" which says that someone looked at a touched answer."""


@dataclass(frozen=True, slots=True)
class VersionChange:
    """A text before and after; None after where there is none any more, before for a rival.

    `reference` is that of an article, "" for another text, of which only the section that was
    cited is held. The words are equal where only the days of validity changed.
    """

    title: str
    reference: str
    before: Document | None
    after: Document | None


@dataclass(frozen=True, slots=True)
class TouchedLook:
    """Who looked at an answer, when, and the snapshot in use then."""

    user: str
    at: datetime
    generation: str


@dataclass(frozen=True, slots=True)
class Touched:
    """An answer with what has changed of what it cites, and the last look at all of it."""

    item: Item
    changes: tuple[VersionChange, ...]
    look: TouchedLook | None = None


Since = Callable[[str], Difference]
"""What changed from a snapshot, by its name, to the one in use."""


def look_body(record_id: str, generation: str) -> dict[str, Any]:
    """A look as it is written in the journal."""
    return {"act": LOOKED, "record_id": record_id, "generation": generation}


def touched(
    items: Iterable[Item], since: Since, looks: Mapping[str, TouchedLook]
) -> tuple[Touched, ...]:
    """The answers that cite what has changed: those to look at first, each group latest first."""
    changes = changes_by(since)

    def state(item: Item) -> Touched:
        line, look = item.line, looks.get(item.line.record_id)
        if look and not changes(line, look.generation):
            return Touched(item, changes(line, line.generation), look)
        return Touched(item, changes(line, look.generation if look else line.generation))

    found = [each for each in map(state, items) if each.changes]
    return tuple(sorted(found, key=lambda each: each.look is not None))


def changes_by(since: Since) -> Callable[[ReviewLine, str], tuple[VersionChange, ...]]:
    """Finds what has changed, from a snapshot on, of what an answer cites; each text once."""

    @cache
    def known(generation: str) -> ChangedTexts:
        return ChangedTexts(since(generation))

    @cache
    def of_place(generation: str, place: CitedPlace) -> tuple[VersionChange, ...]:
        return tuple(known(generation).touching(place))

    def changes(line: ReviewLine, generation: str) -> tuple[VersionChange, ...]:
        found = (each for place in line.cited for each in of_place(generation, place))
        return tuple(dict.fromkeys(found))

    return changes


class ChangedTexts:
    """The texts of a difference, ready to be asked for by what an answer cites."""

    def __init__(self, found: Difference) -> None:
        self._articles = changes_of(found)
        self._revised = found.others_changed
        self._removed = found.others_removed
        self._named: dict[str, list[Document]] = defaultdict(list)
        self._titled: dict[str, list[Document]] = defaultdict(list)
        for added in (*found.added, *found.others_added):
            for reference in _explained(added):
                self._named[reference].append(added)
            if added.reference is None:
                self._titled[added.title].append(added)

    def touching(self, place: CitedPlace) -> Iterator[VersionChange]:
        """What became of the text that is cited there, then the rivals that it got."""
        for each in self._articles:
            pair = {(each.title, each.reference)}
            if any(articles_touched(place.title, place.locator, pair)):
                yield each
        for revised in self._revised:
            if _is_of(place, revised.before):
                yield from _revision(place, revised.before, revised.after)
        for gone in self._removed:
            if _is_of(place, gone):
                yield VersionChange(gone.title, "", _section(gone, place.start), None)
        yield from self._rivals(place)

    def _rivals(self, place: CitedPlace) -> Iterator[VersionChange]:
        references = {found.key for found in find_references(place.locator)}
        for reference in sorted(references):
            for added in self._named[reference]:
                if (added.title, added.reference) != (place.title, reference):
                    yield VersionChange(added.title, reference, None, added)
        for added in self._titled[place.title]:
            yield VersionChange(added.title, "", None, added)


def changes_of(found: Difference) -> tuple[VersionChange, ...]:
    """The articles of a difference that were there before and are not the same now."""
    pairs = [(each.before, each.after) for each in (*found.changed, *found.redated)]
    gone = [(each, each) for each in found.ended], [(each, None) for each in found.removed]
    return tuple(
        VersionChange(before.title, before.reference, before, after)
        for before, after in (*pairs, *gone[0], *gone[1])
        if before.reference and (before.title, before.reference) in found.touched
    )


def _explained(document: Document) -> set[str]:
    """The article that a text is, or those that the headings of a sheet name."""
    if document.reference is not None:
        return {document.reference}
    headings = (heading.text for heading in document.headings)
    return {found.key for text in headings for found in find_references(text)}


def _is_of(place: CitedPlace, document: Document) -> bool:
    """Whether a place is in a text: in these very bytes, or in an earlier state of the file."""
    if place.document:
        return place.document == document.id or place.title == document.title
    return place.title == document.title


def _revision(place: CitedPlace, before: Document, after: Document) -> Iterator[VersionChange]:
    """The change of the section that is cited, none where it stands as it was."""
    if place.document != before.id:
        yield VersionChange(before.title, "", before, after)
        return
    section = _section(before, place.start)
    if " ".join(section.text.split()) not in " ".join(after.text.split()):
        yield VersionChange(before.title, "", section, _namesake(section, after))


def _section(document: Document, start: int) -> Document:
    """A text cut to the section that a character is in; whole where it has no headings."""
    begun = [heading.start for heading in document.headings if heading.start <= start]
    later = [heading.start for heading in document.headings if heading.start > start]
    first, last = max(begun, default=0), min(later, default=len(document.text))
    return replace(document, text=document.text[first:last].strip(), headings=(), pages=())


def _namesake(section: Document, after: Document) -> Document:
    """The section of the new text under the same heading, else all of it."""
    name = section.text.partition("\n")[0]
    for heading in after.headings:
        if after.text[heading.start : heading.end].strip() == name:
            return _section(after, heading.start)
    return after


# Exhibits: each passage that was shown, in its document as it was then.


class Seal(StrEnum):
    """Whether a document is the one that was shown.

    INTACT: its text has the recorded sha256, and the passage and every citation stand in it at the
    recorded characters. ABSENT: the answer is older than the archive, only the passage was kept.
    """

    INTACT = "intact"
    ABSENT = "absent"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class ReviewExhibit:
    """A passage shown, the citations that point into it with their numbers, and its document."""

    evidence: Evidence
    citations: tuple[tuple[int, Citation], ...]
    document: Document | None
    seal: Seal


def exhibit(
    evidence: Evidence, citations: Iterable[tuple[int, Citation]], document: Document | None
) -> ReviewExhibit:
    """A passage with its document, which is shown only when it is the same. Pure."""
    inside = tuple(
        (number, each)
        for number, each in citations
        if each.n == evidence.number and each.document == evidence.passage.document_id
    )
    if document is None:
        return ReviewExhibit(evidence, inside, None, Seal.ABSENT)
    if not _is_same(document, evidence, [each for _, each in inside]):
        return ReviewExhibit(evidence, inside, None, Seal.ALTERED)
    return ReviewExhibit(evidence, inside, document, Seal.INTACT)


def _is_same(document: Document, evidence: Evidence, citations: Iterable[Citation]) -> bool:
    passage, digest = evidence.passage, document.text_sha256
    return (
        document.id == passage.document_id
        and digest == evidence.document_sha256
        and document.text[passage.start : passage.end] == passage.text
        and all(
            each.sha256 == digest and document.text[each.start : each.end] == each.quote
            for each in citations
        )
    )


# Outdated answers: those that cite a text which has changed since.


def outdated(home: Path, lines: Iterable[ReviewLine]) -> frozenset[str]:
    """The records of the answers that cite a text which their own index had otherwise.

    Raises UnknownSnapshot or DamagedSnapshot.
    """
    changes = changes_by(changes_since(home))
    return frozenset(line.record_id for line in lines if changes(line, line.generation))


# Replays: an answer beside the one that the same question gets later. Pure.


@dataclass(frozen=True, slots=True)
class Beside:
    """Two texts, "" where one side has nothing, and what differs between them.

    `place` is where a quote stands, "" for a sentence.
    """

    before: str
    after: str
    segments: tuple[TextStretch, ...]
    place: str = ""

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class ReplayComparison:
    """Two answers, sentence by sentence and citation by citation."""

    sentences: tuple[Beside, ...]
    citations: tuple[Beside, ...]

    @property
    def is_same(self) -> bool:
        """Whether both answers say the same with the same citations."""
        return all(each.is_same for each in (*self.sentences, *self.citations))


def comparison(before: Answer, after: Answer) -> ReplayComparison:
    """The two answers side by side, in the order in which they say things."""
    return ReplayComparison(
        tuple(_sentences(_said(before), _said(after))), tuple(_citations(before, after))
    )


def _said(answer: Answer) -> list[str]:
    """Everything that an answer says, one part after the other."""
    said = [answer.preface, *(sentence.text for sentence in answer.sentences), answer.notice]
    return [text for text in said if text]


def _sentences(before: Sequence[str], after: Sequence[str]) -> Iterator[Beside]:
    for _, i, j, m, n in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for one, other in zip_longest(before[i:j], after[m:n], fillvalue=""):
            yield _beside(one, other)


def _citations(before: Answer, after: Answer) -> Iterator[Beside]:
    """The quotes of each place that either answer cites."""
    old, new = _quotes(before), _quotes(after)
    for place in dict.fromkeys([*old, *new]):
        yield _beside(old.get(place, ""), new.get(place, ""), place)


def _quotes(answer: Answer) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for each in answer.citations:
        found.setdefault(f"{each.title}, {each.locator}", []).append(each.quote)
    return {place: "\n".join(quotes) for place, quotes in found.items()}


def _beside(before: str, after: str, place: str = "") -> Beside:
    return Beside(before, after, compare(before, after), place)
