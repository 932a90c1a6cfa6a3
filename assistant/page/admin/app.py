"""The administrator's pages as an application of their own; every handler asks who it is for."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Form, HTTPException, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from assistant.administration.office import Office
from assistant.errors import AssistantError
from assistant.identity import Identity
from assistant.page.access import Reader
from assistant.page.admin.frame import HOME
from assistant.page.admin.pages import SAID, AdminPages
from assistant.page.dossier_sending import BOUNDS
from assistant.page.dossier_upload import TooMuch, form_of, parcels_in
from assistant.page.routes import disk_refused, from_here
from ingestion.errors import IngestionError
from ingestion.intake import Parcel

REFUSED, TOO_LARGE = 409, 413

Text = Annotated[str, Form(max_length=500)]
Name = Annotated[str, Form(max_length=500)]


def admin_app(office: Office, reader: Reader) -> FastAPI:
    """Pages that work without script; `reader` lets administrators in and nobody else."""
    app = FastAPI(
        title="Sourcier, administration",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(from_here)],
    )
    app.add_exception_handler(OSError, disk_refused)
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806 - a type
    pages = AdminPages(office)

    def done(page: Callable[..., Response], path: str, act: Callable[[], object]) -> Response:
        """Do what was asked and go to a page, or show it with the reason why not."""
        try:
            act()
        except (AssistantError, IngestionError) as refusal:
            return page(problem=str(refusal), status=REFUSED)
        return RedirectResponse(f"{HOME}{path}", 303)

    @app.get("/")
    def index(who: Who) -> Response:
        return pages.index()

    @app.get("/candidat/textes")
    def texts(who: Who) -> Response:
        return pages.texts()

    @app.post("/build")
    def build(who: Who) -> Response:
        return done(pages.index, "/#build", lambda: office.start_build(who.user))

    @app.post("/build/stop")
    def stop(who: Who) -> Response:
        return done(pages.index, "/#build", office.stop_build)

    @app.post("/gate")
    def gate(who: Who) -> Response:
        return done(pages.index, "/#build", lambda: office.start_gate(who.user))

    @app.post("/publish")
    def publish(who: Who, generation: Name, reason: Text = "", force: Text = "") -> Response:
        forced = force == "yes"
        return done(
            pages.index,
            "/",
            lambda: office.publish(generation, reason.strip(), who.user, force=forced),
        )

    @app.post("/refuse")
    def refuse(who: Who, generation: Name, reason: Text = "") -> Response:
        return done(pages.index, "/", lambda: office.refuse(generation, reason.strip(), who.user))

    @app.post("/rollback")
    def rollback(who: Who, reason: Text = "") -> Response:
        return done(pages.index, "/", lambda: office.roll_back(reason.strip(), who.user))

    @app.get("/sources")
    def sources(who: Who) -> Response:
        return pages.sources()

    @app.post("/sources")
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

    @app.post("/sources/remove")
    def remove(who: Who, source: Name) -> Response:
        return done(pages.sources, "/sources", lambda: office.remove(source, who.user))

    @app.get("/entretien")
    def upkeep(who: Who) -> Response:
        return pages.upkeep()

    @app.post("/generations/discard")
    def discard(who: Who, generation: Name) -> Response:
        return done(pages.upkeep, "/entretien#kept", lambda: office.discard(generation, who.user))

    @app.post("/backups")
    def back_up(who: Who) -> Response:
        return done(
            pages.upkeep,
            "/entretien#backups",
            lambda: office.back_up(datetime.now().astimezone(), who.user),
        )

    @app.get("/backups/{name}")
    def backup(who: Who, name: str) -> Response:
        path = office.backup(name, who.user)
        if path is None:
            raise HTTPException(404)
        return FileResponse(path, media_type="application/x-tar", filename=name)

    return app
