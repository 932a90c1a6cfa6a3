"""Premises: what buyers take for granted and the law does not say (corpus/premisses.toml). Pure.

A false premise is corrected only while the texts in force still say what the correction rests on.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from assistant.answering.quotable import Draft, quotable
from assistant.question.language import Language, fold_text
from assistant.retrieval.evidence import Evidence, is_among_first, is_of_chapter
from assistant.retrieval.hierarchy import ARTICLES, rank_of
from ingestion.chunking.passages import Passage
from ingestion.library.corpus import CORPUS


@dataclass(frozen=True, slots=True)
class Premise:
    """A false premise: how a question shows it, what corrects it and the article that must say so.

    It is heard when every pattern of `asked` is found and none of `unless`. `is_in_passing` where
    the question asks something else, which the correction does not answer. `chapters` are those of
    the code whose rules are taken to bind somebody whom the article says they do not bind: it is
    seldom found with them. None where the premise is about its article alone.
    """

    name: str
    asked: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    article: str
    says: re.Pattern[str]
    correction: dict[Language, str]
    is_in_passing: bool
    chapters: tuple[str, ...]


def premise_of(question: str) -> Premise | None:
    """The false premise that a question in French rests on, None when none is known."""
    written = _folded(question)
    return next((premise for premise in premises() if _is_heard(premise, written)), None)


def is_near(premise: Premise, evidence: Sequence[Evidence]) -> bool:
    """Whether its article, or that of the same number, or its chapter, is among the first found.

    Of 14,000 questions of people whose answers readers found, the words of a premise are in 105
    that its article answers, 87 of which have it there by the bank alone, and in 38 others, of
    which 6; those with chapters, written later, are not counted.
    """
    if premise.chapters:
        return is_of_chapter(premise.chapters, evidence)
    return is_among_first([letter + premise.article[1:] for letter in "LRD"], evidence)


def ground(premise: Premise, passages: Sequence[Passage]) -> Passage | None:
    """The first passage about the article that says what corrects the premise.

    Where the article itself is among the passages, a sheet about it no longer counts.
    """
    about = [passage for passage in passages if premise.article in passage.references]
    official = [passage for passage in about if rank_of(passage) in ARTICLES]
    saying = (each for each in official or about if premise.says.search(_folded(each.text)))
    return next(saying, None)


def statement(premise: Premise, evidence: Evidence, as_of: date) -> Draft | None:
    """The sentence of the ground that corrects the premise, as law of that day."""
    for unit in quotable(evidence, as_of):
        if premise.says.search(_folded(unit.text)):
            return unit.draft
    return None


@cache
def premises() -> tuple[Premise, ...]:
    """Every entry of the file, in its order."""
    table = tomllib.loads((CORPUS / "premisses.toml").read_text(encoding="utf-8"))
    return tuple(
        Premise(
            row["name"],
            _patterns(row["asked"], table["words"]),
            _patterns(row.get("unless", ()), table["words"]),
            row["article"],
            re.compile(row["says"]),
            {language: row[language] for language in Language},
            row.get("in_passing", False),
            tuple(row.get("chapters", ())),
        )
        for row in table["premise"]
    )


def _is_heard(premise: Premise, written: str) -> bool:
    return all(pattern.search(written) for pattern in premise.asked) and not any(
        pattern.search(written) for pattern in premise.unless
    )


def _patterns(written: Sequence[str], words: Mapping[str, str]) -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(re.sub(r"<(\w+)>", lambda name: f"(?:{words[name[1]]})", pattern))
        for pattern in written
    )


def _folded(text: str) -> str:
    """A text in plain letters where hyphens, apostrophes and any space are one space."""
    return " ".join(re.sub(r"[-‑']", " ", fold_text(text)).split())
