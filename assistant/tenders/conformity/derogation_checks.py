"""Derogations from a CCAG that no list tells, or that name none of its articles. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.tenders.canonical import bare
from assistant.tenders.clauses import DossierClause, of_pieces
from assistant.tenders.conformity.checks import Case, CheckFault
from assistant.tenders.conformity.rules import ConformityRule
from assistant.tenders.derogations import (
    DENIES,
    NUMBER,
    Derogation,
    listed_in,
    numbers_of,
    overlap,
    told_of_others,
    unnamed_in,
)
from ingestion.chunking.sentences import SentenceSpan
from ingestion.documents.references import Reference, find_references

_MAKES = re.compile(r"\bderog(?:ation|e(?:nt)?|eant) (?:a|aux?)\b")
_TO_NONE = re.compile(
    r"\bpar derogation (?:au|aux) (?:(?:deux|trois|dispositions|stipulations|clauses|du|des) )*"
    r"c\.?c\.?a\.?g\b"
)
_OTHER_TEXT = re.compile(r" (?:du|de la|de l') ?(?:code|loi|decret|reglement|arrete|ordonnance)\b")
_ANNOUNCES = re.compile(
    r"\b(?:recapitul|list|enumer|rappel)\w*[^.\n]{0,80}\bderog"
    r"|(?<!par )\bderog[^.\n]{0,80}(?:\b(?:recapitul|list|enumer|annexe|suivant)|ci-|:$)"
    # Many at once, in a sentence or in a table.
    r"|(?<!par )\b(?:derogations|derogent|(?:est|sont) deroge\w*)\b(?=(?:[^\n]*\b\d[\d.]*){2})"
    r"|^(?=[^\n]*\|)(?=[^\n]*\bccag\b)[^\n]*\bcc(?:ap|p)\b",
    re.MULTILINE,
)
"""What tells that the pieces may list derogations somewhere."""

_NUMBERED = re.compile(r"\bart(?:icle)?s?\.? ?\d")
_NAMES = re.compile(
    rf"{_NUMBERED.pattern}[^;\n]{{0,60}}\bccag\b|\bccag\b[^;\n]{{0,60}}{_NUMBERED.pattern}"
)
_BEFORE, _FIRST, _NEXT = 60, 45, 6
"""Characters in which the word is denied before it, to its first reference, and to the next."""


@dataclass(frozen=True)
class _Listing:
    """The clauses that list derogations; `is_elsewhere` where others may list some."""

    clauses: tuple[DossierClause, ...]
    is_elsewhere: bool

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Every number in them, of a clause of the contract or of the CCAG."""
        text = "\n".join(each.passage.text for each in self.clauses)
        return frozenset(numbers_of(bare(text)))

    @cached_property
    def listed(self) -> tuple[Derogation, ...]:
        """What they surely list, article for article."""
        return tuple(each for clause in self.clauses for each in listed_in(clause))

    @cached_property
    def of_ccag(self) -> frozenset[str]:
        """The numbers but those of the clauses that surely derogate."""
        named = {number for each in self.listed for number in each.general}
        return self.numbers - {each.own for each in self.listed} | named

    def tells(self, made: Derogation, number: str) -> bool:
        """Whether they may list a derogation: by its article of the CCAG or by its clause."""
        is_own = any(overlap(made.own, each) for each in self.numbers if made.own)
        return is_own or any(overlap(number, each) for each in self.of_ccag)


def unlisted(rule: ConformityRule, case: Case) -> Iterator[CheckFault]:
    """The derogations that the clauses make and no list tells; all at once without a list.

    Where the pieces may list them under another heading, nothing is said to be missing.
    """
    listing = _listing(rule, case)
    if listing.is_elsewhere and not listing.clauses:
        return
    told = [number for each in _told_elsewhere(rule, case) for number in each.general]
    left = [(each, _left(each, listing, told)) for each in _made(rule, case)]
    left = [(each, numbers) for each, numbers in left if numbers]
    if left and not listing.clauses:
        found = ", ".join(dict.fromkeys(number for _, numbers in left for number in numbers))
        words = {"found": found, "how": "et aucune liste récapitulative n'a été trouvée"}
        yield CheckFault(tuple(each.place for each, _ in left), "aucune liste", words)
        return
    for each, numbers in left:
        longest = max(listing.clauses, key=lambda clause: len([*numbers_of(clause.passage.text)]))
        place = longest.words(SentenceSpan(0, len(longest.passage.text)))
        found = ", ".join(numbers)
        words = {"found": found, "how": "et la liste récapitulative ne semble pas le dire"}
        yield CheckFault((each.place, place), f"{found} ∉ liste", words)


def _left(made: Derogation, listing: _Listing, told: Sequence[str]) -> list[str]:
    """The articles of a derogation that nothing lists."""
    return [
        number
        for number in made.general
        if not listing.tells(made, number) and not any(overlap(number, each) for each in told)
    ]


def unnamed(rule: ConformityRule, case: Case) -> Iterator[CheckFault]:
    """The clauses that derogate from the CCAG, of which no piece says from which article."""
    listing = _listing(rule, case)
    named = {each.own for each in (*_made(rule, case), *listing.listed)} - {""}
    named |= {each.number for each in _bodies(rule, case) if _NAMES.search(bare(each.passage.text))}
    made = [each for clause in listing.clauses for each in unnamed_in(clause)]
    if not _may_name(listing, rule, case):
        made += _made_of_none(rule, case)
    left = [each for each in made if not any(overlap(each.own, own) for own in named if own)]
    if left:
        own = ", ".join(dict.fromkeys(each.own for each in left))
        places = tuple(dict.fromkeys(each.place for each in left))
        yield CheckFault(places, "article du CCAG non cité", {"found": own})


def _may_name(listing: _Listing, rule: ConformityRule, case: Case) -> bool:
    """Whether a list has some number that may be the article of a derogation that names none."""
    own = {clause.number for clause in _contract(rule, case)}
    known = own | {number for each in _made(rule, case) for number in each.general}
    return bool(listing.of_ccag - known)


def _listing(rule: ConformityRule, case: Case) -> _Listing:
    lists = tuple(each for each in _contract(rule, case) if _is_list(each))
    rest = (bare(each.passage.text) for each in _bodies(rule, case))
    return _Listing(lists, any(map(_ANNOUNCES.search, rest)))


def _contract(rule: ConformityRule, case: Case) -> tuple[DossierClause, ...]:
    return of_pieces(case.clauses, rule.where.pieces)


def _is_list(clause: DossierClause) -> bool:
    """Whether its heading, or one above it, announces derogations."""
    return any("derog" in bare(each) for each in clause.passage.headings)


def _made(rule: ConformityRule, case: Case) -> tuple[Derogation, ...]:
    return tuple(
        Derogation(clause.piece, clause.number, numbers, clause.sentences_of(span))
        for clause in _bodies(rule, case)
        for numbers, span in _derogated(clause)
    )


def _made_of_none(rule: ConformityRule, case: Case) -> Iterator[Derogation]:
    """The derogations of numbered clauses "au CCAG", of which the sentence names no article."""
    for clause in _bodies(rule, case):
        for match in _TO_NONE.finditer(bare(clause.passage.text)):
            place = clause.sentences_of(SentenceSpan(*match.span()))
            if clause.number and not _NUMBERED.search(bare(place.text)):
                yield Derogation(clause.piece, clause.number, (), place)


def _told_elsewhere(rule: ConformityRule, case: Case) -> tuple[Derogation, ...]:
    """Those that clauses tell of others, under no heading that announces it."""
    return tuple(each for clause in _bodies(rule, case) for each in told_of_others(clause))


def _bodies(rule: ConformityRule, case: Case) -> Iterator[DossierClause]:
    return (each for each in _contract(rule, case) if not _is_list(each))


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
