"""The index in service and the candidate: built, examined, published or refused, rolled back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from assistant.administration.office import Office
from assistant.identity import Identity
from assistant.page.access import Reader
from assistant.page.admin.pages import AdminPages, done

Text = Annotated[str, Form(max_length=500)]


def index_routes(office: Office, reader: Reader) -> APIRouter:
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
