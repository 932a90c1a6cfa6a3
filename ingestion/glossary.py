"""The glossary: the everyday words for what the law calls otherwise, with the articles they mean.

It is to the code what the alphabetical index at the end of a printed one is: "MAPA" is in no
article, and leads to those on the adapted procedure.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from ingestion.builtin import CORPUS
from ingestion.errors import IngestionError
from ingestion.passages import Passage
from ingestion.references import normalise

GLOSSARY = CORPUS / "glossaire"

DIRECT = 2
"""Articles of an entry that are found by its words; on the real code two found more than one or
all of them."""


@dataclass(frozen=True, slots=True)
class Term:
    """The ways to name one subject, and the articles that govern it, the most direct first."""

    words: tuple[str, ...]
    articles: tuple[str, ...]


_terms = TypeAdapter(tuple[Term, ...])


def write_terms(path: Path, terms: Sequence[Term]) -> None:
    """Write terms as they are kept in a generation."""
    path.write_bytes(_terms.dump_json(tuple(terms), indent=1))


def read_terms(path: Path) -> tuple[Term, ...]:
    """The terms that `write_terms` wrote."""
    return _terms.validate_json(path.read_bytes())


def read_glossary(folder: Path = GLOSSARY) -> tuple[Term, ...]:
    """The terms of every file of a folder, none when it does not exist.

    Raises IngestionError naming a file that is not a glossary.
    """
    terms: list[Term] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            entries = tomllib.loads(path.read_text(encoding="utf-8"))["term"]
            terms += (
                Term(tuple(entry["words"]), tuple(map(normalise, entry["articles"])))
                for entry in entries
            )
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
            raise IngestionError(
                f"Le glossaire {path.name} est mal écrit ({error!r}). Chaque entrée [[term]] a "
                "des « words » et des « articles »."
            ) from error
    return tuple(terms)


class EverydayWords:
    """What buyers call the subject of a passage, by the articles that it is."""

    def __init__(self, terms: Sequence[Term]) -> None:
        """The terms are looked through once, here."""
        self._phrases: dict[str, list[str]] = {}
        for term in terms:
            for article in term.articles[:DIRECT]:
                self._phrases.setdefault(article, []).extend(term.words)

    def of(self, passage: Passage) -> str:
        """The phrases for its articles, one a line; empty when the glossary has none."""
        phrases = (self._phrases.get(reference, ()) for reference in passage.references)
        return "\n".join(phrase for each in phrases for phrase in each)
