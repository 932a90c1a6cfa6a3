"""Rules on one invoice: its arithmetic, its form, and what else the ledger knows of it."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import sha256

from assistant.calculators.amounts import add_months, euros
from assistant.calculators.calculation import LabelledWord
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.values import has_luhn_key
from ingestion.library.library import CORPUS

# An anomaly: what a rule found, the rows it compared, and what to check. Values.


class AnomalySeverity(LabelledWord):
    """How much an anomaly may cost."""

    HIGH = "high", "élevée"
    MEDIUM = "medium", "moyenne"
    LOW = "low", "faible"


@dataclass(frozen=True, slots=True)
class AnomalyRule:
    """What is looked for; `source` defines it, `check` says what to do with what it finds.

    A rule with `least`, the rows below which it says nothing, is a statistical screening. One with
    `sql` is found by it: the `ids` of the rows compared, then what fills the places of `says`.
    """

    name: str
    title: str
    severity: AnomalySeverity
    source: str
    check: str
    least: int = 0
    sql: str = ""
    ids: int = 1
    says: str = ""

    @property
    def is_screening(self) -> bool:
        """Whether it says where to look, and nothing of any one invoice."""
        return self.least > 0

    @property
    def told(self) -> str:
        """Its title, and that it is a screening."""
        return f"Dépistage : {self.title}" if self.is_screening else self.title


@dataclass(frozen=True, slots=True)
class Anomaly:
    """What was found: the ids of the rows compared, and a French sentence with their figures.

    `subject` tells apart what one rule finds on populations: a supplier, else the rows themselves.
    """

    rule: AnomalyRule
    rows: tuple[str, ...]
    says: str
    subject: str = ""

    @property
    def key(self) -> str:
        """What it is about: the same rule on the same rows has the same, in any order."""
        return self.subject or " ".join(sorted(self.rows))

    @property
    def id(self) -> str:
        """The name by which an analyst explains it."""
        return sha256(f"{self.rule.name}\0{self.key}".encode()).hexdigest()[:12]


@cache
def load_rules() -> dict[str, AnomalyRule]:
    """Every rule of corpus/registre/anomalies.toml by its name, the gravest first."""
    path = CORPUS / "registre" / "anomalies.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    found = (
        AnomalyRule(**{**row, "severity": AnomalySeverity(row["severity"])})
        for row in table["rule"]
    )
    order = list(AnomalySeverity)
    return {rule.name: rule for rule in sorted(found, key=lambda each: order.index(each.severity))}


def queried(ledger: Ledger) -> Iterator[Anomaly]:
    """What the rules find of which one query says all."""
    for rule in load_rules().values():
        for row in ledger.rows(rule.sql) if rule.sql else ():
            says = rule.says.format(*map(_written, row[rule.ids :]))
            yield Anomaly(rule, row[: rule.ids], says)


def _written(value: object) -> str:
    """An amount in euros, a day, or a text as it is."""
    match value:
        case Decimal():
            return euros(value)
        case date():
            return f"{value:%d/%m/%Y}"
        case _:
            return str(value)


# Taxes, identifiers and contracts, where a query does not say all.
#
# A rounding of one cent either way is admitted wherever something was multiplied.

# Hundredths of what is divided by a hundred: a division would not be of decimals.
_VAT = """
SELECT id, number, invoice.net, coalesce(invoice.vat, 0), sum(base), sum(amount),
    max(abs(100 * amount - base * rate))
FROM invoice JOIN vat_line ON vat_line.invoice = id
GROUP BY id, number, invoice.net, invoice.vat
HAVING sum(base) <> invoice.net OR sum(amount) <> coalesce(invoice.vat, 0)
    OR max(abs(100 * amount - base * rate)) > 1
ORDER BY id
"""
_PARTIES = """
SELECT supplier_siren, supplier_siret FROM invoice
UNION SELECT buyer_siren, buyer_siret FROM invoice
"""
_OF_PARTIES = """
WITH party AS (
    SELECT id, number, 'du fournisseur' AS whose, coalesce(supplier_siren, '') AS siren,
        coalesce(supplier_siret, '') AS siret FROM invoice
    UNION ALL
    SELECT id, number, 'de l''acheteur', coalesce(buyer_siren, ''), coalesce(buyer_siret, '')
    FROM invoice
), wrong AS (
    SELECT unnest(CAST($1 AS VARCHAR[])) AS siren, unnest(CAST($2 AS VARCHAR[])) AS siret,
        unnest(CAST($3 AS VARCHAR[])) AS why
)
SELECT id, number, whose, why FROM party
JOIN wrong ON wrong.siren = party.siren AND wrong.siret = party.siret
ORDER BY id, number, whose
"""
_POST = "356000000"
"""La Poste, whose establishments have SIRET of another key."""


def vat(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices whose rates do not make their totals, or of which a tax is not that of its base."""
    for identifier, number, net, tax, bases, taxes, gap in ledger.rows(_VAT):
        told = []
        if bases != net and net is not None:
            told.append(f"les bases font {euros(bases)}, le total HT {euros(net)}")
        if taxes != tax:
            told.append(f"les taxes font {euros(taxes)}, le total de TVA {euros(tax)}")
        if gap is not None and gap > 1:
            told.append(
                f"une taxe s'écarte de {euros(gap / 100)} de sa base multipliée par son taux"
            )
        yield Anomaly(load_rules()["vat"], (identifier,), f"Facture {number} : {' ; '.join(told)}.")


def identifiers(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices whose parties have numbers that no company has, or two that disagree."""
    wrong = [
        (siren or "", siret or "", told)
        for siren, siret in ledger.rows(_PARTIES)
        if (told := _impossible(siren, siret))
    ]
    columns = [[each[place] for each in wrong] for place in range(3)]
    for identifier, number, whose, told in ledger.rows(_OF_PARTIES, columns):
        says = f"Facture {number} : {told} ({whose})."
        yield Anomaly(load_rules()["identifiers"], (identifier,), says, f"{identifier} {whose}")


def _impossible(siren: str | None, siret: str | None) -> str:
    if siret and not (siret.isdecimal() and len(siret) == 14):
        return f"le SIRET {siret} n'a pas 14 chiffres"
    if siren and not (siren.isdecimal() and len(siren) == 9):
        return f"le SIREN {siren} n'a pas 9 chiffres"
    if siret and siren and not siret.startswith(siren):
        return f"le SIRET {siret} ne commence pas par le SIREN {siren}"
    if siren and not has_luhn_key(siren):
        return f"la clé du SIREN {siren} est fausse"
    if siret and not siret.startswith(_POST) and not has_luhn_key(siret):
        return f"la clé du SIRET {siret} est fausse"
    return ""


_CONTRACTS = """
SELECT invoice.id, number, coalesce(delivered, issued) AS day, contract_id, notified, months,
    purchase.id
FROM invoice JOIN purchase ON contract_id = contract
WHERE notified IS NOT NULL AND months > 0
    AND (invoice.buyer_siret IS NULL OR purchase.buyer_siret = invoice.buyer_siret)
ORDER BY day, invoice.id
"""


def after_the_end(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices of a contract after the months that it lasts from its notification."""
    for identifier, number, day, contract, notified, months, purchase in ledger.rows(_CONTRACTS):
        end = add_months(notified, months)
        if day > end:
            says = (
                f"Facture {number} du {day:%d/%m/%Y} sur le marché {contract}, notifié le "
                f"{notified:%d/%m/%Y} pour {months} mois, jusqu'au {end:%d/%m/%Y}."
            )
            yield Anomaly(load_rules()["after the end"], (identifier, purchase), says)
