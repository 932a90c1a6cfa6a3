"""Comparisons: less, at most, more, until; a question's figures against a quote's. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from assistant.question.language import Language
from assistant.question.numerals import apart
from assistant.question.parts import is_part, speaks_of_a_part
from assistant.question.quantities import (
    Atom,
    AtomKind,
    Quantity,
    find_quantities,
    fold_same_length,
    is_amount,
)

_EXCEED = r"(?:dépass|excéd|excèd)\w*|exceed\w*"
_MAY = (
    r"(?:peut|peuvent|pouvez|pourra|pourront|pouvant|puisse|puissent|saurait|sauraient"
    r"|doit|doivent|devez)"
)
_BE = r"(?:est|sont|être|soit|soient|était|étaient)"
_LESS = r"(?:inférieure?s?|less|lower)"
_MORE = r"(?:supérieure?s?|greater|higher)"
_OR_EQUAL = r"(?: ou égale?s?| than or equal)"
_TO = r"(?: à| aux?| than| to)?"

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("le", rf"\bn'?e?(?: {_MAY})?(?: pas)? ?(?:être|est|sont) (?:pas )?{_MORE}{_TO}"),
    ("ge", rf"\bn'?e?(?: {_MAY})?(?: pas)? ?(?:être|est|sont) (?:pas )?{_LESS}{_TO}"),
    ("le", rf"\bn'?e?(?: {_MAY})?(?: pas)? ?(?:{_EXCEED})(?: pas)?(?: de)?"),
    ("le", rf"\b(?:may|can|must|shall|does|do)(?: ?not) (?:be {_MORE}{_TO}|exceed)"),
    ("ge", r"\b(?:may|can|must|shall)(?: ?not) be (?:less|lower) than"),
    ("le", rf"(?:\b{_BE} )?\b{_LESS}{_OR_EQUAL}{_TO}"),
    ("ge", rf"(?:\b{_BE} )?\b{_MORE}{_OR_EQUAL}{_TO}|\bégale?s? ou {_MORE}{_TO}"),
    ("ge", r"\batteint ou dépasse|\batteignent ou dépassent"),
    ("le", r"\b(?:au plus tard|at the latest|no later than|dans un délai maxim\w+ de)\b"),
    ("ge", r"\b(?:au plus tôt|at the earliest|no earlier than)\b"),
    ("le", r"\b(?:pas plus d[e']|au plus|tout au plus|au maximum|(?:d'|pour )?un maximum de)"),
    ("le", r"\b(?:at most|up to|no more than|not more than|a maximum of)\b"),
    (
        "le",
        r"\b(?:dans la limite d[e'u]s?|dans une limite de|sans (?:pouvoir )?(?:dépasser|excéder))",
    ),
    ("le", r"\b(?:(?:est|sont) )?(?:plafonnée?s?|limitée?s?) (?:à|aux?)(?= \x00)"),
    ("ge", r"\b(?:pas moins d[e']|au moins|au minimum|(?:d'|pour )?un minimum d[e'])"),
    ("ge", r"\b(?:at least|no less than|not less than|a minimum of)\b|\bsans descendre sous\b"),
    (
        "lt",
        rf"(?:\b{_BE} )?\b(?:{_LESS}{_TO}|(?:à )?moins d[e']|(?:en |au-)dessous d[eu]s?)",
    ),
    ("lt", r"\b(?:less than|under|below|lower than)\b"),
    (
        "gt",
        rf"(?:\b{_BE} )?\b(?:{_MORE}{_TO}|(?:à )?plus d[e'](?!être)|au-(?:delà|dessus) d[eu]s?)",
    ),
    ("gt", rf"\b(?:more than|over\b|above\b|{_EXCEED})"),
    ("until", r"\bjusqu'(?:à|aux?|en)(?= |$)|\buntil\b"),
    ("from", r"\b(?:à (?:compter|partir) d[e'u]s?|depuis|dès|starting (?:from|on)|as of|since)\b"),
    ("from", r"(?<=courent )du\b|(?<=court )du\b"),
    ("before", r"\b(?:avant|before|prior to)\b"),
    ("after", r"\b(?:après|à l'issue d[eu]s?|after|following)\b"),
    ("within", r"\b(?:sous|dans (?:un délai d[e']|les|le délai d[e'])|within)(?= )"),
    ("about", r"\b(?:environ|approximativement|de l'ordre de|about|approximately)\b"),
    ("exactly", r"\b(?:exactement|exactly)\b"),
    ("max", r"\b(?:maxim(?:um|a|al|ale|ales|aux|ums)|plafond|plafonnée?s?|ceiling)\b"),
    ("min", r"\b(?:minim(?:um|a|al|ale|ales|aux|ums)|plancher|floor)\b"),
)
_COMPILED = tuple((key, re.compile(pattern)) for key, pattern in _PATTERNS)
_LEADS_TO = re.compile(r"[ ,]*(?:tous les|à|de|d'|du|le|la|les|un délai de|the|every)?[ ]*")
_FOLLOWS = re.compile(
    r"(?: d(?:u|e|es|e la|e l') ?\w+)?"
    r"(?: (?:ht|hors taxes?|ttc|francs|ouvrés|ouvrables|calendaires))*,? ?"
)
_CONTINUES = re.compile(r"(?: (?:ht|hors taxes?|ttc))?[^.;:,\x00]{0,90},? (?:ou|et) (?:à|de|d')? ?")
_POSTPOSED = {"le", "ge", "max", "min", "about"}
_STRICT = {"max": "le", "min": "ge"}
_SAME = {**_STRICT, "within": "le"}


def find_comparisons(text: str) -> tuple[Atom, ...]:
    """Every comparison of a text, in order, the longest where two overlap.

    The text is as `fold_same_length` writes it.
    """
    return apart(
        Atom(AtomKind.COMPARISON, key, match.start(), match.end())
        for key, pattern in _COMPILED
        for match in pattern.finditer(text)
    )


def bound_quantities(
    text: str, quantities: Sequence[Quantity], comparisons: Sequence[Atom]
) -> tuple[tuple[Atom, ...], tuple[Atom, ...]]:
    """Join each comparison to the quantity it bounds; return (quantities, comparisons left).

    A quantity's key becomes "le 50000 euro". A bound written once holds for the quantities
    coordinated after it: "inférieure à 60 000 € … ou à 100 000 €".
    """
    left = list(comparisons)
    atoms: list[Atom] = []
    bound = ""
    for index, quantity in enumerate(quantities):
        previous = quantities[index - 1] if index else None
        marks = tuple(_bounds_near(text, quantity, previous, left))
        inherited = previous is not None and _continues(text, previous, quantity)
        meant = [_SAME.get(mark.key, mark.key) for mark in marks]
        written = "ge le" if {"ge", "le"} <= {*meant} else next(iter(meant), "")
        if written == "le" and marks[0].key == "within" and quantity.unit in {"euro", "ratio"}:
            written = "lt"
        bound = written or (bound if inherited else "")
        left = [mark for mark in left if mark not in marks]
        key = f"{bound} {quantity.key}".strip()
        atoms.append(Atom(AtomKind.QUANTITY, key, quantity.start, quantity.end))
    return tuple(atoms), tuple(left)


def _bounds_near(
    text: str, quantity: Quantity, previous: Quantity | None, marks: Sequence[Atom]
) -> Iterator[Atom]:
    """Yield the comparisons of a quantity: written against it, or a maximum that leads to it."""
    floor = previous.end if previous and previous.unit != "date" else 0
    touching = []
    for mark in marks:
        before = mark.end <= quantity.start and _LEADS_TO.fullmatch(text[mark.end : quantity.start])
        after = mark.key in _POSTPOSED and mark.start >= quantity.end
        if before or (after and _FOLLOWS.fullmatch(text[quantity.end : mark.start])):
            touching.append(mark)
    yield from touching
    for mark in () if touching else reversed(marks):
        apart = text[mark.end : quantity.start]
        if mark.key in _STRICT and floor <= mark.start < quantity.start and "." not in apart:
            yield mark
            return


def _continues(text: str, previous: Quantity, quantity: Quantity) -> bool:
    between = text[previous.end : quantity.start]
    return previous.unit == quantity.unit and _CONTINUES.fullmatch(between) is not None


# Comparisons computed by code: the question's figures against a quote's limits. Pure.
#
# Arithmetic only: it says on which side of a limit a figure falls, never what follows from it.

_COMPARED = {"euro", "ratio", "month", "day"}
_DURATIONS = {"month", "day"}
_THRESHOLD = re.compile(r"\b(?:seuils?|threshold) (?:d[e'u]s? ?|of )?$")
_VALIDITY = re.compile(
    r"\bvalidit[éy]|\b(?:rest|demeur)\w+ (?:ouverte?s?|valables?|engag\w+)"
    r"|\b(?:maintien|maintenir) (?:de )?(?:leur|son|l'|les |des )?offres?\b"
)
_OF_A_BODY = re.compile(
    r"\b(?:dépenses|recettes|charges (?:annuelles|de fonctionnement)|chiffres? d'affaires|turnover"
    r"|expenditure)\b"
)
_CLAUSE = re.compile(r"[^.;:\n]*$")
_THAN = {"lt", "le", "gt", "ge"}
_BOUNDS = {*_THAN, "max", "min"}
_WITH_TAX = re.compile(r"\bttc\b|toutes taxes|including (vat|tax)")
_TAX_RATE = re.compile(r"\b(?:tva|vat) (?:\w+ ){0,2}$")
_FIXED = re.compile(
    r"\b(?:seuil|délai|plafond)s?\b(?:[^.;:]|(?<=\b[lrd])\.(?= ?\d)){0,200} fixée?s? à $"
)
_ALSO = re.compile(r"\b(?:et|ou) à $")
_WITH_OTHER = re.compile(r" (?:à|aux?)\b")
_SENTENCE = re.compile(r"[.;](?= |$)")
_WITHOUT_TAX = re.compile(r"\bht\b|hors taxe|excluding (vat|tax)")
_WORDS = {
    Language.FRENCH: (
        "Calcul : {} est {}.",
        "inférieur à {}",
        "supérieur à {}",
        " et ",
    ),
    Language.ENGLISH: (
        "Computed: {} is {}.",
        "less than {}",
        "more than {}",
        " and ",
    ),
}


@dataclass(frozen=True, slots=True)
class FigureComparison:
    """A figure of a question, and the limits of a quote that it may be held against.

    Where they stand are characters of the question and of the quote.
    """

    figure: Quantity
    limits: tuple[Quantity, ...]

    @property
    def limit(self) -> str:
        """The unit and the values of the limits, as those that were judged name them."""
        return " ".join([self.figure.unit, *sorted(each.value for each in self.limits)])


def comparable_figures(question: str, quote: str) -> tuple[FigureComparison, ...]:
    """What can be compared, unit by unit; whether it is of the same thing is for others to say.

    Nothing where a unit has two figures in the question or no limit in the quote, where one is with
    tax and the other without, or where the figure is of the quote itself.
    """
    asked, said = fold_same_length(question), fold_same_length(quote)
    if _tax_differs(asked, said):
        return ()
    found = (_comparable(unit, asked, said) for unit in sorted(_COMPARED))
    return tuple(filter(None, found))


def describe_comparisons(
    found: Iterable[FigureComparison], question: str, quote: str, language: Language
) -> str:
    """On which side of its limits each figure falls."""
    sentence, *_ = _WORDS[language]
    sides = (_side(each, question, quote, language) for each in found)
    return " ".join(sentence.format(figure, side) for figure, side in sides)


def _comparable(unit: str, asked: str, said: str) -> FigureComparison | None:
    """The only figure of a unit in the question, and the limits that it may be held against."""
    given = [
        figure
        for figure in map(partial(_in_euros, text=asked), find_quantities(asked))
        if figure.unit == unit and not _TAX_RATE.search(asked[: figure.start])
    ]
    limits = [limit for limit in _limits(said, unit) if not _is_of_a_body(limit, asked, said)]
    if len(given) != 1 or not limits or _is_part(given[0], asked):
        return None
    if _is_of_the_rule(given[0], asked, said) or _is_of_other(unit, asked, said):
        return None
    return FigureComparison(given[0], tuple(limits))


def _in_euros(figure: Quantity, text: str) -> Quantity:
    """A number that is said to be with or without tax as an amount: "62 000 HT"."""
    return replace(figure, unit="euro") if is_amount(figure, text) else figure


def _is_part(figure: Quantity, asked: str) -> bool:
    """Whether a figure is not the whole that a limit is about: "20 000 € HT par an"."""
    is_of_part = figure.unit == "euro" and speaks_of_a_part(asked)
    return is_of_part or is_part(asked[: figure.start], asked[figure.end :])


def _is_of_the_rule(figure: Quantity, asked: str, said: str) -> bool:
    """Whether a figure is the rule's own: "la retenue de 5 %", "le seuil de 40 000 € a changé ?".

    It is one that the quote has: of 85 figures that equal a limit readers held 66 to be asked about
    themselves, and both that equal another of its figures.
    """
    is_threshold = _THRESHOLD.search(asked[: figure.start]) is not None
    return is_threshold or figure.value in _values(said, figure.unit)


def _is_of_other(unit: str, asked: str, said: str) -> bool:
    """Whether a duration of the question is of something else than the limits of the quote.

    How long tenders stay valid is not how long they may be sent in; and of a list of time limits,
    of which only some are written as limits, none alone is what a duration is held against.
    """
    if unit not in _DURATIONS:
        return False
    is_listed = len(_values(said, unit)) > len(_limits(said, unit))
    return is_listed or bool(_VALIDITY.search(asked)) > bool(_VALIDITY.search(said))


def _is_of_a_body(limit: Quantity, asked: str, said: str) -> bool:
    """Whether a limit is about what a body spends or earns, and the question is not."""
    if limit.unit != "euro":
        return False
    clause = _CLAUSE.search(said, 0, limit.start)
    return bool(clause and _OF_A_BODY.search(clause[0])) and not _OF_A_BODY.search(asked)


def _values(said: str, unit: str) -> set[str]:
    return {figure.value for figure in find_quantities(said) if figure.unit == unit}


def _limits(said: str, unit: str) -> list[Quantity]:
    """The limits of a unit: what a comparison bounds, and "est fixé à 600 euros"."""
    quantities, comparisons = find_quantities(said), find_comparisons(said)
    atoms, left = bound_quantities(said, quantities, comparisons)
    bounded = {atom.start for atom in atoms if atom.key.split(" ")[0] in _BOUNDS}
    found = [
        figure
        for figure in quantities
        if figure.unit == unit
        and (
            figure.start in bounded
            or _FIXED.search(said, 0, figure.start)
            or _is_bounded_too(figure, said, left)
        )
    ]
    return list({figure.value: figure for figure in found}.values())


def _is_bounded_too(figure: Quantity, said: str, comparisons: Sequence[Atom]) -> bool:
    """Whether a comparison with something else goes on to a figure, in the same sentence.

    "inférieur aux seuils européens et à 10 %".
    """
    goes_on = _ALSO.search(said, 0, figure.start) is not None
    return goes_on and any(
        mark.key in _THAN
        and _WITH_OTHER.search(said, mark.start, mark.end + len(" aux "))
        and not _SENTENCE.search(said, mark.end, figure.start)
        for mark in comparisons
        if mark.end < figure.start
    )


def _side(
    found: FigureComparison, question: str, quote: str, language: Language
) -> tuple[str, str]:
    _, less, more, joint = _WORDS[language]
    given, sides = found.figure, []
    for limit in found.limits:
        words = less if Fraction(given.value) < Fraction(limit.value) else more
        sides.append(words.format(quote[limit.start : limit.end]))
    return question[given.start : given.end], joint.join(sides)


def _tax_differs(asked: str, said: str) -> bool:
    with_tax = bool(_WITH_TAX.search(asked)), bool(_WITH_TAX.search(said))
    without = bool(_WITHOUT_TAX.search(asked)), bool(_WITHOUT_TAX.search(said))
    return (with_tax[0] and without[1]) or (without[0] and with_tax[1])
