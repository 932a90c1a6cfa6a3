"""The addresses of the buyer's pages: the law in time, the dossiers and their pieces."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from assistant.accounts.identity import Identity
from assistant.errors import AssistantError
from assistant.question.language import Language
from assistant.reports.markup import Words, load_words
from assistant.tenders.opening import open_with
from assistant.tenders.service import DossierService, FileFormat
from assistant.web.buyer.dossier_forms import (
    BOUNDS,
    Description,
    Intake,
    IntakeReport,
    TooMuch,
    dossier_link,
    parcels_in,
    parcels_of,
    read_form,
)
from assistant.web.buyer.dossier_pages import REFUSED, DossierPages
from assistant.web.buyer.evidence_panel import ASKED, changes_html, document_link
from assistant.web.buyer.service import BuyerService
from assistant.web.routes import FORGET, from_here, page, standing_alone
from assistant.web.site import ServiceOf
from assistant.web.viewer import excerpt
from ingestion.errors import IngestionError, UnknownDossier, UnknownSnapshot
from ingestion.index.build import Progress
from ingestion.legislation.references import normalise
from ingestion.tenders.intake import Parcel, Receipt
from ingestion.tenders.pieces import PieceKind

# The pages of the law in time: an article and its versions, and what changed in the index.

GenerationName = Annotated[str | None, Query(pattern=r"^\d{8}-\d{6}-\d{3}$")]


def law_routes(service_of: ServiceOf) -> APIRouter:
    """Pages without script, beside the conversation."""
    router = APIRouter()

    @router.get("/law/{reference}")
    def law(
        service: Annotated[BuyerService, Depends(service_of)],
        reference: str,
        as_of: date | None = None,
        lang: Language = Language.FRENCH,
    ) -> HTMLResponse:
        key = normalise(reference[:100])
        try:
            found, rulings = service.histories(key), service.rulings(key, as_of or date.today())
            near = () if found or rulings else service.near_references(key)
        except (AssistantError, IngestionError) as failure:
            raise HTTPException(503, str(failure)) from failure
        status, day = 200 if found or rulings else 404, as_of or date.today()
        told = {"reference": key, "histories": found, "near": near, "as_of": day}
        shown = {"rulings": rulings, "document_link": document_link, "excerpt": excerpt}
        return page("buyer/law.html", lang, status, **told, **shown, **ASKED)

    @router.get("/changes")
    def changes(
        service: Annotated[BuyerService, Depends(service_of)],
        old: GenerationName = None,
        new: GenerationName = None,
        lang: Language = Language.FRENCH,
    ) -> HTMLResponse:
        said = load_words(lang)
        try:
            content = changes_html(service.changes(old, new), date.today(), lang)
        except UnknownSnapshot as failure:
            if old or new:
                raise HTTPException(404, str(failure)) from failure
            title, told = said["changes_title"], said["changes_first"]
            return page("problem.html", lang, title=title, told=told)
        except (AssistantError, IngestionError) as failure:
            raise HTTPException(503, str(failure)) from failure
        return standing_alone(content, said, lang, title=said["changes_title"])

    return router


# The pieces of a dossier: sent, their kinds corrected, taken out.

TOO_LARGE = 413
LINES = "application/x-ndjson"
STREAM = {**FORGET, "X-Accel-Buffering": "no"}
"""A proxy that gathers a stream before it passes it on makes it useless."""


class Correction(BaseModel):
    """The kind of a piece as a reader corrects it."""

    source: str
    piece: PieceKind


class PieceHandlers:
    """What is done with the pieces of the reader's dossiers."""

    def __init__(self, service_of: ServiceOf) -> None:
        self._service_of = service_of

    async def add(
        self, request: Request, dossier_id: str, lang: Language = Language.FRENCH
    ) -> Response:
        """Take in the files of a form, and report on each: line by line to whom asks for that."""
        pages = DossierPages(self._service_of(request), lang)
        try:
            pages.service.filing.get(dossier_id)  # before a byte of what is sent to it is kept
            if LINES in request.headers.get("accept", ""):
                parcels = parcels_in(await read_form(request))
                return _told(parcels, _adding(pages, dossier_id, parcels), load_words(lang))
            async with parcels_of(request) as parcels:
                return await run_in_threadpool(_received, pages, dossier_id, parcels)
        except (UnknownDossier, TooMuch):
            said = load_words(lang)["upload_too_much"].format(**BOUNDS)
            return await run_in_threadpool(pages.one, dossier_id, problem=said, status=TOO_LARGE)

    async def open(self, request: Request, lang: Language = Language.FRENCH) -> Response:
        """Make a dossier of the files of a form, and tell line by line what becomes of them."""
        service, said = self._service_of(request), load_words(lang)
        try:
            form = await read_form(request)
        except TooMuch:
            raise HTTPException(TOO_LARGE, said["upload_too_much"].format(**BOUNDS)) from None
        parcels, team = parcels_in(form), str(form.get("team", ""))
        if not parcels or not may_open(service.reader, team):
            await form.close()
            raise HTTPException(REFUSED, said["intake_refused"])
        return _told(parcels, _opening(service.filing, parcels, team), said)

    def correct(
        self,
        request: Request,
        dossier_id: str,
        form: Annotated[Correction, Form()],
        lang: Language = Language.FRENCH,
    ) -> Response:
        """Correct or confirm the kind of a piece."""
        pages = DossierPages(self._service_of(request), lang)
        filing = pages.service.filing
        return pages.done(dossier_id, lambda: filing.set_piece(dossier_id, form.source, form.piece))

    def remove(
        self,
        request: Request,
        dossier_id: str,
        source: Annotated[str, Form()],
        lang: Language = Language.FRENCH,
    ) -> Response:
        """Take a piece out."""
        pages = DossierPages(self._service_of(request), lang)
        return pages.done(dossier_id, lambda: pages.service.filing.remove(dossier_id, [source]))


def may_open(reader: Identity, team: str) -> bool:
    """Whether someone may open a dossier of a team, "" being everybody's. Pure."""
    return not team or reader.teams is None or team in reader.teams


def _told(parcels: Sequence[Parcel], intake: Intake, said: Words) -> StreamingResponse:
    """What becomes of these files, line by line; they are closed when all are taken in."""
    lines = IntakeReport(said).lines(parcels, intake)
    return StreamingResponse(lines, media_type=LINES, headers=STREAM)


def _opening(filing: DossierService, parcels: Sequence[Parcel], team: str) -> Intake:
    def intake(told: Callable[[Receipt], None], progress: Progress) -> dict[str, object]:
        opened = open_with(filing, parcels, team, date.today(), told, progress)
        return {"dossier": opened.dossier.id if opened.dossier else None}

    return intake


def _adding(pages: DossierPages, dossier_id: str, parcels: Sequence[Parcel]) -> Intake:
    """The page of the dossier is told last, with the report."""

    def intake(told: Callable[[Receipt], None], progress: Progress) -> dict[str, object]:
        receipts = pages.service.filing.add(dossier_id, parcels, told, progress)
        return {"page": bytes(pages.one(dossier_id, receipts).body).decode()}

    return intake


def _received(pages: DossierPages, dossier_id: str, parcels: Sequence[Parcel]) -> Response:
    try:
        receipts = pages.service.filing.add(dossier_id, parcels)
    except IngestionError as refusal:
        return pages.one(dossier_id, problem=str(refusal), status=REFUSED)
    return pages.one(dossier_id, receipts)


# The pages of the dossiers: what each holds, and every form that changes one.

MEDIA_TYPES = {
    FileFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileFormat.CSV: "text/csv",
}


class NewDossier(Description):
    """The form of a new dossier."""

    id: str


def dossier_routes(service_of: ServiceOf) -> APIRouter:
    """Pages that work without script, beside the conversation."""
    dossiers, pieces = DossierHandlers(service_of), PieceHandlers(service_of)
    router = APIRouter(prefix="/dossiers", dependencies=[Depends(from_here), Depends(service_of)])
    router.get("")(dossiers.listed)
    router.post("")(dossiers.create)
    router.post("/-/pieces")(pieces.open)  # no dossier is called so
    router.get("/{dossier_id}")(dossiers.shown)
    router.post("/{dossier_id}")(dossiers.describe)
    router.get("/{dossier_id}/fiche.{file_format}")(dossiers.export)
    router.post("/{dossier_id}/pieces")(pieces.add)
    router.post("/{dossier_id}/pieces/kind")(pieces.correct)
    router.post("/{dossier_id}/pieces/remove")(pieces.remove)
    router.post("/{dossier_id}/delete")(dossiers.delete)
    return router


class DossierHandlers:
    """What each address of the reader's dossiers answers."""

    def __init__(self, service_of: ServiceOf) -> None:
        self._service_of = service_of

    def listed(self, request: Request, lang: Language = Language.FRENCH) -> Response:
        """The dossiers of the reader."""
        return DossierPages(self._service_of(request), lang).all()

    def shown(
        self, request: Request, dossier_id: str, lang: Language = Language.FRENCH
    ) -> Response:
        """One of them."""
        return DossierPages(self._service_of(request), lang).one(dossier_id)

    def export(
        self,
        request: Request,
        dossier_id: str,
        file_format: FileFormat,
        lang: Language = Language.FRENCH,
    ) -> Response:
        """The fiche of one as a file."""
        pages = DossierPages(self._service_of(request), lang)
        try:
            file = pages.service.filing.export(dossier_id, file_format)
        except IngestionError as failure:
            pages.failed(failure)
        named = f'attachment; filename="fiche-{dossier_id}.{file_format}"'
        headers = FORGET | {"Content-Disposition": named}
        return Response(file, media_type=MEDIA_TYPES[file_format], headers=headers)

    def create(
        self,
        request: Request,
        form: Annotated[NewDossier, Form()],
        lang: Language = Language.FRENCH,
    ) -> Response:
        """Open a new one."""
        pages = DossierPages(self._service_of(request), lang)
        try:
            pages.service.filing.create(form.of(form.id))
        except IngestionError as refusal:
            return pages.all(str(refusal))
        return RedirectResponse(dossier_link(form.id, lang), 303)

    def describe(
        self,
        request: Request,
        dossier_id: str,
        form: Annotated[Description, Form()],
        lang: Language = Language.FRENCH,
    ) -> Response:
        """Change what is said of one."""
        pages = DossierPages(self._service_of(request), lang)
        return pages.done(dossier_id, lambda: pages.service.filing.describe(form.of(dossier_id)))

    def delete(
        self,
        request: Request,
        dossier_id: str,
        confirmation: Annotated[str, Form()],
        lang: Language = Language.FRENCH,
    ) -> Response:
        """Remove a dossier whose identifier was typed again."""
        pages = DossierPages(self._service_of(request), lang)
        if confirmation.strip() != dossier_id:
            said = load_words(lang)["dossier_delete_unconfirmed"]
            return pages.one(dossier_id, problem=said, status=REFUSED)
        filing = pages.service.filing
        return pages.done(dossier_id, lambda: filing.delete(dossier_id), f"/dossiers?lang={lang}")
