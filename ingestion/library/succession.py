"""Versions of one piece, by the names of its files, and what takes the place of what. Pure."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from pathlib import PurePosixPath

from ingestion.documents.pieces import Confidence, KindGuess, PieceKind, abridged, plain, stem
from ingestion.library.readings import LibraryEntry

_DAY = re.compile(
    r"\b(?:(?:du|le|au) )?(?:(\d{4}) ?(\d\d) ?(\d\d)|(?P<d>\d\d?) (?P<m>\d\d?) (?P<y>\d{4}))\b"
)
_DAY_WITHOUT_YEAR = re.compile(r"\b(?:du|le|au) \d\d? \d\d?\b")
_NUMBER = re.compile(r"\b(?:v|version|ind|indice|rev|revision) (\d\d?(?: \d\d?)?|[a-h])\b")
_DRAFT = re.compile(r"\b(?:projet|provisoire|brouillon)\b")
_CHANGED = re.compile(r"\b(?:(?:modifi|rectifi|corrig)ee?|modificatif|rectificatif)\b")
_SAYS_NOTHING = re.compile(r"\b(?:copie|scan|signee?|vf|vdef|def|finale?|definitif)\b")
_LOT = re.compile(r"\blots? (?:n )?(\w+)")
_ANY_FOLDER = re.compile(r"\b(?:dce|(?:modificatif|rectificatif)(?: n)? \d\d?)\b")
_MANY_OF_A_KIND = (PieceKind.OFFER, PieceKind.QUESTIONS, PieceKind.OTHER)


class _State(IntEnum):
    DRAFT = 0
    PLAIN = 1
    CHANGED = 2


@dataclass(frozen=True, slots=True)
class _Version:
    """What a name says: which piece it is of, and what tells its versions apart."""

    piece: str
    folder: str
    lots: frozenset[str]
    number: tuple[int, ...] | None
    is_lettered: bool
    day: date | None
    state: _State


def same_piece(one: str, other: str) -> bool:
    """Whether two files are versions of one piece, as far as their names say."""
    first, second = _version(one), _version(other)
    return bool(first.piece) and (first.piece, first.lots) == (second.piece, second.lots)


def later_version(one: str, other: str) -> str | None:
    """Which of two versions of one piece came after, None when the names leave a doubt: ask."""
    first, second = _version(one), _version(other)
    signs = set(_signs(first, second)) if first.folder == second.folder else set()
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
    _, folder = _day(_ANY_FOLDER.sub(" ", plain(str(PurePosixPath(name).parent))))
    return _Version(
        piece=_of_any_version(text),
        folder=_of_any_version(folder),
        lots=frozenset(_LOT.findall(plain(name))),
        number=_parts(number[1]) if number else None,
        is_lettered=number is not None and number[1].isalpha(),
        day=day,
        state=state,
    )


def _of_any_version(text: str) -> str:
    for mark in (_DAY_WITHOUT_YEAR, _NUMBER, _DRAFT, _CHANGED, _SAYS_NOTHING):
        text = mark.sub(" ", text)
    return " ".join(text.split())


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
        if one.is_lettered is not other.is_lettered:
            yield 0
        elif one.number != other.number:
            yield 1 if one.number > other.number else -1
    elif (one.number or other.number or (1,)) != (1,):
        yield 0
    if one.day and other.day and one.day != other.day:
        yield 1 if one.day > other.day else -1
    if one.state is not other.state:
        yield 1 if one.state > other.state else -1


# Succession: what a file added to a library takes the place of. Pure.


@dataclass(frozen=True, slots=True)
class Succession:
    """The entry as it is kept, the entries that it replaces, and French remarks for who adds it.

    `refusal` is why it is not kept at all, in French, None when it is.
    """

    entry: LibraryEntry
    replaced: tuple[LibraryEntry, ...] = ()
    remarks: tuple[str, ...] = ()
    refusal: str | None = None


def succession(entry: LibraryEntry, others: Collection[LibraryEntry]) -> Succession:
    """What adding `entry` does to those already there.

    A name added again with other bytes replaces; of two versions of one piece of a dossier the
    later one stays, and where their names leave a doubt both do, and that is said.
    """
    replaced: list[LibraryEntry] = []
    remarks: list[str] = []
    for other in others:
        later = _later(entry, other)
        if later == other.source != entry.source:
            refusal = f"version antérieure à {other.source}, qui est déjà là"
            return Succession(entry, refusal=refusal)
        if later == entry.source:
            replaced.append(other)
            same = other.source == entry.source
            told = "le fichier ajouté auparavant sous ce nom" if same else other.source
            remarks.append(f"remplace {told}")
        elif other.sha256 == entry.sha256:
            remarks.append(f"même contenu que {other.source}, sous le nom duquel il sera cité")
        elif _may_succeed(entry, other):
            remarks.append(f"peut-être une autre version de {other.source} : retirez l'ancienne")
    version = max((each.version for each in replaced), default=0) + 1
    return Succession(replace(entry, version=version), tuple(replaced), tuple(remarks))


def of_kind(entry: LibraryEntry, guess: KindGuess) -> LibraryEntry:
    """The entry as a piece of the kind guessed, with the doubt that is left."""
    doubt = "" if guess.confidence is Confidence.SURE else guess.reason
    return replace(entry, piece=guess.kind, doubt=doubt)


def _later(entry: LibraryEntry, other: LibraryEntry) -> str | None:
    """The name that stays of two, None when both do."""
    if entry.source == other.source:
        return entry.source
    return later_version(entry.source, other.source) if _may_succeed(entry, other) else None


def _may_succeed(entry: LibraryEntry, other: LibraryEntry) -> bool:
    """Whether both may be versions of one piece, of a kind of which a dossier has one."""
    kinds = (entry.piece, other.piece)
    is_one = all(kind is not None and kind not in _MANY_OF_A_KIND for kind in kinds)
    return is_one and same_piece(entry.source, other.source)
