"""Headings: to what the headings above an article limit it, where nothing else says so. Pure.

"L'acheteur communique en outre le nom de l'attributaire" stands under "Marchés passés selon une
procédure formalisée": quoted alone, it seems to hold for any contract.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.question.language import fold_text
from assistant.retrieval.hierarchy import ARTICLES, rank_of
from assistant.retrieval.ranking import REGIMES
from ingestion.chunking.passages import Passage

_NUMBER = re.compile(r"^(?:[^:]{1,40} : +|Livre préliminaire +)")


@dataclass(frozen=True, slots=True)
class _Limit:
    """A regime or a procedure: how a heading and how any text names it.

    Beside words of `unless` no text does.
    """

    heading: re.Pattern[str]
    named: re.Pattern[str]
    unless: re.Pattern[str] | None = None

    def is_named(self, said: str) -> bool:
        """Whether a text in small letters without accents names it."""
        is_other = self.unless is not None and self.unless.search(said)
        return not is_other and self.named.search(said) is not None


def limiting_headings(passage: Passage, said: str) -> str:
    """The headings that limit an article, without their numbers: "Appel d'offres restreint".

    The highest that tells its regime and the lowest that tells its procedure, of those that have a
    limit which `said`, the question and what is quoted, does not name; "" where none has.
    """
    if rank_of(passage) not in ARTICLES:
        return ""
    folded = fold_text(said)
    regime = next(_unnamed(passage.headings, _regimes(), folded), "")
    procedure = next(_unnamed(passage.headings[::-1], _procedures(), folded), "")
    return ", ".join(dict.fromkeys(filter(None, [regime, procedure])))


def _unnamed(headings: Sequence[str], limits: Sequence[_Limit], said: str) -> Iterator[str]:
    """The headings in their order that have a limit which nothing said names."""
    for heading in headings:
        folded = fold_text(heading)
        if any(each.heading.search(folded) and not each.is_named(said) for each in limits):
            yield _unnumbered(heading)


def _unnumbered(heading: str) -> str:
    """What a heading says; those of chapters are written in capitals."""
    said = _NUMBER.sub("", heading)
    return said.capitalize() if said.isupper() else said


@cache
def _regimes() -> tuple[_Limit, ...]:
    return tuple(_Limit(each.headings, each.question) for each in REGIMES)


@cache
def _procedures() -> tuple[_Limit, ...]:
    """Every procedure, technique, kind of contract or buyer of the file (headings.toml)."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        _Limit(
            re.compile(row["heading"]),
            re.compile(row.get("named", row["heading"])),
            re.compile(row["unless"]) if "unless" in row else None,
        )
        for row in table["procedure"]
    )
