"""A file of the library on a page of its own: read, dated, taken again once it was set aside."""

from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from assistant.accounts.identity import Identity
from assistant.publishing.service import AdministrationService
from assistant.reports.versions import days
from assistant.web.admin.answers import HOME, MISSING, SAID, SEEN, Text, done, page
from assistant.web.site import Reader
from assistant.web.viewer import View, fits, whole_text
from ingestion.chunking.sentences import Span
from ingestion.errors import IngestionError
from ingestion.french import days_in_words
from ingestion.readers.documents import Document

TEXT_PAGE = f"{HOME}/sources/texte"


def source_page(
    office: AdministrationService,
    source: str,
    document_id: str = "",
    problem: str = "",
    status: int = SEEN,
    span: Span | None = None,
) -> Response:
    """A file: what is known of it, and its text, or the list of its texts.

    A span of the characters of the text is marked.
    """
    try:
        known = next((each for each in office.sources() if each.name == source), None)
        return _shown(
            office.texts(source),
            {"source": source},
            document_id,
            problem,
            status,
            span,
            known=known,
            added=office.additions().get(source),
            dated=office.datings().get(source),
        )
    except IngestionError as failure:
        return _missing(str(failure))


def withheld_page(
    office: AdministrationService,
    digest: str,
    document_id: str = "",
    problem: str = "",
    status: int = SEEN,
) -> Response:
    """A file that is set aside, with who did it and why."""
    try:
        texts = office.withheld_texts(digest)
    except IngestionError as failure:
        return _missing(str(failure))
    aside = next(each for each in office.withheld() if each.entry.sha256 == digest)
    return _shown(texts, {"withheld": digest}, document_id, problem, status, aside=aside)


def _missing(problem: str) -> Response:
    return page("source", "Texte", MISSING, problem=problem, texts=())


def _shown(
    texts: tuple[Document, ...],
    asked: dict[str, str],
    document_id: str,
    problem: str = "",
    status: int = SEEN,
    span: Span | None = None,
    **known: Any,  # noqa: ANN401 - what a template takes
) -> Response:
    chosen = [each for each in texts if each.id == document_id] or (
        texts if len(texts) == 1 else ()
    )
    document = chosen[0] if chosen else None
    told = {"known": None, "added": None, "dated": None, "aside": None} | known
    return page(
        "source",
        document.title if document else texts[0].source,
        status,
        problem=problem,
        texts=texts,
        document=document,
        days=days(document, SAID) if document else "",
        days_in_words=days_in_words,
        shown=whole_text(document, _view(document, span)) if document else "",
        way=lambda each: f"{TEXT_PAGE}?{urlencode(asked | {'document': each.id})}",
        **told,
    )


def _view(document: Document, span: Span | None) -> View | None:
    """The whole text, a span of it marked; None for characters that it does not have."""
    view = View(span or (0, len(document.text)), (span,) if span else ())
    return view if fits(view, document) else None


def text_routes(office: AdministrationService, reader: Reader) -> APIRouter:
    """The page of a file, and what is done there."""
    router = APIRouter(prefix="/sources")
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806 - a type

    @router.get("/texte")
    def text(
        who: Who,
        source: str = "",
        document: str = "",
        withheld: str = "",
        start: int = 0,
        end: int = 0,
    ) -> Response:
        if withheld:
            return withheld_page(office, withheld, document)
        return source_page(office, source, document, span=(start, end) if end else None)

    @router.post("/date")
    def date(who: Who, source: Text, day: Text) -> Response:
        return done(
            partial(source_page, office, source),
            f"/sources/texte?{urlencode({'source': source})}",
            lambda: office.set_date(source, day, who.user),
        )

    @router.post("/reprendre")
    def take_again(who: Who, withheld: Text) -> Response:
        return done(
            partial(withheld_page, office, withheld),
            "/sources#withheld",
            lambda: office.take_again(withheld, who.user),
        )

    return router
