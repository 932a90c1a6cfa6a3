"""What repeats on every page and says nothing: headers, footers, page numbers, contents. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ingestion.clauses import clause_of

_EDGE = 3
_FEWEST_PAGES = 3
_SMALLEST_SHARE = 0.3
_PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:page\s*)?\d{1,4}(?:\s*(?:/|sur|de)\s*\d{1,4})?[-–—\s]*", re.IGNORECASE
)
_CONTENTS_TITLE = re.compile(r"\s*(?:sommaire|table des mati[èe]res)\b", re.IGNORECASE)
_CONTENTS_ENTRY = re.compile(r"\S.*?(?:\.{4,}|…{2,}|(?:\. ){4,})[\s.…]*(\d{1,4})$")

Place = tuple[int, int]
"""Page number, and index of a line on it."""


def without_furniture(pages: Mapping[int, Sequence[str]]) -> dict[int, list[str]]:
    """Lines of each page without repeated headers and footers, nor entries of a table of contents.

    The first copy of a repeated line stays, so that nothing is lost, unless it is a page number.
    """
    dropped = set(_repeated(pages)) | set(_contents(pages))
    return {
        number: [line for index, line in enumerate(lines) if (number, index) not in dropped]
        for number, lines in pages.items()
    }


def _repeated(pages: Mapping[int, Sequence[str]]) -> Iterator[Place]:
    groups: dict[tuple[str, bool], list[Place]] = defaultdict(list)
    for number, lines in pages.items():
        for index, is_top in _edges(lines):
            shape = re.sub(r"\d+", "#", " ".join(lines[index].split()))
            groups[shape, is_top].append((number, index))
    for places in groups.values():
        copies = dict(reversed(places))
        if len(copies) < max(_FEWEST_PAGES, _SMALLEST_SHARE * len(pages)):
            continue
        written = {number: pages[number][index] for number, index in sorted(copies.items())}
        if _is_furniture(written):
            first = next(iter(written))
            keeps_first = not _PAGE_NUMBER.fullmatch(written[first])
            yield from ((n, index) for n, index in copies.items() if not keeps_first or n != first)


def _edges(lines: Sequence[str]) -> Iterator[tuple[int, bool]]:
    """Indexes of the first and last lines that are not blank, and whether they are at the top."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    yield from ((index, True) for index in filled[:_EDGE])
    yield from ((index, False) for index in filled[-_EDGE:])


def _is_furniture(lines: Mapping[int, str]) -> bool:
    """Whether copies of a line, by page, differ at most by numbers that count the pages."""
    numbers = [[int(digits) for digits in re.findall(r"\d+", line)] for line in lines.values()]
    pages = list(lines)
    constant = [len(set(values)) == 1 for values in zip(*numbers, strict=True)]
    if all(constant):
        return True
    if any(clause_of(line) for line in lines.values()):
        return False
    counting = [
        len({value - page for value, page in zip(values, pages, strict=True)}) == 1
        for values in zip(*numbers, strict=True)
    ]
    return all(same or counts for same, counts in zip(constant, counting, strict=True))


def _contents(pages: Mapping[int, Sequence[str]]) -> Iterator[Place]:
    """Entries below a title such as "Sommaire", on its page and those that go on with it."""
    is_open = False
    last = max(pages, default=0)
    for number, lines in pages.items():
        is_open = is_open or any(_CONTENTS_TITLE.match(line) for line in lines)
        if not is_open:
            continue
        entries = [
            index
            for index, line in enumerate(lines)
            if (entry := _CONTENTS_ENTRY.match(line.strip())) and int(entry[1]) <= last + _EDGE
        ]
        yield from ((number, index) for index in entries)
        is_open = bool(entries)
