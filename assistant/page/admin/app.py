"""The administrator's pages as an application of their own; every handler asks who it is for."""

from fastapi import Depends, FastAPI

from assistant.administration.office import Office
from assistant.page.access import Reader
from assistant.page.admin.index_routes import index_routes
from assistant.page.admin.source_routes import source_routes
from assistant.page.admin.upkeep_routes import upkeep_routes
from assistant.page.problem import with_problems
from assistant.page.routes import from_here


def admin_app(office: Office, reader: Reader) -> FastAPI:
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
