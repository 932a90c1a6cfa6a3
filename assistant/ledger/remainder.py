"""What is left of a question once rules have taken what they read."""

import re
from collections.abc import Iterable, Iterator, Mapping

from assistant.ledger.vocabulary import written_out
from assistant.words import plain

_WORD = re.compile(r"[a-z0-9][a-z0-9'-]*|[%<>=+≠~≈±]+|(?<= )-(?= )")
_CAPITAL = re.compile(r"(?<=[^.?!]\s)(?:[dl]['’])?([^\W\d_a-zà-ÿ][\w-]{3,})")
_MONEY = re.compile(
    r"\bcombien (?:de |d['’] ?)"
    r"(?=(?:factur|pay|dépens|notifi|mandat|engag|régl|vers|attribu|achet)é\b)",
    re.IGNORECASE,
)
"""How much, whose accent alone tells it from how many: "combien de facturé"."""

_QUOTES = str.maketrans(
    {"«": '"', "»": '"', "“": '"', "”": '"', "\u00a0": " ", "\u202f": " ", "≥": ">=", "≤": "<="}
)


class Remainder:
    """A question in lower case without accents or short forms, in which what was read is blank."""

    def __init__(self, question: str) -> None:
        """`whole` keeps what is read; `has_clash`: what was read cannot be one question.

        `capitals` are the words, but the first, that are written with a capital letter.
        """
        self.capitals = frozenset(map(plain, _CAPITAL.findall(question)))
        question = _MONEY.sub("montant ", question)
        words = " ".join(plain(question).translate(_QUOTES).split())
        self.whole = self.text = written_out(words)
        self.has_clash = False

    def respelled(self, meant: Mapping[str, str]) -> "Remainder":
        """The whole question again, with these words as they are meant."""
        text = self.whole
        for word, right in meant.items():
            text = re.sub(rf"(?<![\w-]){re.escape(word)}(?![\w-])", right, text)
        found = Remainder(text)
        found.capitals = self.capitals | {meant[word] for word in self.capitals & {*meant}}
        return found

    def erase(self, start: int, end: int) -> None:
        """Take these characters out, the places of the others staying as they are."""
        self.text = self.text[:start] + " " * (end - start) + self.text[end:]

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first place that a pattern reads, taken out."""
        match = pattern.search(self.text)
        if match:
            self.erase(*match.span())
        return match

    def take_each(self, pattern: re.Pattern[str]) -> Iterator[int]:
        """Where a pattern reads, every place taken out."""
        while match := self.take(pattern):
            yield match.start()

    def take_all(self, patterns: Iterable[re.Pattern[str]]) -> bool:
        """Whether these patterns read anything, all of it taken out."""
        return bool([place for pattern in patterns for place in self.take_each(pattern)])

    def place(self, pattern: re.Pattern[str]) -> int | None:
        """Where a pattern first reads, nothing taken out."""
        match = pattern.search(self.text)
        return match.start() if match else None

    def words(self, empty: frozenset[str]) -> tuple[str, ...]:
        """The words left that say something."""
        found = (each.strip("'-") or each for each in _WORD.findall(self.text))
        return tuple(word for word in found if not set(_parts(word)) <= empty)


def _parts(word: str) -> list[str]:
    """A word, or where it is joined by apostrophes and hyphens its parts; a sign is one."""
    return [part for part in re.split(r"['-]", word) if part] or [word]
