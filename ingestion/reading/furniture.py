"""Heads, feet, page numbers and contents, told apart from what pages say. Pure.

What is set aside stays in the document, shown and quotable, and is not searched. Only what is
surely furniture is: a line with a figure, a date, a lot or an article may be what a page is about.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingestion.clauses import clause_of
from ingestion.documents import Block, Role
from ingestion.references import find_references

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

_TELLING = re.compile(
    r"[\d€$£%‰½]|\blots?(?![^\W\d])|\bart(?:\.|icles?\b)|\beuros?\b|\b(?:deux|trois|quatre|cinq|six|"
    r"sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|quarante|cinquante|"
    r"soixante|cents?|mille|millions?|milliards?)\b",
    re.IGNORECASE,
)
"""What a line says of its own page: a figure in digits or in words, a sum, a lot, an article."""

_CONTENTS_TITLE = re.compile(r"\s*(?:sommaire|table des mati[èe]res)\b", re.IGNORECASE)
_CONTENTS_ENTRY = re.compile(r"(\S.*?)(?:\.{4,}|…{2,}|(?:\. ){4,})[\s.…]*(\d{1,4})$")

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
    bare = _IDENTIFIER.sub("", line)
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
        found = [
            ((number, index), entry[1])
            for index, line in enumerate(lines)
            if (entry := _CONTENTS_ENTRY.fullmatch(line.strip())) and int(entry[2]) <= last + _EDGE
        ]
        yield from found
        is_open = bool(found)


def _squeezed(text: str) -> str:
    """Letters and digits only: a heading may be wrapped and punctuated otherwise than its entry."""
    return re.sub(r"[\W_]+", "", text.lower())
