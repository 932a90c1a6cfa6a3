"""The addresses of the ledger's pages and of its imports; each asks for the role of a buyer."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from assistant.accounts.identity import Identity
from assistant.ledger.query.plan import Population
from assistant.ledger.replies import ROOTS
from assistant.ledger.service import Batch, Batches
from assistant.web.buyer.dossier_forms import TooMuch, parcels_of
from assistant.web.buyer.service import BuyerService
from assistant.web.ledger import imports
from assistant.web.ledger.frame import LedgerAddress
from assistant.web.ledger.pages import LONGEST_REASON, REFUSED, SEEN, UNKNOWN, LedgerPages, answered
from assistant.web.routes import from_here
from assistant.web.site import DeskOf, Reader
from ingestion.ledger.rows import FileKind
from ingestion.tenders.intake import Parcel

# The import of files: sent, shown as they are understood, corrected, then stored.

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
        return answered(self._place, imports.sending(self._place.over))

    async def receive(self, request: Request, identity: Identity) -> Response:
        """Take in the files of a form, and go to what is found in them."""
        try:
            async with parcels_of(request) as parcels:
                return await run_in_threadpool(self._received, parcels, identity)
        except TooMuch:
            form = imports.sending(self._place.over)
            return answered(self._place, form, alert=imports.too_much(), status=TOO_LARGE)

    def shown(self, token: str, identity: Identity) -> Response:
        """What is found in a batch, or how far its reading has come."""
        batch = self._batch(token, identity)
        if batch is None:
            return self._gone()
        if not batch.is_read:
            page = answered(self._place, imports.progress(batch))
            page.headers["Refresh"] = "1"
            return page
        status = REFUSED if batch.failure else SEEN
        return answered(self._place, imports.report(batch), alert=batch.failure, status=status)

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
        form = imports.sending(self._place.over)
        return answered(self._place, form, alert=_GONE, status=UNKNOWN)


# The addresses of the ledger's pages; each asks for the role of a buyer.

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

    def pages_of(desk: Annotated[BuyerService, Depends(desk_of)]) -> LedgerPages:
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
