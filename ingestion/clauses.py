"""Headings, articles and clauses recognised in a line that carries no style. Pure.

"Article 12.3 – Pénalités", "12.3 Pénalités", "R. 2122-8", "CHAPITRE II" and "Titre IV" are
headings. Lines of a table of contents, items of a list, amounts and dates are not.
"""

import re
from dataclasses import dataclass, replace

from ingestion.references import normalise

_DIVISIONS = ("annexe", "partie", "livre", "titre", "chapitre", "section", "sous-section")
_ROMAN_RANK = len(_DIVISIONS)
_LETTER_RANK = _ROMAN_RANK + 1
ARTICLE_RANK = _LETTER_RANK + 1
_LONGEST_TITLE = 120

_CAPITAL = "A-ZÀ-ÖØ-ÞŒ"
_LEADERS = re.compile(r"(?:\.{4,}|…{2,}|(?:\. ){4,}|_{4,})\s*\d*\s*$")
_ROMAN_OR_NUMBER = r"(?:[IVXL]+|\d{1,2}|1er|Ier|[A-Z])(?![^\W_])"
_DIVISION = re.compile(
    rf"(?P<name>annexe|livre|titre|chapitre|section|sous-section)\s+(?:n\s?°\s?)?{_ROMAN_OR_NUMBER}"
    rf"(?:\s+bis|\s+ter)?\s*(?P<rest>.*)|(?:premi[eè]re|deuxi[eè]me|troisi[eè]me|quatri[eè]me|"
    rf"cinqui[eè]me)\s+(?P<part>partie)\s*(?P<part_rest>.*)"
    rf"|(?P<part_first>partie)\s+{_ROMAN_OR_NUMBER}\s*(?P<part_first_rest>.*)",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"art(?:icle)?\.?\s*(?:n\s?°\s?)?(?P<number>\d{1,3}(?:\.\d{1,3})*(?!\d)|[IVX]+(?![^\W_]))"
    r"(?:er\b)?(?P<rest>.*)",
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
class Clause:
    """A line read as a heading.

    `rank` orders kinds of headings, 0 is the highest. `body` is what runs in after the number on
    the same line. `lone` says that the number has a single component and no word before it.
    """

    rank: int
    number: str | None
    heading: str
    body: str = ""
    lone: bool = False


def clause_of(line: str) -> Clause | None:
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


def _division(line: str) -> Clause | None:
    match = _DIVISION.fullmatch(line)
    if not match:
        return None
    name = match["name"] or match["part"] or match["part_first"]
    rest = match["rest"] or match["part_rest"] or match["part_first_rest"] or ""
    title = _title(rest)
    if title is None or _runs_on(rest):
        return None
    return Clause(_DIVISIONS.index(name.lower()), None, line)


def _article(line: str) -> Clause | None:
    if match := _CODE_ARTICLE.fullmatch(line):
        clause = _clause(line, match, ARTICLE_RANK)
        return clause and replace(clause, number=normalise(match["number"]))
    if match := _ARTICLE.fullmatch(line):
        return _clause(line, match, ARTICLE_RANK + match["number"].count("."))
    return None


def _numbered(line: str) -> Clause | None:
    if match := _CLAUSE.fullmatch(line):
        if _UNIT.match(match["rest"].strip()):
            return None
        return _clause(line, match, ARTICLE_RANK + match["number"].count("."))
    if (match := _LONE_NUMBER.fullmatch(line)) and not _runs_on(match["rest"]):
        title = _title(match["rest"])
        if title and not _UNIT.match(title) and _is_title(title):
            return Clause(ARTICLE_RANK, match["number"], line, lone=True)
    return None


def _lettered(line: str) -> Clause | None:
    for pattern, rank in ((_ROMAN, _ROMAN_RANK), (_LETTER, _LETTER_RANK)):
        if (match := pattern.fullmatch(line)) and _is_title(match["title"]):
            return Clause(rank, None, line)
    return None


def _clause(line: str, match: re.Match[str], rank: int) -> Clause | None:
    """A numbered clause whose rest is a title, or a sentence that runs in."""
    rest = match["rest"]
    if _runs_on(rest):
        return None
    title = _title(rest)
    if title is None:
        return None
    if not title or _is_title(title):
        return Clause(rank, match["number"], line)
    number_end = match.end("number")
    return Clause(rank, match["number"], line[:number_end], title)


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
