"""Topics: the subjects of a tender dossier, as buyers ask about them and as its clauses say them.

They are data, kept by hand: corpus/clauses.toml, where the form of a phrase is described.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from assistant.question.language import fold_text
from ingestion.chunking.passages import Passage
from ingestion.index.lexical import french_words
from ingestion.library.corpus import CORPUS

HEADED = 1.0
"""Of a passage whose own heading names the subject."""

WITHIN = 0.8
"""Of a passage below such a heading, whose text says it too."""

SAID = 0.6
"""Of a passage whose text alone says it."""

BELOW = 0.4
"""Of a passage only somewhere below such a heading."""

SHORTEST = 3
"""Letters of a word that tells something."""

_SPACE = r"[^\w.;:?!|]+"
_GAP = rf"(?:\w+{_SPACE}){{0,4}}?"
_TOKEN = re.compile(r"…|[\w*/]+")
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject, by its fields in the file; its patterns are for what `fold_text` makes.

    `label` is French. `asked` also finds what `said` does.
    """

    name: str
    label: str
    kind: str
    asked: re.Pattern[str]
    titled: re.Pattern[str]
    said: re.Pattern[str]
    states: re.Pattern[str]
    unless: re.Pattern[str]
    parts: Mapping[str, re.Pattern[str]]


def topics_asked(question: str) -> tuple[Topic, ...]:
    """The topics that a question is about, in the order of the file.

    A phrase that shares words with a longer one of another topic does not count: "durée de la
    garantie" is not about the duration of the contract.
    """
    written = fold_text(question)
    spans = {name: _spans(topic.asked, written) for name, topic in topics().items()}
    return tuple(
        topic
        for name, topic in topics().items()
        if any(not _is_outweighed(span, spans, name) for span in spans[name])
    )


def asks_for_topics(question: str) -> bool:
    """Whether a question has no word beside its topics but those of any about a contract.

    "Quelle est la durée du marché ?" has none, "Quelle est la durée du chantier d'été ?" has; so
    has "du lot 2": a number tells one of several.
    """
    rest = fold_text(question)
    for topic in topics_asked(question):
        rest = topic.asked.sub(" ", rest)
    return not any(map(_tells, french_words(rest)))


def said_in(topic: Topic, passage: Passage) -> float:
    """How surely a passage speaks of a topic, from 0 to 1."""
    *above, own = (fold_text(heading) for heading in passage.headings or ("",))
    if topic.titled.search(own):
        return HEADED
    below = any(topic.titled.search(heading) for heading in above)
    if topic.said.search(fold_text(passage.text)):
        return WITHIN if below else SAID
    return BELOW if below else 0.0


def topic_signal(asked: Sequence[Topic], passage: Passage) -> float:
    """How surely a passage speaks of what is asked, from 0 to 1; 0 when no topic is known."""
    return max((said_in(topic, passage) for topic in asked), default=0.0)


def _tells(word: str) -> bool:
    """Whether a word, as it is searched, says more than any question about a contract does."""
    return word.isdigit() or (len(word) >= SHORTEST and word not in _usual())


@cache
def _usual() -> frozenset[str]:
    """The words of any question about a contract, as they are searched."""
    return frozenset(french_words(_table()["usual"]))


@cache
def topics() -> Mapping[str, Topic]:
    """Every topic of the file, by its name."""
    return {row["name"]: _topic(row) for row in _table()["topic"]}


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((CORPUS / "clauses.toml").read_text(encoding="utf-8"))


def _topic(row: Mapping[str, Any]) -> Topic:
    return Topic(
        row["name"],
        row["label"],
        row["kind"],
        asked=phrase_pattern([*row["asked"], *row["said"]]),
        titled=phrase_pattern(row["titled"]),
        said=phrase_pattern(row["said"]),
        states=phrase_pattern(row.get("states", row["said"])),
        unless=phrase_pattern(row.get("unless", ())),
        parts={name: phrase_pattern(each) for name, each in row.get("parts", {}).items()},
    )


def phrase_pattern(phrases: Sequence[str]) -> re.Pattern[str]:
    """What finds any of these phrases in what `fold_text` makes; nothing where there is none."""
    written = "|".join(map(_phrase, phrases))
    return re.compile(rf"(?<!\w)(?:{written})(?!\w)") if phrases else _NEVER


def _phrase(phrase: str) -> str:
    words = (_word(token) for token in _TOKEN.findall(fold_text(phrase)))
    return _SPACE.join(words).replace(f"…{_SPACE}", _GAP)


def _word(token: str) -> str:
    """A word and its plural, the words that begin so, either of two, or the gap as it is."""
    if token == "…":
        return token
    forms = (
        each.replace("*", r"\w*") if "*" in each else f"{each}[sx]?" for each in token.split("/")
    )
    return f"(?:{'|'.join(forms)})"


def _spans(pattern: re.Pattern[str], written: str) -> list[tuple[int, int]]:
    return [found.span() for found in pattern.finditer(written)]


def _is_outweighed(
    span: tuple[int, int], spans: Mapping[str, list[tuple[int, int]]], name: str
) -> bool:
    """Whether a longer phrase of another topic has some of these characters."""
    start, end = span
    return any(
        first < end and start < last and last - first > end - start
        for other, found in spans.items()
        if other != name
        for first, last in found
    )
