"""Lines of a page joined again into the paragraphs that were wrapped. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingestion.clauses import clause_of
from ingestion.documents import Block, Role

_ITEM = re.compile(r"(?:[•▪▫◦‣●○■□➢➤❖✓·*–—\uf020-\uf0ff-]|o(?=\s{2,}))\s+(?=\S)")
_ENUMERATED = re.compile(r"(?:\d{1,2}[°.)]|[a-z][.)]|[ivx]{1,4}[.)])\s+\S")
_COLUMNS = re.compile(r"\S(?: {3,}|\t+| \| )\S")
_DANGLING = re.compile(
    r"(?:\b(?:articles?|art\.|de|du|des|d['’]|la|le|les|l['’]|et|ou|à|en|par|pour|au|aux|un|une|"
    r"ce|cette|ces|son|sa|ses|sur|dans|avec|que|qui|[LRD]\.)|n°)\s*$"
)
_SENTENCE_END = re.compile(r"[.!?;:…]\s*[»\"”)]?$")
_CONTINUATION = re.compile(r"[a-zà-öø-ÿœ(),»%€]")
_BROKEN_WORD = re.compile(r"([^\W\d_]+)-$")
_FIRST_WORD = re.compile(r"[a-zà-öø-ÿœ]+")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_COMPOUND_START = re.compile(
    "après|au|avant|ayant|ce(?:lui|lles?|ux)|ci|co|contre|demi|est|ex|là|lui|maître|même|mi|mini|"
    "multi|non|par|peut|pré|quasi|rendez|semi|sont|sous|sus|vice"
)
_COMPOUND_END = re.compile("ci|dire|elles?|être|ils?|là|mêmes?|on|t")
_SHARE_OF_LONG = 0.7


@dataclass(frozen=True, slots=True)
class Joiner:
    """What joining needs to know of the whole document.

    `long` is the length in characters from which a line is likely to have been wrapped, `words`
    are the document's words in lower case, hyphenated ones included.
    """

    long: float
    words: frozenset[str]

    @classmethod
    def for_lines(cls, lines: Iterable[str]) -> "Joiner":
        """Measure the lines of a document."""
        kept = [line.strip() for line in lines if line.strip()]
        lengths = sorted(len(line) for line in kept)
        usual = lengths[len(lengths) * 9 // 10] if lengths else 0
        words = frozenset(word.lower() for line in kept for word in _WORD.findall(line))
        return cls(max(usual * _SHARE_OF_LONG, 30), words)

    def blocks(self, lines: Iterable[str], page: int | None = None) -> Iterator[Block]:
        """The paragraphs, items and rows of one page."""
        paragraph = previous = ""
        after_blank = False
        for line in (line.strip() for line in lines):
            if not line:
                after_blank = True
                continue
            if paragraph and self._continues(previous, line, after_blank=after_blank):
                paragraph = self._joined(paragraph, line)
            else:
                if paragraph:
                    yield _block(paragraph, page)
                paragraph = line
            previous, after_blank = line, False
        if paragraph:
            yield _block(paragraph, page)

    def _continues(self, previous: str, line: str, *, after_blank: bool) -> bool:
        if _ITEM.match(line) or _COLUMNS.search(line) or _COLUMNS.search(previous):
            return False
        if _DANGLING.search(previous) or (previous.endswith("-") and _is_word(line)):
            return True
        if _ENUMERATED.match(line) or clause_of(line):
            return False
        is_long = len(previous) >= self.long
        if _SENTENCE_END.search(previous):
            return False
        if _CONTINUATION.match(line):
            return is_long or not after_blank
        if clause_of(previous):
            return is_long and not after_blank and previous.isupper() and line.isupper()
        return is_long and not after_blank

    def _joined(self, paragraph: str, line: str) -> str:
        broken, first = _BROKEN_WORD.search(paragraph), _FIRST_WORD.match(line)
        if broken and first:
            keeps_hyphen = self._is_compound(broken[1].lower(), first[0])
            return (paragraph if keeps_hyphen else paragraph[:-1]) + line
        if paragraph.endswith("\N{SOFT HYPHEN}"):
            return paragraph[:-1] + line
        is_glued = re.search(r"\d-$|['’]$", paragraph)
        return paragraph + line if is_glued else f"{paragraph} {line}"

    def _is_compound(self, start: str, end: str) -> bool:
        if start + end in self.words:
            return False
        if f"{start}-{end}" in self.words:
            return True
        return bool(_COMPOUND_START.fullmatch(start) or _COMPOUND_END.fullmatch(end))


def _is_word(line: str) -> bool:
    return bool(re.match(r"[a-zà-öø-ÿœ\d]", line))


def _block(text: str, page: int | None) -> Block:
    if marker := _ITEM.match(text):
        return Block(f"- {text[marker.end() :]}", Role.ITEM, page=page)
    if _ENUMERATED.match(text):
        return Block(text, Role.ITEM, page=page)
    if _COLUMNS.search(text):
        cells = re.split(r" {3,}|\t+| \| ", text)
        return Block(" | ".join(cell.strip() for cell in cells), Role.ROW, page=page)
    return Block(re.sub(r"[^\S\n]{2,}", " ", text), page=page)
