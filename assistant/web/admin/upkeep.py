"""The upkeep of the data folder: old indexes freed, backups carried elsewhere, the schedule."""

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException
from fastapi.responses import FileResponse, Response

from assistant.accounts.identity import Identity
from assistant.errors import AssistantError
from assistant.publishing.schedule import WEEKDAYS, UpdateKind, recurrence_of
from assistant.publishing.service import AdministrationService
from assistant.web.admin.answers import BROKEN, SEEN, Text, done, page
from assistant.web.site import Reader


def upkeep_page(office: AdministrationService, problem: str = "", status: int = SEEN) -> Response:
    """Generations, room, backups, schedule; `problem` says why what was asked was not done."""
    known = True
    try:
        schedule, units = office.schedule(), office.units()
        planned, watched = office.planned(), office.watched
    except AssistantError as failure:
        schedule, units, known, planned, watched = None, "", False, {}, ""
        problem, status = str(failure), BROKEN
    return page(
        "upkeep",
        "Entretien",
        status,
        problem=problem,
        backups=office.backups(),
        kept=office.generations(),
        usage=office.usage(),
        schedule_is_known=known,
        planned=planned,
        kinds=UpdateKind,
        weekdays=WEEKDAYS,
        watched=watched,
        law=office.law,
        schedule=schedule,
        units=units,
        now=datetime.now().astimezone(),
    )


def upkeep_routes(office: AdministrationService, reader: Reader) -> APIRouter:
    """The page of the upkeep and its forms."""
    router = APIRouter()
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806 - a type
    shown = partial(upkeep_page, office)

    @router.get("/entretien")
    def upkeep(who: Who) -> Response:
        return shown()

    @router.post("/generations/discard")
    def discard(who: Who, generation: Text) -> Response:
        return done(shown, "/entretien#kept", lambda: office.discard(generation, who.user))

    @router.post("/backups")
    def back_up(who: Who) -> Response:
        return done(
            shown,
            "/entretien#backups",
            lambda: office.back_up(datetime.now().astimezone(), who.user),
        )

    @router.post("/schedule")
    def plan(who: Who, update: UpdateKind = Form(), every: Text = "", at: Text = "") -> Response:  # noqa: B008
        return done(
            shown,
            "/entretien#schedule",
            lambda: office.plan(update, recurrence_of(every, at), who.user),
        )

    @router.get("/backups/{name}")
    def backup(who: Who, name: str) -> Response:
        path = office.backup(name, who.user)
        if path is None:
            raise HTTPException(404)
        return FileResponse(path, media_type="application/x-tar", filename=name)

    return router
