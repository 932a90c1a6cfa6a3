"""The administrator's pages as an application of their own; every handler asks who it is for."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from assistant.accounts.administration import AccountAdministration
from assistant.accounts.identity import ALONE, Identity
from assistant.errors import AssistantError
from assistant.evaluation.runs import AnswerChange
from assistant.law.hierarchy import state_counts, state_range
from assistant.publishing.history import BuildState, BuildStep
from assistant.publishing.service import AdministrationService
from assistant.publishing.upkeep import Standing
from assistant.question.language import Language, fold_text
from assistant.reports.markup import NOTHING
from assistant.reports.versions import days
from assistant.web.admin.accounts import account_routes
from assistant.web.admin.answers import (
    BROKEN,
    HOME,
    MISSING,
    REFUSED,
    SAID,
    SEEN,
    TOO_LARGE,
    Text,
    done,
    page,
)
from assistant.web.admin.sheets import disagreements_count, sheet_routes
from assistant.web.admin.texts import text_routes
from assistant.web.admin.upkeep import upkeep_routes
from assistant.web.buyer.dossier_forms import (
    BOUNDS,
    FIELD,
    TooMuch,
    form_of,
    parcels_in,
    report_html,
    upload_form,
)
from assistant.web.buyer.law_pages import changes_html
from assistant.web.routes import from_here, with_problems
from assistant.web.site import Reader
from assistant.web.viewer import View, fits, whole_text
from ingestion.errors import IngestionError
from ingestion.french import days_in_words
from ingestion.legislation.versions import Difference, compare
from ingestion.tenders.intake import Parcel, Receipt

# The administrator's pages, each made from what the office knows when it is asked for.

REFRESH = 3
"""Seconds after which a browser without script looks again at a build."""


class AdminPages:
    """What each address shows; `problem` says why what was asked was not done."""

    def __init__(self, office: AdministrationService) -> None:
        self._office = office

    def index(self, problem: str = "", status: int = SEEN) -> Response:
        """The index in service, the build and the candidate."""
        office = self._office
        build, served = office.build, office.served
        running = build is not None and build.state is BuildState.RUNNING
        candidate = None if running else office.candidate
        manifest = office.manifest(candidate.generation) if candidate else None
        return page(
            "index",
            "Index",
            status,
            script="build.js",
            refresh=REFRESH if running else 0,
            problem=problem,
            served=served,
            can_go_back=any(served and each.name < served.name for each in office.generations()),
            candidate=candidate,
            manifest=manifest,
            changes=self._changes() if manifest else None,
            kinds=AnswerChange,
            compare=compare,
            state_range=state_range,
            state_counts=state_counts,
            restorable=office.restorable(),
            build=build,
            running=running,
            log=office.log,
            alone=ALONE.user,
            time_left=time_left,
            disagreements=disagreements_count(office),
        )

    def texts(self) -> Response:
        """Every text that differs from the index in service to the candidate."""
        try:
            shown = changes_html(
                self._office.changes(), date.today(), Language.FRENCH, f"{HOME}/candidat/textes"
            )
            changes, problem = shown, ""
        except IngestionError as failure:
            changes, problem = NOTHING, str(failure)
        return page("changes", "Ce qui change", changes=changes, problem=problem)

    def text(self, document_id: str, span: tuple[int, int] | None = None) -> Response:
        """A text of the candidate, or one that it lacks; a span of its characters is marked."""
        try:
            found = self._office.text(document_id)
        except IngestionError as failure:
            problem = str(failure)
            return page("text", "Texte du candidat", MISSING, problem=problem, text=None)
        document = found.document
        view = View(span or (0, len(document.text)), (span,) if span else ())
        return page(
            "text",
            document.title
            if document.reference is None
            else f"{document.title}, {document.reference}",
            problem="",
            text=found,
            days=days(document, SAID),
            days_in_words=days_in_words,
            days_before=days(found.before, SAID) if found.before else "",
            compare=compare,
            shown=whole_text(document, view if fits(view, document) else None),
        )

    def history(self, problem: str = "", status: int = SEEN) -> Response:
        """What was done to the index, and the indexes that may be put back in service."""
        office = self._office
        return page(
            "history",
            "Historique",
            status,
            problem=problem,
            served=office.served.name if office.served else "",
            kept={each.name for each in office.generations()},
            events=office.events(),
            restorable=office.restorable(),
        )

    def sources(
        self,
        receipts: Sequence[Receipt] = (),
        problem: str = "",
        status: int = SEEN,
        wanted: str = "",
    ) -> Response:
        """The files of the next index, those whose name has the words that are wanted."""
        words = fold_text(wanted).split()
        try:
            every = self._office.sources()
            found = tuple(
                each for each in every if all(word in fold_text(each.name) for word in words)
            )
        except IngestionError as failure:
            every, found, problem, status = (), (), str(failure), BROKEN
        return page(
            "sources",
            "Textes",
            status,
            script="upload.js",
            problem=problem,
            report=report_html(receipts, SAID) if receipts else NOTHING,
            upload=partial(upload_form, SAID, f"{HOME}/sources", reading="Lecture des fichiers…"),
            field=FIELD,
            bounds=BOUNDS,
            found=sorted(found, key=lambda each: each.standing is Standing.SERVED),
            waiting=sum(each.standing is not Standing.SERVED for each in every),
            every=len(every),
            undated=sum(each.awaits_date for each in every),
            wanted=wanted,
            additions=self._office.additions(),
            datings=self._office.datings(),
            withheld=self._office.withheld(),
            days_in_words=days_in_words,
            law=self._office.law,
            reading=self._office.law_reading,
            states=BuildState,
            time_left=time_left,
        )

    def _changes(self) -> Difference | None:
        """The difference from the index in service, None when there is no such index."""
        try:
            return self._office.changes().difference
        except IngestionError:
            return None


def time_left(step: BuildStep) -> str:
    """The time that a step may still take, at the pace at which it went."""
    spent = (step.told - step.began).total_seconds()
    if not 0 < step.done < step.total or spent < 2:
        return ""
    left = round(spent / step.done * (step.total - step.done))
    minutes, seconds = divmod(left, 60)
    return f", reste {minutes} min {seconds:02} s" if minutes else f", reste {seconds} s"


# The index in service and the candidate: built, examined, published or refused, rolled back.


def index_routes(office: AdministrationService, reader: Reader) -> APIRouter:
    """The first page, what differs in the candidate, and what is done with both."""
    router = APIRouter()
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806 - a type
    pages = AdminPages(office)

    @router.get("/")
    def index(who: Who) -> Response:
        return pages.index()

    @router.get("/candidat/textes")
    def texts(who: Who) -> Response:
        return pages.texts()

    @router.get("/candidat/textes/{document}")
    def text(who: Who, document: str, start: int = 0, end: int = 0) -> Response:
        return pages.text(document, (start, end) if end else None)

    @router.get("/historique")
    def history(who: Who) -> Response:
        return pages.history()

    @router.post("/restore")
    def restore(who: Who, generation: Text, reason: Text = "") -> Response:
        return done(
            pages.history,
            "/historique",
            lambda: office.restore(generation, reason.strip(), who.user),
        )

    @router.post("/build")
    def build(who: Who) -> Response:
        return done(pages.index, "/#build", lambda: office.start_build(who.user))

    @router.post("/build/stop")
    def stop(who: Who) -> Response:
        return done(pages.index, "/#build", office.stop_build)

    @router.post("/gate")
    def gate(who: Who) -> Response:
        return done(pages.index, "/#build", lambda: office.start_gate(who.user))

    @router.post("/publish")
    def publish(who: Who, generation: Text, reason: Text = "", force: Text = "") -> Response:
        forced = force == "yes"
        return done(
            pages.index,
            "/",
            lambda: office.publish(generation, reason.strip(), who.user, force=forced),
        )

    @router.post("/refuse")
    def refuse(who: Who, generation: Text, reason: Text = "") -> Response:
        return done(pages.index, "/", lambda: office.refuse(generation, reason.strip(), who.user))

    @router.post("/rollback")
    def rollback(who: Who, reason: Text = "") -> Response:
        return done(pages.index, "/", lambda: office.roll_back(reason.strip(), who.user))

    return router


# The files of the next index: sent, taken out.


def source_routes(office: AdministrationService, reader: Reader) -> APIRouter:
    """The page of the files and its forms."""
    router = APIRouter(prefix="/sources")
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806 - a type
    pages = AdminPages(office)

    @router.get("")
    def sources(who: Who, q: str = "") -> Response:
        return pages.sources(wanted=q[:200])

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

    @router.post("/official")
    def install(who: Who) -> Response:
        return done(pages.sources, "/sources#official", lambda: office.install_law(who.user))

    @router.post("/official/stop")
    def stop(who: Who) -> Response:
        return done(pages.sources, "/sources#official", office.stop_law)

    @router.post("/remove")
    def remove(who: Who, source: Text) -> Response:
        return done(pages.sources, "/sources", lambda: office.remove(source, who.user))

    @router.post("/restore")
    def restore(who: Who, source: Text) -> Response:
        return done(pages.sources, "/sources", lambda: office.undo_removal(source, who.user))

    return router


# The administrator's pages as an application of their own; every handler asks who it is for.


def admin_app(
    office: AdministrationService,
    reader: Reader,
    accounts: AccountAdministration | None = None,
) -> FastAPI:
    """Pages that work without script; `reader` lets administrators in and nobody else.

    `accounts` are those that people log in to, None where the machine has one user.
    """
    app = FastAPI(
        title="Sourcier, administration",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(from_here)],
    )
    for routes in (index_routes, source_routes, text_routes, sheet_routes, upkeep_routes):
        app.include_router(routes(office, reader))
    app.include_router(account_routes(accounts, reader))
    return with_problems(app)
