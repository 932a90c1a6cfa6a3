"""What questions about the change of a price ask to calculate, by the figures they give. Pure."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from assistant.calculators.amounts import add_months
from assistant.calculators.calculation import Nature
from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import GivenFigure, QuestionFacts
from assistant.calculators.formula import (
    FIGURES,
    Formula,
    find_formula,
    find_values,
    read_number,
)
from assistant.calculators.price_change import Moment, PriceUpdateAsked
from assistant.calculators.revision import RevisionAsked, Rounding, is_of_price, price_of
from assistant.errors import WrongFigures
from assistant.question.quantities import MONTHS, find_quantities

# The revision of a price by the formula of the question.

_REVISED = re.compile(r"\b(?:revis|indexation|indexe|variation|coef|indice|index|formule|p ?=)")
_UPDATED = re.compile(r"\bactualis")
_SCORED = re.compile(r"\b(?:notes?|notation|points?|criteres?|offres?)\b")
_RESULT = re.compile(
    r"\b(?:combien|nouveau (?:prix|montant)|(?:prix|montant|loyer|tarif|forfait)s? revises?"
    r"|(?:quels?|quelle) (?:est |sera |serait )?(?:le |la )?(?:nouveau |nouvelle )?"
    r"(?:prix|montant|valeur|coef\w*|somme|hausse|resultat|revision)"
    r"|coef\w*(?: de revision)? ?\?|calcul(?:e|ez|er|ons|ons-nous|e-moi|ez-moi)?\b"
    r"|ca (?:fait|donne|monte)|resultat|a (?:payer|facturer|regler)|revise ?\?|revision ?\?)"
)
_ROUNDED = re.compile(
    r"\barrondi\w*(?: du coef\w*)?(?: a| au| aux| avec)? ?(?:la |le )?"
    r"(?:(?P<rank>dixieme|centieme|millieme|dix[- ]millieme)"
    r"|(?P<count>\d|deux|trois|quatre|cinq) (?:decimales?|chiffres apres la virgule))s?"
    r"(?: (?P<way>superieur|inferieur|le plus proche))?"
)
_ANY_ROUNDING = re.compile(r"(?<!sans )\barrondi")
_DECIMALS = {"dixieme": 1, "centieme": 2, "millieme": 3, "dix-millieme": 4, "dix millieme": 4,
             "deux": 2, "trois": 3, "quatre": 4, "cinq": 5}  # fmt: skip
_WAYS = {"superieur": Rounding.UP, "inferieur": Rounding.DOWN}
_TAX = re.compile(r"\b(?:(?P<ttc>ttc|toutes taxes)|(?P<ht>ht|hors taxes?))\b")

# "l'index est passé de 118,4 à 124,9", "indice de base : 112", "index actuel 118".
_WENT = re.compile(
    r"\b(?:indices?|index)\b[^.?;]{0,40}\b(?:pass|mont|descend|evolu|augment|vari)\w*(?: \w+)? de "
    rf"(?=(?P<base>{FIGURES.replace('figures', 'from')}))[\d ,.]+ a (?=\d)"
)
_OF_INDEX = r" ?(?::|=|de|a|est de|est a|vaut|etait de|etait a)? ?(?=\d)"
_INDEX_OF_THE_PRICE = re.compile(
    r"\b(?:indices?|index) ?(?:initiale?|de base|d'origine|de depart|de reference|zero"
    rf"|(?:du )?(?:mois )?(?:m0|zero)|a la signature|au depart){_OF_INDEX}"
)
_INDEX_OF_THE_REVISION = re.compile(
    r"\b(?:(?:indices?|index) ?(?:actuel(?:le)?|nouveau|courant|de (?:la )?revision|du jour"
    r"|a la revision|du mois de (?:la )?revision|d'aujourd'hui|de lecture|final)"
    rf"|(?:nouvel|nouveau|dernier) (?:indice|index)(?: connu| publie)?){_OF_INDEX}"
)


def revision(facts: QuestionFacts) -> Asked | None:
    """A price revised by the formula that the question gives, or without one of its values."""
    if not facts.says(_REVISED, _RESULT) or facts.says(_UPDATED) or facts.says(_SCORED):
        return None
    formula, rounding = find_formula(facts.words), _rounding(facts.words)
    if formula is None or rounding is None:
        return None
    values = find_values(facts.words, formula) | {}
    name = price_of(formula)
    price = _price(facts, values.pop(name, None) if name else None)
    values |= _by_role(facts.words, formula, values, name)
    lacking = [each for each in formula.names if each not in values and each != name]
    if len(lacking) > 1 or not values or price is _SEVERAL:
        return None
    given = tuple((each, _decimal(values[each])) for each in formula.names if each in values)
    amount = None if price is None else _decimal(price)
    return RevisionAsked(_text(facts.words, formula), given, amount, _tax(facts.words), *rounding)


_SEVERAL = Fraction(-1)
"""Where several amounts may be the price."""


def _price(facts: QuestionFacts, named: Fraction | None) -> Fraction | None:
    """The initial price: as the formula names it, else the only amount."""
    amounts = {Fraction(each.value) for each in facts.amounts}
    if len(amounts) > 1 or (named is not None and amounts - {named}):
        return _SEVERAL
    return named if named is not None else next(iter(amounts), None)


def _by_role(
    words: str, formula: Formula, values: dict[str, Fraction], price: str | None
) -> dict[str, Fraction]:
    """The values of the index of the time of the price and of the other, where words say which."""
    indices = [each for each in formula.names if each != price]
    base = [each for each in indices if is_of_price(each)]
    others = [each for each in indices if each not in base]
    if len(base) != 1 or len(others) != 1:
        return {}
    found: dict[str, Fraction | None] = {}
    if went := _WENT.search(words):
        found = {base[0]: read_number(went["base"]), others[0]: read_number(words[went.end() :])}
    else:
        found = {
            base[0]: _named(words, _INDEX_OF_THE_PRICE),
            others[0]: _named(words, _INDEX_OF_THE_REVISION),
        }
    return {
        name: value for name, value in found.items() if name not in values and value is not None
    }


def _named(words: str, said: re.Pattern[str]) -> Fraction | None:
    """The only index that such words name: "indice de base : 112"."""
    found = {read_number(words[each.end() :]) for each in said.finditer(words)}
    return found.pop() if len(found) == 1 else None


def _rounding(words: str) -> tuple[int | None, Rounding] | None:
    """How the coefficient is rounded; None where it is in words that are not read."""
    found = _ROUNDED.search(words)
    if found is None:
        return None if _ANY_ROUNDING.search(words) else (None, Rounding.NEAREST)
    told = found["rank"] or found["count"]
    decimals = _DECIMALS.get(told) or int(told)
    return decimals, _WAYS.get(found["way"] or "", Rounding.NEAREST)


def _tax(words: str) -> str:
    """The tax that all amounts are said to be with or without, "" where nothing is said.

    Raises WrongFigures where both are: one may be asked of the other.
    """
    said = {found.lastgroup or "" for found in _TAX.finditer(words)}
    if len(said) > 1:
        raise WrongFigures("Les montants sont à la fois hors taxes et toutes taxes comprises.")
    return "".join(said).upper()


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator


# Whether a firm price is updated (articles R2112-10 and R2112-11).

_PROVIDED = re.compile(r"\bactualisable|\bclauses?\b|\bccap\b|\bformule|\bprevoit\b")
_DUE = re.compile(r"\bdue?s?\b|\bdoit|\bfaut|\bquel|\bcombien|\?|\bapplicable|\bcalcul")
_BEGINS = r"debut\w*|demarr\w*|commenc\w*|lance\w*|execution|os\b|ordre de service"
_OF_MOMENT = re.compile(
    rf"\b(?:(?P<begins>{_BEGINS})"
    r"|(?P<other>notifi\w*|sign\w*|attribu\w*|publi\w*|index|indices?|recept\w*|factur\w*|pay\w*)"
    r"|(?P<priced>offres?|prix|remise?s?|depos\w*|etabli\w*|fixe\w*|mois zero|m0|devis))\b"
)
_NO_INDEX = r"(?! ?(?:jours?|mois|ans?|k|m|h|%|€|euros?|j)\b| ?[€%])"
_MONTH = re.compile(rf"\b(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b")
_YEAR = re.compile(r" (20\d\d)\b")
_INDEX_AFTER = re.compile(rf" ?[:=(]? ?(?:,? ?(?:index|indice) ?[:=]? ?)?{FIGURES}{_NO_INDEX}")
_INDEX_BEFORE = re.compile(
    r"(?<![\d,])(?P<figures>\d{2,3}(?:,\d+)?) ?(?:\(|(?:en|pour|au mois de|au titre de) )$"
)
_INDEX = re.compile(r"\b(?:index|indices?)\b")
_OF_AN_INDEX = re.compile(
    r"(?:i|index\b.*|indice\b.*|i[a-z]?\d?|(?:bt|tp|icht|ing|fsd|ev|tr|im)\w*)(?:\(.*\))?$"
)


def price_update(facts: QuestionFacts) -> Asked | None:
    """Whether a firm price is updated, and on which month."""
    if not facts.says(_UPDATED, _DUE):
        return None
    roles: dict[str | None, list[Moment]] = {}
    found = list(_moments(facts))
    for moment, role in found:
        roles.setdefault(role, []).append(moment)
    priced, begins = roles.get("priced", []), roles.get("begins", [])
    if None in roles or len(priced) > 1 or len(begins) > 1 or not (priced or begins):
        return None
    indices = _indices(facts.words, begins[0].first if begins else None)
    if indices is None:
        return None
    set_at, starts = (each[0] if each else None for each in (priced, begins))
    asked = PriceUpdateAsked(
        set_at.first if set_at else None,
        starts.first if starts else None,
        priced_last=_last(set_at),
        begins_last=_last(starts),
        indices=indices,
        is_provided=facts.says(_PROVIDED) or Nature.WORKS in facts.natures,
    )
    return _with_clause(asked, facts)


def _last(moment: Moment | None) -> date | None:
    """The last day of a month of which the day is not said."""
    return None if moment is None or moment.first == moment.last else moment.last


def _moments(facts: QuestionFacts) -> Iterator[tuple[Moment, str | None]]:
    """The days and the months of a year that a question says, and what each is of."""
    words, days = facts.words, [each.value for each in facts.days]
    dates = [each for each in find_quantities(words) if each.unit == "date"]
    starts = [0, *(each.end for each in dates)]
    ends = [*(each.start for each in dates[1:]), len(words)]
    for each, start, end in zip(dates, starts, ends, strict=False):
        around = GivenFigure(Decimal(0), words[start : each.start], words[each.end : end])
        role = around.role(_OF_MOMENT)
        if each.value.count("-") == 1:
            first = date.fromisoformat(f"{each.value}-01")
            yield Moment(first, add_months(first, 1) - timedelta(1)), role
            continue
        day = next((day for day in days if f"{day:-%m-%d}" == each.value[-6:]), None)
        if day:
            yield Moment(day, day), role


def _indices(words: str, begins: date | None) -> tuple[tuple[date, Decimal], ...] | None:
    """The index of each month that the words give, by its first day.

    A month without its year is the last one before the performance begins. None where a month
    that is said has no index nor year, or two: it may be that of the price or of the beginning.
    """
    found: dict[date, Decimal] = {}
    is_of_indices = _INDEX.search(words) is not None
    for said in _MONTH.finditer(words):
        year = _YEAR.match(words, said.end())
        value = _index_of(words, said.start(), year.end() if year else said.end())
        if not is_of_indices or value is None:
            if year or re.search(r"\d(?:er)? $", words[: said.start()]):
                continue
            return None
        month = _month(MONTHS[said["month"]], year and int(year[1]), begins)
        if month is None or found.setdefault(month, value) != value:
            return None
    return tuple(found.items())


def _index_of(words: str, start: int, end: int) -> Decimal | None:
    """The index written before a month, "134,6 en juin", or else after it, "juin : 134,6"."""
    found = _INDEX_BEFORE.search(words[:start]) or _INDEX_AFTER.match(words, end)
    return Decimal(found["figures"].replace(" ", "").replace(",", ".")) if found else None


def _month(month: int, year: int | None, begins: date | None) -> date | None:
    """The first day of a month, that of the year before the beginning where none is said."""
    if year or begins is None:
        return date(year, month, 1) if year else None
    return date(begins.year - (month > begins.month), month, 1)


def _with_clause(asked: PriceUpdateAsked, facts: QuestionFacts) -> PriceUpdateAsked:
    """What is asked, with the formula of the question and its price, where they can be used."""
    formula = find_formula(facts.words)
    amounts = {each.value for each in facts.amounts}
    price = amounts.pop() if len(amounts) == 1 else None
    asked = replace(asked, price=price, tax=_tax(facts.words))
    if formula is None:
        return asked
    values, name = find_values(facts.words, formula), price_of(formula)
    of_indices = [each for each in formula.names if each != name and each not in values]
    by_time = sorted(map(is_of_price, of_indices))
    is_read = all(map(_OF_AN_INDEX.match, of_indices)) and by_time in (
        [],
        [True],
        [False],
        [False, True],
    )
    if name is None or not is_read:
        return asked
    given = tuple((each, _decimal(value)) for each, value in values.items() if each != name)
    return replace(asked, formula=_text(facts.words, formula), values=given)


def _text(words: str, formula: Formula) -> str:
    return words[formula.start : formula.end].strip()
