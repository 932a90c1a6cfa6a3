"""General administrative clauses (CCAG): which of them a text names, and their numbered clauses.

A CCAG is clauses that a contract may refer to. It is named by its family ("CCAG-FCS") and by its
edition, the year of the order that approves it: those of 2021 stand since 1 April 2021, those of
2009 ended on 1 October 2021, and contracts that refer to an edition keep it. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from ingestion.documents.headings import ARTICLE_RANK, ClauseHeading, clause_of
from ingestion.documents.pieces import PIECE, piece_name

CCAG = "CCAG"
"""The name without a family, and the beginning of those with one."""

CCAG_OF_WORKS = "CCAG-Travaux"
"""That of contracts for building works."""

ORDER_OF_2021 = date(2021, 4, 1)
"""First day of the orders of 30 March 2021."""

END_OF_2009 = date(2021, 10, 1)
"""First day without the orders of 2009; in between, a contract may be of either."""

_EDITIONS = (2009, 2021)
_OF_2021_ALONE = "CCAG-MOE"
_YEAR = rf"(?P<year>{'|'.join(map(str, _EDITIONS))})(?![\d€%])"
_SAID = r"(?:(?:dans sa|de la|en)?\s*(?:version|édition|rédaction)\s+)?"
_ADJACENT = re.compile(rf"[\s,(«/-]*+{_SAID}(?:issue? |datée? )?(?:de |d['’]|du )?{_YEAR}", re.I)
_DATED = (
    r"\barrêté\s+(?:ministériel\s+)?(?:modifié\s+)?(?:du|en date du)\s+"
    r"\d{1,2}(?:(?:er)?\s+\w+\s+|/\d{1,2}/)(?P<year>\d{4})"
)
_ORDER = re.compile(rf"[^.;\n|]{{0,120}}?{_DATED}", re.IGNORECASE)
_APPROVES = re.compile(
    rf"{_DATED}\s+(?:modifié\s+)?(?:portant approbation|approuvant|relatif)[^.;\n|]{{0,20}}$",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"(?:version|édition)\s+(?:de\s+)?{_YEAR}\s+du\s+$", re.IGNORECASE)
_OF_TITLE = re.compile(r"\barrêté du \d{1,2}(?:er)? \w+ (?P<year>\d{4})", re.IGNORECASE)
_BARE_YEAR = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class GeneralText:
    """A CCAG: its family ("CCAG-FCS", "CCAG" if none is said), its edition, None if unsaid."""

    family: str
    edition: int | None = None

    def __str__(self) -> str:
        return f"{self.family} de {self.edition}" if self.edition else self.family

    def includes(self, other: "GeneralText") -> bool:
        """Whether the other is of this family and edition, as far as these are said."""
        is_family = self.family in (CCAG, other.family)
        return is_family and self.edition in (None, other.edition)

    def day_for(self, day: date) -> date:
        """The day nearest to this one on which its edition was the last one, or the only one."""
        if self.edition is None:
            return day
        if self.edition < ORDER_OF_2021.year:
            return min(day, ORDER_OF_2021 - timedelta(days=1))
        return max(day, ORDER_OF_2021)


@dataclass(frozen=True, slots=True)
class NamedGeneralText:
    """Where a text names a CCAG: half-open characters."""

    text: GeneralText
    start: int
    end: int


def general_texts_named(written: str) -> tuple[NamedGeneralText, ...]:
    """Every mention of a CCAG, in order, with the edition that is said of it there."""
    found = [each for each in re.finditer(PIECE, written) if _is_general(each)]
    ends = [*(each.start() for each in found), len(written)][1:]
    return tuple(
        NamedGeneralText(
            GeneralText(piece_name(each[0]), _edition(written, each, end)), each.start(), each.end()
        )
        for each, end in zip(found, ends, strict=True)
    )


def edition_on(day: date, family: str = CCAG) -> int | None:
    """The edition of a contract of that day which names none; None where it may be either."""
    if family == _OF_2021_ALONE:
        return 2021
    if day < ORDER_OF_2021:
        return 2009
    return 2021 if day >= END_OF_2009 else None


@lru_cache(maxsize=256)
def general_text_of(title: str) -> GeneralText | None:
    """The CCAG that a title is of; None for another text, and where no family is said."""
    named = next((each for each in re.finditer(PIECE, title) if _is_general(each)), None)
    if named is None or (family := piece_name(named[0])) == CCAG:
        return None
    year = _OF_TITLE.search(title) or _BARE_YEAR.search(title)
    return GeneralText(family, int(year["year"]) if year else None)


def _is_general(piece: re.Match[str]) -> bool:
    return piece_name(piece[0]).startswith(CCAG)


def _edition(written: str, mention: re.Match[str], end: int) -> int | None:
    """The year said just after a mention, or of the order that approves it, or just before."""
    rest = written[mention.end() : end]
    before = written[: mention.start()]
    said = _ADJACENT.match(rest) or _APPROVES.search(before) or _ORDER.match(rest)
    said = said or _BEFORE.search(before)
    return _edition_of(int(said["year"])) if said else None


def _edition_of(year: int) -> int:
    """The edition that an order of this year approves or amends; an older year is itself."""
    return max((each for each in _EDITIONS if each <= year), default=year)


# The numbered clauses of a CCAG, whose official copy has articles with many of them, or is one.


@dataclass(frozen=True, slots=True)
class GeneralClause:
    """A clause with text of its own: its number, the titles above it and its lines, in order.

    `number` is "" for what stands above the first number. A first line that is a title alone is
    the last of `titles`, and not among the lines.
    """

    number: str
    titles: tuple[str, ...]
    lines: tuple[str, ...]


_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})*")


def article_number(written: str) -> str:
    """The number that an article of a CCAG is given ("Annexe, art. 14.1"), "" where it is none."""
    found = _NUMBER.findall(written)
    is_annex = re.match(r"annexe\s+(?:n\s?°\s?)?\d+\s*$", written, re.IGNORECASE)
    return found[-1] if found and not is_annex else ""


def enclosing(number: str) -> tuple[str, ...]:
    """The clauses that one is part of, by number, nearest first: of 14.1.2, 14.1 and 14."""
    parts = number.split(".")
    return tuple(".".join(parts[:length]) for length in range(len(parts) - 1, 0, -1))


def numbered_clauses(number: str, lines: Sequence[str]) -> tuple[GeneralClause, ...]:
    """The clauses of an article, or of a whole text where `number` is "".

    A line begins a clause when it gives a number below the article's that comes after those before
    it; "12.3 % du montant" and references at the start of a line do not. A title below which
    nothing stands is the text of its clause.
    """
    cuts = [*_cut(number, lines)]
    titles: dict[str, str] = {}
    clauses = []
    for cut, following in zip(cuts, [*cuts[1:], None], strict=True):
        titles[cut.number] = cut.title
        above = [titles[each] for each in reversed(enclosing(cut.number)) if titles.get(each)]
        above = [*filter(None, [cut.division]), *above]
        is_above = following is not None and cut.number in enclosing(following.number)
        if cut.lines:
            path = (*above, *filter(None, [cut.title]))
            clauses.append(GeneralClause(cut.number, path, tuple(cut.lines)))
        elif cut.title and not is_above:
            clauses.append(GeneralClause(cut.number, tuple(above), (cut.title,)))
    return tuple(clauses)


@dataclass(slots=True)
class _Cut:
    """What stands between two numbers, below a division ("Chapitre 2") of the whole text."""

    number: str
    title: str = ""
    division: str = ""
    lines: list[str] = field(default_factory=list)


def _cut(number: str, lines: Sequence[str]) -> Iterator[_Cut]:
    cut = _Cut(number)
    for line in lines:
        clause = clause_of(line)
        if clause is not None and clause.number and _follows(clause, cut.number, number):
            yield cut
            cut = _Cut(clause.number, "" if clause.body else line, cut.division)
            if clause.body:
                cut.lines.append(line)
        elif not number and clause is not None and clause.rank < ARTICLE_RANK:
            yield cut
            cut = _Cut(cut.number, division=line)
        else:
            cut.lines.append(line)
    yield cut


def _follows(clause: ClauseHeading, current: str, article: str) -> bool:
    """Whether a line's number is that of the article itself, or below it and after the current."""
    written = clause.number or ""
    if clause.lone or not _NUMBER.fullmatch(written):
        return False
    new, before, own = (_parts(each) for each in (written, current, article))
    if new[: len(own)] != own:
        return False
    if new == own == before:
        return True
    is_worded = clause.heading.lower().startswith("art")  # "Article 12" may begin another one
    return new > before and (is_worded or new[:1] == before[:1])


def _parts(number: str) -> tuple[int, ...]:
    return tuple(map(int, number.split("."))) if number else ()
