"""What is told of an import: each file's verdict, what it holds, what is said of it. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

from ingestion.ledger.importing import FileReport, FileVerdict
from ingestion.ledger.records import Comment
from ingestion.ledger.rows import FileKind, Invoice, Level, Purchase

VERDICTS = {
    FileVerdict.ACCEPTED: "accepté",
    FileVerdict.WARNED: "accepté avec réserves",
    FileVerdict.REFUSED: "refusé",
    FileVerdict.KNOWN: "déjà connu",
}
SAMPLE_HEADS = ("Numéro", "Tiers", "Jour", "Montant")

_TOLD = 3
_THINGS = {FileKind.INVOICES: "facture", FileKind.PURCHASES: "marché"}


def describe_file(report: FileReport, kind: FileKind) -> str:
    """What a file is and holds, "" where that is not known."""
    left = f", {report.left_out} de côté" if report.left_out else ""
    return f"{report.format}, {count_rows(report.stored, kind)}{left}" if report.format else ""


def count_rows(stored: int, kind: FileKind) -> str:
    """So many invoices or contracts, in words."""
    return f"{stored} {_THINGS[kind]}{'s' if stored > 1 else ''}"


def describe_comments(comments: Sequence[Comment], rest: str) -> Iterator[tuple[bool, str]]:
    """What refuses first, and whether it does: a few sentences of each rule, then how many more.

    `rest` ends the last.
    """

    def order(comment: Comment) -> tuple[bool, str]:
        return comment.level is not Level.REFUSED, comment.code

    for (is_warning, code), group in groupby(sorted(comments, key=order), key=order):
        same = list(group)
        for comment in same[:_TOLD]:
            yield not is_warning, f"{code} : {comment.sentence}"
        if (more := len(same) - _TOLD) > 0:
            yield not is_warning, f"{code} : … et {more} autre{'s' if more > 1 else ''}{rest}"


def sample_values(
    row: Invoice | Purchase,
) -> tuple[str, str, date | None, Decimal | None, str]:
    """What is shown of a row under SAMPLE_HEADS, the amount and its currency apart."""
    if isinstance(row, Purchase):
        buyer = row.buyer_name or row.buyer_siret or ""
        return row.contract_id, buyer, row.notified, row.amount, "€"
    amount = next((each for each in (row.gross, row.payable, row.net) if each is not None), None)
    supplier = row.supplier_name or row.supplier_siren or ""
    return row.number, supplier, row.issued, amount, row.currency
