"""The words of questions about the ledger: corpus/registre/vocabulaire.toml, and its names."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from assistant.ledger.fields import Population
from assistant.ledger.plan import Filter, Operator, Step
from assistant.words import plain
from ingestion.builtin import CORPUS
from ingestion.ledger.database import Ledger


@dataclass(frozen=True, slots=True)
class Rule:
    """Words, and what they mean: of one population, or of both when `over` is None.

    `has` is what the values of the ledger that are meant have in them, as `plain` writes it.
    """

    says: re.Pattern[str]
    over: Population | None
    name: str = ""
    filters: tuple[Filter, ...] = ()
    step: Step | None = None
    unless: re.Pattern[str] | None = None
    is_known: bool = False
    is_past: bool = False
    is_coming: bool = False
    has: str = ""

    def is_for(self, population: Population) -> bool:
        """Whether the rule may read a question about this population."""
        return self.over in {None, population}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The rules of each kind in the order in which they are tried, and words that say nothing.

    `spelled` are words that may be mistyped, `other_words` those that look like them and are not.
    """

    populations: tuple[Rule, ...]
    values: tuple[Rule, ...]
    filters: tuple[Rule, ...]
    dates: tuple[Rule, ...]
    groups: tuple[Rule, ...]
    fields: tuple[Rule, ...]
    measures: tuple[Rule, ...]
    empty: frozenset[str]
    can: tuple[str, ...]
    shorts: tuple[tuple[re.Pattern[str], str], ...]
    spelled: frozenset[str]
    other_words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Name:
    """Someone or something that the ledger names: the field, its key, and how it is written."""

    field: str
    key: str
    name: str


@cache
def vocabulary() -> Vocabulary:
    """The rules of the file."""
    path = CORPUS / "registre" / "vocabulaire.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    rules = {
        kind: tuple(_rule(row) for row in table[kind.removesuffix("s")])
        for kind in ("populations", "values", "filters", "dates", "groups", "fields", "measures")
    }
    shorts = tuple((_words(row["says"]), row["means"]) for row in table["short"])
    empty, spelled, others = (
        frozenset(table[key].split()) for key in ("empty", "spelled", "other_words")
    )
    return Vocabulary(
        **rules,
        empty=empty,
        can=tuple(table["can"]),
        shorts=shorts,
        spelled=spelled,
        other_words=others,
    )


def written_out(text: str) -> str:
    """A text with its short forms, as "nb" and "fact.", in full."""
    for says, means in vocabulary().shorts:
        text = says.sub(means, text)
    return text


def names(ledger: Ledger, population: Population) -> tuple[Name, ...]:
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
    return tuple(Name(field, key, name or key) for field, key, name in sorted(rows, key=str) if key)


LEGAL_FORMS = "sarl|sas|sasu|sa|eurl|sci|snc|scop|societe|ets|etablissements|association"

_LEGAL_FORM = re.compile(rf"\b(?:{LEGAL_FORMS})\b")
_TELLING = 4  # letters
_MOST_ALIKE = 5
_PEOPLE = {"supplier", "buyer"}
_BETWEEN = re.compile(r"[^a-z0-9]+")


def spoken(name: str) -> str:
    """A name as it may be said: lower case, without accents or legal form."""
    whole = plain(name)
    return " ".join(_BETWEEN.sub(" ", _LEGAL_FORM.sub(" ", whole)).split())


def beginnings(names: Iterable[Name]) -> dict[str, list[Name]]:
    """The names by the first word of each, where it is long enough to tell them from others."""
    found: dict[str, list[Name]] = {}
    for each in names:
        first, _, rest = spoken(each.name).partition(" ")
        if rest and len(first) >= _TELLING and each.field in _PEOPLE:
            found.setdefault(first, []).append(each)
    return {first: alike for first, alike in found.items() if len(alike) <= _MOST_ALIKE}


def _rule(row: Mapping[str, Any]) -> Rule:
    over = Population(row["over"]) if "over" in row else None
    return Rule(
        _words(row["says"]),
        over,
        row.get("name") or row.get("field") or _conditioned(row),
        tuple(_filter(each) for each in row.get("conditions", ())),
        Step(row["step"]) if "step" in row else None,
        re.compile(row["unless"]) if "unless" in row else None,
        row.get("known", False),
        row.get("past", False),
        row.get("coming", False),
        row.get("has", ""),
    )


def _conditioned(row: Mapping[str, Any]) -> str:
    """The field of the only condition of a rule, "" where it has none or several."""
    fields = [each["field"] for each in row.get("conditions", ())]
    return fields[0] if len(fields) == 1 else ""


def _filter(row: Mapping[str, Any]) -> Filter:
    return Filter(row["field"], Operator(row["operator"]), tuple(row.get("values", ())))


def _words(says: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(says)})(?!\w)")
