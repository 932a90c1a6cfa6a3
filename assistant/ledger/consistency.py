"""Consistency of invoices with what else the ledger knows: suppliers, contracts, statuses."""

from collections.abc import Iterator

from assistant.calculators.calendar import add_months
from assistant.ledger.anomaly import Anomaly, rules
from ingestion.ledger.database import Ledger

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
        yield Anomaly(rules()["bank details"], (other, identifier), says)


def after_the_end(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices of a contract after the months that it lasts from its notification."""
    for identifier, number, day, contract, notified, months, purchase in ledger.rows(_CONTRACTS):
        end = add_months(notified, months)
        if day > end:
            says = (
                f"Facture {number} du {day:%d/%m/%Y} sur le marché {contract}, notifié le "
                f"{notified:%d/%m/%Y} pour {months} mois, jusqu'au {end:%d/%m/%Y}."
            )
            yield Anomaly(rules()["after the end"], (identifier, purchase), says)


def paid_before_service(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices whose payment was sent before the service was stated done."""
    for identifier, number, sent, done in ledger.rows(_BEFORE_SERVICE):
        says = (
            f"Facture {number} : mise en paiement le {sent:%d/%m/%Y}, service fait le "
            f"{done:%d/%m/%Y}."
        )
        yield Anomaly(rules()["paid before service"], (identifier,), says)


def missing_references(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices without a reference that others of their file have."""
    for identifier, number, *lacking in ledger.rows(_MISSING):
        absent = [label for label, lacks in zip(_REFERENCES, lacking, strict=True) if lacks]
        says = f"Facture {number} sans {' ni '.join(absent)}."
        yield Anomaly(rules()["missing reference"], (identifier,), says)
