"""What a monitor fetches: whether the service is ready, and its measures."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from assistant.operations.monitoring import MEDIA_TYPE, Monitoring
from assistant.operations.readiness import holds, requirement_fields

READY, UNREADY = 200, 503


def monitoring_routes(monitoring: Monitoring) -> APIRouter:
    """The routes of those who watch over the service, who need no account.

    Anyone may ask whether it is ready, as what shares requests out does; why not, and the measures,
    are told to the machines that the settings name.
    """
    router = APIRouter()

    @router.get("/ready")
    def ready(request: Request) -> JSONResponse:
        found = monitoring.requirements()
        is_ready = holds(found)
        told = requirement_fields(found) if _is_monitor(request, monitoring) else {}
        told = {"status": "ready" if is_ready else "unready", **told}
        return JSONResponse(told, READY if is_ready else UNREADY)

    @router.get("/metrics")
    def metrics(request: Request) -> Response:
        if not _is_monitor(request, monitoring):
            raise HTTPException(404)
        return Response(monitoring.exposition(), media_type=MEDIA_TYPE)

    return router


def _is_monitor(request: Request, monitoring: Monitoring) -> bool:
    return request.client is not None and monitoring.admits(request.client.host)
