"""Names: whom and what the ledger names, and how each may be said."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Self, TypeVar

from assistant.ledger.query.plan import Population
from assistant.question.language import fold_text
from ingestion.ledger.embedded import Ledger


@dataclass(frozen=True, slots=True)
class Name:
    """Someone or something that the ledger names: the field, its key, and how it is written."""

    field: str
    key: str
    name: str


class Names(tuple[Name, ...]):
    """The names of a ledger, and what it has too many of for a name each, looked up when asked.

    That is, by field, the numbers and subjects of its rows, joined in one text that is read at
    once from a large ledger. `line` are the labels of invoices that have several: what one of them
    costs is not what the invoice comes to.
    """

    texts: Mapping[str, str]
    made: dict[tuple[object, ...], Any]

    def __new__(
        cls, names: Iterable[Name], texts: Mapping[str, str] = MappingProxyType({})
    ) -> Self:
        """`texts` are the values by field, `BETWEEN` before and behind each."""
        found = super().__new__(cls, names)
        found.texts = texts
        found.made = {}
        return found

    def has(self, field: str, value: str) -> bool:
        """Whether a row has this number, in capitals."""
        return f"{BETWEEN}{value}{BETWEEN}" in self.texts.get(field, "")

    def values(self, field: str) -> list[str]:
        """The values of a field, once each."""
        return self.texts.get(field, "").strip(BETWEEN).split(BETWEEN)


Made = TypeVar("Made")


def made_of(names: Sequence[Name], make: Callable[..., Made], *others: object) -> Made:
    """What a function makes of names and others, once for those of a ledger."""
    if not isinstance(names, Names):
        return make(names, *others)
    key = (make, *others)
    if key not in names.made:
        names.made[key] = make(names, *others)
    found: Made = names.made[key]
    return found


def names(ledger: Ledger, population: Population) -> Names:
    """The suppliers, buyers, services and procedures of a population, by every name they have."""
    source = {
        Population.INVOICES: (
            "SELECT DISTINCT 'supplier', coalesce(supplier_siren, upper(supplier_name)), "
            "supplier_name FROM invoice UNION SELECT DISTINCT 'buyer', "
            "coalesce(buyer_siret, buyer_siren, upper(buyer_name)), buyer_name FROM invoice "
            "UNION SELECT DISTINCT 'service', service, service FROM invoice"
        ),
        Population.PURCHASES: (
            "SELECT DISTINCT 'supplier', CASE WHEN length(siret) = 14 THEN left(siret, 9) "
            "ELSE coalesce(siret, upper(name)) END, name FROM purchase_holder "
            "UNION SELECT DISTINCT 'buyer', coalesce(buyer_siret, upper(buyer_name)), buyer_name "
            "FROM purchase UNION SELECT DISTINCT 'procedure', procedure, procedure FROM purchase"
        ),
    }
    rows = ledger.rows(source[population])
    texts: dict[str, str] = dict(ledger.rows(_TEXTS[population]))
    return Names(
        (Name(field, key, name or key) for field, key, name in sorted(rows, key=str) if key),
        {field: f"{BETWEEN}{text}{BETWEEN}" for field, text in texts.items() if text},
    )


BETWEEN = "\x1f"
"""What stands between two values, and in none."""

_NUMBERS = (
    "SELECT '{field}', string_agg(DISTINCT upper({column}), chr(31)) FROM {table} "
    "WHERE {column} IS NOT NULL"
)
_LABELS = (
    "SELECT invoice, min(label) AS label, max(label) AS last FROM invoice_line GROUP BY invoice"
)
_TEXTS = {
    Population.INVOICES: " UNION ALL ".join(
        (
            *(
                _NUMBERS.format(field=field, column=field, table="invoice")
                for field in ("number", "contract", "commitment")
            ),
            "SELECT 'subject', string_agg(DISTINCT label, chr(31)) "
            f"FROM ({_LABELS}) AS one WHERE label = last",
            "SELECT 'line', string_agg(DISTINCT invoice_line.label, chr(31)) FROM invoice_line "
            f"JOIN ({_LABELS}) AS one ON one.invoice = invoice_line.invoice "
            "WHERE one.label <> one.last",
        )
    ),
    Population.PURCHASES: (
        _NUMBERS.format(field="number", column="contract_id", table="purchase")
        + " UNION ALL SELECT 'subject', string_agg(DISTINCT subject, chr(31)) FROM purchase"
    ),
}


LEGAL_FORMS = "sarl|sas|sasu|sa|eurl|sci|snc|scop|societe|ets|etablissements|association"

_LEGAL_FORM = re.compile(rf"\b(?:{LEGAL_FORMS})\b")
_BETWEEN = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=1 << 16)
def spoken(name: str) -> str:
    """A name as it may be said: lower case, without accents or legal form."""
    whole = fold_text(name)
    return " ".join(_BETWEEN.sub(" ", _LEGAL_FORM.sub(" ", whole)).split())
