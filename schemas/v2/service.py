"""Bodies of GET /health, /status and /cache-stats, and of what operators may do."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.v2.parts import Share

__all__ = [
    "CacheCleared",
    "CacheReport",
    "CacheTier",
    "HealthReply",
    "InvalidateReply",
    "InvalidateRequest",
    "ServiceStatus",
    "StatusReply",
]


class ServiceStatus(Struct, frozen=True, kw_only=True):
    """This process since it started; `error_rate` is the share of 5xx among its API answers."""

    status: Literal["healthy", "degraded", "unhealthy"]
    version: str
    timestamp: datetime
    uptime_ms: Annotated[int, Meta(ge=0)]
    cached_requests: Annotated[int, Meta(ge=0)]
    error_rate: Share


class HealthReply(Struct, frozen=True, kw_only=True):
    """Whether answers can be given."""

    healthy: bool
    service_status: ServiceStatus
    dependencies: dict[str, str]


class CacheTier(Struct, frozen=True, kw_only=True):
    """One tier since the process started; `entries` is null when it is not counted."""

    hits: int
    misses: int
    evictions: int
    hit_rate: Share
    entries: int | None


class CacheReport(Struct, frozen=True, kw_only=True):
    """Both tiers of this process's cache."""

    total_hits: int
    total_misses: int
    hit_rate: Share
    l1: CacheTier
    l2: CacheTier
    timestamp: datetime


class StatusReply(Struct, frozen=True, kw_only=True):
    """The version that answers, and its cache."""

    version: str
    status: Literal["healthy", "degraded", "unhealthy"]
    cache_stats: CacheReport
    timestamp: datetime


class CacheCleared(Struct, frozen=True, kw_only=True):
    """The cache is empty; `deleted_count` entries were in it."""

    success: bool
    deleted_count: int


class InvalidateRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /cache/invalidate: a tag (answers, routing)."""

    pattern: Annotated[str, Meta(min_length=1, max_length=128)]


class InvalidateReply(Struct, frozen=True, kw_only=True):
    """How many entries were dropped."""

    success: bool
    pattern: str
    deleted_count: int
