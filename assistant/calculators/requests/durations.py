"""How long a contract lasts in all, by what a question says of its renewals. Pure."""

import re
from collections.abc import Iterator
from decimal import Decimal

_NUMBERS = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7,
    "huit": 8, "neuf": 9, "dix": 10, "douze": 12,
}  # fmt: skip
_YEAR = Decimal(12)
_NUMBER = rf"(?:\d{{1,3}}|{'|'.join(_NUMBERS)})"
_UNIT = r"(?:ans?|annees?|mois)\b"
_SPAN = re.compile(rf"(?<![\w.,])(?P<number>{_NUMBER}) ?(?P<unit>{_UNIT})")
_NOT_ITS_DURATION = re.compile(
    r"\b(?:tous les|toutes les|il y a|depuis|dans|avant|apres|garantie(?: de)?|delai(?: de)?"
    r"|les) $"
)
_ALL_OF = re.compile(r"\b(?:sur|pendant|durant|pour) les $")
_EACH = rf"(?: ?(?:de |d'|pour |x |par periodes? de )?(?P<number>{_NUMBER}) ?(?P<unit>{_UNIT}))?"
_RENEWABLE = r"(?:reconduct|renouvel|prolonge|proroge)able|reconductible"
_RENEWALS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:{_RENEWABLE})s?(?: (?!fois)[a-z]+)?,? (?P<times>{_NUMBER}) fois\b{_EACH}",
        rf"(?<![\w.,])(?P<times>{_NUMBER}) (?:(?:possibles )?reconductions?|renouvellements?)\b"
        rf"(?: (?:possibles?|tacites?|annuelles?|expresses?))*{_EACH}",
        rf"\+ ?(?P<times>{_NUMBER}) ?(?:x|fois) ?(?P<number>{_NUMBER}) ?(?P<unit>{_UNIT})",
    )
)
RENEWED = re.compile(r"\b(?:reconduc|reconduit|renouvel(?!(?:le|er|ons|ez)\b)|se renouvel|tacite)")
"""That a contract is renewed, however often; who "renouvelle son marché" makes a new one."""

_IN_ALL = re.compile(
    r"\b(?:reconductions? (?:\w+ )?(?:comprises?|incluses?)|duree totale|duree maximale|au total"
    r"|en tout|toutes reconductions)\b"
)


def total_months(words: str, *, is_yearly: bool = False) -> Decimal | None:
    """The whole duration in months, renewals included; None where it is not told, or not plainly.

    `words` are those of a question, in lower case and without accents. With a price of a year,
    what is renewed so many times lasts one before, unless it is told: "reconductible trois fois".
    """
    renewals = next((found for each in _RENEWALS if (found := each.search(words))), None)
    if renewals is None:
        told = {*_spans(words)}
        is_told = not RENEWED.search(words) or _IN_ALL.search(words)
        if (added := _added(words)) is not None:
            return added
        return told.pop() if len(told) == 1 and is_told else None
    rest = f"{words[: renewals.start()]} ; {words[renewals.end() :]}"
    spans = [*dict.fromkeys(_spans(rest))]
    spans = spans or ([_YEAR] if is_yearly else [])
    for base in spans:
        each = _months(renewals) if renewals["number"] else base
        total = base + _value(renewals["times"]) * each
        if {*spans} <= {base, total}:
            return total
    return None


def _added(words: str) -> Decimal | None:
    """The duration of "1 an + 1 an + 1 an"; None where no such sum is told."""
    found = re.search(rf"{_NUMBER} ?{_UNIT}(?: ?\+ ?{_NUMBER} ?{_UNIT})+", words)
    if found is None or len({*_spans(words.replace(found[0], ";"))}) > 0:
        return None
    return sum(map(_months, _SPAN.finditer(found[0])), Decimal(0))


def _spans(words: str) -> Iterator[Decimal]:
    for found in _SPAN.finditer(words):
        before = words[: found.start()]
        if _ALL_OF.search(before) or not _NOT_ITS_DURATION.search(before):
            yield _months(found)


def _months(found: re.Match[str]) -> Decimal:
    return _value(found["number"]) * (1 if found["unit"] == "mois" else 12)


def _value(written: str) -> Decimal:
    return Decimal(_NUMBERS.get(written, 0) or int(written))
