"""GET /sync."""

from typing import Annotated

from litestar import get
from litestar.params import QueryParameter

from app.api.v21.parts import Caller, LimitsPart, SessionsPart
from app.security.rates import READ, spend
from schemas.resources import SyncPage

__all__ = ["sync"]


@get("/sync", tags=["sync"], summary="What changed since a token")
async def sync(
    user_id: Caller,
    sessions: SessionsPart,
    limits: LimitsPart,
    since: Annotated[str | None, QueryParameter(max_length=64)] = None,
) -> SyncPage:
    """Return changed sessions with their messages, and deleted ones; without `since`: all."""
    await spend(limits, READ, user_id)
    return await sessions.sync(user_id, since)
