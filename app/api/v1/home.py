"""GET / and /health of API v1; browsers get the chat at /."""

from pathlib import Path

from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp

from app.api.endpoint import Asked, endpoint, reply
from app.api.requests import CSP
from app.api.v2.people import product_of
from app.api.versions import V1_HEADERS
from app.release import release
from schemas.v1 import HealthReply, RedisCache, RootReply

__all__ = ["CONSOLE", "HOME_ROUTES"]

CONSOLE = Path(__file__).parents[2] / "console"
_HTML, _JSON = "text/html", "application/json"


@endpoint("GET", "/", "What is this?", gives={200: RootReply})
async def root(request: Asked) -> ASGIApp:
    """Return the chat to those who ask for HTML first, and facts to all others."""
    if request.accept.best_match([_JSON, _HTML]) == _HTML:
        return _page()
    body = RootReply(
        service="ION Mentoring",
        version=release(),
        status="running",
        docs="/docs/openapi.json",
        health="/health",
    )
    return reply(body, headers=V1_HEADERS | {"vary": "accept"})


@endpoint("GET", "/health", "Is it well?", gives={200: HealthReply})
async def health(request: Asked) -> ASGIApp:
    """Return whether answers can be given; always 200."""
    report = await product_of(request).health.report()
    body = HealthReply(
        status="healthy" if report.status == "ok" else "degraded",
        version=report.version,
        pipeline_ready=report.status != "down",
        redis_cache=RedisCache(enabled=True, connected=report.stores.get("log") == "ok"),
    )
    return reply(body)


HOME_ROUTES: list[HTTPRouteHandler] = [root, health]


def _page() -> ASGIResponse:
    headers = {"content-security-policy": CSP, "cache-control": "no-cache", "vary": "accept"}
    html = (CONSOLE / "index.html").read_bytes()
    return ASGIResponse(body=html, media_type=_HTML, headers=headers)
