"""Legal and clause references in French text, as they are written and as keys. Pure.

| written                                         | key               |
|-------------------------------------------------|-------------------|
| R2122-8, art. R. 2122-8, article R.* 2122-8     | R2122-8           |
| articles L. 2123-1, R. 2123-1 et R. 2123-4      | one key a member  |
| L. 2141-1 à 2141-5                              | both ends only    |
| annexe n° 2, Annexe préliminaire                | Annexe 2, …       |
| article 12.3 du CCAP, C.C.A.P., art. 12.3       | CCAP 12.3         |
| article 12.3                                    | 12.3              |
| CCAG-TIC 2009, art. 14.1, article 14.1 CCAG-TIC | CCAG-TIC 14.1     |

Without the word "article", a letter counts only with a dot or a hyphenated number of three digits
or more, so "lot L 1", "catégorie A 80" or "D 2024" are no references. An article of a law or of
another code keeps its bare key ("article 10 de la loi …" is "10"): `owners` reads what it is of.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingestion.documents.pieces import PIECE, piece_name
from ingestion.french import without_raised

_GAP = r"[^\S\n]*+"  # possessive: a run of blanks is tried once, whatever stands around it
_DASH = r"[-‐‑–]"
_START = r"(?<![^\W_])"
_END = r"(?![^\W_])"
_NOT_AMOUNT = rf"(?![.,]\d|{_GAP}[€%])"
_ARTICLE = r"(?i:articles?\b|arts?\b\.?)"
_CODE = rf"\d{{1,5}}(?:{_DASH}[1-9]\d{{0,3}})*{_END}"
_LETTER = rf"(?P<letter>[LRDAlrda])(?P<dot>\.?)(?P<gap>{_GAP}\*?{_GAP})"
_CLAUSE = rf"\d{{1,4}}(?:[.‑-]\d{{1,3}})*(?={_GAP}er\b|[^\w€%]|$){_NOT_AMOUNT}"
_FIRST = rf"(?:{_GAP}er\b)?"
_SEPARATOR = rf"{_GAP}(?:,{_GAP}(?:et|ou)\b|,|;|et\b|ou\b|à\b|ainsi que\b){_GAP}"

_EDITION = (
    rf"(?:{_GAP},?{_GAP}\(?(?:(?:version|édition){_GAP})?(?:de{_GAP})?(?:2009|2021)(?!\d)\)?)?"
)

_HEAD = re.compile(
    rf"{_START}(?:(?:(?P<article>{_ARTICLE}){_GAP})?{_LETTER}(?P<code>{_CODE}){_NOT_AMOUNT}"
    rf"|(?P<annexe>(?i:annexes?)){_GAP}(?:n{_GAP}°{_GAP})?"
    rf"(?P<annexe_number>\d{{1,2}}{_END}{_NOT_AMOUNT}|[IVX]{{1,5}}{_END}|préliminaire)"
    rf"|(?P<piece>{PIECE}){_EDITION}{_GAP}[,:]?{_GAP}(?:(?:{_ARTICLE}|clauses?|§){_GAP}"
    rf"(?P<piece_clause>{_CLAUSE}){_FIRST}|(?P<piece_dotted>\d{{1,3}}(?:\.\d{{1,3}})+{_END}{_NOT_AMOUNT}))"
    rf"|(?P<marker>{_ARTICLE}|(?i:clauses?)){_GAP}(?P<clause>{_CLAUSE}){_FIRST})"
)
_NEXT_CODE = re.compile(
    rf"{_SEPARATOR}(?P<span>(?:(?:de l['’]|à l['’]|des |aux )?{_ARTICLE}{_GAP})?"
    rf"(?:{_LETTER}(?P<code>{_CODE})|(?P<inherited>\d{{3,5}}(?:{_DASH}[1-9]\d{{0,3}})+{_END})))"
)
_NEXT_CLAUSE = re.compile(rf"{_SEPARATOR}(?P<number>{_CLAUSE}){_FIRST}")
_NEXT_ANNEXE = re.compile(rf"{_SEPARATOR}(?P<number>\d{{1,2}}{_END}{_NOT_AMOUNT})")
_OF_PIECE = re.compile(
    rf"{_GAP}(?:du|de la|de l['’]|au|à l['’]|des)?{_GAP}(?:présent\b|même\b)?{_GAP}"
    rf"(?P<piece>(?i:{PIECE}))"
)
_PIECE_KEY = re.compile(rf"(?P<piece>{PIECE}){_GAP}(?P<number>{_CLAUSE})")
_DATE = re.compile(r"(?:19|20)\d\d-\d{1,2}-\d{1,2}")


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference found in a text: its key and the half-open span of characters that writes it."""

    key: str
    start: int
    end: int


def find_references(text: str) -> tuple[Reference, ...]:
    """Every reference of `text`, in order, spans never overlapping. Pure."""
    text = without_raised(text)  # the call of a note is no part of the number before it
    found: list[Reference] = []
    position = 0
    while head := _HEAD.search(text, position):
        members = tuple(_members(text, head))
        found.extend(members)
        position = members[-1].end if members else head.start() + 1
    return tuple(found)


def normalise(written: str) -> str:
    """The key of one reference as written, "L6" included; other text, its spaces tidied. Pure."""
    tidy = " ".join(written.split()).rstrip(" .,;:")
    if key := _PIECE_KEY.fullmatch(tidy):
        return f"{piece_name(key['piece'])} {key['number']}"
    for candidate in (tidy, f"art. {tidy}"):
        found = find_references(candidate)
        if len(found) == 1 and found[0].end == len(candidate):
            return found[0].key
    return tidy


def _members(text: str, head: re.Match[str]) -> Iterator[Reference]:
    if head["annexe"]:
        yield from _annexes(text, head)
    elif head["piece"]:
        number = head["piece_clause"] or head["piece_dotted"]
        yield Reference(f"{piece_name(head['piece'])} {number}", head.start(), head.end())
    elif head["clause"]:
        yield from _clauses(text, head)
    elif _is_code_article(head):
        yield from _code_articles(text, head)


def _is_code_article(head: re.Match[str]) -> bool:
    letter, number = head["letter"], head["code"]
    if head["article"]:
        return True
    if re.fullmatch(rf"\d{{3,}}{_DASH}.*", number):
        return letter not in "Aa" and (bool(head["dot"]) or not _DATE.fullmatch(number))
    if head["dot"]:
        return letter in "LRD" and ("-" in number or (letter == "L" and len(number) == 1))
    return letter == "L" and not head["gap"] and bool(re.fullmatch(rf"\d{_DASH}\d", number))


def _code_articles(text: str, head: re.Match[str]) -> Iterator[Reference]:
    letter, end = head["letter"], head.end()
    yield Reference(_code_key(letter, head["code"]), head.start(), end)
    while follower := _NEXT_CODE.match(text, end):
        letter, end = follower["letter"] or letter, follower.end()
        key = _code_key(letter, follower["code"] or follower["inherited"])
        yield Reference(key, follower.start("span"), end)


def _annexes(text: str, head: re.Match[str]) -> Iterator[Reference]:
    end = head.end()
    yield Reference(f"Annexe {head['annexe_number']}", head.start(), end)
    while head["annexe"].lower() == "annexes" and (follower := _NEXT_ANNEXE.match(text, end)):
        end = follower.end()
        yield Reference(f"Annexe {follower['number']}", follower.start("number"), end)


def _clauses(text: str, head: re.Match[str]) -> Iterator[Reference]:
    plural = head["marker"].lower().rstrip(".").endswith("s")
    spans = [(head["clause"], head.start(), head.end())]
    while follower := _NEXT_CLAUSE.match(text, spans[-1][2]):
        if not plural and ("." not in follower["number"] or "," in follower.group()):
            break
        spans.append((follower["number"], follower.start("number"), follower.end()))
    owner = _OF_PIECE.match(text, spans[-1][2])
    prefix = f"{piece_name(owner['piece'])} " if owner else ""
    for number, start, end in spans:
        is_last = end == spans[-1][2]
        yield Reference(f"{prefix}{number}", start, owner.end() if owner and is_last else end)


def _code_key(letter: str, number: str) -> str:
    return letter.upper() + re.sub(_DASH, "-", number)
