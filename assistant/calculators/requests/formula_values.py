"""What words give to the formula of a price: its price, its tax, and its indices by their time.

Pure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from assistant.calculators.facts import QuestionFacts
from assistant.calculators.formula import FIGURES, Formula, find_values, read_number
from assistant.calculators.revision import is_of_price, price_of
from assistant.errors import WrongFigures
from assistant.question.quantities import MONTHS

SEVERAL = Fraction(-1)
"""Where several amounts may be the price."""

NOW = (
    r"actuel|nouvel|nouveau|courant|revision|revise|du jour|aujourd'hui|lecture|final|dernier"
    r"|maintenant|a present|publie|connu|du mois(?! (?:de l'offre|de remise|zero|m0|0\b))|arrivee"
)
"""Words of the index of the time of a revision, as a regular expression."""

BEFORE_THE_START = r"(?:3|trois) mois (?:avant|plus tot)|date anterieure|applicable|\b[dm]-3\b"
"""Words of the index by which a firm price is updated (R2112-11)."""

_BASE = (
    r"initia|de base|depart|origine|reference|offre|remise|zero|\bm0\b|signature|prix fixe|debut"
    r"|(?:index|indice) ?0\b"
)
_TAX = re.compile(r"\b(?:(?P<ttc>ttc|toutes taxes)|(?P<ht>ht|hors taxes?))\b")
_INDEX = re.compile(r"\b(?:indices?|index|coefs?)\b")
_NO_INDEX = (
    r"(?! ?(?:jours?|mois|ans?|annees?|points?|k|m|h|decimales?|chiffres|%|€|euros?|ht|ttc)\b"
    r"| ?[€%])"
)
_NUMBER = re.compile(
    r"(?<![a-z_/°-])(?<!\d )(?<!\blot )(?<!\bsituation )(?<!\bannexe )"
    rf"{FIGURES}(?! \d{{3}}(?!\d)){_NO_INDEX}(?!/\d)"
)
_DAY = re.compile(
    r"\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b"
    rf"|\b\d{{1,2}}(?:er)? (?:{'|'.join(MONTHS)})\b(?: 20\d\d)?"
    r"|(?<!\d )\b20\d\d\b(?![,.]\d| \d{3})"
)
_LEAST = 10
"""From which a whole number may be an index or a price."""

_CLAUSE_END = re.compile(r"[;:?!(]|,(?!\d)|\.(?!\d)|\bet\b|\bcontre\b")
_WENT = re.compile(
    r"\b(?:indices?|index)\b[^.?;]{0,40}\b(?:pass|mont|grimp|descend|baiss|evolu|augment|vari)\w*"
    rf"(?: \w+)? de (?=(?P<base>{FIGURES.replace('figures', 'from')}))[\d ,.]+ a (?=\d)"
)
_GAINED = re.compile(
    r"\b(?P<less>perdu|baisse de|recule de|diminue de)?(?:pris|gagne|monte de|augmente de)? ?"
    rf"{FIGURES} points\b"
)


def price_given(facts: QuestionFacts, formula: Formula) -> Fraction | None:
    """The initial price: as the formula names it, else the only amount; SEVERAL if it is not plain.

    Where no amount has a currency, a number of thousands is one.
    """
    name = price_of(formula)
    named = find_values(facts.words, formula).get(name) if name else None
    amounts = {Fraction(each.value) for each in facts.amounts}
    if not amounts and named is None:
        amounts = set(_thousands(facts.words, formula))
    if len(amounts) > 1 or (named is not None and amounts - {named}):
        return SEVERAL
    return named if named is not None else next(iter(amounts), None)


def _thousands(words: str, formula: Formula) -> Iterator[Fraction]:
    """The numbers outside a formula that are no index, day nor year, being of thousands."""
    for found in _NUMBER.finditer(_around(words, formula)):
        value = read_number(found["figures"])
        if value is not None and value >= 1000:
            yield value


def tax_said(words: str) -> str:
    """The tax that all amounts are said to be with or without, "" where nothing is said.

    Raises WrongFigures where both are: one may be asked of the other.
    """
    said = {found.lastgroup or "" for found in _TAX.finditer(words)}
    if len(said) > 1:
        raise WrongFigures("Les montants sont à la fois hors taxes et toutes taxes comprises.")
    return "".join(said).upper()


def indices_by_time(
    words: str, formula: Formula, known: Mapping[str, Fraction], now: str
) -> dict[str, Fraction]:
    """The values that words give by their time to the two indices of a formula, if it has two.

    `now` are the words of the index that is not of the time of the price.
    """
    price = price_of(formula)
    names = [each for each in formula.names if each != price]
    base = [each for each in names if is_of_price(each)]
    others = [each for each in names if each not in base]
    if len(base) != 1 or len(others) != 1:
        return {}
    found = _went(words) if now is NOW else None
    found = found or _told_by_time(_around(words, formula), now)
    values = {base[0]: found[0], others[0]: found[1]}
    first, change = values[base[0]] or known.get(base[0]), _gained(words)
    if change and first and values[others[0]] is None:
        values[others[0]] = first + change
    return {
        name: value for name, value in values.items() if name not in known and value is not None
    }


def _went(words: str) -> tuple[Fraction | None, Fraction | None] | None:
    """The index before and after: "l'indice est passé de 118 à 124"."""
    went = _WENT.search(words)
    return (read_number(went["base"]), read_number(words[went.end() :])) if went else None


def _gained(words: str) -> Fraction | None:
    """By how many points an index rose, less than nothing where it fell."""
    found = _GAINED.search(words) if _INDEX.search(words) else None
    value = read_number(found["figures"]) if found else None
    return -value if found and value and found["less"] else value


def points_said(words: str) -> tuple[Fraction, ...]:
    """The points by which an index changed, which are no value of it."""
    change = _gained(words)
    return () if change is None else (abs(change),)


def _told_by_time(words: str, now: str) -> tuple[Fraction | None, Fraction | None]:
    """The index of the time of the price and the other one, each None where it is not plain.

    Raises WrongFigures where two are told of one time.
    """
    found: dict[str, set[Fraction]] = {"base": set(), "now": set()}
    times = re.compile(rf"(?P<now>{now})|(?P<base>{_BASE})")
    begins = 0
    for each in _NUMBER.finditer(words):
        value = read_number(each["figures"])
        told = _time_told(words, begins, each, times)
        begins = max(each.end(), told.end()) if told else each.end()
        if told and value is not None and value < 1000 and _INDEX.search(words[: each.start()]):
            found[told.lastgroup or ""].add(value)
    if any(len(values) > 1 for values in found.values()):
        raise WrongFigures("Deux valeurs sont données à un même index.")
    base, other = (next(iter(found[each]), None) for each in ("base", "now"))
    return base, other


def _time_told(
    words: str, begins: int, number: re.Match[str], times: re.Pattern[str]
) -> re.Match[str] | None:
    """The words that tell the time of a number, none before `begins`.

    Those before it in its own clause, else those after it there, else the last before.
    """
    before = [*times.finditer(words, begins, number.start())]
    ends = [begins, *(end.end() for end in _CLAUSE_END.finditer(words, begins, number.start()))]
    end = _CLAUSE_END.search(words, number.end())
    after = times.search(words, number.end(), end.start() if end else len(words))
    if before and before[-1].start() >= ends[-1]:
        return before[-1]
    return after or (before[-1] if before else None)


def unread_numbers(words: str, formula: Formula, read: Iterable[Fraction]) -> bool:
    """Whether numbers stand around a formula that give it no value, but for small whole ones.

    Days, years, durations and what numbers a lot or a statement are none.
    """
    values = {*read}
    for found in _NUMBER.finditer(_around(words, formula)):
        value = read_number(found["figures"])
        is_figure = "," in found["figures"] or (value is not None and value >= _LEAST)
        if is_figure and value not in values:
            return True
    return False


def _around(words: str, formula: Formula) -> str:
    """The words around a formula, without days and years."""
    return _DAY.sub(" ", f"{words[: formula.start]} ; {words[formula.end :]}")


def as_decimal(value: Fraction) -> Decimal:
    """A number as calculations take it."""
    return Decimal(value.numerator) / value.denominator


def written(words: str, formula: Formula) -> str:
    """A formula as the question writes it."""
    return words[formula.start : formula.end].strip()
