"""Replays: an answer beside the one that the same question gets later. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from assistant.answers import Answer
from ingestion.wording import Segment, compare


@dataclass(frozen=True, slots=True)
class Beside:
    """Two texts, "" where one side has nothing, and what differs between them.

    `place` is where a quote stands, "" for a sentence.
    """

    before: str
    after: str
    segments: tuple[Segment, ...]
    place: str = ""

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two answers, sentence by sentence and citation by citation."""

    sentences: tuple[Beside, ...]
    citations: tuple[Beside, ...]

    @property
    def is_same(self) -> bool:
        """Whether both answers say the same with the same citations."""
        return all(each.is_same for each in (*self.sentences, *self.citations))


def comparison(before: Answer, after: Answer) -> Comparison:
    """The two answers side by side, in the order in which they say things."""
    return Comparison(
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
