"""The pages of the dossiers: what each holds, and every form that changes one."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from assistant.fiche_export import FileFormat
from assistant.language import Language
from assistant.page.desk import Desk
from assistant.page.dossier_form import Description
from assistant.page.dossier_list import alert, dossier_link, list_html
from assistant.page.dossier_sending import BOUNDS
from assistant.page.dossier_upload import TooMuch, parcels_of
from assistant.page.dossier_view import DossierView
from assistant.page.markup import Html, element
from assistant.page.routes import FORGET, from_here, standing_alone
from assistant.page.site import DeskOf
from assistant.page.words import words
from ingestion.errors import IngestionError, UnknownDossier
from ingestion.intake import Parcel, Receipt
from ingestion.piece_kinds import PieceKind

SEEN, UNKNOWN, REFUSED, TOO_LARGE, BROKEN = 200, 404, 409, 413, 503

MEDIA_TYPES = {
    FileFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileFormat.CSV: "text/csv",
}


class NewDossier(Description):
    """The form of a new dossier."""

    id: str


class Correction(BaseModel):
    """The kind of a piece as a reader corrects it."""

    source: str
    piece: PieceKind


Name = Annotated[str, Form()]


def dossier_routes(desk_of: DeskOf) -> APIRouter:
    """Pages that work without script, beside the conversation."""
    pages = DossierPages(desk_of)
    router = APIRouter(prefix="/dossiers", dependencies=[Depends(from_here), Depends(desk_of)])
    router.get("")(pages.listed)
    router.post("")(pages.create)
    router.get("/{dossier_id}")(pages.shown)
    router.post("/{dossier_id}")(pages.describe)
    router.get("/{dossier_id}/fiche.{file_format}")(pages.export)
    router.post("/{dossier_id}/pieces")(pages.add)
    router.post("/{dossier_id}/pieces/kind")(pages.set_piece)
    router.post("/{dossier_id}/pieces/remove")(pages.remove)
    router.post("/{dossier_id}/delete")(pages.delete)
    return router


class DossierPages:
    """What each address answers; what a reader may not see does not exist for them."""

    def __init__(self, desk_of: DeskOf) -> None:
        self._desk_of = desk_of

    def listed(self, request: Request, lang: Language = Language.FRENCH) -> Response:
        """The dossiers of the reader."""
        return _list(self._desk_of(request), lang)

    def shown(
        self, request: Request, dossier_id: str, lang: Language = Language.FRENCH
    ) -> Response:
        """One of them."""
        return _page(self._desk_of(request), dossier_id, lang)

    def export(
        self,
        request: Request,
        dossier_id: str,
        file_format: FileFormat,
        lang: Language = Language.FRENCH,
    ) -> Response:
        """The fiche of one as a file."""
        try:
            file = self._desk_of(request).filing.export(dossier_id, file_format)
        except IngestionError as failure:
            return _failed(failure, lang)
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
        desk = self._desk_of(request)
        try:
            desk.filing.create(form.of(form.id))
        except IngestionError as refusal:
            return _list(desk, lang, str(refusal))
        return RedirectResponse(dossier_link(form.id, lang), 303)

    def describe(
        self,
        request: Request,
        dossier_id: str,
        form: Annotated[Description, Form()],
        lang: Language = Language.FRENCH,
    ) -> Response:
        """Change what is said of one."""
        desk = self._desk_of(request)
        return _done(desk, dossier_id, lang, lambda: desk.filing.describe(form.of(dossier_id)))

    async def add(
        self, request: Request, dossier_id: str, lang: Language = Language.FRENCH
    ) -> Response:
        """Take in the files of a form, and report on each of them."""
        desk = self._desk_of(request)
        try:
            desk.filing.get(dossier_id)  # before a byte of what is sent to it is kept
            async with parcels_of(request) as parcels:
                return await run_in_threadpool(_received, desk, dossier_id, lang, parcels)
        except (UnknownDossier, TooMuch):
            said = words(lang)["upload_too_much"].format(**BOUNDS)
            return await run_in_threadpool(
                _page, desk, dossier_id, lang, problem=said, status=TOO_LARGE
            )

    def set_piece(
        self,
        request: Request,
        dossier_id: str,
        form: Annotated[Correction, Form()],
        lang: Language = Language.FRENCH,
    ) -> Response:
        """Correct or confirm the kind of a piece."""
        desk = self._desk_of(request)
        return _done(
            desk,
            dossier_id,
            lang,
            lambda: desk.filing.set_piece(dossier_id, form.source, form.piece),
        )

    def remove(
        self,
        request: Request,
        dossier_id: str,
        source: Name,
        lang: Language = Language.FRENCH,
    ) -> Response:
        """Take a piece out."""
        desk = self._desk_of(request)
        return _done(desk, dossier_id, lang, lambda: desk.filing.remove(dossier_id, [source]))

    def delete(
        self,
        request: Request,
        dossier_id: str,
        confirmation: Name,
        lang: Language = Language.FRENCH,
    ) -> Response:
        """Remove a dossier whose identifier was typed again."""
        desk = self._desk_of(request)
        if confirmation.strip() != dossier_id:
            said = words(lang)["dossier_delete_unconfirmed"]
            return _page(desk, dossier_id, lang, problem=said, status=REFUSED)
        try:
            desk.filing.delete(dossier_id)
        except IngestionError as refusal:
            return _page(desk, dossier_id, lang, problem=str(refusal), status=REFUSED)
        return RedirectResponse(f"/dossiers?lang={lang}", 303)


def _received(desk: Desk, dossier_id: str, lang: Language, parcels: Sequence[Parcel]) -> Response:
    try:
        receipts = desk.filing.add(dossier_id, parcels)
    except IngestionError as refusal:
        return _page(desk, dossier_id, lang, problem=str(refusal), status=REFUSED)
    return _page(desk, dossier_id, lang, receipts)


def _done(desk: Desk, dossier_id: str, lang: Language, act: Callable[[], object]) -> Response:
    """Do what was asked, then show the dossier, with the reason why not where there is one."""
    try:
        act()
    except IngestionError as refusal:
        return _page(desk, dossier_id, lang, problem=str(refusal), status=REFUSED)
    return RedirectResponse(dossier_link(dossier_id, lang), 303)


def _list(desk: Desk, lang: Language, problem: str = "") -> HTMLResponse:
    said, filing = words(lang), desk.filing
    try:
        pieces = {dossier: filing.count(dossier.id) for dossier in filing.all()}
    except IngestionError as failure:
        return _failed(failure, lang)
    content = list_html(pieces, said, lang.value, problem)
    status = REFUSED if problem else SEEN
    return standing_alone(content, said, lang, status, title=said["dossiers_title"])


def _page(
    desk: Desk,
    dossier_id: str,
    lang: Language,
    receipts: Sequence[Receipt] = (),
    problem: str = "",
    status: int = SEEN,
) -> HTMLResponse:
    said = words(lang)
    try:
        view = DossierView(said, lang.value, desk.filing.get(dossier_id))
        pieces = desk.filing.pieces(dossier_id)
    except IngestionError as failure:
        return _failed(failure, lang)
    content = view.page(pieces, _sections(desk, dossier_id, lang), receipts, problem)
    name = view.dossier.reference or dossier_id
    return standing_alone(content, said, lang, status, title=name, script="upload.js")


def _sections(desk: Desk, dossier_id: str, lang: Language) -> Sequence[Html]:
    """What is known of the pieces; a dossier can be filled before there are rules."""
    try:
        return desk.sections(dossier_id, lang)
    except IngestionError as failure:
        return (alert(str(failure)),)


def _failed(failure: IngestionError, lang: Language) -> HTMLResponse:
    """A page that says only why there is nothing to see."""
    status = UNKNOWN if isinstance(failure, UnknownDossier) else BROKEN
    return standing_alone(element("p", str(failure)), words(lang), lang, status)
