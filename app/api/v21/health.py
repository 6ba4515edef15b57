"""GET /health/live and /health/ready."""

from litestar import Controller, Response, get

from app.api.v21.parts import ConnectionsPart, HealthPart
from schemas.resources import Health

__all__ = ["HealthController"]


class HealthController(Controller):
    """For load balancers and operators."""

    path = "/health"
    tags = ("health",)
    security = ()

    @get("/live", summary="Does the process live?")
    async def live(self, health: HealthPart) -> Health:
        """Answer 200 without asking the stores."""
        return health.alive()

    @get("/ready", summary="Can the process take work?")
    async def ready(self, health: HealthPart, connections: ConnectionsPart) -> Response[Health]:
        """Answer 200, or 503 when the documents can't be reached or the process is leaving."""
        report = await health.report()
        leaving = connections.draining or report.status == "down"
        return Response(report, status_code=503 if leaving else 200)
