"""POST /bulk-process: many answers at once, each failing alone."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import structlog
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp
from msgspec import Meta, Raw, Struct

from app.api.endpoint import Asked, InvalidBody, body_as, decoded, endpoint, reply
from app.api.v2.errors import TooMany, failure
from app.api.v2.people import spend_of, who_of
from app.api.v2.process import answered
from app.security.rates import BULK
from app.telemetry.logs import described
from schemas.v2.errors import ErrorReply
from schemas.v2.process import (
    MOST_ITEMS,
    BulkFailure,
    BulkReply,
    BulkRequest,
    ProcessReply,
    ProcessRequest,
)
from sessions.errors import IonError

__all__ = ["BULK_ROUTES"]

AT_ONCE = 8
BULK_BYTES = 4 << 20
log = structlog.get_logger(__name__)


class _Items(Struct, frozen=True):
    requests: Annotated[tuple[Raw, ...], Meta(min_length=1)]


@endpoint(
    "POST",
    "/bulk-process",
    "Answer up to 100 texts",
    takes=BulkRequest,
    gives={
        200: BulkReply,
        400: ErrorReply,
        401: ErrorReply,
        413: ErrorReply,
        429: ErrorReply,
        500: ErrorReply,
    },
    secured="may",
    body_bytes=BULK_BYTES,
)
async def bulk(request: Asked) -> ASGIApp:
    """Answer each item as POST /process does without a session; a bad one fails alone."""
    items: tuple[Raw, ...] = (await body_as(request, _Items)).requests
    if len(items) > MOST_ITEMS:
        raise TooMany(f"at most {MOST_ITEMS} requests are taken at once")
    await spend_of(request, BULK, cost=len(items))
    who, turnstile = await who_of(request), asyncio.Semaphore(AT_ONCE)

    async def one(raw: Raw) -> ProcessReply | Exception:
        async with turnstile:
            try:
                return await answered(request, decoded(raw, ProcessRequest), who=who)
            except (IonError, InvalidBody) as error:
                return error
            except Exception as error:  # noqa: BLE001 - one item fails alone, whatever it is
                log.error("bulk_item_failed", **described(error))
                return error

    results = await asyncio.gather(*map(one, items))
    return reply(_report(results))


BULK_ROUTES: list[HTTPRouteHandler] = [bulk]


def _report(results: list[ProcessReply | Exception]) -> BulkReply:
    answers = tuple(each for each in results if isinstance(each, ProcessReply))
    failures = tuple(
        BulkFailure(index=index, error=failure(each)[1])
        for index, each in enumerate(results)
        if isinstance(each, Exception)
    )
    return BulkReply(
        success=not failures,
        total=len(results),
        successful=len(answers),
        failed=len(failures),
        results=answers,
        errors=failures,
        timestamp=datetime.now(UTC),
    )
