"""Names: whom and what the ledger names, and how each may be said."""

import re
from dataclasses import dataclass

from assistant.ledger.query.plan import Population
from assistant.question.language import fold_text
from ingestion.ledger.embedded import Ledger


@dataclass(frozen=True, slots=True)
class Name:
    """Someone or something that the ledger names: the field, its key, and how it is written."""

    field: str
    key: str
    name: str


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
_BETWEEN = re.compile(r"[^a-z0-9]+")


def spoken(name: str) -> str:
    """A name as it may be said: lower case, without accents or legal form."""
    whole = fold_text(name)
    return " ".join(_BETWEEN.sub(" ", _LEGAL_FORM.sub(" ", whole)).split())
