"""GET /cache-stats, and what operators may do: POST /cache/clear and /cache/invalidate."""

from datetime import UTC, datetime
from typing import Any

from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

from app.api.endpoint import Asked, body_as, endpoint, reply
from app.api.v2.people import product_of, require_operator
from schemas.v2.errors import ErrorReply
from schemas.v2.service import (
    CacheCleared,
    CacheReport,
    CacheTier,
    InvalidateReply,
    InvalidateRequest,
)
from sessions.stores.cache import Cache, TierStats

__all__ = ["CACHE_ROUTES", "cache_report"]

_REFUSED: dict[int, Any] = {401: ErrorReply, 403: ErrorReply, 503: ErrorReply}


@endpoint("GET", "/cache-stats", "What did the cache serve?", gives={200: CacheReport})
async def stats(request: Asked) -> ASGIApp:
    """Return what this process counted since its start."""
    return reply(cache_report(product_of(request).cache))


@endpoint(
    "POST",
    "/cache/clear",
    "Empty the cache",
    gives={200: CacheCleared} | _REFUSED,
    secured="operator",
)
async def clear(request: Asked) -> ASGIApp:
    """Have nothing that was cached served any more, in all processes."""
    require_operator(request)
    return reply(CacheCleared(success=True, deleted_count=await product_of(request).cache.clear()))


@endpoint(
    "POST",
    "/cache/invalidate",
    "Drop what carries a tag",
    takes=InvalidateRequest,
    gives={200: InvalidateReply, 400: ErrorReply} | _REFUSED,
    secured="operator",
)
async def invalidate(request: Asked) -> ASGIApp:
    """Drop the entries that carry a tag."""
    require_operator(request)
    data: InvalidateRequest = await body_as(request, InvalidateRequest)
    count = await product_of(request).cache.invalidate(data.pattern)
    return reply(InvalidateReply(success=True, pattern=data.pattern, deleted_count=count))


CACHE_ROUTES: list[HTTPRouteHandler] = [stats, clear, invalidate]


def cache_report(cache: Cache) -> CacheReport:
    """Return what a cache counted."""
    found = cache.stats()
    hits = found.l1.hits + found.l2.hits
    return CacheReport(
        total_hits=hits,
        total_misses=max(0, found.l1.hits + found.l1.misses - hits),
        hit_rate=found.hit_rate,
        l1=_tier(found.l1, entries=found.entries),
        l2=_tier(found.l2, entries=None),
        timestamp=datetime.now(UTC),
    )


def _tier(tier: TierStats, *, entries: int | None) -> CacheTier:
    return CacheTier(
        hits=tier.hits,
        misses=tier.misses,
        evictions=tier.evictions,
        hit_rate=tier.hit_rate,
        entries=entries,
    )
