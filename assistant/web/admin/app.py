"""The administrator's pages as an application of their own; every handler asks who it is for."""

from datetime import datetime
from functools import partial
from http import HTTPStatus

from fastapi import APIRouter, Depends, FastAPI, Form, HTTPException
from fastapi.responses import FileResponse, Response

from assistant.accounts.service import AccountAdministration
from assistant.errors import AssistantError
from assistant.publishing.schedule import WEEKDAYS, UpdateKind, recurrence_of
from assistant.publishing.service import AdministrationService
from assistant.web.admin.accounts import account_routes
from assistant.web.admin.pages import (
    Service,
    Text,
    changes_page,
    done,
    history_page,
    index_page,
    page,
    text_page,
)
from assistant.web.admin.texts import text_routes
from assistant.web.problems import bare_app, with_problems
from assistant.web.site import Reader, Who, from_here

# The index in service and the candidate: built, examined, published or refused, rolled back.

index_routes = APIRouter()


@index_routes.get("/")
def show_index(who: Who, service: Service) -> Response:
    """The first page."""
    return index_page(service)


@index_routes.get("/candidat/textes")
def show_changes(who: Who, service: Service) -> Response:
    """What differs in the candidate."""
    return changes_page(service)


@index_routes.get("/candidat/textes/{document}")
def show_candidate_text(
    who: Who, service: Service, document: str, start: int = 0, end: int = 0
) -> Response:
    """One of its texts."""
    return text_page(service, document, (start, end) if end else None)


@index_routes.get("/historique")
def show_history(who: Who, service: Service) -> Response:
    """What was done so far."""
    return history_page(service)


@index_routes.post("/restore")
def restore(who: Who, service: Service, generation: Text, reason: Text = "") -> Response:
    """Put a kept index back in service."""
    shown = partial(history_page, service)
    why = reason.strip()
    return done(shown, "/historique", lambda: service.restore(generation, why, who.user))


@index_routes.post("/build")
def start_build(who: Who, service: Service) -> Response:
    """Build a candidate."""
    return done(partial(index_page, service), "/#build", lambda: service.start_build(who.user))


@index_routes.post("/build/stop")
def stop_build(who: Who, service: Service) -> Response:
    """Stop building it."""
    return done(partial(index_page, service), "/#build", service.stop_build)


@index_routes.post("/gate")
def start_gate(who: Who, service: Service) -> Response:
    """Ask it the questions of control."""
    return done(partial(index_page, service), "/#build", lambda: service.start_gate(who.user))


@index_routes.post("/publish")
def publish(
    who: Who, service: Service, generation: Text, reason: Text = "", force: Text = ""
) -> Response:
    """Put it in service."""
    shown, why, forced = partial(index_page, service), reason.strip(), force == "yes"
    return done(shown, "/", lambda: service.publish(generation, why, who.user, force=forced))


@index_routes.post("/refuse")
def refuse(who: Who, service: Service, generation: Text, reason: Text = "") -> Response:
    """Refuse it."""
    shown, why = partial(index_page, service), reason.strip()
    return done(shown, "/", lambda: service.refuse(generation, why, who.user))


@index_routes.post("/rollback")
def roll_back(who: Who, service: Service, reason: Text = "") -> Response:
    """Go back to the index before."""
    shown, why = partial(index_page, service), reason.strip()
    return done(shown, "/", lambda: service.roll_back(why, who.user))


# The upkeep of the data folder: old indexes freed, backups carried elsewhere, the schedule.

upkeep_routes = APIRouter()


def upkeep_page(
    service: AdministrationService, problem: str = "", status: int = HTTPStatus.OK
) -> Response:
    """Generations, room, backups, schedule; `problem` says why what was asked was not done."""
    known = True
    try:
        schedule, units = service.schedule(), service.units()
        planned, watched = service.planned(), service.watched
    except AssistantError as failure:
        schedule, units, known, planned, watched = None, "", False, {}, ""
        problem, status = str(failure), HTTPStatus.SERVICE_UNAVAILABLE
    return page(
        "upkeep",
        "Entretien",
        status,
        problem=problem,
        backups=service.backups(),
        kept=service.generations(),
        usage=service.usage(),
        schedule_is_known=known,
        planned=planned,
        kinds=UpdateKind,
        weekdays=WEEKDAYS,
        watched=watched,
        law=service.law,
        schedule=schedule,
        units=units,
        now=datetime.now().astimezone(),
    )


@upkeep_routes.get("/entretien")
def show_upkeep(who: Who, service: Service) -> Response:
    """What there is to keep in order."""
    return upkeep_page(service)


@upkeep_routes.post("/generations/discard")
def discard(who: Who, service: Service, generation: Text) -> Response:
    """Remove an index that is kept."""
    shown = partial(upkeep_page, service)
    return done(shown, "/entretien#kept", lambda: service.discard(generation, who.user))


@upkeep_routes.post("/backups")
def back_up(who: Who, service: Service) -> Response:
    """Make a backup."""
    shown, now = partial(upkeep_page, service), datetime.now().astimezone()
    return done(shown, "/entretien#backups", lambda: service.back_up(now, who.user))


@upkeep_routes.post("/schedule")
def plan(
    who: Who,
    service: Service,
    update: UpdateKind = Form(),  # noqa: B008
    every: Text = "",
    at: Text = "",
) -> Response:
    """Say when an update is due."""
    shown = partial(upkeep_page, service)
    return done(
        shown,
        "/entretien#schedule",
        lambda: service.plan(update, recurrence_of(every, at), who.user),
    )


@upkeep_routes.get("/backups/{name}")
def send_backup(who: Who, service: Service, name: str) -> Response:
    """A backup, to be carried elsewhere."""
    path = service.backup(name, who.user)
    if path is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return FileResponse(path, media_type="application/x-tar", filename=name)


def admin_app(
    service: AdministrationService,
    reader: Reader,
    accounts: AccountAdministration | None = None,
) -> FastAPI:
    """Pages that work without script; `reader` lets administrators in and nobody else.

    `accounts` are those that people log in to, None where the machine has one user.
    """
    app = bare_app("Sourcier, administration", dependencies=[Depends(from_here)])
    app.state.service, app.state.reader, app.state.accounts = service, reader, accounts
    for routes in (index_routes, text_routes, upkeep_routes, account_routes):
        app.include_router(routes)
    return with_problems(app)
