"""Replays: what was shown with an answer, and the answer that the same question gets later."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path

from assistant.answering.answer import Answer, Citation
from assistant.law.impact import changes_since
from assistant.retrieval.evidence import Evidence
from assistant.review.recorded import ReviewLine
from assistant.review.touched import changes_by
from ingestion.legislation.versions import TextStretch, compare
from ingestion.readers.documents import Document

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
    passage, digest = evidence.passage, sha256(document.text.encode()).hexdigest()
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
