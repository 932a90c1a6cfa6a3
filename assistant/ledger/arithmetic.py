"""Arithmetic and form of each invoice: totals, VAT, lines, dates and identifiers.

A rounding of one cent either way is admitted wherever something was multiplied.
"""

from collections.abc import Iterator

from assistant.calculators.amounts import euros
from assistant.ledger.anomaly import Anomaly, rules
from ingestion.ledger.database import Ledger
from ingestion.ledger.identifiers import has_luhn_key

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
        yield Anomaly(rules()["totals"], (identifier,), says)


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
        yield Anomaly(rules()["vat"], (identifier,), f"Facture {number} : {' ; '.join(told)}.")


def lines(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices whose lines do not add up to their total without tax."""
    for identifier, number, net, added, count in ledger.rows(_LINES):
        counted = f"{count} lignes font" if count > 1 else "une seule ligne fait"
        says = f"Facture {number} : {counted} {euros(added)}, le total HT {euros(net)}."
        yield Anomaly(rules()["lines"], (identifier,), says)


def payable(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices that ask for more than their total."""
    for identifier, number, gross, asked in ledger.rows(_PAYABLE):
        says = f"Facture {number} : net à payer de {euros(asked)} pour {euros(gross)} TTC."
        yield Anomaly(rules()["payable"], (identifier,), says)


def credit_notes(ledger: Ledger) -> Iterator[Anomaly]:
    """Credit notes that cite no invoice."""
    for identifier, number, kind in ledger.rows(_CREDIT):
        says = f"Avoir {number} (type {kind}) : aucune facture antérieure citée (BT-25)."
        yield Anomaly(rules()["credit note alone"], (identifier,), says)


def due_dates(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices due before they were issued."""
    for identifier, number, issued, due in ledger.rows(_DUE):
        says = f"Facture {number} du {issued:%d/%m/%Y} : échéance le {due:%d/%m/%Y}."
        yield Anomaly(rules()["due date"], (identifier,), says)


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
        yield Anomaly(rules()["identifiers"], (identifier,), says, f"{identifier} {whose}")


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
