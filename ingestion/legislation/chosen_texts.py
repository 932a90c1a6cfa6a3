"""The official texts that are kept of LEGI archives, and what was found of them."""

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache

from ingestion.errors import IngestionError
from ingestion.legislation.articles import Changes
from ingestion.library.library import CORPUS


@dataclass(frozen=True, slots=True)
class ChosenText:
    """A text to keep: `id` names its folder in archives, `says` are words that its title has.

    Without one that is `required`, a complete archive is not the one that was awaited.
    """

    id: str
    title: str
    why: str
    says: tuple[str, ...]
    required: bool = False

    def is_called(self, title: str) -> bool:
        """Whether a title may be that of this text."""
        folded = _folded(title)
        return all(_folded(words) in folded for words in self.says)


@cache
def chosen_texts() -> tuple[ChosenText, ...]:
    """The list of corpus/textes.toml, in its order."""
    rows = tomllib.loads((CORPUS / "textes.toml").read_text(encoding="utf-8"))["text"]
    return tuple(ChosenText(**{**row, "says": tuple(row["says"])}) for row in rows)


@dataclass(frozen=True, slots=True)
class Sifted:
    """What an archive has of the texts awaited.

    `absent` are those of which it has nothing; `foreign` the titles of texts that stood under the
    identifier of one and are not called like any.
    """

    changes: Changes
    absent: tuple[ChosenText, ...]
    foreign: tuple[str, ...]


def sift(changes: Changes, chosen: Sequence[ChosenText], known: Collection[str]) -> Sifted:
    """Leave out what is neither one of the texts chosen nor known already (LEGITEXT…). Pure.

    Raises IngestionError when a complete archive lacks a text that is required.
    """
    titles = {version.text_id: version.code for version in changes.versions}
    kept = {
        text_id
        for text_id, title in titles.items()
        if text_id in known or any(each.is_called(title) for each in chosen)
    }
    absent = tuple(
        each for each in chosen if not any(each.is_called(titles[text]) for text in kept)
    )
    for each in absent:
        if each.required and changes.is_complete:
            raise IngestionError(
                f"{changes.source} n'a pas le texte attendu ({each.title}, {each.id}) : ce n'est "
                "pas l'archive complète de LEGI, ou elle a changé de forme. Rien n'a été installé."
            )
    versions = tuple(version for version in changes.versions if version.text_id in kept)
    foreign = tuple(dict.fromkeys(titles[text] for text in titles.keys() - kept))
    return Sifted(replace(changes, versions=versions), absent, foreign)


def _folded(words: str) -> str:
    return " ".join(words.casefold().replace("’", "'").replace("œ", "oe").split())
