"""The pieces of a dossier: sent, their kinds corrected, taken out."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from assistant.language import Language
from assistant.page.dossier_pages import REFUSED, DossierPages
from assistant.page.dossier_sending import BOUNDS
from assistant.page.dossier_upload import TooMuch, parcels_of
from assistant.page.site import DeskOf
from assistant.page.words import words
from ingestion.errors import IngestionError, UnknownDossier
from ingestion.intake import Parcel
from ingestion.piece_kinds import PieceKind

TOO_LARGE = 413


class Correction(BaseModel):
    """The kind of a piece as a reader corrects it."""

    source: str
    piece: PieceKind


class PieceHandlers:
    """What is done with the pieces of the reader's dossiers."""

    def __init__(self, desk_of: DeskOf) -> None:
        self._desk_of = desk_of

    async def add(
        self, request: Request, dossier_id: str, lang: Language = Language.FRENCH
    ) -> Response:
        """Take in the files of a form, and report on each of them."""
        pages = DossierPages(self._desk_of(request), lang)
        try:
            pages.desk.filing.get(dossier_id)  # before a byte of what is sent to it is kept
            async with parcels_of(request) as parcels:
                return await run_in_threadpool(_received, pages, dossier_id, parcels)
        except (UnknownDossier, TooMuch):
            said = words(lang)["upload_too_much"].format(**BOUNDS)
            return await run_in_threadpool(pages.one, dossier_id, problem=said, status=TOO_LARGE)

    def correct(
        self,
        request: Request,
        dossier_id: str,
        form: Annotated[Correction, Form()],
        lang: Language = Language.FRENCH,
    ) -> Response:
        """Correct or confirm the kind of a piece."""
        pages = DossierPages(self._desk_of(request), lang)
        filing = pages.desk.filing
        return pages.done(dossier_id, lambda: filing.set_piece(dossier_id, form.source, form.piece))

    def remove(
        self,
        request: Request,
        dossier_id: str,
        source: Annotated[str, Form()],
        lang: Language = Language.FRENCH,
    ) -> Response:
        """Take a piece out."""
        pages = DossierPages(self._desk_of(request), lang)
        return pages.done(dossier_id, lambda: pages.desk.filing.remove(dossier_id, [source]))


def _received(pages: DossierPages, dossier_id: str, parcels: Sequence[Parcel]) -> Response:
    try:
        receipts = pages.desk.filing.add(dossier_id, parcels)
    except IngestionError as refusal:
        return pages.one(dossier_id, problem=str(refusal), status=REFUSED)
    return pages.one(dossier_id, receipts)
