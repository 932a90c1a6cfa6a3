"""The upkeep of the data folder: old indexes freed, backups made and carried elsewhere."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException
from fastapi.responses import FileResponse, Response

from assistant.administration.office import Office
from assistant.identity import Identity
from assistant.page.access import Reader
from assistant.page.admin.pages import AdminPages, done

Name = Annotated[str, Form(max_length=500)]


def upkeep_routes(office: Office, reader: Reader) -> APIRouter:
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
