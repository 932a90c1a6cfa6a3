"""A decision of an administrative court: what it is called, and the articles that it applies. Pure.

| written                                                   | key               |
|-----------------------------------------------------------|-------------------|
| article L. 2152-5 du code de la commande publique         | L2152-5           |
| article 53 du code des marchés publics                    | CMP 53            |
| article 27 du décret du 25 mars 2016, n° 2016-360         | 2016-360 27       |
| article 60 de l'ordonnance n° 2015-899                    | 2015-899 60       |
| article R. 2152-3 du même code, de ce code, du code précité | that of the code before |

An article of another text ("L. 551-1 du code de justice administrative") is none of these, and one
whose text is not said is that of the text named last.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from ingestion.documents.references import Reference, find_references
from ingestion.french import month_names

COUNCIL = "Conseil d'État"

VISAS, DISPOSITIF = "visas", "dispositif"
"""The parts of a decision that are no reasons: neither is searched."""


class RulingRank(StrEnum):
    """Where a decision is published, as JADE writes it (PUBLI_RECUEIL), the weightiest first."""

    REPORTS = "A"
    TABLES = "B"
    UNREPORTED = "C"


PUBLISHED = {
    RulingRank.REPORTS: "publié au recueil Lebon",
    RulingRank.TABLES: "mentionné aux tables du recueil Lebon",
    RulingRank.UNREPORTED: "inédit au recueil Lebon",
}
"""A rank in words for the reader."""


@dataclass(frozen=True, slots=True)
class AppliedArticle:
    """An article of procurement law that a decision cites, and the half-open span that does."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision. `court` is "Conseil d'État" or "CAA de Lyon", `number` that of the case.

    `applied` are its references to procurement law, in the order and characters of its text.
    """

    court: str
    number: str
    day: date
    rank: RulingRank = RulingRank.UNREPORTED
    applied: tuple[AppliedArticle, ...] = ()

    @property
    def name(self) -> str:
        """How lawyers call it: "CE, 4 avril 2024, n° 490536"."""
        court = "CE" if self.court == COUNCIL else self.court
        ordinal = "1er" if self.day.day == 1 else str(self.day.day)
        month = month_names("fr")[self.day.month - 1]
        return f"{court}, {ordinal} {month} {self.day.year}, n° {self.number}"

    @property
    def articles(self) -> tuple[str, ...]:
        """The keys of the articles that it applies, each once."""
        return tuple(dict.fromkeys(each.key for each in self.applied))

    @property
    def numbers(self) -> tuple[str, ...]:
        """Those of its cases, of which one decision may settle several."""
        return tuple(re.findall(r"\w+", self.number))

    def applying(self, applied: tuple[AppliedArticle, ...]) -> "Ruling":
        """The same, with what it applies."""
        return replace(self, applied=applied)

    def within(self, start: int, end: int) -> "Ruling":
        """The same, of which only the articles cited between two characters are told."""
        return replace(
            self, applied=tuple(x for x in self.applied if x.start < end and start < x.end)
        )


def precedence(ruling: Ruling) -> tuple[str, int]:
    """Sort key: what is published first, then the newest."""
    return ruling.rank.value, -ruling.day.toordinal()


# Procurement law, as decisions cite it.

CITED = re.compile(
    r"code\s+de\s+la\s+commande\s+publique|code\s+des\s+march[ée]s\s+publics"
    r"|2015\s*-\s*899\b|ordonnance\s+du\s+23\s+juillet\s+2015"
    r"|2016\s*-\s*360\b|décret\s+du\s+25\s+mars\s+2016\s+relatif\s+aux\s+marchés\s+publics",
    re.IGNORECASE,
)
"""What a decision that applies procurement law, or the law before the code, has in its text."""

_CODE, _FORMER, _ORDINANCE, _DECREE, _FOREIGN = "", "CMP", "2015-899", "2016-360", "other"
_NOUNS = {_CODE: "code", _FORMER: "code", _ORDINANCE: "ordonnance", _DECREE: "décret"}
_JOINED = re.compile(
    r"[\s,;]*(?:(?:et|ou|à|ainsi que)\b)?[\s,]*(?:(?:de |à )?(?:l['’]|les?|des|aux?|du)\s*)?"
)
_OWNER = re.compile(
    r"[\s,]*(?:précité[es]*\s+)?(?:(?:,\s*)?(?:alors|désormais)[^,;.]{0,60},\s*)?"
    r"(?:du|de la|de l['’]|(?P<this>de cet?t?e?|dudit)|au|à l['’])\s*"
    r"(?P<text>(?P<same>même |présent |dit )?"
    r"(?P<noun>code|décret|ordonnance|loi|directive|arrêté|règlement|constitution|traité|"
    r"cahier|CCAG|CCAP|CCTP|CGCT|CJA|CG3P|CGPPP|marché|contrat)(?P<rest>[^,;.:»\"]{0,90}))",
    re.IGNORECASE,
)
# A law named farther on is another that the sentence speaks of.
_NAMED = re.compile(
    rf"(?:(?:décret|ordonnance)\b(?:(?!\d\s*-)[^,])*?(?=20\d\d))?(?P<law>{CITED.pattern})",
    re.IGNORECASE,
)
_SHAPE = re.compile(r"[LRD]\d{4}-\d+(?:-\d+)*|[LR]\d")


def applied_articles(text: str) -> tuple[AppliedArticle, ...]:
    """The articles of procurement law that a decision cites, in the order of its text. Pure."""
    found, last = [], _FOREIGN
    for group in _groups(text, find_references(text)):
        owner = _OWNER.match(text, group[-1].end)
        last = _said(owner, last) if owner else last
        found += [
            AppliedArticle(key, each.start, each.end)
            for each in group
            if (key := _key(each.key, last, is_said=owner is not None))
        ]
    return tuple(found)


def _groups(text: str, references: Sequence[Reference]) -> Iterator[list[Reference]]:
    """References that are told of one text: "articles L. 1 et L. 2 du code"."""
    group: list[Reference] = []
    for each in references:
        if group and not _JOINED.fullmatch(text, group[-1].end, each.start):
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _said(owner: re.Match[str], last: str) -> str:
    """The text that articles are said to be of; "du même code" is the one before, if a code."""
    named = _NAMED.match(owner["text"])
    if named is None or owner["this"]:
        is_same = owner["this"] or owner["same"] or re.match(r"\s+précit|\s*$", owner["rest"])
        return last if is_same and _NOUNS.get(last) == owner["noun"].casefold() else _FOREIGN
    said = " ".join(named["law"].casefold().split())
    if "commande" in said:
        return _CODE
    if "2015" in said:
        return _ORDINANCE
    return _DECREE if "2016" in said else _FORMER


def _key(key: str, owner: str, *, is_said: bool) -> str:
    """The key of an article of procurement law, "" for what is none.

    A bare number whose text is not said may be an article of the decision itself.
    """
    if owner == _CODE:
        return key if _SHAPE.fullmatch(key) else ""
    is_number = re.fullmatch(r"\d{1,3}(?:-\d+)?", key) is not None
    return f"{owner} {key}" if is_number and is_said and owner != _FOREIGN else ""
