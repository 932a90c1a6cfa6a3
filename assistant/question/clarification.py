"""Clarification: the one fact, asked back, that chooses among the cases an answer quotes. Pure."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from assistant.question import quantities
from assistant.question.language import Language, fold_text
from assistant.question.quantities import find_quantities
from ingestion.chunking.sentences import marker, sentences

_TIME = re.compile(r"delai|duree|combien de (?:temps|jours|mois|semaines)|combien d'ann|longtemps")
_ASKED = {
    "euro": re.compile(r"montant|seuil|combien|plafond|€|euros?\b|\b000\b"),
    "ratio": re.compile(r"taux|pourcentage|%|quelle part|combien|plafond|maxim|minim|montant"),
    "month": _TIME,
    "day": _TIME,
}
"""Units, and the words by which a question asks for a figure of it or gives one."""

_OR = {Language.FRENCH: "ou", Language.ENGLISH: "or"}
_BELOW = re.compile(r"(?:inferieure?s? (?:ou egale?s? )?a|moins de|n'excede pas|sous)\W*$")
_ABOVE = re.compile(r"(?:superieure?s? a|au moins|a partir de|des|excede|depasse|atteint)\W*$")
_CLAUSE_END = re.compile(r"[,;:.]")
_CONCEDES = re.compile(r"\bmeme (?:lorsqu|quand|s[i'])[^,;:.]*")
"""Who is named there has the same figure, and none of their own."""


@dataclass(frozen=True, slots=True)
class PossibleCase:
    """One of the cases that an answer turns on: its name, and the sentence that says it is so."""

    label: str
    statement: str


@dataclass(frozen=True, slots=True)
class ClarifyingFact:
    """A fact that is missing; by language the question that asks for it, and the possible cases.

    A fact with a limit has no cases: it is a figure.
    """

    name: str
    question: dict[Language, str]
    cases: dict[Language, tuple[PossibleCase, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """A case that quotes tell apart: how a text names it, and its words."""

    says: re.Pattern[str]
    words: dict[Language, str]


@dataclass(frozen=True, slots=True)
class _Turning:
    """A fact on which answers turn, by its cases or by a limit in a unit.

    `otherwise` is what a fact of a single case is without it.
    """

    fact: ClarifyingFact
    told: dict[Language, str]
    otherwise: dict[Language, PossibleCase] | None
    settled: re.Pattern[str]
    cases: tuple[_Case, ...]
    limit: str | None


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure of a quote and the words on either side, up to its neighbours."""

    unit: str
    value: Fraction
    before: str
    after: str


def missing_fact(question: str, quoted: Sequence[str]) -> ClarifyingFact | None:
    """The first fact that the quotes turn on and that the question, in French, does not settle.

    `quoted` has what is quoted of each passage, in the answer's order; a fact on which the first
    does not turn is beside the question.
    """
    plain = quantities.fold_same_length(question)
    asked = fold_text(plain)
    beside, turnings = _table()
    if not quoted or beside.search(asked):
        return None
    first, *others = (list(_figures(text)) for text in quoted)
    for turning in turnings:
        if turning.settled.search(asked):
            continue
        if turning.limit and _has_two_sides(first, turning.limit):
            return turning.fact
        # A single case is told apart from the rule that the same text has without it.
        figures = first if len(turning.cases) == 1 else [*first, *chain(*others)]
        cases = _told_apart(turning.cases, figures, plain)
        if any(_case_of(figure, cases) for figure in first):
            return _of_cases(turning, cases)
    return None


def _has_two_sides(figures: Sequence[_Figure], unit: str) -> bool:
    """Whether there is one rule below a figure of this unit and another from it on."""
    of_unit = [figure for figure in figures if figure.unit == unit]
    below = {figure.value for figure in of_unit if _BELOW.search(figure.before)}
    return any(figure.value in below for figure in of_unit if _ABOVE.search(figure.before))


def _told_apart(
    cases: Sequence[_Case], figures: Sequence[_Figure], question: str
) -> tuple[_Case, ...]:
    """The cases to which figures of a unit asked for give different values."""
    for unit, asks in _ASKED.items():
        values: dict[_Case | None, set[Fraction]] = defaultdict(set)
        for figure in figures:
            if figure.unit == unit:
                values[_case_of(figure, cases)].add(figure.value)
        if len(cases) > 1:
            values.pop(None, None)
        is_open = asks.search(fold_text(question)) and _is_open(question, unit, values.values())
        if is_open and len(set(map(frozenset, values.values()))) > 1:
            return tuple(case for case in cases if case in values)
    return ()


def _case_of(figure: _Figure, cases: Sequence[_Case]) -> _Case | None:
    """The case named in the clause after a figure, else before it; None when several are."""
    for words in (_CLAUSE_END.split(figure.after, maxsplit=1)[0], figure.before):
        if named := [case for case in cases if case.says.search(words)]:
            return named[0] if len(named) == 1 else None
    return None


def _is_open(question: str, unit: str, values: Iterable[set[Fraction]]) -> bool:
    """Whether the question gives no one figure of this unit, or one that the limits enclose."""
    given = [Fraction(each.value) for each in find_quantities(question) if each.unit == unit]
    limits = sorted(chain(*values))
    return len(given) != 1 or (bool(limits) and limits[0] <= given[0] <= limits[-1])


def _figures(text: str) -> Iterator[_Figure]:
    """The figures of a text; the words of its lead stand before those of an item."""
    lead = ""
    for span in sentences(text):
        sentence = quantities.fold_same_length(text[span.start : span.end])
        lead = lead if marker(sentence) else ""
        found = [each for each in find_quantities(sentence) if each.unit in _ASKED]
        ends = [0, *(each.end for each in found)]
        starts = [*(each.start for each in found[1:]), len(sentence)]
        for each, previous, following in zip(found, ends, starts, strict=False):
            before = _CONCEDES.sub("", fold_text(lead + sentence[previous : each.start]))
            after = fold_text(sentence[each.end : following])
            yield _Figure(each.unit, Fraction(each.value), before, after)
        lead = f"{sentence} " if sentence.endswith(":") else lead


def _of_cases(turning: _Turning, cases: Sequence[_Case]) -> ClarifyingFact:
    """The fact, asked for as one of these cases."""
    question, named = {}, {}
    for language, word in _OR.items():
        words = [case.words[language] for case in cases]
        question[language] = turning.fact.question[language].format(_either(words, word))
        told = turning.told[language]
        named[language] = tuple(
            PossibleCase(each[0].upper() + each[1:], told.format(each)) for each in words
        )
        if turning.otherwise is not None:
            named[language] += (turning.otherwise[language],)
    return ClarifyingFact(turning.fact.name, question, named)


def _either(words: Sequence[str], word: str) -> str:
    *first, last = words
    return f"{', '.join(first)} {word} {last}" if first else last


@cache
def _table() -> tuple[re.Pattern[str], tuple[_Turning, ...]]:
    """What shows a question for which nothing is asked back, and the facts."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return re.compile(table["beside"]), tuple(
        _Turning(
            ClarifyingFact(row["name"], _by_language(row), dict.fromkeys(Language, ())),
            _by_language(row.get("told", dict.fromkeys(Language, ""))),
            _otherwise(row["otherwise"]) if "otherwise" in row else None,
            re.compile(row["settled"]),
            tuple(_Case(re.compile(each["says"]), _by_language(each)) for each in row["cases"]),
            row.get("limit"),
        )
        for row in table["fact"]
    )


def _by_language(row: Mapping[str, Any]) -> dict[Language, Any]:
    return {language: row[language] for language in Language}


def _otherwise(row: Mapping[str, Any]) -> dict[Language, PossibleCase]:
    return {language: PossibleCase(*words) for language, words in _by_language(row).items()}
