"""Pages of lines into blocks: what repeats is set apart, paragraphs joined again. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingestion.documents.document import Block, Role
from ingestion.documents.headings import clause_of, with_headings
from ingestion.documents.references import find_references
from ingestion.french import NUMBER_WORDS

# Heads, feet, page numbers and contents, told apart from what pages say. Pure.
#
# What is set aside stays in the document, shown and quotable, and is not searched. Only what is
# surely furniture is: a line with a figure, a date, a lot or an article may be what a page is
# about.

_EDGE = 3
_FEWEST_PAGES = 3
_SMALLEST_SHARE = 0.3
_LONGEST_SAID = 60
_MOST_SAID = 3

_OF = r"(?:\s*(?:/|sur|de)\s*\d{1,4})"
_PAGE_NUMBER = re.compile(rf"[-–—\s]*(?:page\s*)?\d{{1,4}}{_OF}?[-–—\s]*", re.IGNORECASE)
_COUNTER = re.compile(
    rf"\b(?:page|p\.)\s*\d{{1,4}}{_OF}?|(?<![\d,.])\d{{1,4}}\s*/\s*\d{{1,4}}(?=\s*$)"
    rf"|(?<=\| )\d{{1,4}}{_OF}?(?=\s*$)|^\d{{1,4}}{_OF}?(?= \|)",
    re.IGNORECASE,
)
"""The number of a page within a line: beside its word, before a total, or in a cell of its own."""

_IDENTIFIER = re.compile(
    r"\bn\s?°\s*[\w./-]+|(?<![\w/-])(?:[A-Za-z]+[._/-]?\d[\w./-]*|20\d\d[._/-]\d{1,6}(?![\w/-])"
    r"|\d+[A-Z]+\d[\w-]*)",
    re.IGNORECASE,
)
"""The reference of a contract or of a file, which counts and measures nothing."""

_NUMERAL = rf"\b(?:{NUMBER_WORDS})\b"
_COUNT_OF_LOTS = re.compile(rf"(?:\b\d{{1,2}}|{_NUMERAL}) lots\b", re.IGNORECASE)
"""How many lots a contract has, as its title says on every page: not which one a page is about."""

_TELLING = re.compile(
    rf"[\d€$£%‰½]|\blots?(?![^\W\d])|\bart(?:\.|icles?\b)|\beuros?\b|{_NUMERAL}", re.IGNORECASE
)
"""What a line says of its own page: a figure in digits or in words, a sum, a lot, an article."""

_CONTENTS_TITLE = re.compile(r"\s*(?:sommaire|table des mati[èe]res)\b", re.IGNORECASE)
_CONTENTS_ENTRY = re.compile(
    r"(\S(?:.*?[^\s.…])??)(?=[\s.…]*?(?:\.{4}|…{2}|(?:\. ){4}))[\s.…]++(\d{1,4})$"
)
"""A title, leaders, a page. A run of dots is tried once and as a whole: a line may be all dots."""


Place = tuple[int, int]
"""Page number, and index of a line on it."""

Pages = Mapping[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Sorted:
    """The lines of each page that are searched, and those set aside with their page, in order."""

    body: dict[int, list[str]]
    aside: tuple[tuple[int, str], ...]


def set_apart(pages: Pages) -> Sorted:
    """Tell the furniture of pages, keyed by number (1-based, increasing), from what they say.

    The first copy of a repeated line is searched, unless it is a page number, and so is all of a
    page that would lose more than half of its lines, or that says what another one says.
    """
    dropped = set(_outermost(pages)) | set(_contents(pages))
    places = ((number, index) for number, lines in pages.items() for index in range(len(lines)))
    aside = [(number, index) for number, index in places if (number, index) in dropped]
    return Sorted(
        {
            number: [line for index, line in enumerate(lines) if (number, index) not in dropped]
            for number, lines in pages.items()
        },
        tuple((number, pages[number][index].strip()) for number, index in aside),
    )


def remarks_on(blocks: Iterable[Block]) -> tuple[str, ...]:
    """What was set aside among the blocks of a file, as its report says it in French."""
    lines = [block.text for block in blocks if block.role is Role.FURNITURE]
    entries = sum(bool(_CONTENTS_ENTRY.fullmatch(line)) for line in lines)
    numbers = sum(bool(_PAGE_NUMBER.fullmatch(line)) for line in lines)
    heads = list(
        dict.fromkeys(
            _unnumbered(line)
            for line in lines
            if not (_PAGE_NUMBER.fullmatch(line) or _CONTENTS_ENTRY.fullmatch(line))
        )
    )
    told = [f"« {line[:_LONGEST_SAID]} »" for line in heads[:_MOST_SAID]]
    if len(heads) > _MOST_SAID:
        told.append(f"{len(heads) - _MOST_SAID} autres")
    repeated = len(lines) - entries - numbers
    parts = [
        f"lignes répétées en tête ou en pied de page ({repeated} : {', '.join(told)})"
        if repeated
        else "",
        f"numéros de page ({numbers})" if numbers else "",
        f"lignes de sommaire ({entries})" if entries else "",
    ]
    said = ", ".join(filter(None, parts))
    return (f"gardé et montré, mais non cherché : {said}",) if said else ()


def _outermost(pages: Pages) -> Iterator[Place]:
    """Repeated lines, from the edge of each page to the first line that is no such line."""
    repeated, first = _repeated(pages)
    twins = _twins(pages)
    for number, lines in pages.items():
        filled = [index for index, line in enumerate(lines) if line.strip()]
        found = {
            index
            for edge in (filled[:_EDGE], filled[: -_EDGE - 1 : -1])
            for index in _peeled(number, edge, repeated)
        }
        counted = {index for index in found if _PAGE_NUMBER.fullmatch(lines[index])}
        said = len(filled) - len(counted)
        if number in twins or 2 * len(found - counted) > said:
            found = counted
        yield from ((number, each) for each in found if (number, each) not in first)


def _peeled(number: int, edge: Sequence[int], repeated: set[Place]) -> Iterator[int]:
    for index in edge:
        if (number, index) not in repeated:
            return
        yield index


def _repeated(pages: Pages) -> tuple[set[Place], set[Place]]:
    """The places of lines that pages repeat, and those of their first copies to be searched."""
    groups: dict[tuple[str, bool], list[Place]] = defaultdict(list)
    for number, lines in pages.items():
        for index, is_top in _edges(lines):
            shape = re.sub(r"\d+", "#", " ".join(lines[index].split()))
            groups[shape, is_top].append((number, index))
    repeated: set[Place] = set()
    first: set[Place] = set()
    for places in groups.values():
        copies = dict(reversed(places))
        if len(copies) < max(_FEWEST_PAGES, _SMALLEST_SHARE * len(pages)):
            continue
        written = {number: pages[number][index] for number, index in sorted(copies.items())}
        if is_furniture(written):
            repeated |= set(copies.items())
            page = next(iter(written))
            first |= set() if _PAGE_NUMBER.fullmatch(written[page]) else {(page, copies[page])}
    return repeated, first


def _edges(lines: Sequence[str]) -> Iterator[tuple[int, bool]]:
    """Indexes of the first and last lines that are not blank, and whether they are at the top."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    yield from ((index, True) for index in filled[:_EDGE])
    yield from ((index, False) for index in filled[-_EDGE:])


def _twins(pages: Pages) -> set[int]:
    """The pages that say, page numbers aside, word for word what another page says."""
    same: dict[str, list[int]] = defaultdict(list)
    for number, lines in pages.items():
        said = (line for line in lines if not _PAGE_NUMBER.fullmatch(line))
        same[" ".join(" ".join(said).split())].append(number)
    return {number for numbers in same.values() if len(numbers) > 1 for number in numbers}


def is_furniture(lines: Mapping[int, str]) -> bool:
    """Whether copies of a line, by page, are equal but for a number that counts the pages.

    Never where they tell something of their own: a figure, a date, a sum, a lot, an article.
    """
    said = {_unnumbered(line) for line in lines.values()}
    if len(said) > 1 or _tells(said.pop()):
        return False
    counters = {page: _counter(line) for page, line in lines.items()}
    if None in counters.values():
        return set(counters.values()) == {None}
    return len({counter - page for page, counter in counters.items() if counter is not None}) == 1


def _unnumbered(line: str) -> str:
    """A line without the number of its page, spaces made one."""
    if _PAGE_NUMBER.fullmatch(line):
        return ""
    return " ".join(_COUNTER.sub("", line, count=1).split())


def _counter(line: str) -> int | None:
    """The number that a line gives its page, None when it gives none."""
    found = _PAGE_NUMBER.fullmatch(line) or _COUNTER.search(line)
    digits = found and re.search(r"\d+", found.group())
    return int(digits.group()) if digits else None


def _tells(line: str) -> bool:
    """Whether a line, its page number aside, says more than a title and a reference of a file."""
    clause = clause_of(line)
    is_numbered = clause is not None and clause.number is not None
    bare = _COUNT_OF_LOTS.sub("", _IDENTIFIER.sub("", line))
    return bool(is_numbered or find_references(line) or _TELLING.search(bare))


def _contents(pages: Pages) -> Iterator[Place]:
    """Entries below a title such as "Sommaire", on its page and those that go on with it.

    One whose words stand nowhere else is no entry: it may be all that is said of something.
    """
    entries = dict(_entries(pages))
    others = "".join(
        _squeezed(line)
        for number, lines in pages.items()
        for index, line in enumerate(lines)
        if (number, index) not in entries
    )
    yield from (place for place, title in entries.items() if _squeezed(title) in others)


def _entries(pages: Pages) -> Iterator[tuple[Place, str]]:
    """What has the form of an entry of contents: its place, and its title."""
    is_open = False
    last = max(pages, default=0)
    for number, lines in pages.items():
        is_open = is_open or any(_CONTENTS_TITLE.match(line) for line in lines)
        if not is_open:
            continue
        found = [*_entries_of(number, lines, last + _EDGE)]
        yield from found
        is_open = bool(found)


def _entries_of(number: int, lines: Sequence[str], last: int) -> Iterator[tuple[Place, str]]:
    """The entries of a page that lead to pages up to the last; one may be wrapped on two lines."""
    for index, line in enumerate(lines):
        entry = _CONTENTS_ENTRY.fullmatch(line.strip())
        if entry is None or int(entry[2]) > last:
            continue
        title, begun = entry[1], clause_of(lines[index - 1]) if index else None
        if begun and begun.number and clause_of(title) is None:
            title = f"{lines[index - 1].strip()} {title}"
            yield (number, index - 1), title
        yield (number, index), title


def _squeezed(text: str) -> str:
    """Letters and digits only: a heading may be wrapped and punctuated otherwise than its entry."""
    return re.sub(r"[\W_]+", "", text.lower())


# Lines of a page joined again into the paragraphs that were wrapped. Pure.

_ITEM = re.compile(r"([•▪▫◦‣●○■□☐☑☒➢➤❖✓✔·*–—\uf020-\uf0ff-]|o(?=\s{2,}))\s+(?=[^\s|])")
_BOXES = frozenset("□☐☑☒\uf052\uf054\uf06f\uf0a3\uf0a8\uf0fd\uf0fe")
_EMPTY = frozenset("□☐○\uf06f\uf0a3\uf0a8")
_CHOSEN = frozenset("■●✓✔\uf0fc")
_WINGDINGS_2 = str.maketrans("\uf0a3", "☐")
"""Within a line it may be the ≤ of Symbol."""
_ENUMERATED = re.compile(r"(?:\d{1,2}[°.)]|[a-z][.)]|[ivx]{1,4}[.)])\s+\S")
_COLUMNS = re.compile(r"\S(?: {3,}|\t+)\S| \| |^\| | \|$")
_DANGLING = re.compile(
    r"(?:\b(?:articles?|art\.|de|du|des|d['’]|la|le|les|l['’]|et|ou|à|en|par|pour|au|aux|un|une|"
    r"ce|cette|ces|son|sa|ses|sur|dans|avec|que|qui|[LRD]\.)|n°)\s*$"
)
_SENTENCE_END = re.compile(r"[.!?;:…]\s*[»\"”)]?$")
_CONTINUATION = re.compile(r"[a-zà-öø-ÿœ(),»%€]")
_HYPHENS = ("-", "\N{HYPHEN}")
_BROKEN_WORD = re.compile(r"([^\W\d_]+)[-\u2010]$")
_FIRST_WORD = re.compile(r"[a-zà-öø-ÿœ]+")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_COMPOUND_START = re.compile(
    "après|au|avant|ayant|ce(?:lui|lles?|ux)|ci|co|contre|demi|est|ex|là|lui|maître|même|mi|mini|"
    "multi|non|par|peut|pré|quasi|rendez|semi|sont|sous|sus|vice"
)
_COMPOUND_END = re.compile("ci|dire|elles?|être|ils?|là|mêmes?|on|t")
_SHARE_OF_LONG = 0.7
_LONGEST_WORD = 60
"""Characters at the end of a paragraph in which a cut word is sought, however long it has grown."""


@dataclass(frozen=True, slots=True)
class Joiner:
    """What joining needs to know of the whole document.

    `long` is the length in characters from which a line is likely to have been wrapped, `words`
    are the document's words in lower case, hyphenated ones included. `choices` are the signs before
    items that say which of them was chosen: boxes, and what alternates with empty ones.
    """

    long: float
    words: frozenset[str]
    choices: frozenset[str]

    @classmethod
    def for_lines(cls, lines: Iterable[str]) -> "Joiner":
        """Measure the lines of a document."""
        kept = [line.strip() for line in lines if line.strip()]
        lengths = sorted(len(line) for line in kept)
        usual = lengths[len(lengths) * 9 // 10] if lengths else 0
        words = frozenset(word.lower() for line in kept for word in _WORD.findall(line))
        return cls(max(usual * _SHARE_OF_LONG, 30), words, _BOXES | _alternatives(kept))

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
                    yield self._block(paragraph, page)
                paragraph = line
            previous, after_blank = line, False
        if paragraph:
            yield self._block(paragraph, page)

    def _continues(self, previous: str, line: str, *, after_blank: bool) -> bool:
        if _ITEM.match(line) or _COLUMNS.search(line) or _COLUMNS.search(previous):
            return False
        if _DANGLING.search(previous) or (previous.endswith(_HYPHENS) and _is_word(line)):
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
        end = paragraph[-_LONGEST_WORD:]
        broken, first = _BROKEN_WORD.search(end), _FIRST_WORD.match(line)
        if broken and first:
            keeps_hyphen = self._is_compound(broken[1].lower(), first[0])
            return (paragraph if keeps_hyphen else paragraph[:-1]) + line
        if end.endswith("\N{SOFT HYPHEN}"):
            return paragraph[:-1] + line
        is_glued = re.search(r"\d-$|['’]$", end)
        return paragraph + line if is_glued else f"{paragraph} {line}"

    def _is_compound(self, start: str, end: str) -> bool:
        if start + end in self.words:
            return False
        if f"{start}-{end}" in self.words:
            return True
        return bool(_COMPOUND_START.fullmatch(start) or _COMPOUND_END.fullmatch(end))

    def _block(self, text: str, page: int | None) -> Block:
        if item := _ITEM.match(text):
            sign = f"{item[1].translate(_WINGDINGS_2)} " if item[1] in self.choices else ""
            return Block(f"- {sign}{text[item.end() :]}", Role.ITEM, page=page)
        if _ENUMERATED.match(text):
            return Block(text, Role.ITEM, page=page)
        if _COLUMNS.search(text):
            cells = re.split(r" {3,}|\t+| \| ", text)
            return Block(" | ".join(cell.strip() for cell in cells), Role.ROW, page=page)
        return Block(re.sub(r"[^\S\n]{2,}", " ", text), page=page)


def _alternatives(lines: Iterable[str]) -> frozenset[str]:
    """The signs of items of which an empty one stands next to one that is not."""
    signs = [item[1] for item in map(_ITEM.match, lines) if item]
    alternating = ({*pair} for pair in pairwise(signs) if _EMPTY & {*pair} and _CHOSEN & {*pair})
    return frozenset().union(*alternating)


def _is_word(line: str) -> bool:
    return bool(re.match(r"[a-zà-öø-ÿœ\d]", line))


# Pages of plain lines, as a PDF gives them, into blocks. Pure.


def blocks_of_pages(pages: Mapping[int, str]) -> tuple[Block, ...]:
    """Headings, paragraphs, items and rows of pages keyed by number (1-based, increasing).

    Furniture comes last, so that what the pages say runs on from one to the next.
    """
    lines = set_apart({number: text.split("\n") for number, text in pages.items()})
    joiner = Joiner.for_lines(line for page in lines.body.values() for line in page)
    blocks = [block for number, page in lines.body.items() for block in joiner.blocks(page, number)]
    aside = (Block(line, Role.FURNITURE, page=number) for number, line in lines.aside)
    return (*with_headings(blocks), *aside)
