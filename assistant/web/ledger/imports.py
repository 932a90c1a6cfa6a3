"""The import of files: sent, shown as they are understood, corrected, then stored."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from assistant.accounts.identity import Identity
from assistant.ledger.query.plan import Population
from assistant.ledger.replies import ROOTS
from assistant.ledger.service import Batch, Batches
from assistant.reports.markup import Html, load_words, render
from assistant.web.buyer.dossier_forms import BOUNDS, FIELD, TooMuch, parcels_of
from assistant.web.frame import current_frame
from assistant.web.ledger.frame import LedgerAddress
from assistant.web.ledger.pages import REFUSED, SEEN, UNKNOWN, answered
from ingestion.ledger.columns import field_names, french_name
from ingestion.ledger.importing import FileReport, FileVerdict
from ingestion.ledger.records import Comment, shown
from ingestion.ledger.rows import FileKind, Invoice, Level, Purchase
from ingestion.tenders.intake import Parcel

# What was found in each file: its verdict, what is said of it, its first rows, its columns. Pure.

THINGS = {FileKind.INVOICES: "facture", FileKind.PURCHASES: "marché"}

_TOLD = 3
_VERDICTS = {
    FileVerdict.ACCEPTED: ("accepté", "accepted"),
    FileVerdict.WARNED: ("accepté avec réserves", "warned"),
    FileVerdict.REFUSED: ("refusé", "refused"),
    FileVerdict.KNOWN: ("déjà connu", "known-before"),
}


def preview(batch: Batch) -> Html:
    """What was found in each file, the refused ones first, and what can be done with it."""
    ordered = sorted(batch.reports, key=lambda each: each.verdict is not FileVerdict.REFUSED)
    stored = sum(each.stored for each in batch.reports)
    columns = dict.fromkeys(each for file in batch.reports for each in file.columns)
    names = ((name, french_name(batch.kind, name)) for name in field_names(batch.kind))
    return render(
        "ledger/preview.html",
        batch=batch,
        address=f"{ROOTS[Population(batch.kind)]}/import/{batch.token}",
        stored=_counted(stored, batch.kind),
        refused=sum(each.verdict is FileVerdict.REFUSED for each in batch.reports),
        verdicts=_VERDICTS,
        files=[
            (each, _told(each, batch.kind), _comments(each.comments), [*map(_cells, each.sample)])
            for each in ordered
        ],
        columns=[each.columns for each in columns],
        fields=[("", "laissée de côté"), *names],
        can_store=bool(stored) and not batch.failure,
    )


def _told(each: FileReport, kind: FileKind) -> str:
    """What a file is and holds, "" where that is not known."""
    left = f", {each.left_out} de côté" if each.left_out else ""
    return f"{each.format}, {_counted(each.stored, kind)}{left}" if each.format else ""


def _counted(stored: int, kind: FileKind) -> str:
    return f"{stored} {THINGS[kind]}{'s' if stored > 1 else ''}"


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


def _cells(row: Invoice | Purchase) -> tuple[str, str, str, str]:
    if isinstance(row, Purchase):
        buyer = row.buyer_name or row.buyer_siret or ""
        amount = "–" if row.amount is None else f"{shown(row.amount)} €"
        return row.contract_id, buyer, shown(row.notified), amount
    found = next((each for each in (row.gross, row.payable, row.net) if each is not None), None)
    supplier = row.supplier_name or row.supplier_siren or ""
    return row.number, supplier, shown(row.issued), f"{shown(found)} {row.currency}"


# The form that sends files. Pure.

_FORMATS = {
    Population.INVOICES: "Factur-X (PDF), CII ou UBL (XML), exports CSV ou XLSX, ZIP de ceux-ci.",
    Population.PURCHASES: "Données essentielles (DECP) en JSON, XML, CSV ou XLSX, ZIP de ceux-ci.",
}
_ACCEPT = {
    Population.INVOICES: ".pdf,.xml,.csv,.xlsx,.zip",
    Population.PURCHASES: ".json,.xml,.csv,.xlsx,.zip",
}


def sending(over: Population) -> Html:
    """The form that sends files."""
    return render(
        "ledger/sending.html",
        said=load_words(current_frame().language),
        address=f"{ROOTS[over]}/import",
        field=FIELD,
        accept=_ACCEPT[over],
        formats=_FORMATS[over],
        limits=BOUNDS,
    )


# The pages of an import, from the form to the rows that are stored.

TOO_LARGE = 413
_PATIENCE = 1.5
"""Seconds within which most files are read, so that no progress need be shown."""

_GONE = "Cet envoi n'est plus là : il a été enregistré, abandonné, ou date de plus d'un jour."


class ImportPages:
    """What is sent belongs to who sent it; nobody else can see or store it."""

    def __init__(self, batches: Batches, over: Population) -> None:
        self._batches = batches
        self._kind = FileKind(over)
        self._place = LedgerAddress(over, "import")

    def opened(self) -> Response:
        """The form."""
        return answered(self._place, sending(self._place.over))

    async def receive(self, request: Request, identity: Identity) -> Response:
        """Take in the files of a form, and go to what is found in them."""
        try:
            async with parcels_of(request) as parcels:
                return await run_in_threadpool(self._received, parcels, identity)
        except TooMuch:
            said = load_words(current_frame().language)
            alert = said["upload_too_much"].format(**BOUNDS)
            return answered(self._place, sending(self._place.over), alert=alert, status=TOO_LARGE)

    def shown(self, token: str, identity: Identity) -> Response:
        """What is found in a batch, or how far its reading has come."""
        batch = self._batch(token, identity)
        if batch is None:
            return self._gone()
        if not batch.is_read:
            page = answered(self._place, render("ledger/progress.html", batch=batch))
            page.headers["Refresh"] = "1"
            return page
        status = REFUSED if batch.failure else SEEN
        return answered(self._place, preview(batch), alert=batch.failure, status=status)

    def decide(
        self, token: str, act: str, columns: Sequence[tuple[str, str, str]], identity: Identity
    ) -> Response:
        """Store a batch, read it again with other columns, or give it up.

        A column is a title, the field it is given, and the one that it had when it was shown: what
        was changed is shown again before it is stored.
        """
        batch = self._batch(token, identity)
        if batch is None:
            return self._gone()
        changed = {title: field for title, field, before in columns if field != before}
        if act == "drop":
            self._batches.drop(batch)
            return RedirectResponse(f"{ROOTS[self._place.over]}/import", 303)
        if changed or act == "read":
            self._batches.correct(batch, {**batch.corrections, **changed}, date.today())
        elif act == "store":
            self._batches.store(batch, date.today())
        return self._awaited(batch)

    def _received(self, parcels: Sequence[Parcel], identity: Identity) -> Response:
        return self._awaited(self._batches.send(self._kind, parcels, identity.user, date.today()))

    def _awaited(self, batch: Batch) -> Response:
        batch.wait(_PATIENCE)
        return RedirectResponse(f"{ROOTS[self._place.over]}/import/{batch.token}", 303)

    def _batch(self, token: str, identity: Identity) -> Batch | None:
        return self._batches.get(token, self._kind, identity.user)

    def _gone(self) -> Response:
        form = sending(self._place.over)
        return answered(self._place, form, alert=_GONE, status=UNKNOWN)
