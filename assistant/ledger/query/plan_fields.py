"""A plan as the fields of an address or a form, and back: what a reader corrects. Pure.

A filter is three fields in a row, `champ`, `operateur`, `valeur`, and a fourth, `role`, that says
whether a share is of the rows that meet it; one that is left empty is no filter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from assistant.errors import WrongPlan
from assistant.ledger.query.names import Name, spoken
from assistant.ledger.query.plan import (
    Bound,
    FieldKind,
    LedgerField,
    Operator,
    PeriodStep,
    Plan,
    PlanFilter,
    PlanMeasure,
    PlanPeriod,
    Population,
    Value,
    rows_of,
    validate_plan,
)
from assistant.question.language import fold_text
from ingestion.ledger.values import DecimalMark, day, parse_number

Fields = Sequence[tuple[str, str]]
"""Names and values, in the order of a form; a name may come several times."""

FILTER = ("champ", "operateur", "valeur")
ROLE = "role"
PART = "part"
_EITHER = ";"
_Word = TypeVar("_Word", bound=StrEnum)
_BARE = {Operator.KNOWN, Operator.UNKNOWN}


def fields_of(plan: Plan) -> list[tuple[str, str]]:
    """The fields that `plan_of` makes this plan from."""
    found = [("mesure", plan.measure.value)]
    found += [("de", plan.of)] if plan.of else []
    for role, filters in (("", plan.filters), (PART, plan.part)):
        for each in filters:
            written = f" {_EITHER} ".join(map(_written, each.values))
            found += zip(FILTER, (each.field, each.operator.value, written), strict=True)
            found.append((ROLE, role))
    for prefix, period in (("", plan.period), ("contre_", plan.compared)):
        if period:
            found += [
                (f"{prefix}du", _written(period.first)),
                (f"{prefix}au", _written(period.last)),
            ]
            found += [] if prefix else [("date", period.field)]
    found += [("groupe", plan.group)] if plan.group else []
    found += [("pas", plan.step.value)] if plan.step else []
    found += [("ordre", "croissant")] if plan.is_ascending else []
    found += [("limite", str(plan.limit))] if plan.limit else []
    if plan.bound:
        found += [("borne", plan.bound.operator.value), ("seuil", _written(plan.bound.value))]
    return found


def plan_of(over: Population, fields: Fields, names: Sequence[Name] = ()) -> Plan:
    """The plan that fields say; without any, the count of all rows. `names` word the values.

    Raises WrongPlan for fields that say none.
    """
    read = _Reading(over, fields, names)
    group, step = read.one("groupe"), read.one("pas")
    period = read.period("du", "au")
    limit = read.one("limite")
    return validate_plan(
        Plan(
            _choice(PlanMeasure, read.one("mesure") or PlanMeasure.COUNT),
            over,
            read.one("de") or None,
            tuple(read.filters("")),
            period,
            tuple(read.filters(PART)),
            group or None,
            _choice(PeriodStep, step) if step else None,
            read.one("ordre") == "croissant",
            _whole(limit) if limit else None,
            read.period("contre_du", "contre_au"),
            read.bound(),
        )
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """The fields of a form about a population."""

    over: Population
    fields: Fields
    names: Sequence[Name]

    def one(self, name: str) -> str:
        """The first value of a name, "" where there is none."""
        return next((value.strip() for each, value in self.fields if each == name), "")

    def period(self, first: str, last: str) -> PlanPeriod | None:
        """The period between two fields, None where both are empty."""
        bounds = self.one(first), self.one(last)
        if not any(bounds):
            return None
        field = self.one("date") or rows_of(self.over).when
        return PlanPeriod(field, *(_day(each) if each else None for each in bounds))

    def bound(self) -> Bound | None:
        """What the figures of groups are compared with, None where a field is empty."""
        operator, written = self.one("borne"), self.one("seuil")
        if not operator or not written:
            return None
        return Bound(_choice(Operator, operator), _amount(written))

    def filters(self, role: str) -> Iterator[PlanFilter]:
        """The filters of a role that are not left empty."""
        columns = [
            [value.strip() for each, value in self.fields if each == name] for name in FILTER
        ]
        roles = [value for each, value in self.fields if each == ROLE] or [""] * len(columns[0])
        if len({len(roles), *map(len, columns)}) > 1:
            raise WrongPlan("Une condition a un champ, un opérateur et une valeur.")
        for name, operator, written, its_role in zip(*columns, roles, strict=True):
            is_empty = not name or not operator or (operator not in _BARE and not written)
            if its_role == role and not is_empty:
                yield self._filter(name, _choice(Operator, operator), written)

    def _filter(self, name: str, operator: Operator, written: str) -> PlanFilter:
        field = rows_of(self.over).fields.get(name)
        if field is None:
            raise WrongPlan(f"Le registre n'a pas de champ « {name} ».")
        if operator in _BARE:
            return PlanFilter(name, operator)
        if field.kind is not FieldKind.TEXT:
            return PlanFilter(name, operator, (_typed(field, written),))
        is_one = any((each.field, each.key) == (name, written.upper()) for each in self.names)
        parts = [written] if is_one else written.split(_EITHER)
        texts = [each.strip() for each in parts if each.strip()]
        named = [self._named(field, each) for each in texts]
        values = tuple(dict.fromkeys(key for keys, _ in named for key in keys))
        words = " ou ".join(said for _, said in named)
        return PlanFilter(name, operator, values, words if words != " ou ".join(values) else "")

    def _named(self, field: LedgerField, text: str) -> tuple[tuple[str, ...], str]:
        """The keys that a text stands for, and how it is said: a key, a code, or part of a name."""
        for code, word in field.words.items():
            if fold_text(text) in {fold_text(code), fold_text(word)}:
                return (code,), f"« {word} »"
        own = [each for each in self.names if each.field == field.name]
        bracketed = text.rpartition("(")[2].rstrip(")").upper()
        if known := next((each for each in own if each.key in {text.upper(), bracketed}), None):
            return (known.key,), known.name
        words = spoken(text)
        alike = [each for each in own if words and words in spoken(each.name)]
        exact = [each for each in alike if spoken(each.name) == words] or alike
        if not exact:
            return (text,), f"« {text} »"
        said = exact[0].name if len({each.name for each in exact}) == 1 else f"contenant « {text} »"
        return tuple(dict.fromkeys(each.key for each in exact)), said


def _typed(field: LedgerField, written: str) -> Value:
    """A day or a number; French numbers have a comma, those of an address a point."""
    if field.kind is FieldKind.DATE:
        return _day(written)
    return _amount(written) if field.kind is FieldKind.AMOUNT else _whole(written)


def _amount(written: str) -> Decimal:
    found = parse_number(written, DecimalMark.COMMA if "," in written else DecimalMark.POINT)
    if found is None:
        raise WrongPlan(f"« {written} » n'est pas un montant.")
    return found


def _day(written: str) -> date:
    found = day(written)
    if found is None:
        raise WrongPlan(f"« {written} » n'est pas une date.")
    return found


def _whole(written: str) -> int:
    try:
        return int(written)
    except ValueError as error:
        raise WrongPlan(f"« {written} » n'est pas un nombre entier.") from error


def _choice(words: type[_Word], written: str) -> _Word:
    if written not in list(words):
        raise WrongPlan(f"« {written} » n'est pas l'un de : {', '.join(words)}.")
    return words(written)


def _written(value: Value | None) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)
