"""Comparisons: less, at most, more, at least, before, after, from, until. Pure."""

import re
from collections.abc import Iterator, Sequence

from assistant.checking.atoms import Atom, Kind, apart
from assistant.checking.quantities import Quantity

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
    """Every comparison of a text already made `plain`, in order, the longest where two overlap."""
    return apart(
        Atom(Kind.COMPARISON, key, match.start(), match.end())
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
        atoms.append(Atom(Kind.QUANTITY, key, quantity.start, quantity.end))
    return tuple(atoms), tuple(mark for mark in left if mark.key != "within")


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
