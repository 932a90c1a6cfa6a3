"""The addresses of the ledger's pages and of its imports; each asks for the role of a buyer."""

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from assistant.ledger.addresses import ROOTS
from assistant.ledger.batches import Batch
from assistant.ledger.import_report import (
    SAMPLE_HEADS,
    VERDICTS,
    count_rows,
    describe_comments,
    describe_file,
    sample_values,
)
from assistant.ledger.query.plan import Population
from assistant.reports.markup import Html, load_words, render
from assistant.web.buyer.dossier_forms import BOUNDS, FIELD, TooMuch, parcels_of
from assistant.web.frame import current_frame
from assistant.web.ledger.frame import LedgerAddress
from assistant.web.ledger.pages import LONGEST_REASON, LedgerPages, answered
from assistant.web.site import BuyerIdentity, ServiceOfBuyer, from_here
from ingestion.ledger.columns import field_names, french_name
from ingestion.ledger.importing import FileVerdict
from ingestion.ledger.records import shown
from ingestion.ledger.rows import FileKind, Invoice, Purchase

# What was found in each file: its verdict, what is said of it, its first rows, its columns. Pure.

_LOOKS = {
    FileVerdict.ACCEPTED: "accepted",
    FileVerdict.WARNED: "warned",
    FileVerdict.REFUSED: "refused",
    FileVerdict.KNOWN: "known-before",
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
        stored=count_rows(stored, batch.kind),
        refused=sum(each.verdict is FileVerdict.REFUSED for each in batch.reports),
        verdicts={each: (said, _LOOKS[each]) for each, said in VERDICTS.items()},
        heads=SAMPLE_HEADS,
        files=[
            (
                each,
                describe_file(each, batch.kind),
                [comment for _, comment in describe_comments(each.comments, ".")],
                [*map(_cells, each.sample)],
            )
            for each in ordered
        ],
        columns=[each.columns for each in columns],
        fields=[("", "laissée de côté"), *names],
        can_store=bool(stored) and not batch.failure,
    )


def _cells(row: Invoice | Purchase) -> tuple[str, str, str, str]:
    number, who, day, amount, currency = sample_values(row)
    return number, who, shown(day), "–" if amount is None else f"{shown(amount)} {currency}"


# The pages of an import, from the form to the rows that are stored.
#
# What is sent belongs to who sent it; nobody else can see or store it.

_FORMATS = {
    Population.INVOICES: "Factur-X (PDF), CII ou UBL (XML), exports CSV ou XLSX, ZIP de ceux-ci.",
    Population.PURCHASES: "Données essentielles (DECP) en JSON, XML, CSV ou XLSX, ZIP de ceux-ci.",
}
_ACCEPT = {
    Population.INVOICES: ".pdf,.xml,.csv,.xlsx,.zip",
    Population.PURCHASES: ".json,.xml,.csv,.xlsx,.zip",
}

_PATIENCE = 1.5
"""Seconds within which most files are read, so that no progress need be shown."""

_GONE = "Cet envoi n'est plus là : il a été enregistré, abandonné, ou date de plus d'un jour."

Texts = Annotated[Sequence[str], Form()]
Act = Literal["store", "read", "drop"]


def population_of(request: Request) -> Population:
    """Invoices or purchases, by the address that is asked for."""
    return next(each for each, root in ROOTS.items() if request.url.path.startswith(root))


Over = Annotated[Population, Depends(population_of)]

# Imports and pieces have addresses that would be taken for those of a view: they come first.
_routes = APIRouter()


@_routes.get("/import")
def open_import(over: Over, who: BuyerIdentity) -> Response:
    """The form that sends files."""
    return _sending(over)


@_routes.post("/import")
async def receive(
    request: Request, over: Over, service: ServiceOfBuyer, who: BuyerIdentity
) -> Response:
    """Take in the files of a form, and go to what is found in them."""
    batches, kind = service.ledger.batches, FileKind(over)
    try:
        async with parcels_of(request) as parcels:
            return await run_in_threadpool(
                lambda: _awaited(over, batches.send(kind, parcels, who.user, date.today()))
            )
    except TooMuch:
        said = load_words(current_frame().language)
        return _sending(
            over, said["upload_too_much"].format(**BOUNDS), HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        )


@_routes.get("/import/{token}")
def show_import(token: str, over: Over, service: ServiceOfBuyer, who: BuyerIdentity) -> Response:
    """What is found in a batch, or how far its reading has come."""
    batch, place = service.ledger.batches.get(token, FileKind(over), who.user), _place(over)
    if batch is None:
        return _sending(over, _GONE, HTTPStatus.NOT_FOUND)
    if not batch.is_read:
        page = answered(place, render("ledger/progress.html", batch=batch))
        page.headers["Refresh"] = "1"
        return page
    status = HTTPStatus.CONFLICT if batch.failure else HTTPStatus.OK
    return answered(place, preview(batch), alert=batch.failure, status=status)


@_routes.post("/import/{token}")
def decide(
    token: str,
    over: Over,
    service: ServiceOfBuyer,
    who: BuyerIdentity,
    act: Annotated[Act, Form()],
    titre: Texts = (),
    colonne: Texts = (),
    avant: Texts = (),
) -> Response:
    """Store a batch, read it again with other columns, or give it up.

    Each column is a title, the field it is given, and the one that it had when it was shown: what
    was changed is shown again before it is stored.
    """
    batches = service.ledger.batches
    batch = batches.get(token, FileKind(over), who.user)
    if batch is None:
        return _sending(over, _GONE, HTTPStatus.NOT_FOUND)
    columns = zip(titre, colonne, avant, strict=False)
    changed = {title: field for title, field, before in columns if field != before}
    if act == "drop":
        batches.drop(batch)
        return RedirectResponse(f"{ROOTS[over]}/import", HTTPStatus.SEE_OTHER)
    if changed or act == "read":
        batches.correct(batch, {**batch.corrections, **changed}, date.today())
    elif act == "store":
        batches.store(batch, date.today())
    return _awaited(over, batch)


def _place(over: Population) -> LedgerAddress:
    return LedgerAddress(over, "import")


def _sending(over: Population, alert: str = "", status: int = HTTPStatus.OK) -> Response:
    """The form that sends files; `alert` is why what was asked was not done."""
    form = render(
        "ledger/sending.html",
        said=load_words(current_frame().language),
        address=f"{ROOTS[over]}/import",
        field=FIELD,
        accept=_ACCEPT[over],
        formats=_FORMATS[over],
        limits=BOUNDS,
    )
    return answered(_place(over), form, alert=alert, status=status)


def _awaited(over: Population, batch: Batch) -> Response:
    batch.wait(_PATIENCE)
    return RedirectResponse(f"{ROOTS[over]}/import/{batch.token}", HTTPStatus.SEE_OTHER)


# The views, their tables and their pieces.


def pages_of(request: Request, over: Over, service: ServiceOfBuyer) -> LedgerPages:
    """The pages of the buyer who asks."""
    return LedgerPages(service.ledger, over, request.query_params)


Pages = Annotated[LedgerPages, Depends(pages_of)]
Suffix = Literal["csv", "xlsx"]


@_routes.get("/piece/{identifier}")
def show_piece(identifier: str, pages: Pages) -> Response:
    """One invoice or contract."""
    return pages.piece(identifier)


@_routes.post("/anomalies/expliquer")
def explain(
    pages: Pages,
    who: BuyerIdentity,
    anomalie: Annotated[str, Form(max_length=64)],
    raison: Annotated[str, Form(max_length=LONGEST_REASON)],
) -> Response:
    """Why an anomaly is none."""
    return pages.explain(anomalie, raison, who)


@_routes.get("")
def show_overview(pages: Pages) -> Response:
    """The first view."""
    return pages.view("apercu")


@_routes.get("/{view}")
def show_view(view: str, pages: Pages) -> Response:
    """A view, or the answer to a question."""
    return pages.view(view)


@_routes.get("/{view}/graphique.svg")
def show_drawing(view: str, pages: Pages) -> Response:
    """Its drawing."""
    return pages.drawing(view)


@_routes.get("/{view}/tableau/{number}.{suffix}")
def send_table(
    view: str, number: int, suffix: Suffix, pages: Pages, who: BuyerIdentity
) -> Response:
    """One of its tables as a file."""
    return pages.file(view, number, suffix, who)


@_routes.get("/{view}/tableau/{number}")
def show_table(view: str, number: int, pages: Pages) -> Response:
    """One of its tables, whole."""
    return pages.table(view, number)


@_routes.get("/{view}/tableau/{number}/lignes/{index}")
def show_rows(view: str, number: int, index: int, pages: Pages) -> Response:
    """What a row of a table is made of."""
    return pages.rows(view, number, index)


ledger_routes = APIRouter(dependencies=[Depends(from_here)])
"""The pages of invoices and those of purchases, which work without script."""

for _root in ROOTS.values():
    ledger_routes.include_router(_routes, prefix=_root)
