"""Definitions of terms of art, put beside the first place where an answer says them.

They are data, kept by hand: corpus/definitions.toml. An explanation is never a source.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from assistant.question.language import Language
from assistant.reports.markup import Html, keep_whole
from ingestion.library.library import CORPUS

MOST_EXPLAINED = 6
"""Terms of one answer that are explained; more would be read as marks of importance."""

_SPACE = r"[^\S\n]+"


@dataclass(frozen=True, slots=True)
class TermDefinition:
    """What a term means, by language, and the article where the code speaks of it, "" if none."""

    meanings: Mapping[Language, str]
    article: str

    def told(self, language: Language) -> str:
        """The sentence that is shown. Pure."""
        meaning = self.meanings[language]
        return keep_whole(f"{meaning} (art. {self.article})" if self.article else meaning)


@cache
def definitions() -> Mapping[str, TermDefinition]:
    """Every definition, by each of its forms: capitals as they are, other words in lower case."""
    rows = tomllib.loads((CORPUS / "definitions.toml").read_text(encoding="utf-8"))["definition"]
    return {
        _key(word): TermDefinition(
            {language: row[language.value] for language in Language}, row.get("article", "")
        )
        for row in rows
        for word in row["words"]
    }


class Explainer:
    """Explains the terms of one answer, each where it stands first."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._explained: list[TermDefinition] = []

    def __call__(self, line: str) -> Html:
        """A line with its terms marked, everything else escaped."""
        pieces, end = [], 0
        for found in _terms().finditer(line):
            definition = definitions()[_key(_singular(found[0]))]
            if definition in self._explained or len(self._explained) == MOST_EXPLAINED:
                continue
            self._explained.append(definition)
            pieces += [Html.escape(line[end : found.start()]), self._marked(found[0], definition)]
            end = found.end()
        return Html("").join([*pieces, Html.escape(line[end:])])

    def _marked(self, term: str, definition: TermDefinition) -> Html:
        mark = Html('<dfn class="term" tabindex="0" data-definition="{0}" aria-description="{0}">')
        return mark.format(definition.told(self._language)) + Html.escape(term) + Html("</dfn>")


@cache
def _terms() -> re.Pattern[str]:
    """What finds any term in a text, the longest first; spaces and apostrophes of either kind."""
    words = sorted(definitions(), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(_form, words))})(?![\w-])")


def _form(word: str) -> str:
    if word.isupper():
        return re.escape(word)
    parts = [re.escape(part) + ("" if len(part) < 4 else "[sx]?") for part in word.split()]
    return f"(?i:{_SPACE.join(parts)})".replace("'", "['’]")


def _singular(found: str) -> str:
    """The form under which a term that was found is known."""
    if found in definitions():
        return found
    known = (word for word in definitions() if re.fullmatch(_form(word), found))
    return next(known)


def _key(word: str) -> str:
    return word if word.isupper() else word.lower()
