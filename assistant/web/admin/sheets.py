"""The sheets in service against the articles in force: a page, and its number on the first one."""

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from assistant.accounts.identity import Identity
from assistant.law.sheets import CAUSES, SheetsComparison
from assistant.publishing.service import AdministrationService
from assistant.web.admin.answers import BROKEN, SEEN, page
from assistant.web.admin.texts import TEXT_PAGE
from assistant.web.site import Reader
from ingestion.errors import IngestionError


def sheets_page(office: AdministrationService) -> Response:
    """Every disagreement of the day, then those that are explained."""
    found, problem, status = None, "", SEEN
    try:
        found = office.sheets(date.today())
    except IngestionError as failure:
        problem, status = str(failure), BROKEN
    return page(
        "sheets",
        "Fiches et articles",
        status,
        problem=problem,
        found=found,
        causes=CAUSES,
        text_address=text_address,
    )


def disagreements_count(office: AdministrationService) -> int | None:
    """How many there are, None where there is nothing to compare."""
    try:
        found: SheetsComparison | None = office.sheets(date.today())
    except IngestionError:
        return None
    return len(found.faults) if found else None


def text_address(source: str, document: str, start: int = 0, end: int = 0) -> str:
    """Where a text of the index in service is read, some of its characters marked."""
    span = {"start": start, "end": end} if end else {}
    query = urlencode({"source": source, "document": document} | span)
    return f"{TEXT_PAGE}?{query}{'#passage' if end else ''}"


def sheet_routes(office: AdministrationService, reader: Reader) -> APIRouter:
    """The page of the disagreements."""
    router = APIRouter()
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806 - a type

    @router.get("/fiches")
    def sheets(who: Who) -> Response:
        return sheets_page(office)

    return router
