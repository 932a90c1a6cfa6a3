"""A file of an import as a page shows it: its verdict, what is said of it, its first rows. Pure."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from assistant.page.markup import NOTHING, Html, element, unbroken
from ingestion.ledger.entries import shown
from ingestion.ledger.records import Comment
from ingestion.ledger.reports import FileReport, Verdict
from ingestion.ledger.rows import FileKind, Invoice, Level, Purchase

THINGS = {FileKind.INVOICES: "facture", FileKind.PURCHASES: "marché"}

_TOLD = 3
_VERDICTS = {
    Verdict.ACCEPTED: ("accepté", "accepted"),
    Verdict.WARNED: ("accepté avec réserves", "warned"),
    Verdict.REFUSED: ("refusé", "refused"),
    Verdict.KNOWN: ("déjà connu", "known-before"),
}


def item(each: FileReport, kind: FileKind) -> Html:
    """A file that was judged."""
    plural = "s" if each.stored > 1 else ""
    left = f", {each.left_out} de côté" if each.left_out else ""
    told = f"{each.format}, {each.stored} {THINGS[kind]}{plural}{left}" if each.format else ""
    return element(
        "li",
        element("strong", each.name),
        " ",
        fate(each.verdict),
        element("p", told) if told else NOTHING,
        *(element("p", unbroken(line)) for line in _comments(each.comments)),
        _sample(each.sample),
        class_=_VERDICTS[each.verdict][1],
    )


def fate(verdict: Verdict) -> Html:
    """What became of a file."""
    said, class_ = _VERDICTS[verdict]
    return element("span", said, class_=f"fate {class_}")


def _comments(comments: Sequence[Comment]) -> Iterator[str]:
    """What refuses first, a few sentences of each rule."""

    def order(comment: Comment) -> tuple[bool, str]:
        return comment.level is not Level.REFUSED, comment.code

    for (_, code), group in groupby(sorted(comments, key=order), key=order):
        same = list(group)
        yield from (f"{code} : {comment.sentence}" for comment in same[:_TOLD])
        if len(same) > _TOLD:
            rest = len(same) - _TOLD
            yield f"{code} : … et {rest} autre{'s' if rest > 1 else ''}."


def _sample(rows: Sequence[Invoice | Purchase]) -> Html:
    if not rows:
        return NOTHING
    heads = ("Numéro", "Tiers", "Jour", "Montant")
    body = (
        element(
            "tr",
            *(
                element("td", cell, data_label=head)
                for cell, head in zip(_cells(row), heads, strict=True)
            ),
        )
        for row in rows
    )
    head = element("tr", *(element("th", name, scope="col") for name in heads))
    table = element("table", element("thead", head), element("tbody", *body))
    return element("details", element("summary", "Premières lignes"), table)


def _cells(row: Invoice | Purchase) -> tuple[str, str, str, str]:
    if isinstance(row, Purchase):
        buyer = row.buyer_name or row.buyer_siret or ""
        amount = "–" if row.amount is None else f"{shown(row.amount)} €"
        return row.contract_id, buyer, shown(row.notified), amount
    found = next((each for each in (row.gross, row.payable, row.net) if each is not None), None)
    supplier = row.supplier_name or row.supplier_siren or ""
    return row.number, supplier, shown(row.issued), f"{shown(found)} {row.currency}"
