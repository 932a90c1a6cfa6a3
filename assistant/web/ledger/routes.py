"""The addresses of the ledger's pages and of its imports; each asks for the role of a buyer."""

from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from assistant.accounts.identity import Identity
from assistant.ledger.query.plan import Population
from assistant.ledger.replies import ROOTS
from assistant.web.buyer.service import BuyerService
from assistant.web.ledger.imports import ImportPages
from assistant.web.ledger.pages import LONGEST_REASON, LedgerPages
from assistant.web.routes import from_here
from assistant.web.site import DeskOf, Reader

Texts = Annotated[Sequence[str], Form()]
Suffix = Literal["csv", "xlsx"]
Act = Literal["store", "read", "drop"]

PagesOf = Callable[..., LedgerPages]
"""A dependency of a route: the pages of the buyer who asks."""


def ledger_routes(desk_of: DeskOf, reader: Reader) -> APIRouter:
    """The pages of invoices and those of purchases, which work without script."""
    router = APIRouter(dependencies=[Depends(from_here)])
    for over in Population:
        pages_of = _pages_of(over, desk_of)
        # Imports and pieces have addresses that would be taken for those of a view.
        for each in (
            _imports(over, desk_of, reader),
            _pieces(pages_of, reader),
            _views(pages_of),
            _tables(pages_of, reader),
        ):
            router.include_router(each, prefix=ROOTS[over])
    return router


def _pages_of(over: Population, desk_of: DeskOf) -> PagesOf:
    def pages_of(desk: Annotated[BuyerService, Depends(desk_of)]) -> LedgerPages:
        return LedgerPages(desk.ledger, over)

    return pages_of


def _pieces(pages_of: PagesOf, reader: Reader) -> APIRouter:
    """One invoice or contract, and why an anomaly is none."""
    router = APIRouter()

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
        place = pages.place("anomalies", request.query_params)
        return pages.explain(place, anomalie, raison, identity)

    return router


def _views(pages_of: PagesOf) -> APIRouter:
    """The views, and their drawings."""
    router = APIRouter()

    @router.get("")
    def opened(request: Request, pages: Annotated[LedgerPages, Depends(pages_of)]) -> Response:
        return pages.view(pages.place("apercu", request.query_params))

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

    return router


def _tables(pages_of: PagesOf, reader: Reader) -> APIRouter:
    """The tables of a view: as files, whole, and what their rows are made of."""
    router = APIRouter(prefix="/{view}/tableau")

    @router.get("/{number}.{suffix}")
    def file(
        view: str,
        number: int,
        suffix: Suffix,
        request: Request,
        pages: Annotated[LedgerPages, Depends(pages_of)],
        identity: Annotated[Identity, Depends(reader)],
    ) -> Response:
        return pages.file(pages.place(view, request.query_params), number, suffix, identity)

    @router.get("/{number}")
    def table(
        view: str,
        number: int,
        request: Request,
        pages: Annotated[LedgerPages, Depends(pages_of)],
    ) -> Response:
        return pages.table(pages.place(view, request.query_params), number)

    @router.get("/{number}/lignes/{index}")
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

    def pages_of(desk: Annotated[BuyerService, Depends(desk_of)]) -> ImportPages:
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
