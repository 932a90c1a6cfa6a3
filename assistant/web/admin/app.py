"""The administrator's pages as an application of their own; every handler asks who it is for."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Form, HTTPException, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from assistant.accounts.identity import Identity
from assistant.errors import AssistantError
from assistant.publishing.build_record import BuildState
from assistant.publishing.service import AdministrationService
from assistant.question.language import Language
from assistant.reports.markup import NOTHING, Html, element, join_html, load_words
from assistant.web.admin.frame import HOME, navigation, page
from assistant.web.admin.index_view import build_html, candidate_html, served_html
from assistant.web.admin.upkeep_view import (
    backups_html,
    generations_html,
    schedule_html,
    sources_html,
    usage_html,
)
from assistant.web.buyer.dossier_forms import BOUNDS, TooMuch, form_of, parcels_in
from assistant.web.buyer.law_pages import changes_html
from assistant.web.routes import from_here, standing_alone, with_problems
from assistant.web.site import Reader
from ingestion.errors import IngestionError
from ingestion.legislation.versions import Difference
from ingestion.tenders.intake import Parcel, Receipt

# The administrator's pages, each made from what the office knows when it is asked for.

SEEN, REFUSED, BROKEN = 200, 409, 503
SAID = load_words(Language.FRENCH)
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
        can_go_back = any(served and each.name < served.name for each in office.generations())
        content = page(
            "/",
            "Index",
            served_html(served, can_go_back=can_go_back),
            NOTHING if running else self._candidate(),
            build_html(build, office.log),
            problem=problem,
        )
        refresh = REFRESH if running else 0
        return _standing(content, "Index", status, script="build.js", refresh=refresh)

    def texts(self) -> Response:
        """Every text that differs from the index in service to the candidate."""
        try:
            content = changes_html(self._office.changes(), date.today(), Language.FRENCH)
        except IngestionError as failure:
            content = element("main", element("p", str(failure)), class_="document")
        around = element("div", navigation(""), class_="dossiers admin around")
        return _standing(join_html([around, content]), "Ce qui change", SEEN)

    def sources(
        self, receipts: Sequence[Receipt] = (), problem: str = "", status: int = SEEN
    ) -> Response:
        """The files of the next index."""
        try:
            found = self._office.sources()
        except IngestionError as failure:
            found, problem, status = (), str(failure), BROKEN
        content = page("/sources", "Textes", sources_html(found, receipts, SAID), problem=problem)
        return _standing(content, "Textes", status, script="upload.js")

    def upkeep(self, problem: str = "", status: int = SEEN) -> Response:
        """Generations, room, backups, schedule."""
        office = self._office
        try:
            schedule = schedule_html(office.schedule(), datetime.now().astimezone(), office.units())
        except AssistantError as failure:
            schedule, problem, status = NOTHING, str(failure), BROKEN
        content = page(
            "/entretien",
            "Entretien",
            backups_html(office.backups()),
            generations_html(office.generations()),
            usage_html(office.usage()),
            schedule,
            problem=problem,
        )
        return _standing(content, "Entretien", status)

    def _candidate(self) -> Html:
        """The candidate, if one waits."""
        office = self._office
        candidate = office.candidate
        manifest = office.manifest(candidate.generation) if candidate else None
        if candidate is None or manifest is None:
            return NOTHING
        return candidate_html(candidate, manifest, office.served, self._changes())

    def _changes(self) -> Difference | None:
        """The difference from the index in service, None when there is no such index."""
        try:
            return self._office.changes().difference
        except IngestionError:
            return None


def done(page: Callable[..., Response], path: str, act: Callable[[], object]) -> Response:
    """Do what was asked and go to a path, or show the page with the reason why not."""
    try:
        act()
    except (AssistantError, IngestionError) as refusal:
        return page(problem=str(refusal), status=REFUSED)
    return RedirectResponse(f"{HOME}{path}", 303)


def _standing(
    content: Html, title: str, status: int, *, script: str = "", refresh: int = 0
) -> Response:
    return standing_alone(
        content,
        SAID,
        Language.FRENCH,
        status,
        title=f"{title}, administration",
        script=script,
        refresh=refresh,
    )


# The index in service and the candidate: built, examined, published or refused, rolled back.

Text = Annotated[str, Form(max_length=500)]


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

TOO_LARGE = 413

Name = Annotated[str, Form(max_length=500)]


def source_routes(office: AdministrationService, reader: Reader) -> APIRouter:
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


# The upkeep of the data folder: old indexes freed, backups made and carried elsewhere.


def upkeep_routes(office: AdministrationService, reader: Reader) -> APIRouter:
    """The page of the upkeep and its forms."""
    router = APIRouter()
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806 - a type
    pages = AdminPages(office)

    @router.get("/entretien")
    def upkeep(who: Who) -> Response:
        return pages.upkeep()

    @router.post("/generations/discard")
    def discard(who: Who, generation: Name) -> Response:
        return done(pages.upkeep, "/entretien#kept", lambda: office.discard(generation, who.user))

    @router.post("/backups")
    def back_up(who: Who) -> Response:
        return done(
            pages.upkeep,
            "/entretien#backups",
            lambda: office.back_up(datetime.now().astimezone(), who.user),
        )

    @router.get("/backups/{name}")
    def backup(who: Who, name: str) -> Response:
        path = office.backup(name, who.user)
        if path is None:
            raise HTTPException(404)
        return FileResponse(path, media_type="application/x-tar", filename=name)

    return router


# The administrator's pages as an application of their own; every handler asks who it is for.


def admin_app(office: AdministrationService, reader: Reader) -> FastAPI:
    """Pages that work without script; `reader` lets administrators in and nobody else."""
    app = FastAPI(
        title="Sourcier, administration",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(from_here)],
    )
    for routes in (index_routes, source_routes, upkeep_routes):
        app.include_router(routes(office, reader))
    return with_problems(app)
