"""Checks across a dossier: articles cited, derogations, differences between pieces, weights."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import accumulate, combinations

from assistant.calculators.constants import constants
from assistant.tenders.canonical import bare
from assistant.tenders.clauses import DossierClause
from assistant.tenders.conformity.checks import Case, CheckFault, require_sure
from assistant.tenders.conformity.rules import ConformityRule, Unchecked
from assistant.tenders.conformity.values import Stated, ValueReading, listed, looked_at
from assistant.tenders.derogations import (
    DENIES,
    NUMBER,
    Derogation,
    is_in,
    listed_in,
    overlap,
    told_of_others,
)
from assistant.tenders.statements import (
    WHOLE,
    Priority,
    describe_sum,
    stated_priority,
    whole_in,
)
from ingestion.chunking.passages import Passage
from ingestion.chunking.sentences import SentenceSpan, marker
from ingestion.documents.document import Document
from ingestion.documents.pieces import PieceKind
from ingestion.documents.references import Reference, find_references
from ingestion.documents.versions import may_apply, sort_versions
from ingestion.legislation.owners import SIGLE, with_owners

# Articles that a dossier cites: those that the code does not have, and those that changed.

_ARTICLE = re.compile(r"[LRD][1-3]\d{3,4}-\d+(?:-\d+)*")
_CODE = re.compile(
    rf"\bcode\b(?: (?:d[eu]s?\b )?(?:la |l['’])?(?P<name>\w+))?|\bCCP\b|(?P<other>{SIGLE})",
    re.IGNORECASE,
)
_OTHERS = re.compile(rf"{SIGLE}[\s,.(]*(?:art(?:icle)?s?\.?\s*)?$", re.IGNORECASE)
_OURS = "commande"
_AFTER, _BEFORE = 150, 60
"""Characters in which a paragraph names the code of an article."""


def unknown(rule: ConformityRule, case: Case) -> Iterator[CheckFault]:
    """The articles that the indexed code does not have on the day of the dossier."""
    for key, places in _cited(rule, case).items():
        versions = case.code.versions(key)
        if _on(versions, case.code.day) is None:
            said = "pas en vigueur" if versions else "introuvable"
            yield CheckFault(places, f"{key} : {said} au {case.code.day:%d/%m/%Y}", {"found": key})


def changed(rule: ConformityRule, case: Case) -> Iterator[CheckFault]:
    """The articles whose text is no longer that of the day of the dossier."""
    for key, places in _cited(rule, case).items():
        versions = case.code.versions(key)
        then, now = (_on(versions, day) for day in (case.code.day, case.day))
        if then and now and then.text != now.text:
            since = f" depuis le {now.valid_from:%d/%m/%Y}" if now.valid_from else ""
            yield CheckFault(places, f"{key} : autre texte{since}", {"found": key})


def _cited(rule: ConformityRule, case: Case) -> Mapping[str, tuple[Passage, ...]]:
    """Where each article of the code is cited; raises Unchecked where no code is indexed."""
    cited: defaultdict[str, list[Passage]] = defaultdict(list)
    for clause in looked_at(rule.where, case.clauses):
        for reference, owner in with_owners(clause.passage.text):
            is_ours = not owner and _is_ours(reference, clause)
            if is_ours and _ARTICLE.fullmatch(reference.key):
                cited[reference.key].append(
                    clause.sentences_of(SentenceSpan(reference.start, reference.end))
                )
    if cited and not any(case.code.versions(each.article) for each in constants().values()):
        raise Unchecked("le code de la commande publique n'est pas dans l'index")
    return {key: tuple(dict.fromkeys(places)) for key, places in cited.items()}


def _is_ours(reference: Reference, clause: DossierClause) -> bool:
    """Whether the nearest code named in the paragraph, if any, is that of public procurement."""
    text = clause.passage.text
    after = text[reference.end : reference.end + _AFTER].partition("\n")[0]
    before = text[max(0, reference.start - _BEFORE) : reference.start].rpartition("\n")[2]
    named = _CODE.search(after) or next(reversed([*_CODE.finditer(before)]), None)
    if named is None:
        return True
    is_other = named["other"] or (named["name"] and named["name"].lower() != _OURS)
    return not is_other and not _OTHERS.search(before)


def _on(versions: Sequence[Document], day: date) -> Document | None:
    standing = [version for version in sort_versions(versions) if may_apply(version, day)]
    return standing[-1] if standing else None


# Derogations from a CCAG: those that clauses make against those that their list tells. Pure.

_MAKES = re.compile(r"\bderog(?:ation|e(?:nt)?|eant) (?:a|aux?)\b")
_OTHER_TEXT = re.compile(r" (?:du|de la|de l') ?(?:code|loi|decret|reglement|arrete|ordonnance)\b")
_FIRST, _NEXT = 45, 6
"""Characters from the word to its first reference, and from one reference to the next."""


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


# Differences: a value that two pieces state differently, and which of them prevails. Pure.


def differences(rule: ConformityRule, case: Case) -> Iterator[CheckFault]:
    """The pieces that state other values than another one does, all of them together.

    A piece that states some of the values of another, and no other, does not differ from it.
    """
    value = case.book.values[rule.value]
    found: defaultdict[PieceKind, list[ValueReading]] = defaultdict(list)
    for reading in case.read(rule.value):
        said = bare(reading.place.text)
        if not any(pattern.search(said) for pattern in rule.unless):
            found[reading.piece].append(reading)
    stated = {piece: frozenset(each.value for each in same) for piece, same in found.items()}
    apart = tuple(stated) if value.unique and len(_all(stated)) > 1 else _apart(stated)
    if not apart:
        return
    order = stated_priority(clause.passage for clause in case.clauses)
    shown = _shown({piece: found[piece] for piece in apart}, value.unit)
    places = [each.place for piece in apart for each in found[piece]]
    saying = [each.passage for each in case.clauses if each.passage.locator == order.locator]
    yield CheckFault(
        (*places, *saying[:1]),
        " ≠ ".join(shown),
        {"found": " ; ".join(shown), "prevails": _told(order, apart)},
    )


def _shown(found: Mapping[PieceKind, Sequence[ValueReading]], unit: str) -> list[str]:
    """What is stated after the pieces that state it: "RC, CCAP : 48 mois"."""
    alike: defaultdict[str, list[PieceKind]] = defaultdict(list)
    for piece, readings in found.items():
        alike[listed((each.value for each in readings), unit)].append(piece)
    return [f"{', '.join(pieces)} : {values}" for values, pieces in alike.items()]


def _all(stated: Mapping[PieceKind, frozenset[Stated]]) -> frozenset[Stated]:
    return frozenset().union(*stated.values())


def _apart(stated: Mapping[PieceKind, frozenset[Stated]]) -> tuple[PieceKind, ...]:
    """The pieces of which neither's values are among the other's, in their order."""
    differing = {
        piece
        for one, other in combinations(stated, 2)
        if not (stated[one] <= stated[other] or stated[other] <= stated[one])
        for piece in (one, other)
    }
    return tuple(piece for piece in stated if piece in differing)


def _told(order: Priority, pieces: Sequence[PieceKind]) -> str:
    """Which of these pieces prevails, and which the order does not rank, in French."""
    if order.locator and not order.pieces:
        return f"l'ordre de priorité des pièces ({order.locator}) n'a pas pu être lu"
    if not order.pieces:
        return "aucun ordre de priorité des pièces n'a été trouvé"
    ranked = order.prevailing(pieces)
    outside = ", ".join(piece for piece in pieces if piece not in ranked)
    if len(ranked) < 2:
        return f"l'ordre de priorité ({order.locator}) ne range pas {outside}"
    prevails = f"{ranked[0]} prévaut sur {', '.join(ranked[1:])} ({order.locator})"
    return f"{prevails} ; {outside} est hors de cet ordre" if outside else prevails


# Weights: whether the criteria of an award add up to the whole. Pure.
#
# What is surely a list or a column of weights is added up, and prose is not: weights told in a
# sentence, or that may detail one another, are not found fault with.

_FEWEST = 2
_ASIDE = re.compile(r"\([^()]*\)|\bdont\b.*")
_LABELLED = re.compile(r"[^.{]*(?::|\(\{)")
_TOTAL = re.compile(r"^\W*(?:sous-)?total")
_WEIGHT = re.compile(r"\{([\d/]+) (ratio|point)\}")
_ENDING = re.compile(r"\}[ ;.,)]*$")
_NUMBER = re.compile(r"\W*\{[\d/]+ count\}\W*")


@dataclass(frozen=True, slots=True)
class _Weight:
    """A weight in percent or points and its line; None where it is not sure what its weight is."""

    value: Fraction | None
    place: Passage


def sums(rule: ConformityRule, case: Case) -> Iterator[CheckFault]:
    """The clauses whose weights are all sure, and of which no list or column makes a whole."""
    for clause in looked_at(rule.where, case.clauses):
        columns: defaultdict[int, list[_Weight]] = defaultdict(list)
        for column, weight in _weights(clause, rule):
            columns[column].append(weight)
        every = [each for same in columns.values() for each in same]
        places = dict.fromkeys(each.place for each in every)
        require_sure(each for each in places if each.doubts(each.start, each.end))
        if any(each.value is None for each in every):
            continue
        lists = ([each.value for each in same if each.value] for same in columns.values())
        read = [each for each in lists if len(each) >= _FEWEST]
        if read and not any(map(_makes_whole, read)):
            total = describe_sum(read[0])
            yield CheckFault(tuple(places), f"{total} ≠ {WHOLE}", {"found": total})


def _weights(clause: DossierClause, rule: ConformityRule) -> Iterator[tuple[int, _Weight]]:
    """What items, labelled lines and cells say of weights, each with its column."""
    begins = 0
    for line in clause.canonical.text.split("\n"):
        skipped = any(each.search(line) for each in (_TOTAL, *rule.unless))
        for column, value in () if skipped else _said(line):
            span = clause.canonical.origin(begins, begins + len(line))
            yield column, _Weight(value, clause.sentences_of(span))
        begins += len(line) + 1


def _said(line: str) -> Iterator[tuple[int, Fraction | None]]:
    """The weight that each cell of a line tells, None where one may be told otherwise.

    A line that is neither an item nor labelled may be the rest of one.
    """
    cells = line.split("|")
    is_row = len(cells) > 1
    is_listed = is_row or marker(line) or _LABELLED.match(line)
    for column, cell in enumerate(cells):
        value = _weight_of(cell)
        is_detail = is_row and not _WEIGHT.search(_ASIDE.sub("", cell))
        if value or (is_listed and _WEIGHT.search(cell) and not is_detail):
            yield column, value if is_listed else None
        elif column and _NUMBER.fullmatch(cell):
            yield column, None


def _weight_of(cell: str) -> Fraction | None:
    """The only weight of an item or a cell, at its end; what details it is left aside."""
    outside = _ASIDE.sub("", cell)
    said = outside if _WEIGHT.search(outside) else cell
    match _WEIGHT.findall(said):
        case [(value, unit)] if _ENDING.search(said):
            return Fraction(value) * (WHOLE if unit == "ratio" else 1)
    return None


def _makes_whole(weights: Sequence[Fraction]) -> bool:
    """Whether some in a row make the whole, or all but those that detail one of them."""
    runs = (accumulate(weights[start:]) for start in range(len(weights)))
    return any(WHOLE in run for run in runs) or bool(whole_in(weights))
