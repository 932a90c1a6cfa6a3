"""The card: which sentences of what is quoted stand after the quotes, as short labelled lines."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from assistant.answering.answer import LineRole, Prominence
from assistant.answering.quotable import Draft, leans_back, refers_back
from assistant.law.validity import speaks_for
from assistant.question.language import Language, fold_text
from assistant.question.quantities import find_quantities, fold_same_length
from assistant.retrieval.hierarchy import ARTICLES, Rank, rank_of
from assistant.retrieval.injections import addressed
from ingestion.chunking.sentences import list_parts, units
from ingestion.index.search import Embedder, Vectors

LINES = 3
"""Lines of a card at most; what is more stays among the quotes."""

WORDS = 45
"""Words of a line at most: a longer sentence is a quote."""

LABELS = {
    Language.FRENCH: {
        LineRole.CONDITION: "À respecter",
        LineRole.EXCEPTION: "Attention",
        LineRole.VERSION: "Depuis / avant",
    },
    Language.ENGLISH: {
        LineRole.CONDITION: "To respect",
        LineRole.EXCEPTION: "Beware",
        LineRole.VERSION: "Since / before",
    },
}

_RULES = ARTICLES | {Rank.SHEET}
_MEASURED = frozenset({"euro", "ratio", "point", "month", "day", "hour", "minute", "count"})
_WORD = re.compile(r"[\w-]+'?|[,;:]")


# What a sentence is to the one before it, by its words. Pure.


@dataclass(frozen=True, slots=True)
class _Markers:
    """The words of a role; see card.toml."""

    role: LineRole
    opening: tuple[str, ...]
    says: tuple[str, ...]
    adds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Marking:
    """Every role in the order in which it is looked for, and what ends a first clause."""

    roles: tuple[_Markers, ...]
    subordinating: re.Pattern[str]
    allowing: tuple[str, ...]
    beside: tuple[str, ...]
    apart: tuple[str, ...]


@cache
def _marking() -> _Marking:
    text = files("assistant.answering").joinpath("card.toml").read_text(encoding="utf-8")
    told: dict[str, Any] = tomllib.loads(text)
    ends = "|".join(re.escape(each) for each in _spaced(told["subordinating"]))
    roles = tuple(
        _Markers(role, *(_spaced(told[role][key]) for key in ("opening", "says", "adds")))
        for role in (LineRole.EXCEPTION, LineRole.CONDITION)
    )
    return _Marking(
        roles,
        re.compile(rf"[,;:]|{ends}"),
        _spaced(told["allowing"]),
        _spaced(told["beside"]),
        _spaced(told["apart"]),
    )


def _spaced(phrases: Sequence[str]) -> tuple[str, ...]:
    return tuple(_plain(phrase) for phrase in phrases)


def _plain(text: str) -> str:
    """The words of a text between single spaces: " le marche n' est pas ecrit , "."""
    return f" {' '.join(_WORD.findall(fold_text(text)))} "


def role_of(sentence: str) -> LineRole | None:
    """What a sentence is to the one that it follows; None where its words do not tell."""
    marking, said = _marking(), _plain(sentence)
    first = marking.subordinating.split(said, maxsplit=1)[0] + " "
    allows = any(each in first for each in marking.allowing)
    allows = allows and not any(each in said for each in marking.beside)
    if any(each in said for each in marking.apart):
        return None
    for markers in marking.roles:
        is_said = any(each in first for each in markers.says)
        is_added = allows and any(each in said for each in markers.adds)
        if said.startswith(markers.opening) or is_said or is_added:
            return markers.role
    return None


# The card of what is quoted.


class Card:
    """The lines of a turn; those of what is quoted first, of each question that it has."""

    def __init__(self, embedder: Embedder, language: Language, as_of: date) -> None:
        self._embedder = embedder
        self._language = language
        self._as_of = as_of
        self.lines: list[Draft] = []

    @property
    def has_room(self) -> bool:
        """Whether a line more may be told."""
        return len(self.lines) < LINES

    def part(self, asked: Vectors, quoted: Sequence[Draft]) -> list[Draft]:
        """What is quoted without the sentences that become lines, exceptions last.

        A line is a whole sentence of the passage that is quoted first. It stands after another of
        it, which is quoted too and nearer to the question, whose vector is `asked`: what answers is
        no line. What limits it right after what is quoted is a line as well, or is quoted with it
        where it begins by "il" or "cette".
        """
        pieces = [[*_cut(draft)] for draft in quoted]
        first = _of_first_passage([each for parts in pieces for each in parts])
        after = [*_following(first, self._as_of)]
        referring = [place for place, each in enumerate(after, 1) if refers_back(each.text)]
        leaning = after[: max(referring, default=0)]
        for parts in pieces:
            if first and parts[-1] is first[-1]:
                parts += leaning
        limiting = [*self._limiting([*first, *leaning], asked), *after[len(leaning) :]]
        chosen = limiting[: LINES - len(self.lines)]
        kept = [
            _joined([*run])
            for parts in pieces
            for is_line, run in groupby(parts, lambda each: each in chosen)
            if not is_line
        ]
        labels = LABELS[self._language]
        self.lines += [replace(each, label=labels[each.role]) for each in chosen if each.role]
        self.lines.sort(key=lambda each: each.role is LineRole.EXCEPTION)
        return kept

    def _limiting(self, pieces: Sequence[Draft], asked: Vectors) -> list[Draft]:
        """The pieces of a passage that limit what is quoted before them, in their order."""
        limiting = [
            each
            for place, each in enumerate(pieces)
            if place and _may_move(each, pieces[place + 1 :])
        ]
        if not limiting:
            return []
        likeness = self._embedder.embed_passages([each.text for each in pieces]) @ asked
        nearest = pieces[int(likeness.argmax())]
        return [each for each in limiting if each is not nearest]


def _of_first_passage(pieces: Sequence[Draft]) -> list[Draft]:
    """The pieces of the first rule quoted as the answer, in the order of its text."""
    rules = [each for each in pieces if _is_rule(each)]
    same = [each for each in rules if each.evidence[0] == rules[0].evidence[0]]
    return sorted(same, key=lambda each: each.start)


def _may_move(piece: Draft, following: Sequence[Draft]) -> bool:
    """Whether a piece limits what is before it and is understood away from its neighbours.

    A sentence with a figure may be the answer, and may not.
    """
    if not piece.role or _has_measure(piece.text) or refers_back(piece.text):
        return False
    return not any(leans_back(each.text) for each in following[:1])


def _has_measure(text: str) -> bool:
    """Whether a text states an amount, a share, a duration or a number."""
    found = find_quantities(fold_same_length(text))
    return any(quantity.unit in _MEASURED for quantity in found)


def _is_rule(draft: Draft) -> bool:
    return draft.place is Prominence.BODY and rank_of(draft.evidence[0].passage) in _RULES


def _cut(draft: Draft) -> Iterator[Draft]:
    """The sentences and lists of a quoted rule, with what each would be as a line."""
    if not _is_rule(draft):
        yield draft
        return
    for span in units(draft.text):
        start, end = draft.start + span.start, draft.start + span.end
        text = draft.text[span.start : span.end]
        yield replace(draft, text=text, start=start, end=end, role=_role_of_line(text))


def _role_of_line(text: str) -> LineRole | None:
    is_short = len(text.split()) <= WORDS and list_parts(text) is None
    return role_of(text) if is_short else None


def _following(pieces: Sequence[Draft], as_of: date) -> Iterator[Draft]:
    """The sentences that limit what is quoted and come right after the last of these pieces."""
    if not pieces:
        return
    passage, end = pieces[-1].evidence[0].passage, pieces[-1].end
    for span in units(passage.text):
        text = passage.text[span.start : span.end]
        if span.start < end:
            continue
        role = _role_of_line(text)
        if role is None or not speaks_for(passage, text, as_of) or addressed(text):
            return
        yield Draft(text, pieces[-1].evidence, span.start, span.end, role=role)


def _joined(parts: Sequence[Draft]) -> Draft:
    """Pieces of a quote that follow each other, as one."""
    passage, start, end = parts[0].evidence[0].passage, parts[0].start, parts[-1].end
    return replace(parts[0], text=passage.text[start:end], start=start, end=end, role=None)
