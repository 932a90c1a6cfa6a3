"""Derogations from a CCAG: those that clauses make against those that their list tells. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.checking.atoms import plain
from assistant.checking.sentences import Span
from assistant.conformity.case import Case
from assistant.conformity.checks import Fault
from assistant.conformity.clauses import Clause
from assistant.conformity.rules import Rule
from assistant.conformity.values import looked_at
from ingestion.passages import Passage
from ingestion.references import Reference, find_references

_NUMBER = r"\d+(?:\.\d+)*"
_NUMBERS = rf"(?P<general>{_NUMBER}(?:(?:, | et ){_NUMBER})*)"
_MAKES = re.compile(r"\bdérogation (?:à|aux?)\b")
_ROW = re.compile(rf"^(?P<own>{_NUMBER}) \| {_NUMBERS}\b", re.MULTILINE)
_SENTENCE = re.compile(
    rf"\barticles? (?P<own>{_NUMBER})\b[^\n]{{0,150}}? déroge(?:nt)? "
    rf"(?:à l'|aux )articles? {_NUMBERS}"
)
_OTHER_TEXT = re.compile(r" (?:du|de la|de l') ?(?:code|loi|décret|règlement|arrêté|ordonnance)\b")
_FIRST, _NEXT = 25, 6
"""Characters from the word to its first reference, and from one reference to the next."""


@dataclass(frozen=True, slots=True)
class _Derogation:
    """The clause that derogates, the articles of the CCAG, and the words that say so."""

    own: str
    general: tuple[str, ...]
    place: Passage


def unlisted(rule: Rule, case: Case) -> Iterator[Fault]:
    """The derogations that the clauses make and no list tells; all at once without a list."""
    made, lists = _made(rule, case), _lists(rule, case)
    if made and not lists:
        numbers = dict.fromkeys(number for each in made for number in each.general)
        places = tuple(each.place for each in made)
        yield Fault(places, "aucune liste", {"found": ", ".join(numbers)})
        return
    known = {number for each in _listed(lists) for number in each.general}
    for each in made:
        if left := [number for number in each.general if number not in known]:
            numbers_left = ", ".join(left)
            place = lists[0].words(Span(0, len(lists[0].passage.text)))
            yield Fault((each.place, place), f"{numbers_left} ∉ liste", {"found": numbers_left})


def unmade(rule: Rule, case: Case) -> Iterator[Fault]:
    """The derogations that a list tells and the clause that it names does not make."""
    made, numbers = _made(rule, case), {clause.number for clause in case.clauses}
    for each in _listed(_lists(rule, case)):
        said = {number for one in made if _is_in(one.own, each.own) for number in one.general}
        if not said.issuperset(each.general):
            exists = any(_is_in(number, each.own) for number in numbers)
            yield Fault(
                (each.place,),
                f"{each.own} : {'sans dérogation' if exists else 'introuvable'}",
                {"found": " et ".join(each.general), "own": each.own},
            )


def _is_in(number: str, clause: str) -> bool:
    return number == clause or number.startswith(f"{clause}.")


def _lists(rule: Rule, case: Case) -> tuple[Clause, ...]:
    """The clauses that list derogations: the ones of the heading that the rule tells."""
    return looked_at(rule.where, case.clauses)


def _made(rule: Rule, case: Case) -> tuple[_Derogation, ...]:
    lists = _lists(rule, case)
    return tuple(
        _Derogation(clause.number, numbers, clause.sentences_of(span))
        for clause in case.clauses
        if clause.piece in rule.where.pieces and clause not in lists
        for numbers, span in _derogated(plain(clause.passage.text))
    )


def _derogated(text: str) -> Iterator[tuple[tuple[str, ...], Span]]:
    """The articles of the CCAG after each "par dérogation à", and where that is written."""
    references = [each for each in find_references(text) if _general(each, text)]
    for word in _MAKES.finditer(text):
        numbers, position, near = [], word.end(), _FIRST
        for each in references:
            if position <= each.start <= position + near:
                numbers.append(_general(each, text))
                position, near = each.end, _NEXT
        if numbers:
            yield tuple(numbers), Span(word.start(), position)


def _general(reference: Reference, text: str) -> str:
    """The number of an article that may be the CCAG's, empty for those of another text."""
    piece, _, number = reference.key.rpartition(" ")
    is_of_ccag = not piece or piece.partition("-")[0] == "CCAG"
    is_of_other = not re.fullmatch(_NUMBER, number) or _OTHER_TEXT.match(text, reference.end)
    return number if is_of_ccag and not is_of_other else ""


def _listed(lists: tuple[Clause, ...]) -> Iterator[_Derogation]:
    for clause in lists:
        text = "\n".join(map(plain, clause.passage.text.split("\n")))
        for pattern in (_ROW, _SENTENCE):
            for match in pattern.finditer(text):
                numbers = tuple(re.findall(_NUMBER, match["general"]))
                place = clause.sentences_of(Span(*match.span()))
                yield _Derogation(match["own"], numbers, place)
