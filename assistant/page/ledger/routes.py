"""The addresses of the ledger's pages; each asks for the role of a buyer."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from assistant.identity import Identity
from assistant.ledger.addresses import ROOTS
from assistant.ledger.fields import Population
from assistant.page.access import Reader
from assistant.page.desk import Desk
from assistant.page.ledger.import_pages import ImportPages
from assistant.page.ledger.pages import LedgerPages
from assistant.page.ledger.views import LONGEST_REASON
from assistant.page.routes import from_here
from assistant.page.site import DeskOf

Texts = Annotated[Sequence[str], Form()]
Suffix = Literal["csv", "xlsx"]
Act = Literal["store", "read", "drop"]


def ledger_routes(desk_of: DeskOf, reader: Reader) -> APIRouter:
    """The pages of invoices and those of purchases, which work without script."""
    router = APIRouter(dependencies=[Depends(from_here)])
    for over in Population:
        # An import has addresses that would be taken for those of a view.
        router.include_router(_imports(over, desk_of, reader), prefix=ROOTS[over])
        router.include_router(_views(over, desk_of, reader), prefix=ROOTS[over])
    return router


def _views(over: Population, desk_of: DeskOf, reader: Reader) -> APIRouter:
    router = APIRouter()

    def pages_of(desk: Annotated[Desk, Depends(desk_of)]) -> LedgerPages:
        return LedgerPages(desk.ledger, over)

    @router.get("")
    def opened(request: Request, pages: Annotated[LedgerPages, Depends(pages_of)]) -> Response:
        return pages.view(pages.place("apercu", request.query_params))

    @router.get("/piece/{identifier}")
    def piece(identifier: str, pages: Annotated[LedgerPages, Depends(pages_of)]) -> Response:
        return pages.piece(identifier)

    @router.post("/anomalies/expliquer")
    def explain(
        request: Request,
        pages: Annotated[LedgerPages, Depends(pages_of)],
        identity: Annotated[Identity, Depends(reader)],
        anomalie: Annotated[str, Form(max_length=64)],
        raison: Annotated[str, Form(max_length=LONGEST_REASON)],
    ) -> Response:
        return pages.explain(
            pages.place("anomalies", request.query_params), anomalie, raison, identity
        )

    @router.get("/{view}")
    def seen(
        view: str, request: Request, pages: Annotated[LedgerPages, Depends(pages_of)]
    ) -> Response:
        return pages.view(pages.place(view, request.query_params))

    @router.get("/{view}/graphique.svg")
    def drawing(
        view: str, request: Request, pages: Annotated[LedgerPages, Depends(pages_of)]
    ) -> Response:
        return pages.drawing(pages.place(view, request.query_params))

    @router.get("/{view}/tableau/{number}.{suffix}")
    def file(
        view: str,
        number: int,
        suffix: Suffix,
        request: Request,
        pages: Annotated[LedgerPages, Depends(pages_of)],
        identity: Annotated[Identity, Depends(reader)],
    ) -> Response:
        return pages.file(pages.place(view, request.query_params), number, suffix, identity)

    @router.get("/{view}/tableau/{number}")
    def table(
        view: str,
        number: int,
        request: Request,
        pages: Annotated[LedgerPages, Depends(pages_of)],
    ) -> Response:
        return pages.table(pages.place(view, request.query_params), number)

    @router.get("/{view}/tableau/{number}/lignes/{index}")
    def rows(
        view: str,
        number: int,
        index: int,
        request: Request,
        pages: Annotated[LedgerPages, Depends(pages_of)],
    ) -> Response:
        return pages.rows(pages.place(view, request.query_params), number, index)

    return router


def _imports(over: Population, desk_of: DeskOf, reader: Reader) -> APIRouter:
    router = APIRouter()

    def pages_of(desk: Annotated[Desk, Depends(desk_of)]) -> ImportPages:
        return ImportPages(desk.ledger.batches, over)

    @router.get("/import")
    def opened(pages: Annotated[ImportPages, Depends(pages_of)]) -> Response:
        return pages.opened()

    @router.post("/import")
    async def receive(
        request: Request,
        pages: Annotated[ImportPages, Depends(pages_of)],
        identity: Annotated[Identity, Depends(reader)],
    ) -> Response:
        return await pages.receive(request, identity)

    @router.get("/import/{token}")
    def shown(
        token: str,
        pages: Annotated[ImportPages, Depends(pages_of)],
        identity: Annotated[Identity, Depends(reader)],
    ) -> Response:
        return pages.shown(token, identity)

    @router.post("/import/{token}")
    def decide(
        token: str,
        pages: Annotated[ImportPages, Depends(pages_of)],
        identity: Annotated[Identity, Depends(reader)],
        act: Annotated[Act, Form()],
        titre: Texts = (),
        colonne: Texts = (),
        avant: Texts = (),
    ) -> Response:
        columns = list(zip(titre, colonne, avant, strict=False))
        return pages.decide(token, act, columns, identity)

    return router
