"""Rules on one invoice: its arithmetic, its form, and what else the ledger knows of it."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256

from assistant.calculators.amounts import add_months, euros
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.values import has_luhn_key
from ingestion.library.library import CORPUS

# An anomaly: what a rule found, the rows it compared, and what to check. Values.


class AnomalySeverity(StrEnum):
    """How much an anomaly may cost."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def label(self) -> str:
        """In French."""
        return _LABELS[self]


_LABELS = {
    AnomalySeverity.HIGH: "élevée",
    AnomalySeverity.MEDIUM: "moyenne",
    AnomalySeverity.LOW: "faible",
}


@dataclass(frozen=True, slots=True)
class AnomalyRule:
    """What is looked for; `source` defines it, `check` says what to do with what it finds.

    A rule with `least`, the rows below which it says nothing, is a statistical screening.
    """

    name: str
    title: str
    severity: AnomalySeverity
    source: str
    check: str
    least: int = 0

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


# Arithmetic and form of each invoice: totals, VAT, lines, dates and identifiers.
#
# A rounding of one cent either way is admitted wherever something was multiplied.

_TOTALS = """
SELECT id, number, net, vat, gross FROM invoice WHERE net + vat <> gross ORDER BY issued, id
"""
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
_LINES = """
SELECT id, number, invoice.net, sum(invoice_line.net), count(*)
FROM invoice JOIN invoice_line ON invoice_line.invoice = id
GROUP BY id, number, invoice.net
HAVING abs(sum(invoice_line.net) - invoice.net) > 0.01 AND count(invoice_line.net) = count(*)
ORDER BY id
"""
_PAYABLE = """
SELECT id, number, gross, payable FROM invoice WHERE payable > gross + 0.01 ORDER BY issued, id
"""
_CREDIT = """
SELECT id, number, type FROM invoice
WHERE type IN ('261', '381', '396', '502', '503') AND preceding IS NULL ORDER BY issued, id
"""
_DUE = """
SELECT id, number, issued, due FROM invoice WHERE due < issued ORDER BY issued, id
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


def totals(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices whose total is not the sum of its two parts."""
    for identifier, number, net, vat, gross in ledger.rows(_TOTALS):
        gap = gross - net - vat
        says = (
            f"Facture {number} : {euros(net)} HT + {euros(vat)} de TVA = {euros(net + vat)}, "
            f"mais {euros(gross)} TTC, soit {euros(gap)} d'écart."
        )
        yield Anomaly(load_rules()["totals"], (identifier,), says)


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


def lines(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices whose lines do not add up to their total without tax."""
    for identifier, number, net, added, count in ledger.rows(_LINES):
        counted = f"{count} lignes font" if count > 1 else "une seule ligne fait"
        says = f"Facture {number} : {counted} {euros(added)}, le total HT {euros(net)}."
        yield Anomaly(load_rules()["lines"], (identifier,), says)


def payable(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices that ask for more than their total."""
    for identifier, number, gross, asked in ledger.rows(_PAYABLE):
        says = f"Facture {number} : net à payer de {euros(asked)} pour {euros(gross)} TTC."
        yield Anomaly(load_rules()["payable"], (identifier,), says)


def credit_notes(ledger: Ledger) -> Iterator[Anomaly]:
    """Credit notes that cite no invoice."""
    for identifier, number, kind in ledger.rows(_CREDIT):
        says = f"Avoir {number} (type {kind}) : aucune facture antérieure citée (BT-25)."
        yield Anomaly(load_rules()["credit note alone"], (identifier,), says)


def due_dates(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices due before they were issued."""
    for identifier, number, issued, due in ledger.rows(_DUE):
        says = f"Facture {number} du {issued:%d/%m/%Y} : échéance le {due:%d/%m/%Y}."
        yield Anomaly(load_rules()["due date"], (identifier,), says)


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


# Consistency of invoices with what else the ledger knows: suppliers, contracts, statuses.

_ACCOUNTS = """
SELECT supplier, supplier_name, id, number, issued, previous, other, other_number FROM (
    SELECT coalesce(supplier_siren, upper(supplier_name)) AS supplier, supplier_name, id, number,
        issued, iban_sha256, lag(iban_sha256) OVER held AS previous, lag(id) OVER held AS other,
        lag(number) OVER held AS other_number
    FROM invoice WHERE iban_sha256 IS NOT NULL
    WINDOW held AS (
        PARTITION BY coalesce(supplier_siren, upper(supplier_name)) ORDER BY issued, id
    )
) AS asked
WHERE previous <> iban_sha256 AND supplier IS NOT NULL ORDER BY issued, id
"""
_CONTRACTS = """
SELECT invoice.id, number, coalesce(delivered, issued) AS day, contract_id, notified, months,
    purchase.id
FROM invoice JOIN purchase ON contract_id = contract
WHERE notified IS NOT NULL AND months > 0
    AND (invoice.buyer_siret IS NULL OR purchase.buyer_siret = invoice.buyer_siret)
ORDER BY day, invoice.id
"""
_BEFORE_SERVICE = """
SELECT id, number, sent, done FROM invoice JOIN (
    SELECT invoice, min("at") FILTER (WHERE status = '11') AS sent,
        min("at") FILTER (WHERE status = '07') AS done
    FROM status_event GROUP BY invoice
) AS passed ON passed.invoice = id
WHERE sent < done ORDER BY sent, id
"""
_REFERENCES = ("engagement (BT-13)", "marché (BT-12)", "service (BT-10)")
_MISSING = """
SELECT id, number, commitments > 0 AND commitment IS NULL, contracts > 0 AND contract IS NULL,
    services > 0 AND service IS NULL
FROM invoice JOIN (
    SELECT file, count(commitment) AS commitments, count(contract) AS contracts,
        count(service) AS services
    FROM invoice GROUP BY file
) AS of_file ON of_file.file = invoice.file
WHERE (commitments > 0 AND commitment IS NULL) OR (contracts > 0 AND contract IS NULL)
    OR (services > 0 AND service IS NULL)
ORDER BY issued, id
"""


def bank_details(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices with another account than the one before from the same supplier."""
    for supplier, name, identifier, number, issued, _, other, before in ledger.rows(_ACCOUNTS):
        says = (
            f"{name or supplier} : la facture {number} du {issued:%d/%m/%Y} demande le paiement "
            f"sur un autre compte que la précédente, {before}."
        )
        yield Anomaly(load_rules()["bank details"], (other, identifier), says)


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


def paid_before_service(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices whose payment was sent before the service was stated done."""
    for identifier, number, sent, done in ledger.rows(_BEFORE_SERVICE):
        says = (
            f"Facture {number} : mise en paiement le {sent:%d/%m/%Y}, service fait le "
            f"{done:%d/%m/%Y}."
        )
        yield Anomaly(load_rules()["paid before service"], (identifier,), says)


def missing_references(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices without a reference that others of their file have."""
    for identifier, number, *lacking in ledger.rows(_MISSING):
        absent = [label for label, lacks in zip(_REFERENCES, lacking, strict=True) if lacks]
        says = f"Facture {number} sans {' ni '.join(absent)}."
        yield Anomaly(load_rules()["missing reference"], (identifier,), says)
