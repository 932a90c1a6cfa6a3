"""Derogations from a CCAG: those that clauses make against those that their list tells. Pure."""

import re
from collections.abc import Iterator, Sequence

from assistant.tenders.canonical import bare
from assistant.tenders.clauses import DossierClause
from assistant.tenders.conformity.checks import Case, CheckFault
from assistant.tenders.conformity.rules import ConformityRule
from assistant.tenders.conformity.values import looked_at
from assistant.tenders.derogations import (
    DENIES,
    NUMBER,
    Derogation,
    is_in,
    listed_in,
    overlap,
    told_of_others,
)
from ingestion.chunking.sentences import SentenceSpan
from ingestion.documents.references import Reference, find_references

_MAKES = re.compile(r"\bderog(?:ation|e(?:nt)?|eant) (?:a|aux?)\b")
_OTHER_TEXT = re.compile(r" (?:du|de la|de l') ?(?:code|loi|decret|reglement|arrete|ordonnance)\b")
_BEFORE, _FIRST, _NEXT = 60, 45, 6
"""Characters in which the word is denied before it, to its first reference, and to the next."""


def unlisted(rule: ConformityRule, case: Case) -> Iterator[CheckFault]:
    """The derogations that the clauses make and no list tells; all at once without a list."""
    lists, told = _lists(rule, case), _told_elsewhere(rule, case)
    left = [(each, _left(each, lists, (*_listed(lists), *told))) for each in _made(rule, case)]
    left = [(each, numbers) for each, numbers in left if numbers]
    if left and not lists:
        found = ", ".join(dict.fromkeys(number for _, numbers in left for number in numbers))
        yield CheckFault(tuple(each.place for each, _ in left), "aucune liste", {"found": found})
        return
    for each, numbers in left:
        place = lists[0].words(SentenceSpan(0, len(lists[0].passage.text)))
        found = ", ".join(numbers)
        yield CheckFault((each.place, place), f"{found} ∉ liste", {"found": found})


def _left(
    made: Derogation, lists: Sequence[DossierClause], known: Sequence[Derogation]
) -> list[str]:
    """The articles of a derogation that nothing lists; a number that a list has may well be one."""
    listed = [number for each in known for number in each.general]
    written = {number for each in lists for number in re.findall(NUMBER, each.passage.text)}
    return [
        number
        for number in made.general
        if number not in written and not any(overlap(number, each) for each in listed)
    ]


def unmade(rule: ConformityRule, case: Case) -> Iterator[CheckFault]:
    """The derogations that a list tells and the clause that it names does not make."""
    made = (*_made(rule, case), *_told_elsewhere(rule, case))
    numbers = {clause.number for clause in case.clauses}
    for each in _listed(_lists(rule, case)):
        own = [one for one in made if not one.own or overlap(one.own, each.own)]
        said = [number for one in own for number in one.general]
        if not all(any(overlap(number, other) for other in said) for number in each.general):
            exists = any(is_in(number, each.own) for number in numbers)
            yield CheckFault(
                (each.place,),
                f"{each.own} : {'sans dérogation' if exists else 'introuvable'}",
                {"found": " et ".join(each.general), "own": each.own},
            )


def _lists(rule: ConformityRule, case: Case) -> tuple[DossierClause, ...]:
    """The clauses that list derogations: the ones of the heading that the rule tells."""
    return looked_at(rule.where, case.clauses)


def _made(rule: ConformityRule, case: Case) -> tuple[Derogation, ...]:
    return tuple(
        Derogation(clause.piece, clause.number, numbers, clause.sentences_of(span))
        for clause in _bodies(rule, case)
        for numbers, span in _derogated(clause)
    )


def _told_elsewhere(rule: ConformityRule, case: Case) -> tuple[Derogation, ...]:
    """Those that clauses tell of others, under no heading that announces it."""
    return tuple(each for clause in _bodies(rule, case) for each in told_of_others(clause))


def _bodies(rule: ConformityRule, case: Case) -> Iterator[DossierClause]:
    lists = _lists(rule, case)
    for clause in case.clauses:
        if clause.piece in rule.where.pieces and clause not in lists:
            yield clause


def _derogated(clause: DossierClause) -> Iterator[tuple[tuple[str, ...], SentenceSpan]]:
    """The articles of the CCAG after each "par dérogation à", and where that is written."""
    text, first = bare(clause.passage.text), clause.passage.start
    references = [each for each in find_references(text) if _general(each, text)]
    others = [each.place for each in told_of_others(clause)]
    for word in _MAKES.finditer(text):
        of_another = any(each.start <= first + word.start() < each.end for each in others)
        if of_another or DENIES.search(text, max(0, word.start() - _BEFORE), word.end()):
            continue
        numbers, position, near = [], word.end(), _FIRST
        for each in references:
            if position <= each.start <= position + near:
                numbers.append(_general(each, text))
                position, near = each.end, _NEXT
        if numbers:
            yield tuple(numbers), SentenceSpan(word.start(), position)


def _general(reference: Reference, text: str) -> str:
    """The number of an article that may be the CCAG's, empty for those of another text."""
    piece, _, number = reference.key.rpartition(" ")
    is_of_ccag = not piece or piece.partition("-")[0] == "CCAG"
    is_of_other = not re.fullmatch(NUMBER, number) or _OTHER_TEXT.match(text, reference.end)
    return number if is_of_ccag and not is_of_other else ""


def _listed(lists: tuple[DossierClause, ...]) -> Iterator[Derogation]:
    for clause in lists:
        yield from listed_in(clause)
