"""GET /health and /status: whether answers can be given, and what was counted."""

from datetime import UTC, datetime
from typing import Literal

from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

from app.api.endpoint import Asked, endpoint, reply
from app.api.tally import Tally
from app.api.v2.cache import cache_report
from app.api.v2.people import product_of
from schemas.resources import Health
from schemas.v2.service import HealthReply, ServiceStatus, StatusReply

__all__ = ["HEALTH_ROUTES", "STATUSES"]

STATUSES: dict[str, Literal["healthy", "degraded", "unhealthy"]] = {
    "ok": "healthy",
    "degraded": "degraded",
    "down": "unhealthy",
}


@endpoint("GET", "/health", "Is it well?", gives={200: HealthReply, 503: HealthReply})
async def health(request: Asked) -> ASGIApp:
    """Answer 503 when the documents can't be reached or the process is leaving."""
    report = await product_of(request).health.report()
    leaving = request.app.state.connections.draining or report.status == "down"
    tally: Tally = request.app.state.tally
    body = HealthReply(
        healthy=not leaving,
        service_status=_service(report, tally, leaving=leaving),
        dependencies={**report.stores, "llm": report.llm},
    )
    return reply(body, status=503 if leaving else 200)


@endpoint("GET", "/status", "Which version answers?", gives={200: StatusReply})
async def status(request: Asked) -> ASGIApp:
    """Return the version and what the cache counted."""
    report = await product_of(request).health.report()
    body = StatusReply(
        version=report.version,
        status=STATUSES[report.status],
        cache_stats=cache_report(product_of(request).cache),
        timestamp=datetime.now(UTC),
    )
    return reply(body)


HEALTH_ROUTES: list[HTTPRouteHandler] = [health, status]


def _service(report: Health, tally: Tally, *, leaving: bool) -> ServiceStatus:
    return ServiceStatus(
        status="unhealthy" if leaving else STATUSES[report.status],
        version=report.version,
        timestamp=datetime.now(UTC),
        uptime_ms=tally.uptime_ms,
        cached_requests=tally.cached,
        error_rate=round(tally.error_rate, 6),
    )
