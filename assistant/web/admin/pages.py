"""What the administrator's pages answer with, and the pages of the index: each made when asked."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Form
from fastapi.responses import RedirectResponse, Response

from assistant.errors import AssistantError
from assistant.evaluation.runs import AnswerChange
from assistant.identity import ALONE
from assistant.law.state_dates import state_counts, state_range
from assistant.publishing.build_record import BuildStep
from assistant.publishing.service import AdministrationService
from assistant.question.language import Language
from assistant.reports.findings import minutes
from assistant.reports.markup import NOTHING, Html, Words, days, load_words, render
from assistant.reports.page_language import in_page_language
from assistant.web.buyer.evidence_panel import changes_html
from assistant.web.frame import current_frame
from assistant.web.responses import page as page_of_site
from assistant.web.site import own_service
from assistant.web.viewer import View, fits, whole_text
from ingestion.chunking.sentences import Span
from ingestion.documents.document import Document
from ingestion.documents.versions import Difference, compare
from ingestion.errors import IngestionError
from ingestion.french import days_in_words

HOME = "/admin"
"""Where the application of the administrator stands."""


REFRESH = 3
"""Seconds after which a browser without script looks again at a build."""

Text = Annotated[str, Form(max_length=500)]
"""A line that somebody types, or the name of what is acted on."""


Service = Annotated[AdministrationService, Depends(own_service)]
"""What the pages of the administrator stand on."""


def done(shown: Callable[..., Response], path: str, act: Callable[[], object]) -> Response:
    """Do what was asked and go to a path, or show the page with the reason why not."""
    try:
        act()
    except (AssistantError, IngestionError) as refusal:
        return shown(problem=str(refusal), status=HTTPStatus.CONFLICT)
    return RedirectResponse(f"{HOME}{path}", HTTPStatus.SEE_OTHER)


def page(template: str, title: str, status: int = HTTPStatus.OK, **values: object) -> Response:
    """A page; `script` and `refresh` among its values are those of the layout."""
    language, said = current_frame().language, page_words()
    content = render(f"admin/{template}.html", title=title, said=said, sized=sized, **values)
    title = f"{in_page_language(title)}, {said['area_ADMINISTRATOR'].lower()}"
    around = values | {"title": title, "content": content}
    return page_of_site("layout.html", language, status, **around)


def page_words() -> Words:
    """The words in the language of the page that is asked for."""
    return load_words(current_frame().language)


_UNITS = {Language.FRENCH: ("Go", "Mo", "ko"), Language.ENGLISH: ("GB", "MB", "kB")}


def sized(size: int) -> str:
    """Bytes as a reader says them."""
    language = current_frame().language
    for unit, name in zip((10**9, 10**6, 10**3), _UNITS[language], strict=True):
        if size >= unit:
            value = size / unit
            return f"{value:.{int(value < 10)}f}\u00a0{name}".replace(".", ",")
    return f"{size}\u00a0{'octets' if language is Language.FRENCH else 'bytes'}"


def shown_text(document: Document, span: Span | None) -> Html:
    """The whole of a text; a span of its characters, if it has them, is marked."""
    view = View(span or (0, len(document.text)), (span,) if span else ())
    return whole_text(document, view if fits(view, document) else None)


# The index in service and the candidate; `problem` says why what was asked was not done.


def index_page(
    service: AdministrationService, problem: str = "", status: int = HTTPStatus.OK
) -> Response:
    """The index in service, the build and the candidate."""
    build, served = service.build, service.served
    running = build is not None and not build.is_over
    candidate = None if running else service.candidate
    manifest = service.manifest(candidate.generation) if candidate else None
    return page(
        "index",
        "Index",
        status,
        script="build.js",
        refresh=REFRESH if running else 0,
        problem=problem,
        served=served,
        can_go_back=any(served and each.name < served.name for each in service.generations()),
        candidate=candidate,
        manifest=manifest,
        changes=_changes(service) if manifest else None,
        kinds=AnswerChange,
        compare=compare,
        state_range=state_range,
        state_counts=state_counts,
        restorable=service.restorable(),
        build=build,
        running=running,
        log=service.log,
        alone=ALONE.user,
        time_left=time_left,
        disagreements=_disagreements(service),
    )


def _changes(service: AdministrationService) -> Difference | None:
    """The difference from the index in service, None when there is no such index."""
    try:
        return service.changes().difference
    except IngestionError:
        return None


def _disagreements(service: AdministrationService) -> int | None:
    """How many sheets and articles disagree, None where there is nothing to compare."""
    try:
        found = service.sheets(date.today())
    except IngestionError:
        return None
    return len(found.faults) if found else None


def changes_page(service: AdministrationService) -> Response:
    """Every text that differs from the index in service to the candidate."""
    changes, problem = NOTHING, ""
    try:
        found, texts = service.changes(), f"{HOME}/candidat/textes"
        changes = changes_html(found, date.today(), current_frame().language, texts)
    except IngestionError as failure:
        problem = str(failure)
    return page("changes", "Ce qui change", changes=changes, problem=problem)


def text_page(
    service: AdministrationService, document_id: str, span: Span | None = None
) -> Response:
    """A text of the candidate, or one that it lacks; a span of its characters is marked."""
    try:
        found = service.text(document_id)
    except IngestionError as failure:
        return page(
            "text", "Texte du candidat", HTTPStatus.NOT_FOUND, problem=str(failure), text=None
        )
    document, said = found.document, page_words()
    return page(
        "text",
        ", ".join(filter(None, (document.title, document.reference))),
        problem="",
        text=found,
        days=days(document, said),
        days_in_words=days_in_words,
        days_before=days(found.before, said) if found.before else "",
        compare=compare,
        shown=shown_text(document, span),
    )


def history_page(
    service: AdministrationService, problem: str = "", status: int = HTTPStatus.OK
) -> Response:
    """What was done to the index, and the indexes that may be put back in service."""
    return page(
        "history",
        "Historique",
        status,
        problem=problem,
        served=service.served.name if service.served else "",
        kept={each.name for each in service.generations()},
        events=service.events(),
        restorable=service.restorable(),
    )


def time_left(step: BuildStep) -> str:
    """The time that a step may still take, at the pace at which it went."""
    spent = (step.told - step.began).total_seconds()
    if not 0 < step.done < step.total or spent < 2:
        return ""
    return f", reste {minutes(spent / step.done * (step.total - step.done))}"
