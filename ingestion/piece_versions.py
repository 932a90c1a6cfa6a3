"""Versions of one piece, by the names of its files: "CCAP v1.pdf", "CCAP_v2_modifié.pdf". Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from ingestion.piece_kinds import abridged
from ingestion.piece_names import plain, stem

_DAY = re.compile(
    r"\b(?:(?:du|le|au) )?(?:(\d{4}) ?(\d\d) ?(\d\d)|(?P<d>\d\d?) (?P<m>\d\d?) (?P<y>\d{4}))\b"
)
_DAY_WITHOUT_YEAR = re.compile(r"\b(?:du|le|au) \d\d? \d\d?\b")
_NUMBER = re.compile(r"\b(?:v|version|ind|indice|rev|revision) (\d\d?(?: \d\d?)?|[a-h])\b")
_DRAFT = re.compile(r"\b(?:projet|provisoire|brouillon)\b")
_CHANGED = re.compile(r"\b(?:(?:modifi|rectifi|corrig)ee?|modificatif|rectificatif)\b")
_SAYS_NOTHING = re.compile(r"\b(?:copie|scan|signee?|vf|vdef|def|finale?|definitif)\b")
_LOT = re.compile(r"\blots? (\d+)")


class _State(IntEnum):
    DRAFT = 0
    PLAIN = 1
    CHANGED = 2


@dataclass(frozen=True, slots=True)
class _Version:
    """What a name says: which piece it is of, and what tells its versions apart."""

    piece: str
    lots: frozenset[str]
    number: tuple[int, ...] | None
    day: date | None
    state: _State


def same_piece(one: str, other: str) -> bool:
    """Whether two files are versions of one piece, as far as their names say."""
    first, second = _version(one), _version(other)
    return bool(first.piece) and (first.piece, first.lots) == (second.piece, second.lots)


def later_version(one: str, other: str) -> str | None:
    """Which of two versions of one piece came after, None when the names leave a doubt: ask."""
    signs = set(_signs(_version(one), _version(other)))
    if signs == {1}:
        return one
    return other if signs == {-1} else None


def _version(name: str) -> _Version:
    text = abridged(plain(stem(name)))
    day, text = _day(text)
    number = _NUMBER.search(text)
    state = _State.CHANGED if _CHANGED.search(text) else _State.PLAIN
    if _DRAFT.search(text):
        state = _State.DRAFT
    for mark in (_DAY_WITHOUT_YEAR, _NUMBER, _DRAFT, _CHANGED, _SAYS_NOTHING):
        text = mark.sub(" ", text)
    return _Version(
        piece=" ".join(text.split()),
        lots=frozenset(_LOT.findall(plain(name))),
        number=_parts(number[1]) if number else None,
        day=day,
        state=state,
    )


def _day(text: str) -> tuple[date | None, str]:
    """The day that a name gives, and the name without it."""
    found = _DAY.search(text)
    if not found:
        return None, text
    year, month, day = found[1] or found["y"], found[2] or found["m"], found[3] or found["d"]
    try:
        return date(int(year), int(month), int(day)), _DAY.sub(" ", text, count=1)
    except ValueError:
        return None, text


def _parts(number: str) -> tuple[int, ...]:
    """Numbers in their order; those of letters follow the alphabet."""
    return tuple(int(part) if part.isdigit() else ord(part) for part in number.split())


def _signs(one: _Version, other: _Version) -> Iterator[int]:
    """What each difference says: `one` came after (1), or before (-1), or nobody can tell (0)."""
    if one.number and other.number:
        if one.number != other.number:
            yield 1 if one.number > other.number else -1
    elif (one.number or other.number or (1,)) != (1,):
        yield 0
    if one.day and other.day and one.day != other.day:
        yield 1 if one.day > other.day else -1
    if one.state is not other.state:
        yield 1 if one.state > other.state else -1
