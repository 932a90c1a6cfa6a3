"""Headings, articles and clauses recognised in lines that carry no style. Pure.

"Article 12.3 – Pénalités", "12.3 Pénalités", "R. 2122-8", "CHAPITRE II" and "Titre IV" are
headings. Lines of a table of contents, items of a list, amounts and dates are not.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingestion.documents.document import Block, Role
from ingestion.documents.references import normalise

_DIVISIONS = ("annexe", "partie", "livre", "titre", "chapitre", "section", "sous-section")
_ANNEX_RANK = _DIVISIONS.index("annexe")
_ROMAN_RANK = len(_DIVISIONS)
_LETTER_RANK = _ROMAN_RANK + 1
ARTICLE_RANK = _LETTER_RANK + 1
_LONGEST_TITLE = 120

_CAPITAL = "A-ZÀ-ÖØ-ÞŒ"
_LEADERS = re.compile(r"(?:\.{4}|…{2}|(?:\. ){4}|_{4})\s*+\d*+\s*+$")
_ROMAN_OR_NUMBER = r"(?:[IVXL]+|\d{1,2}|1er|Ier|[A-Z])(?![^\W_])"
_DIVISION = re.compile(
    rf"(?P<name>annexe|livre|titre|chapitre|section|sous-section)\s+(?:n\s?°\s?)?{_ROMAN_OR_NUMBER}"
    rf"(?:\s+bis|\s+ter)?\s*(?P<rest>.*)|(?:premi[eè]re|deuxi[eè]me|troisi[eè]me|quatri[eè]me|"
    rf"cinqui[eè]me)\s+(?P<part>partie)\s*(?P<part_rest>.*)"
    rf"|(?P<part_first>partie)\s+{_ROMAN_OR_NUMBER}\s*(?P<part_first_rest>.*)",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"art(?:icle)?\.?\s*(?:n\s?°\s?)?(?P<number>\d{1,3}(?:\.\d{1,3})*(?!\d)"
    r"(?:\s*(?:bis|ter|quater)\b)?|premier\b|[IVX]+(?![^\W_]))(?:er\b)?(?P<rest>.*)",
    re.IGNORECASE,
)
_CODE_ARTICLE = re.compile(
    r"(?i:art(?:icle)?\.?\s*)?(?P<number>[LRD]\.?\s?\*?\s?\d{1,5}(?:-\d{1,3})*)(?![^\W_])(?P<rest>.*)"
)
_CLAUSE = re.compile(
    r"(?P<number>[1-9]\d?(?:\.[1-9]\d?){1,4})(?P<rest>(?:\.?\s*[–—:)-]|\.)?\s+\S.*)"
)
_BARE_NUMBER = re.compile(r"[1-9]\d?(?:\.[1-9]\d?)+")
_LONE_NUMBER = re.compile(r"(?P<number>[1-9]\d?)(?P<rest>\s*[.–—:)-]?\s+\S.*)")
_ROMAN = re.compile(rf"[IVX]{{1,5}}\s*[.–—)-][\s.–—)-]*\s(?P<title>[{_CAPITAL}].*)")
_LETTER = re.compile(rf"[A-H]\s*[–—-]\s+(?P<title>[{_CAPITAL}].*)")
_UNIT = re.compile(r"(?:EUR|Euros?|HT|TTC|Millions?|Jours?|Mois|Heures?|Ko|Mo|Go|Km|Kg)\b")


@dataclass(frozen=True, slots=True)
class ClauseHeading:
    """A line read as a heading.

    `rank` orders kinds of headings, 0 is the highest. `body` is what runs in after the number on
    the same line. `lone` says that the number has a single component and no word before it.
    """

    rank: int
    number: str | None
    heading: str
    body: str = ""
    lone: bool = False


def clause_of(line: str) -> ClauseHeading | None:
    """What `line` introduces, None when it is no heading. Pure."""
    line = line.strip()
    if not line or "\n" in line or _LEADERS.search(line):
        return None
    return _division(line) or _article(line) or _numbered(line) or _lettered(line)


def clause_number(heading: str) -> str | None:
    """The number a heading gives its clause: "12.3" for "Article 12.3 – Pénalités". Pure."""
    if _BARE_NUMBER.fullmatch(heading):
        return heading
    clause = clause_of(heading)
    return clause.number if clause else None


def _division(line: str) -> ClauseHeading | None:
    match = _DIVISION.fullmatch(line)
    if not match:
        return None
    name = match["name"] or match["part"] or match["part_first"]
    rest = match["rest"] or match["part_rest"] or match["part_first_rest"] or ""
    title = _title(rest)
    if title is None or _runs_on(rest):
        return None
    return ClauseHeading(_DIVISIONS.index(name.lower()), None, line)


def _article(line: str) -> ClauseHeading | None:
    if match := _CODE_ARTICLE.fullmatch(line):
        clause = _clause(line, match, ARTICLE_RANK)
        return clause and replace(clause, number=normalise(match["number"]))
    if match := _ARTICLE.fullmatch(line):
        clause = _clause(line, match, ARTICLE_RANK + match["number"].count("."))
        return clause and replace(clause, number=_article_number(match["number"]))
    return None


def _article_number(written: str) -> str:
    """The number of an article in one word: "4bis" for "4 BIS", "1" for "premier"."""
    number = "".join(written.split())
    if number.lower() == "premier":
        return "1"
    return number.lower() if number[0].isdigit() else number


def _numbered(line: str) -> ClauseHeading | None:
    if match := _CLAUSE.fullmatch(line):
        if _UNIT.match(match["rest"].strip()):
            return None
        return _clause(line, match, ARTICLE_RANK + match["number"].count("."))
    if (match := _LONE_NUMBER.fullmatch(line)) and not _runs_on(match["rest"]):
        title = _title(match["rest"])
        if title and not _UNIT.match(title) and _is_title(title):
            return ClauseHeading(ARTICLE_RANK, match["number"], line, lone=True)
    return None


def _lettered(line: str) -> ClauseHeading | None:
    for pattern, rank in ((_ROMAN, _ROMAN_RANK), (_LETTER, _LETTER_RANK)):
        if (match := pattern.fullmatch(line)) and _is_title(match["title"]):
            return ClauseHeading(rank, None, line)
    return None


def _clause(line: str, match: re.Match[str], rank: int) -> ClauseHeading | None:
    """A numbered clause whose rest is a title, or a sentence that runs in."""
    rest = match["rest"]
    if _runs_on(rest):
        return None
    title = _title(rest)
    if title is None:
        return None
    if not title or _is_title(title):
        return ClauseHeading(rank, match["number"], line)
    number_end = match.end("number")
    return ClauseHeading(rank, match["number"], line[:number_end], title)


def _runs_on(rest: str) -> bool:
    """Whether a sentence goes on after the number: "Article 4 du CCAP", "12.3 % du montant"."""
    bare = rest.lstrip()
    separated = bool(re.match(r"[.–—:)-]", bare))
    return bool(bare) and not separated and not re.match(rf"[{_CAPITAL}«\"(]", bare)


def _title(rest: str) -> str | None:
    """What follows the number and its separator, None when it cannot be a title."""
    title = re.sub(r"^\s*\.?\s*[–—:)-]?\s*", "", rest).strip()
    return title if not title or re.match(r"[^\W\d_]|[«\"(]", title) else None


def _is_title(title: str) -> bool:
    return len(title) <= _LONGEST_TITLE and not re.search(r"(?<!etc)[.;,]$", title)


# Headings of a document whose lines carry no style, or only some of them. Pure.
#
# A lone number ("4. Objet") is a heading only in capitals, or when a clause "4.1" follows before
# another article; elsewhere it is an item of a list.

_STYLED_LEVELS = 10
_LONGEST_HEADING = 200


def with_headings(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Blocks whose recognised lines became headings, levels from 1 without gaps. Pure.

    Headings that already carry a level rank above those recognised here; a whole paragraph in the
    style of a heading is a paragraph.
    """
    blocks = [
        replace(block, role=Role.PARAGRAPH, level=0)
        if block.role is Role.HEADING and len(block.text) > _LONGEST_HEADING
        else block
        for block in blocks
    ]
    is_styled = (Role.HEADING, Role.ROW)
    clauses = [None if block.role in is_styled else clause_of(block.text) for block in blocks]
    kept = _without_listed_annexes(_without_contents(_without_lone_numbers(clauses)))
    ranked = tuple(_ranked(blocks, kept))
    used = sorted({block.level for block in ranked if block.role is Role.HEADING})
    return tuple(
        replace(block, level=used.index(block.level) + 1) if block.role is Role.HEADING else block
        for block in ranked
    )


def _without_lone_numbers(clauses: Sequence[ClauseHeading | None]) -> list[ClauseHeading | None]:
    """Drop lone numbers that neither capitals nor a sub-clause confirms."""
    kept: list[ClauseHeading | None] = []
    following = ""
    for clause in reversed(clauses):
        if clause and clause.lone and not following.startswith(f"{clause.number}."):
            clause = clause if _is_capitals(clause.heading) else None
        if clause and clause.number and clause.rank >= ARTICLE_RANK:
            following = clause.number
        kept.append(clause)
    return kept[::-1]


def _without_contents(clauses: Sequence[ClauseHeading | None]) -> list[ClauseHeading | None]:
    """Drop a heading that ends in a page number when the same heading comes later without it."""
    later: set[str] = set()
    kept: list[ClauseHeading | None] = []
    for clause in reversed(clauses):
        bare = re.sub(r"[\s.]+\d{1,3}$", "", clause.heading) if clause else ""
        is_entry = clause is not None and bare != clause.heading and bare.casefold() in later
        kept.append(None if is_entry else clause)
        if clause:
            later.add(clause.heading.casefold())
    return kept[::-1]


def _without_listed_annexes(
    clauses: Sequence[ClauseHeading | None],
) -> list[ClauseHeading | None]:
    """Drop annexes that are named just before the first article: what follows is not theirs."""
    kept = [*clauses]
    first = next((place for place, each in enumerate(kept) if each and each.number), 0)
    while first and (before := kept[first - 1]) is not None and before.rank == _ANNEX_RANK:
        first -= 1
        kept[first] = None
    return kept


def _ranked(blocks: Sequence[Block], clauses: Sequence[ClauseHeading | None]) -> Iterator[Block]:
    for block, clause in zip(blocks, clauses, strict=True):
        if clause is None:
            yield block
            continue
        level = _STYLED_LEVELS + clause.rank
        yield replace(block, text=clause.heading, role=Role.HEADING, level=level)
        if clause.body:
            yield replace(block, text=clause.body, role=Role.PARAGRAPH)


def _is_capitals(heading: str) -> bool:
    letters = re.sub(r"[^\w]|\d|_", "", heading)
    return len(letters) >= 4 and letters.isupper()
