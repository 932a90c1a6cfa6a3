"""The pages of the dossiers: what each holds, and every form that changes one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from assistant.fiche_export import FileFormat
from assistant.language import Language
from assistant.page.dossier_form import Description
from assistant.page.dossier_list import dossier_link
from assistant.page.dossier_pages import REFUSED, DossierPages
from assistant.page.piece_handlers import PieceHandlers
from assistant.page.routes import FORGET, from_here
from assistant.page.site import DeskOf
from assistant.page.words import words
from ingestion.errors import IngestionError

MEDIA_TYPES = {
    FileFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileFormat.CSV: "text/csv",
}


class NewDossier(Description):
    """The form of a new dossier."""

    id: str


def dossier_routes(desk_of: DeskOf) -> APIRouter:
    """Pages that work without script, beside the conversation."""
    dossiers, pieces = DossierHandlers(desk_of), PieceHandlers(desk_of)
    router = APIRouter(prefix="/dossiers", dependencies=[Depends(from_here), Depends(desk_of)])
    router.get("")(dossiers.listed)
    router.post("")(dossiers.create)
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

    def __init__(self, desk_of: DeskOf) -> None:
        self._desk_of = desk_of

    def listed(self, request: Request, lang: Language = Language.FRENCH) -> Response:
        """The dossiers of the reader."""
        return DossierPages(self._desk_of(request), lang).all()

    def shown(
        self, request: Request, dossier_id: str, lang: Language = Language.FRENCH
    ) -> Response:
        """One of them."""
        return DossierPages(self._desk_of(request), lang).one(dossier_id)

    def export(
        self,
        request: Request,
        dossier_id: str,
        file_format: FileFormat,
        lang: Language = Language.FRENCH,
    ) -> Response:
        """The fiche of one as a file."""
        pages = DossierPages(self._desk_of(request), lang)
        try:
            file = pages.desk.filing.export(dossier_id, file_format)
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
        pages = DossierPages(self._desk_of(request), lang)
        try:
            pages.desk.filing.create(form.of(form.id))
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
        pages = DossierPages(self._desk_of(request), lang)
        return pages.done(dossier_id, lambda: pages.desk.filing.describe(form.of(dossier_id)))

    def delete(
        self,
        request: Request,
        dossier_id: str,
        confirmation: Annotated[str, Form()],
        lang: Language = Language.FRENCH,
    ) -> Response:
        """Remove a dossier whose identifier was typed again."""
        pages = DossierPages(self._desk_of(request), lang)
        if confirmation.strip() != dossier_id:
            said = words(lang)["dossier_delete_unconfirmed"]
            return pages.one(dossier_id, problem=said, status=REFUSED)
        filing = pages.desk.filing
        return pages.done(dossier_id, lambda: filing.delete(dossier_id), f"/dossiers?lang={lang}")
