"""GET /sessions/{id}/events: a session's log as server-sent events, or a page at a time."""

from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from litestar import Request, get
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, Schema
from litestar.params import FromPath, HeaderParameter, QueryParameter
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp

from app.api.v21.caller import origin
from app.realtime.cursor import cursor_of
from app.realtime.poll import Poll
from app.realtime.stream import EventStream
from app.security.bearer import bearer_access
from schemas.events import EventPage

__all__ = ["events"]

_SSE = "text/event-stream"
_JSON = "application/json"
_encode = msgspec.json.Encoder().encode


@dataclass
class _Events(Operation):
    """Describes the other media type."""

    def __post_init__(self) -> None:
        content: Any = self.responses["200"].content  # type: ignore[index,union-attr]
        content[_SSE] = OpenAPIMediaType(
            schema=Schema(
                type=OpenAPIType.STRING,
                description=(
                    "Server-sent events: `id` is epoch:seq, `event` the frame's type, `data` the "
                    "frame as on the WebSocket (frames.schema.json, ServerFrame)."
                ),
            )
        )


@get(
    "/sessions/{session_id:str}/events",
    tags=["sessions"],
    summary="Read a session's log, live (server-sent events) or a page at a time (long-poll)",
    responses={
        200: ResponseSpec(EventPage, generate_examples=False, description="What follows the cursor")
    },
    operation_class=_Events,
)
async def events(
    request: Request[Any, Any, Any],
    state: State,
    session_id: FromPath[str],
    last_event_id: Annotated[
        str | None,
        HeaderParameter(
            name="Last-Event-ID",
            description="The cursor as epoch:seq, the last event's id; wins over the query",
        ),
    ] = None,
    epoch: Annotated[
        str | None, QueryParameter(max_length=64, description="The epoch in which `after` counts")
    ] = None,
    after: Annotated[
        int | None,
        QueryParameter(ge=0, description="The last seq applied; without it: a snapshot, then live"),
    ] = None,
    wait: Annotated[
        int,
        QueryParameter(ge=0, le=30, description="How long a long-poll waits for news, in seconds"),
    ] = 25,
) -> ASGIApp:
    """Answer as `Accept` says: text/event-stream, also when it has no preference, or JSON."""
    access = await bearer_access(
        state.product.accounts, request.headers.get("authorization"), origin(request)
    )
    cursor = cursor_of(last_event_id, epoch=epoch, after=after)
    kind = request.accept.best_match([_SSE, _JSON])
    if kind == _SSE:
        return EventStream(
            state.product, state.connections, access=access, session_id=session_id, cursor=cursor
        )
    if kind != _JSON:
        raise HTTPException(f"this is served as {_SSE} and as {_JSON}", status_code=406)
    poll = Poll(
        state.product,
        state.connections,
        user_id=access.user_id,
        session_id=session_id,
        cursor=cursor,
    )
    page = await poll.page(request.receive, wait_s=wait)
    return ASGIResponse(body=_encode(page), headers={"cache-control": "no-store"})
