"""The addresses of the buyer's pages: the law in time, the dossiers and their pieces."""

from collections.abc import Callable, Sequence
from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from assistant.errors import AssistantError
from assistant.identity import Identity
from assistant.question.language import Language
from assistant.reports.markup import Words, load_words
from assistant.tenders.fiche_export import FileFormat
from assistant.tenders.opening import open_with
from assistant.tenders.service import DossierService
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
from assistant.web.buyer.dossier_pages import DossierPages
from assistant.web.buyer.evidence_panel import ASKED, changes_html, document_link
from assistant.web.responses import STREAM, attachment, page
from assistant.web.site import ServiceOfBuyer, from_here
from assistant.web.viewer import excerpt
from ingestion.documents.pieces import PieceKind
from ingestion.documents.references import normalise
from ingestion.errors import IngestionError, UnknownDossier, UnknownSnapshot
from ingestion.progress import StepProgress
from ingestion.tenders.intake import Parcel, Receipt

# The pages of the law in time: an article and its versions, and what changed in the index.

GenerationName = Annotated[str | None, Query(pattern=r"^\d{8}-\d{6}-\d{3}$")]


law_routes = APIRouter()
"""Pages without script, beside the conversation."""


@law_routes.get("/law/{reference}")
def show_article(
    service: ServiceOfBuyer,
    reference: str,
    as_of: date | None = None,
    lang: Language = Language.FRENCH,
) -> HTMLResponse:
    """An article, its versions, and the decisions that apply it."""
    key, day = normalise(reference[:100]), as_of or date.today()
    try:
        found, rulings = service.histories(key), service.rulings(key, day)
        near = () if found or rulings else service.near_references(key)
    except (AssistantError, IngestionError) as failure:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, str(failure)) from failure
    told = {"reference": key, "histories": found, "near": near, "as_of": day}
    shown = {"rulings": rulings, "document_link": document_link, "excerpt": excerpt}
    status = HTTPStatus.OK if found or rulings else HTTPStatus.NOT_FOUND
    return page("buyer/law.html", lang, status, **told, **shown, **ASKED)


@law_routes.get("/changes")
def show_changes(
    service: ServiceOfBuyer,
    old: GenerationName = None,
    new: GenerationName = None,
    lang: Language = Language.FRENCH,
) -> HTMLResponse:
    """What changed between two indexes."""
    said = load_words(lang)
    try:
        content = changes_html(service.changes(old, new), date.today(), lang)
    except UnknownSnapshot as failure:
        if old or new:
            raise HTTPException(HTTPStatus.NOT_FOUND, str(failure)) from failure
        title, told = said["changes_title"], said["changes_first"]
        return page("problem.html", lang, title=title, told=told)
    except (AssistantError, IngestionError) as failure:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, str(failure)) from failure
    return page("layout.html", lang, title=said["changes_title"], content=content)


# The pages of the dossiers: what each holds, and every form that changes one.

LINES = "application/x-ndjson"
MEDIA_TYPES = {
    FileFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileFormat.CSV: "text/csv",
}


def pages_of(service: ServiceOfBuyer, lang: Language = Language.FRENCH) -> DossierPages:
    """Those of the buyer who asks, in the language that is asked for."""
    return DossierPages(service, lang)


Pages = Annotated[DossierPages, Depends(pages_of)]

dossier_routes = APIRouter(prefix="/dossiers", dependencies=[Depends(from_here)])
"""Pages that work without script, beside the conversation."""


class NewDossier(Description):
    """The form of a new dossier."""

    id: str


class Correction(BaseModel):
    """The kind of a piece as a reader corrects it."""

    source: str
    piece: PieceKind


@dossier_routes.get("")
def show_dossiers(pages: Pages) -> Response:
    """The dossiers of the reader."""
    return pages.all()


@dossier_routes.post("")
def create(pages: Pages, form: Annotated[NewDossier, Form()]) -> Response:
    """Open a new one."""
    try:
        pages.service.filing.create(form.of(form.id))
    except IngestionError as refusal:
        return pages.all(str(refusal))
    return RedirectResponse(dossier_link(form.id, pages.lang), HTTPStatus.SEE_OTHER)


@dossier_routes.post("/-/pieces")  # no dossier is called so
async def open_with_files(request: Request, pages: Pages) -> Response:
    """Make a dossier of the files of a form, and tell line by line what becomes of them."""
    service, said = pages.service, load_words(pages.lang)
    try:
        form = await read_form(request)
    except TooMuch:
        raise HTTPException(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said["upload_too_much"].format(**BOUNDS)
        ) from None
    parcels, team = parcels_in(form), str(form.get("team", "")).strip()
    if not parcels or not may_open(service.reader, team):
        await form.close()
        raise HTTPException(HTTPStatus.CONFLICT, said["intake_refused"])
    return _told(parcels, _opening(service.filing, parcels, team), said)


@dossier_routes.get("/{dossier_id}")
def show_dossier(pages: Pages, dossier_id: str) -> Response:
    """One of them."""
    return pages.one(dossier_id)


@dossier_routes.post("/{dossier_id}")
def describe(pages: Pages, dossier_id: str, form: Annotated[Description, Form()]) -> Response:
    """Change what is said of one."""
    return pages.done(dossier_id, lambda: pages.service.filing.describe(form.of(dossier_id)))


@dossier_routes.get("/{dossier_id}/fiche.{file_format}")
def send_fiche(pages: Pages, dossier_id: str, file_format: FileFormat) -> Response:
    """The fiche of one as a file."""
    try:
        file = pages.service.filing.export(dossier_id, file_format)
    except IngestionError as failure:
        pages.failed(failure)
    return attachment(file, f"fiche-{dossier_id}.{file_format}", MEDIA_TYPES[file_format])


@dossier_routes.post("/{dossier_id}/pieces")
async def add_pieces(request: Request, pages: Pages, dossier_id: str) -> Response:
    """Take in the files of a form, and report on each: line by line to whom asks for that."""
    said = load_words(pages.lang)
    try:
        # Before a byte of what is sent to it is kept.
        await run_in_threadpool(pages.service.filing.get, dossier_id)
        if LINES in request.headers.get("accept", ""):
            parcels = parcels_in(await read_form(request))
            return _told(parcels, _adding(pages, dossier_id, parcels), said)
        async with parcels_of(request) as parcels:
            return await run_in_threadpool(_received, pages, dossier_id, parcels)
    except (UnknownDossier, TooMuch):
        problem = said["upload_too_much"].format(**BOUNDS)
        return await run_in_threadpool(
            pages.one, dossier_id, problem=problem, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        )


@dossier_routes.post("/{dossier_id}/pieces/kind")
def correct_kind(pages: Pages, dossier_id: str, form: Annotated[Correction, Form()]) -> Response:
    """Correct or confirm the kind of a piece."""
    filing = pages.service.filing
    return pages.done(dossier_id, lambda: filing.set_piece(dossier_id, form.source, form.piece))


@dossier_routes.post("/{dossier_id}/pieces/remove")
def remove_piece(pages: Pages, dossier_id: str, source: Annotated[str, Form()]) -> Response:
    """Take a piece out."""
    return pages.done(dossier_id, lambda: pages.service.filing.remove(dossier_id, [source]))


@dossier_routes.post("/{dossier_id}/delete")
def delete(pages: Pages, dossier_id: str, confirmation: Annotated[str, Form()]) -> Response:
    """Remove a dossier whose identifier was typed again."""
    if confirmation.strip() != dossier_id:
        said = load_words(pages.lang)["dossier_delete_unconfirmed"]
        return pages.one(dossier_id, problem=said, status=HTTPStatus.CONFLICT)
    filing = pages.service.filing
    return pages.done(dossier_id, lambda: filing.delete(dossier_id), f"/dossiers?lang={pages.lang}")


# What becomes of files that are sent to a dossier.


def may_open(reader: Identity, team: str) -> bool:
    """Whether someone may open a dossier of a team, "" being everybody's. Pure."""
    return not team or reader.teams is None or team in reader.teams


def _told(parcels: Sequence[Parcel], intake: Intake, said: Words) -> StreamingResponse:
    """What becomes of these files, line by line; they are closed when all are taken in."""
    lines = IntakeReport(said).lines(parcels, intake)
    return StreamingResponse(lines, media_type=LINES, headers=STREAM)


def _opening(filing: DossierService, parcels: Sequence[Parcel], team: str) -> Intake:
    def intake(told: Callable[[Receipt], None], progress: StepProgress) -> dict[str, object]:
        opened = open_with(filing, parcels, team, date.today(), told, progress)
        return {"dossier": opened.dossier.id if opened.dossier else None}

    return intake


def _adding(pages: DossierPages, dossier_id: str, parcels: Sequence[Parcel]) -> Intake:
    """The page of the dossier is told last, with the report."""

    def intake(told: Callable[[Receipt], None], progress: StepProgress) -> dict[str, object]:
        receipts = pages.service.filing.add(dossier_id, parcels, told, progress)
        return {"page": bytes(pages.one(dossier_id, receipts).body).decode()}

    return intake


def _received(pages: DossierPages, dossier_id: str, parcels: Sequence[Parcel]) -> Response:
    try:
        receipts = pages.service.filing.add(dossier_id, parcels)
    except IngestionError as refusal:
        return pages.one(dossier_id, problem=str(refusal), status=HTTPStatus.CONFLICT)
    return pages.one(dossier_id, receipts)
