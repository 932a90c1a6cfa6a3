"""The addresses of the ledger's pages and of its imports; each asks for the role of a buyer."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from assistant.ledger.query.plan import Population
from assistant.ledger.replies import ROOTS
from assistant.web.ledger.imports import ImportPages
from assistant.web.ledger.pages import LONGEST_REASON, LedgerPages
from assistant.web.routes import from_here
from assistant.web.site import BuyerDesk, BuyerIdentity

Texts = Annotated[Sequence[str], Form()]
Suffix = Literal["csv", "xlsx"]
Act = Literal["store", "read", "drop"]


def population_of(request: Request) -> Population:
    """Invoices or purchases, by the address that is asked for."""
    return next(each for each, root in ROOTS.items() if request.url.path.startswith(root))


def pages_of(request: Request, desk: BuyerDesk) -> LedgerPages:
    """The pages of the buyer who asks."""
    return LedgerPages(desk.ledger, population_of(request))


def import_pages_of(request: Request, desk: BuyerDesk) -> ImportPages:
    """The imports of the buyer who asks."""
    return ImportPages(desk.ledger.batches, population_of(request))


Pages = Annotated[LedgerPages, Depends(pages_of)]
Imports = Annotated[ImportPages, Depends(import_pages_of)]

# Imports and pieces have addresses that would be taken for those of a view: they come first.

_routes = APIRouter()


@_routes.get("/import")
def open_import(imports: Imports) -> Response:
    """The form that sends files."""
    return imports.opened()


@_routes.post("/import")
async def receive(request: Request, imports: Imports, identity: BuyerIdentity) -> Response:
    """Files that are sent."""
    return await imports.receive(request, identity)


@_routes.get("/import/{token}")
def show_import(token: str, imports: Imports, identity: BuyerIdentity) -> Response:
    """What was found in them."""
    return imports.shown(token, identity)


@_routes.post("/import/{token}")
def decide(
    token: str,
    imports: Imports,
    identity: BuyerIdentity,
    act: Annotated[Act, Form()],
    titre: Texts = (),
    colonne: Texts = (),
    avant: Texts = (),
) -> Response:
    """What becomes of them."""
    columns = list(zip(titre, colonne, avant, strict=False))
    return imports.decide(token, act, columns, identity)


@_routes.get("/piece/{identifier}")
def show_piece(identifier: str, pages: Pages) -> Response:
    """One invoice or contract."""
    return pages.piece(identifier)


@_routes.post("/anomalies/expliquer")
def explain(
    request: Request,
    pages: Pages,
    identity: BuyerIdentity,
    anomalie: Annotated[str, Form(max_length=64)],
    raison: Annotated[str, Form(max_length=LONGEST_REASON)],
) -> Response:
    """Why an anomaly is none."""
    place = pages.place("anomalies", request.query_params)
    return pages.explain(place, anomalie, raison, identity)


@_routes.get("")
def show_overview(request: Request, pages: Pages) -> Response:
    """The first view."""
    return pages.view(pages.place("apercu", request.query_params))


@_routes.get("/{view}")
def show_view(view: str, request: Request, pages: Pages) -> Response:
    """A view, or the answer to a question."""
    return pages.view(pages.place(view, request.query_params))


@_routes.get("/{view}/graphique.svg")
def show_drawing(view: str, request: Request, pages: Pages) -> Response:
    """Its drawing."""
    return pages.drawing(pages.place(view, request.query_params))


@_routes.get("/{view}/tableau/{number}.{suffix}")
def send_table(
    view: str, number: int, suffix: Suffix, request: Request, pages: Pages, identity: BuyerIdentity
) -> Response:
    """One of its tables as a file."""
    return pages.file(pages.place(view, request.query_params), number, suffix, identity)


@_routes.get("/{view}/tableau/{number}")
def show_table(view: str, number: int, request: Request, pages: Pages) -> Response:
    """One of its tables, whole."""
    return pages.table(pages.place(view, request.query_params), number)


@_routes.get("/{view}/tableau/{number}/lignes/{index}")
def show_rows(view: str, number: int, index: int, request: Request, pages: Pages) -> Response:
    """What a row of a table is made of."""
    return pages.rows(pages.place(view, request.query_params), number, index)


ledger_routes = APIRouter(dependencies=[Depends(from_here)])
"""The pages of invoices and those of purchases, which work without script."""

for _root in ROOTS.values():
    ledger_routes.include_router(_routes, prefix=_root)
