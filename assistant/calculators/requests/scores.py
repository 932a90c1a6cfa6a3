"""What questions about the scores of tenders ask to calculate, by the figures they give. Pure.

Every figure of the question has to be read as a weight, a note, a price or a scale: where one is
not, the question is left to the texts.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import QuestionFacts
from assistant.calculators.formula import FIGURES, Formula, find_formula
from assistant.calculators.scores import PRICE, ScoredTender, ScoresAsked, price_roles

_SOUGHT = re.compile(
    r"\bcombien de (?:points|pts)|\btota(?:l|ux)\b|\bgagn|\b(?:l'|r)?emport|\bpremiere?s?\b|\bclass"
    r"|\bnotes? (?:ponderee?s?|finales?|globales?|totales?|du prix|prix|obtenue?s?)|\bscores?\b"
    r"|\b(?:moyenne|total|score) ponder|\blaquelle\b|\blequel\b|\bmieux[- ]disant|\bcalcul"
    r"|\bquelles? (?:est |sera |sont )?(?:la |les |sa |ma )?notes?\b|\bqui (?:est|a|arrive)\b"
)
_WHOLE_SOUGHT = re.compile(
    r"\b(?:fait|font|faire|total\w*|somme|egal\w*)\b[^.?]{0,20}\b100\b( ?%)?"
)
_METHOD_SAID = re.compile(
    r"\bformule|\bproportion|\bregle de trois|\blineaire|\bmini ?/|\bmoyenne des"
    r"|\bnote(?: prix)? ?="
)
_RANKED = re.compile(
    r"\bgagn|\b(?:l'|r)?emport|\bpremiere?s?\b|\bclass|\b(?:laquelle|lequel)\b"
    r"|\bqui (?:est|a|arrive)\b"
)
_TAXES = re.compile(r"\bttc\b.*\b(?:ht|hors taxes?)\b|\b(?:ht|hors taxes?)\b.*\bttc\b")
_PONDERED = re.compile(r"\bponder")

# Where a tender begins: "offre A :", "B (80 k€", "le concurrent : 80 000 €".
_KIND = r"(?:l'|la |le )?(?:offre|entreprise|candidate?|societe|soumissionnaire|prestataire)"
_TENDER = re.compile(
    rf"\b(?P<kind>{_KIND} (?:[a-z0-9]+(?= ?[:=(])|[b-h1-9](?= )))"
    r"|(?<![a-z0-9'(])(?P<letter>[a-hx-z])(?= ?[:=(])"
    r"|(?:^|(?<=[.;?!] )|(?<=, )|(?<=\bet ))(?P<said>(?:[a-z'-]+ ){0,3}[a-z'-]+)(?= ?: ?\d)"
)
_NO_TENDER = re.compile(
    r"\b(?:criteres?|reglement|rc|dce|ponder\w*|bareme|not(?:es?|ees?|ations?)|formules?|points?|total|prix|cout"
    r"|question|techniques?|tech|valeur|env\w*|delais?|qualite|social\w*|moins|sur|soit)\b"
)
_OURS = {"ma": "votre", "mon": "votre", "notre": "votre", "mes": "vos", "nos": "vos",
         "moi": "vous", "nous": "vous", "societe": "société"}  # fmt: skip

# What a figure is in its own few words.
_SCALE = re.compile(r"\b(?:notes|notees)\b(?: [a-z]+){0,2} sur (?P<scale>\d{1,3})\b(?! points)")
_NO_FIGURE = re.compile(r"\([^()\d]*\)")
_APART = re.compile(r",(?!\d)|[;:+?!\n]|\.(?!\d)|\bet\b|\bcontre\b|\bsoit\b")
_JOINED = re.compile(r"(?<=[a-z)%]) ?[:=] ?(?=\d)")
_FIGURE = re.compile(
    rf"(?P<sur>\bsur )?(?P<coef>\bcoef(?:ficient)?\.? ?(?:de )?)?{FIGURES}"
    r"(?:(?P<amount> ?(?P<scale>k|m)? ?(?:€|eur(?:os?)?\b)| ?(?P<alone>k)\b)"
    r"|(?P<percent> ?%)|(?: ?/ ?| sur )(?P<of>\d{1,3})(?![\d,]))?"
    r"(?: ?(?:points?|pts?|ht|ttc)\b)?"
)
_SCALES = {"k": 1_000, "m": 1_000_000}
_GENERIC = re.compile(
    r"(?:not[a-z]+|criteres?|valeur|les|mes|nos|ses|son|sur|pour|des|une|est|avec|points?|ponder\w+"
    r"|reglement|consultation|pese|compte|coef\w*|poids|fait|font|offres?|propose|obtient"
    r"|entreprise|candidat)$"
)
_PRICES = {"prix", "cout", "couts", "tarif", "tarifs", "montant", "financier", "financiere"}
_LOWEST = re.compile(r"\b(?:moins[- ](?:chere?|disante?)|plus bas\w*|mini\w*|moindre)\b")


@dataclass(frozen=True, slots=True)
class _Item:
    """What a few words say: a criterion, and the figures given of it.

    `bare` is a note or a weight; `of` is on what a note is.
    """

    label: str
    words: str
    price: Decimal | None = None
    bare: Decimal | None = None
    of: Decimal | None = None
    weight: Decimal | None = None
    is_percent: bool = False

    @property
    def has_figure(self) -> bool:
        """Whether a figure is in its words."""
        return not (self.price is None and self.bare is None and self.weight is None)


class _UnreadFigure(Exception):
    """A figure that is neither a weight, a note, a price nor a scale."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What a question says of all tenders and of each, and how their notes are made.

    `scale` is what all notes are on; `is_pondered`: weights are to be counted with; `is_ranking`:
    several tenders are compared.
    """

    head: tuple[_Item, ...]
    tenders: tuple[tuple[str, tuple[_Item, ...]], ...]
    formula: Formula | None
    scale: Decimal | None
    is_pondered: bool
    is_ranking: bool

    @property
    def items(self) -> list[_Item]:
        """What is said of all tenders, then of each."""
        return [*self.head, *(item for _, items in self.tenders for item in items)]

    @property
    def in_percent(self) -> bool:
        """Whether weights are percentages."""
        return any(item.is_percent for item in self.items)


def scores(facts: QuestionFacts) -> Asked | None:
    """Notes of tenders, weighted or added up, or that the method for those of price lacks."""
    is_sum = facts.says(_WHOLE_SOUGHT)
    if not (is_sum or facts.says(_SOUGHT)):
        return None
    formula = find_formula(facts.words)
    if facts.says(_TAXES) or (formula is None and facts.says(_METHOD_SAID)):
        return None
    words = facts.words
    if formula:
        words = f"{words[: formula.start].rstrip(' =:(')} , {words[formula.end :].lstrip(' )')}"
    if is_sum:
        words = _WHOLE_SOUGHT.sub(" ", words)
    scale = _SCALE.search(words)
    head, tenders = _parts(_SCALE.sub(" ", words))
    try:
        said = _Said(
            tuple(_items(head)),
            tuple((name, tuple(_items(own))) for name, own in tenders),
            formula,
            Decimal(scale["scale"]) if scale else None,
            is_pondered=facts.says(_PONDERED),
            is_ranking=facts.says(_RANKED),
        )
        return _asked(said, is_sum=is_sum)
    except _UnreadFigure:
        return None


def _parts(words: str) -> tuple[str, list[tuple[str, str]]]:
    """The words on every tender, then each tender by its name with the words on it alone."""
    marks = [
        found
        for found in _TENDER.finditer(words)
        if not (found["said"] and _NO_TENDER.search(found["said"]))
    ]
    if not marks:
        return words, []
    ends = [*(each.start() for each in marks[1:]), len(words)]
    head, tenders = [words[: marks[0].start()]], []
    for mark, end in zip(marks, ends, strict=True):
        own, _, rest = re.sub(r"[.?!](?!\d)", "\0", words[mark.end() : end]).partition("\0")
        tenders.append((_name(mark), own.lstrip(" :=")))
        head.append(rest.replace("\0", "."))
    return " , ".join(head), tenders


def _name(mark: re.Match[str]) -> str:
    """The name of a tender as an answer tells it."""
    said = " ".join(_OURS.get(each, each) for each in mark[0].strip().split())
    if mark["letter"]:
        return said.upper()
    kind, _, own = said.rpartition(" ")
    return f"{kind} {own.upper() if len(own) == 1 else own.title()}" if mark["kind"] else said


def _items(words: str) -> Iterator[_Item]:
    """What each few words say, those with a figure alone."""
    for said in _APART.split(_JOINED.sub(" ", _NO_FIGURE.sub(" ", words))):
        item = _item(said)
        if item.has_figure:
            yield item


def _item(said: str) -> _Item:
    """What a few words say; raises _UnreadFigure for a figure too many."""
    given: dict[str, Decimal] = {}
    is_percent = False
    for found in _FIGURE.finditer(said):
        value = Decimal(found["figures"].replace(" ", "").replace(",", "."))
        value *= _SCALES.get(found["scale"] or found["alone"] or "", 1)
        is_percent |= found["percent"] is not None
        is_weight = found["percent"] or found["coef"] or found["sur"]
        kind = "price" if found["amount"] else "weight" if is_weight else "bare"
        if kind in given:
            raise _UnreadFigure
        given[kind] = value
        if found["of"]:
            given["of"] = Decimal(found["of"])
    rest = _FIGURE.sub(" ", said)
    if re.search(r"\d", rest):
        raise _UnreadFigure
    return _Item(_label(rest), said, is_percent=is_percent, **given)


def _label(words: str) -> str:
    """The criterion that words name, "" where they name none."""
    named = [each for each in re.findall(r"[a-z]{2,}", words) if not _GENERIC.match(each)]
    if _PRICES & {*named}:
        return PRICE
    return " ".join(each for each in named if len(each) > 2)


def _asked(said: _Said, *, is_sum: bool) -> Asked | None:
    """What is asked by the items on all tenders and by those on each."""
    weights = _weights(said)
    if not weights and not said.is_pondered:
        weights = _highest_notes(said.items)
    if not weights:
        return None
    alone = _alone(said)
    if is_sum and not said.tenders and not any(item.bare is not None for item in alone):
        return ScoresAsked(weights, in_percent=said.in_percent) if len(weights) > 1 else None
    if said.tenders:
        tenders = tuple(_tender(name, items, weights) for name, items in said.tenders)
        return _scored(said, weights, tenders, None)
    if said.is_ranking or any(item.bare is not None and not item.label for item in alone):
        return None
    lowest = _only(item.price for item in alone if _is_lowest(item))
    tender = _tender("l'offre", [each for each in alone if not _is_lowest(each)], weights)
    if not tender.notes:
        weights = tuple(each for each in weights if each[0] == PRICE)
    return _scored(said, weights, (tender,), lowest)


def _alone(said: _Said) -> list[_Item]:
    """The notes and prices that are given of no tender by its name.

    A bare number was read as a weight, and is no note too.
    """
    return [
        each
        for each in said.head
        if each.price is not None
        or (each.bare is not None and (each.weight is not None or each.of is not None))
    ]


def _scored(
    said: _Said,
    weights: tuple[tuple[str, Decimal], ...],
    tenders: tuple[ScoredTender, ...],
    lowest: Decimal | None,
) -> Asked | None:
    """The scores of tenders; None where their notes do not suffice, or are not plain."""
    if not weights or any(not each.notes and each.price is None for each in tenders):
        return None
    is_sought = PRICE in dict(weights)
    lacks = [each for each in tenders if is_sought and PRICE not in dict(each.notes)]
    if any(each.price is None for each in lacks):
        return None
    if lacks and len(tenders) == 1 and lowest is None:
        return None
    if lacks and said.formula is None:
        return ScoresAsked(weights, tenders, said.scale, lowest=lowest, in_percent=said.in_percent)
    formula = said.formula if lacks else None
    mode = _mode(said, weights, formula)
    if mode is None:
        return None
    is_weighted, on = mode
    text = formula.written() if formula else ""
    return ScoresAsked(weights, tenders, on, text, lowest, said.in_percent, is_weighted)


def _is_lowest(item: _Item) -> bool:
    return item.price is not None and _LOWEST.search(item.words) is not None


def _only(values: Iterable[Decimal | None]) -> Decimal | None:
    """The only value there is; raises _UnreadFigure where there are several."""
    found = {each for each in values if each is not None}
    if len(found) > 1:
        raise _UnreadFigure
    return found.pop() if found else None


def _highest_notes(items: Sequence[_Item]) -> tuple[tuple[str, Decimal], ...]:
    """On what the notes of each criterion are, where every note says it: "36/40"."""
    if any(item.of is None for item in items if item.bare is not None):
        return ()
    found: dict[str, Decimal] = {}
    for item in items:
        if item.of is not None and found.setdefault(item.label, item.of) != item.of:
            raise _UnreadFigure
    return tuple(found.items()) if "" not in found else ()


def _weights(said: _Said) -> tuple[tuple[str, Decimal], ...]:
    """The weight of each criterion: a percentage, a coefficient, a highest note, or a bare number.

    A bare number is a weight where words are on all tenders and give it no other.
    """
    found: dict[str, Decimal] = {}
    for item in said.items:
        weight = item.weight
        if weight is None and item in said.head and item.of is None and item.price is None:
            weight = item.bare
        if weight is None:
            continue
        name = next((each for each in found if _same(each, item.label)), item.label)
        if not name or found.setdefault(name, weight) != weight:
            raise _UnreadFigure
    return tuple(found.items())


def _same(one: str, other: str) -> bool:
    """Whether two labels are of one criterion, of which one may be in short: "tech", "env"."""
    return any(
        first.startswith(second) or second.startswith(first)
        for first in one.split()
        for second in other.split()
    )


def _tender(
    name: str, items: Sequence[_Item], weights: Sequence[tuple[str, Decimal]]
) -> ScoredTender:
    """The notes and the price of a tender; a note without a name is of the only criterion left."""
    price = _only(each.price for each in items)
    notes: dict[str, Decimal] = {}
    unnamed = []
    for item in items:
        if item.bare is None:
            continue
        criterion = next((each for each, _ in weights if _same(each, item.label)), "")
        if (item.label and not criterion) or criterion in notes:
            raise _UnreadFigure
        if criterion:
            notes[criterion] = item.bare
        else:
            unnamed.append(item.bare)
    left = [each for each, _ in weights if each not in notes and (each != PRICE or price is None)]
    if unnamed:
        if len(left) != 1 or len(unnamed) != 1:
            raise _UnreadFigure
        notes[left.pop()] = unnamed[0]
    if left and notes:
        raise _UnreadFigure
    return ScoredTender(name, tuple(notes.items()), price)


def _mode(
    said: _Said, weights: tuple[tuple[str, Decimal], ...], formula: Formula | None
) -> tuple[bool, Decimal | None] | None:
    """Whether notes are weighted, and the scale they are on; None where it is not plain.

    Points are added up: each is at most the weight of its criterion.
    """
    highest = _highest(formula, dict(weights).get(PRICE)) if formula else None
    noted = [each for each in said.items if each.bare is not None and each.price is None]
    on = {each.of for each in noted if each.of is not None} | (
        {said.scale} if said.scale else set()
    )
    is_points = all(_is_on_weight(each, weights) for each in noted)
    if on and is_points and (len(on) > 1 or not said.in_percent) and said.scale is None:
        return (False, None) if highest in (None, dict(weights).get(PRICE)) else None
    if on:
        common = next(iter(on)) if len(on) == 1 else None
        return (True, common) if common and highest in (None, common) else None
    if any("coef" in each.words for each in said.items) or (said.in_percent and said.is_pondered):
        return (True, None) if highest is None else None
    if said.in_percent and highest is None:
        return None
    return (False, None) if highest in (None, dict(weights).get(PRICE)) else None


def _is_on_weight(item: _Item, weights: Sequence[tuple[str, Decimal]]) -> bool:
    """Whether a note is on no scale, or on that of the weight of its criterion."""
    weight = next((weight for name, weight in weights if _same(name, item.label)), None)
    return item.of is None or item.of == weight


def _highest(formula: Formula, weight: Decimal | None) -> Decimal:
    """The note that a formula gives to the lowest price, "note max" being the weight."""
    roles = price_roles(formula)
    values = {
        name: Fraction(weight or 0) if role == "highest" else Fraction(1)
        for name, role in roles.items()
    }
    value = formula.value(values)
    return Decimal(value.numerator) / value.denominator
