"""Headings: to what the heading above an article limits it, where nothing else says so. Pure.

"L'acheteur communique en outre le nom de l'attributaire" stands under "Marchés passés selon une
procédure formalisée": quoted alone, it seems to hold for any contract.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.law.hierarchy import ARTICLES, rank_of
from assistant.question.language import fold_text
from ingestion.chunking.passages import Passage

_NUMBER = re.compile(r"^[^:]{1,40} : +")


@dataclass(frozen=True, slots=True)
class HeadingLimit:
    """A procedure or a kind of contract: how a heading and how any text names it."""

    heading: re.Pattern[str]
    named: re.Pattern[str]


def limiting_heading(passage: Passage, question: str) -> str:
    """The lowest heading that limits an article, without its number: "Appel d'offres restreint".

    "" where nothing does, or where the question or the passage itself names one of its limits.
    """
    if rank_of(passage) not in ARTICLES:
        return ""
    said = fold_text(f"{question}\n{passage.text}")
    for heading in reversed(passage.headings):
        limits = [each for each in heading_limits() if each.heading.search(fold_text(heading))]
        if limits:
            is_named = any(each.named.search(said) for each in limits)
            return "" if is_named else _unnumbered(heading)
    return ""


def _unnumbered(heading: str) -> str:
    """What a heading says; those of chapters are written in capitals."""
    said = _NUMBER.sub("", heading)
    return said.capitalize() if said.isupper() else said


@cache
def heading_limits() -> tuple[HeadingLimit, ...]:
    """Every limit of the file (headings.toml), in its order."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        HeadingLimit(
            re.compile(row["heading"]),
            re.compile(row.get("named", row["heading"])),
        )
        for row in table["limit"]
    )
