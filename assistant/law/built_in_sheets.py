"""What is known of the built-in sheets: the texts that they were written on, and what stands."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256

from assistant.law.figures import figures_in
from assistant.question.language import fold_text
from assistant.question.quantities import Quantity
from ingestion.chunking.passages import Passage
from ingestion.library.corpus import CORPUS


@dataclass(frozen=True, slots=True)
class WrittenOn:
    """The texts of a day that sheets of that day were written on: the digest of each article."""

    day: date
    digests: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StandingFigure:
    """A figure that a sheet says, its articles do not, and that stands, with the French reason.

    It is of the section on `article`, or of the whole sheet where that is empty.
    """

    sheet: str
    figure: str
    reason: str
    article: str = ""

    def covers(self, section: Passage, quantity: Quantity) -> bool:
        """Whether it is this figure of this section, however it is written."""
        is_there = section.source == self.sheet
        is_about = not self.article or self.article in section.references
        is_it = quantity.key in {each.key for _, each in figures_in(self.figure)}
        return is_there and is_about and is_it


@cache
def written_on() -> WrittenOn:
    """The texts that the built-in sheets were written on (corpus/textes-des-fiches.toml)."""
    told = tomllib.loads((CORPUS / "textes-des-fiches.toml").read_text(encoding="utf-8"))
    return WrittenOn(told["jour"], told["textes"])


@cache
def standing_figures() -> tuple[StandingFigure, ...]:
    """Every entry of corpus/chiffres-des-fiches.toml."""
    text = (CORPUS / "chiffres-des-fiches.toml").read_text(encoding="utf-8")
    return tuple(StandingFigure(**entry) for entry in tomllib.loads(text)["chiffre"])


_WORD = re.compile(r"\w+")


def digest_of_words(text: str) -> str:
    """What tells two texts of an article apart: its words, whatever stands between them."""
    words = " ".join(_WORD.findall(fold_text(text)))
    return sha256(words.encode()).hexdigest()[:16]
