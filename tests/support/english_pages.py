"""What a page in English still says in French."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from assistant.reports.page_language import in_english, load_english

SAID = ("aria-label", "data-label", "placeholder", "title", "value")
"""Attributes that are read or shown; a value is on a button only."""

_OPEN = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})
_SILENT = frozenset({"script", "style", "pre", "code"})
_QUOTE = re.compile("[“«][^”»]*[”»]")
_SMALL = re.compile(
    "(?:le|la|les|des|une|du|aux?|par|avec|sans|pas|est|sont|dans|dont|sur|qui|que|cette|ce|il|et|ou"
    "|aucune?|chaque|à|entre)"
)


class SpokenWords(HTMLParser):
    """The texts of a page that are in its own language, one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._around: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        is_other = own.get("lang") == "fr" or tag in _SILENT or self._is_other
        if tag not in _OPEN:
            self._around.append((tag, is_other))
        if not is_other:
            self.found += [own[name] or "" for name in SAID if own.get(name) and name != "value"]

    def handle_endtag(self, tag: str) -> None:
        while self._around and self._around.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._is_other:
            self.found.append(data)

    @property
    def _is_other(self) -> bool:
        return bool(self._around) and self._around[-1][1]


def french_left(page: str, data: frozenset[str] = frozenset()) -> set[str]:
    """The French texts of an English page; `data` is what people have written themselves.

    French is a text that has an English one, and one with a French small word outside of quotes.
    """
    return {text for text in _texts(page) if text not in data and _is_french(text, data)}


def _texts(page: str) -> Iterator[str]:
    words = SpokenWords()
    words.feed(page)
    yield from filter(None, (" ".join(text.split()) for text in words.found))


def _is_french(text: str, data: Iterable[str]) -> bool:
    for written in data:
        text = text.replace(written, "") if " " in written else text
    english = in_english(text)
    if english not in {None, text} and text not in load_english().values():
        return True
    words = re.findall(r"\w+", _QUOTE.sub("", text).lower())
    return any(map(_SMALL.fullmatch, words))
