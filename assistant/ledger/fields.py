"""Fields: what a plan may name of invoices and purchases (corpus/registre/champs.toml)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from ingestion.builtin import CORPUS


class Population(StrEnum):
    """What is counted."""

    INVOICES = "invoices"
    PURCHASES = "purchases"


class Kind(StrEnum):
    """What a field holds, and so what can be asked of it."""

    TEXT = "text"
    TRUTH = "truth"
    DATE = "date"
    AMOUNT = "amount"
    DAYS = "days"
    MONTHS = "months"

    @property
    def is_number(self) -> bool:
        """Whether values are more or less than others, and add up."""
        return self in {Kind.AMOUNT, Kind.DAYS, Kind.MONTHS}


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the rows of a population, and its French words.

    Groups are by the column `key`, read in `shown`; a value may be one of the list `members`;
    `words` are those of coded values. A computed field needs the law.
    """

    name: str
    kind: Kind
    label: str
    group: str = ""
    having: str = ""
    lacking: str = ""
    above: str = ""
    within: str = ""
    when: str = ""
    key: str = ""
    shown: str = ""
    members: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    is_computed: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """A population: its SQL, its fields, and the words of one row and of many.

    `when` and `amount` are the fields meant where a question names none.
    """

    population: Population
    sql: str
    fields: Mapping[str, Field]
    one: str
    many: str
    is_feminine: bool
    when: str
    amount: str


@cache
def rows_of(population: Population) -> Rows:
    """The rows of a population and their fields."""
    table = tomllib.loads((CORPUS / "registre" / "champs.toml").read_text(encoding="utf-8"))
    said = table[population]
    fields = [_field(row) for row in table["field"] if population in row["of"]]
    return Rows(
        population,
        said["rows"],
        {each.name: each for each in fields},
        said["one"],
        said["many"],
        said["feminine"],
        said["when"],
        said["amount"],
    )


def _field(row: Mapping[str, Any]) -> Field:
    worded = {key: row[key] for key in row.keys() - {"of", "kind", "from"}}
    return Field(kind=Kind(row["kind"]), is_computed="from" in row, **worded)
