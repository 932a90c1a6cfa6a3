"""The files of the next index: sent, taken out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from assistant.administration.office import Office
from assistant.errors import AssistantError
from assistant.identity import Identity
from assistant.page.access import Reader
from assistant.page.admin.pages import REFUSED, SAID, AdminPages, done
from assistant.page.dossier_sending import BOUNDS
from assistant.page.dossier_upload import TooMuch, form_of, parcels_in
from ingestion.errors import IngestionError
from ingestion.intake import Parcel

TOO_LARGE = 413

Name = Annotated[str, Form(max_length=500)]


def source_routes(office: Office, reader: Reader) -> APIRouter:
    """The page of the files and its forms."""
    router = APIRouter(prefix="/sources")
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806 - a type
    pages = AdminPages(office)

    @router.get("")
    def sources(who: Who) -> Response:
        return pages.sources()

    @router.post("")
    async def add(who: Who, request: Request) -> Response:
        try:
            async with form_of(request) as form:
                chosen = str(form.get("texts", "")).split()
                return await run_in_threadpool(received, parcels_in(form), chosen, who.user)
        except TooMuch:
            told = SAID["upload_too_much"].format(**BOUNDS)
            return await run_in_threadpool(pages.sources, problem=told, status=TOO_LARGE)

    def received(parcels: list[Parcel], texts: list[str], user: str) -> Response:
        try:
            return pages.sources(office.add(parcels, texts, user))
        except (AssistantError, IngestionError) as refusal:
            return pages.sources(problem=str(refusal), status=REFUSED)

    @router.post("/remove")
    def remove(who: Who, source: Name) -> Response:
        return done(pages.sources, "/sources", lambda: office.remove(source, who.user))

    return router
