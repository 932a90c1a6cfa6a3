"""The texts of the next index: sent, read, dated, taken out, set aside; sheets held to the law."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from assistant.errors import AssistantError
from assistant.law.sheets import CAUSES
from assistant.publishing.build_record import BuildState
from assistant.publishing.service import AdministrationService
from assistant.publishing.sources import IndexSource, Standing
from assistant.question.language import fold_text
from assistant.reports.markup import NOTHING, days
from assistant.web.admin.pages import (
    HOME,
    Service,
    Text,
    done,
    page,
    page_words,
    shown_text,
    time_left,
)
from assistant.web.buyer.dossier_forms import (
    BOUNDS,
    FIELD,
    TooMuch,
    form_of,
    parcels_in,
    report_html,
    upload_form,
)
from assistant.web.site import Who
from ingestion.chunking.sentences import Span
from ingestion.documents.document import Document
from ingestion.errors import IngestionError
from ingestion.french import days_in_words
from ingestion.tenders.intake import Parcel, Receipt

TEXT_PAGE = f"{HOME}/sources/texte"


def sources_page(
    service: AdministrationService,
    receipts: Sequence[Receipt] = (),
    problem: str = "",
    status: int = HTTPStatus.OK,
    wanted: str = "",
) -> Response:
    """The files of the next index, those whose name has the words that are wanted."""
    try:
        every = service.sources()
    except IngestionError as failure:
        every, problem, status = (), str(failure), HTTPStatus.SERVICE_UNAVAILABLE
    return page(
        "sources",
        "Textes",
        status,
        script="upload.js",
        problem=problem,
        wanted=wanted,
        additions=service.additions(),
        datings=service.datings(),
        withheld=service.withheld(),
        days_in_words=days_in_words,
        law=service.law,
        reading=service.law_reading,
        states=BuildState,
        time_left=time_left,
        **_listed(every, fold_text(wanted).split()),
        **_sending(receipts),
    )


def _listed(every: Sequence[IndexSource], words: Sequence[str]) -> dict[str, object]:
    """The files to show, those that wait for an index first, and what is counted of them all."""
    found = [each for each in every if all(word in fold_text(each.name) for word in words)]
    return {
        "found": sorted(found, key=lambda each: each.standing is Standing.SERVED),
        "every": len(every),
        "waiting": sum(each.standing is not Standing.SERVED for each in every),
        "undated": sum(each.awaits_date for each in every),
    }


def _sending(receipts: Sequence[Receipt]) -> dict[str, object]:
    """The form that sends files, and what became of those that were just sent."""
    said = page_words()
    reading = "Lecture des fichiers…"
    return {
        "report": report_html(receipts, said) if receipts else NOTHING,
        "upload": partial(upload_form, said, f"{HOME}/sources", reading=reading),
        "field": FIELD,
        "bounds": BOUNDS,
    }


def source_page(
    service: AdministrationService,
    source: str,
    document_id: str = "",
    problem: str = "",
    status: int = HTTPStatus.OK,
    span: Span | None = None,
) -> Response:
    """A file: what is known of it, and its text, or the list of its texts.

    A span of the characters of the text is marked.
    """
    try:
        texts = service.texts(source)
        known = {
            "known": next((each for each in service.sources() if each.name == source), None),
            "added": service.additions().get(source),
            "dated": service.datings().get(source),
        }
    except IngestionError as failure:
        return _missing(str(failure))
    return _shown(texts, {"source": source}, document_id, problem, status, span, **known)


def withheld_page(
    service: AdministrationService,
    digest: str,
    document_id: str = "",
    problem: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    """A file that is set aside, with who did it and why."""
    try:
        texts = service.withheld_texts(digest)
    except IngestionError as failure:
        return _missing(str(failure))
    aside = next(each for each in service.withheld() if each.entry.sha256 == digest)
    return _shown(texts, {"withheld": digest}, document_id, problem, status, aside=aside)


def _missing(problem: str) -> Response:
    return page("source", "Texte", HTTPStatus.NOT_FOUND, problem=problem, texts=())


def _shown(
    texts: tuple[Document, ...],
    asked: dict[str, str],
    document_id: str,
    problem: str = "",
    status: int = HTTPStatus.OK,
    span: Span | None = None,
    **known: Any,  # noqa: ANN401 - what a template takes
) -> Response:
    alone = texts[0] if len(texts) == 1 else None
    document = next((each for each in texts if each.id == document_id), alone)
    told = {"known": None, "added": None, "dated": None, "aside": None} | known
    return page(
        "source",
        document.title if document else texts[0].source,
        status,
        problem=problem,
        texts=texts,
        document=document,
        days=days(document, page_words()) if document else "",
        days_in_words=days_in_words,
        shown=shown_text(document, span) if document else "",
        way=lambda each: f"{TEXT_PAGE}?{urlencode(asked | {'document': each.id})}",
        **told,
    )


def sheets_page(service: AdministrationService) -> Response:
    """Every disagreement of sheets and articles of the day, then those that are explained."""
    found, problem, status = None, "", HTTPStatus.OK
    try:
        found = service.sheets(date.today())
    except IngestionError as failure:
        problem, status = str(failure), HTTPStatus.SERVICE_UNAVAILABLE
    return page(
        "sheets",
        "Fiches et articles",
        status,
        problem=problem,
        found=found,
        causes=CAUSES,
        text_address=text_address,
    )


def text_address(source: str, document: str, start: int = 0, end: int = 0) -> str:
    """Where a text of the index in service is read, some of its characters marked."""
    span = {"start": start, "end": end} if end else {}
    query = urlencode({"source": source, "document": document} | span)
    return f"{TEXT_PAGE}?{query}{'#passage' if end else ''}"


# The addresses.

text_routes = APIRouter()


@text_routes.get("/fiches")
def show_sheets(who: Who, service: Service) -> Response:
    """Sheets against the articles in force."""
    return sheets_page(service)


@text_routes.get("/sources")
def show_sources(who: Who, service: Service, q: str = "") -> Response:
    """The files, or those that are looked for."""
    return sources_page(service, wanted=q[:200])


@text_routes.post("/sources")
async def add(who: Who, service: Service, request: Request) -> Response:
    """Files that are sent."""
    try:
        async with form_of(request) as form:
            chosen, parcels = str(form.get("texts", "")).split(), parcels_in(form)
            return await run_in_threadpool(_received, service, parcels, chosen, who.user)
    except TooMuch:
        told = page_words()["upload_too_much"].format(**BOUNDS)
        return await run_in_threadpool(
            sources_page, service, problem=told, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        )


def _received(
    service: AdministrationService, parcels: list[Parcel], texts: list[str], user: str
) -> Response:
    try:
        return sources_page(service, service.add(parcels, texts, user))
    except (AssistantError, IngestionError) as refusal:
        return sources_page(service, problem=str(refusal), status=HTTPStatus.CONFLICT)


@text_routes.post("/sources/official")
def install_law(who: Who, service: Service) -> Response:
    """Have the official texts installed."""
    shown = partial(sources_page, service)
    return done(shown, "/sources#official", lambda: service.install_law(who.user))


@text_routes.post("/sources/official/stop")
def stop_law(who: Who, service: Service) -> Response:
    """Stop their installation."""
    return done(partial(sources_page, service), "/sources#official", service.stop_law)


@text_routes.post("/sources/remove")
def remove(who: Who, service: Service, source: Text) -> Response:
    """Take a file out."""
    shown = partial(sources_page, service)
    return done(shown, "/sources", lambda: service.remove(source, who.user))


@text_routes.post("/sources/restore")
def undo_removal(who: Who, service: Service, source: Text) -> Response:
    """Put it back."""
    shown = partial(sources_page, service)
    return done(shown, "/sources", lambda: service.undo_removal(source, who.user))


@text_routes.get("/sources/texte")
def show_text(
    who: Who,
    service: Service,
    source: str = "",
    document: str = "",
    withheld: str = "",
    start: int = 0,
    end: int = 0,
) -> Response:
    """A file to read."""
    if withheld:
        return withheld_page(service, withheld, document)
    return source_page(service, source, document, span=(start, end) if end else None)


@text_routes.post("/sources/date")
def set_date(who: Who, service: Service, source: Text, day: Text) -> Response:
    """Say of which day a file is."""
    shown, path = partial(source_page, service, source), f"?{urlencode({'source': source})}"
    return done(shown, f"/sources/texte{path}", lambda: service.set_date(source, day, who.user))


@text_routes.post("/sources/reprendre")
def take_again(who: Who, service: Service, withheld: Text) -> Response:
    """Take a file again that was set aside."""
    shown = partial(withheld_page, service, withheld)
    return done(shown, "/sources#withheld", lambda: service.take_again(withheld, who.user))
