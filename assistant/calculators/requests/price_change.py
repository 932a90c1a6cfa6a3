"""What questions about the update of a firm price ask to calculate (R2112-10, R2112-11). Pure."""

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
from assistant.calculators.formula import FIGURES, Formula, find_formula, find_values
from assistant.calculators.price_change import Moment, PriceUpdateAsked
from assistant.calculators.requests.formula_values import (
    BEFORE_THE_START,
    SEVERAL,
    as_decimal,
    indices_by_time,
    price_given,
    tax_said,
    written,
)
from assistant.calculators.revision import is_index, is_of_price, price_of
from assistant.question.quantities import MONTHS, find_quantities

_UPDATED = re.compile(r"\bactualis")
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
    is_of_indices = _INDEX.search(words) is not None
    for each, start, end in zip(dates, starts, ends, strict=False):
        if is_of_indices and each.value.count("-") == 1 and _index_of(words, each.start, each.end):
            continue  # the month of an index
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
    if formula := find_formula(words):
        words = f"{words[: formula.start]} ; {words[formula.end :]}"
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


def _with_clause(asked: PriceUpdateAsked, facts: QuestionFacts) -> PriceUpdateAsked | None:
    """What is asked, with the formula of the question and its price, where they can be used.

    None where the indices that it names by their months are not those of the law.
    """
    formula = find_formula(facts.words)
    if formula is None:
        amounts = {each.value for each in facts.amounts}
        price = amounts.pop() if len(amounts) == 1 else None
        return replace(asked, price=price, tax=tax_said(facts.words))
    given = price_given(facts, formula)
    price = None if given is None or given is SEVERAL else as_decimal(given)
    asked = replace(asked, price=price, tax=tax_said(facts.words))
    name = price_of(formula)
    values = _of_months(formula, asked)
    if values is None:
        return None
    values |= find_values(facts.words, formula)
    values |= indices_by_time(facts.words, formula, values, BEFORE_THE_START)
    of_indices = [each for each in formula.names if each != name and each not in values]
    by_time = sorted(map(is_of_price, of_indices))
    is_read = all(map(is_index, of_indices)) and by_time in ([], [True], [False], [False, True])
    if name is None or not is_read:
        return asked
    of_names = tuple((each, as_decimal(value)) for each, value in values.items() if each != name)
    return replace(asked, formula=written(facts.words, formula), values=of_names)


def _of_months(formula: Formula, asked: PriceUpdateAsked) -> dict[str, Fraction] | None:
    """The values of the indices that a formula names by a month: "index de mars".

    None where such a month is neither that of the price nor that of the economic conditions.
    """
    found: dict[str, Fraction] = {}
    indices = {day.month: value for day, value in asked.indices}
    for name in formula.names:
        if (said := _MONTH.search(name)) is None:
            continue
        month = MONTHS[said["month"]]
        if asked.set_at is None or month != asked.set_at.first.month or month not in indices:
            return None
        found[name] = Fraction(indices[month])
    return found
