"""POST /sessions/{id}/messages and /chat/end: messages that are kept, and their end."""

from contextlib import suppress

from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.types import ASGIApp

from app.api.endpoint import Asked, endpoint, reply
from app.api.places import place_of, provable
from app.api.v1.fields import flag, object_of, texts
from app.api.v2.asking import message_id
from app.api.v2.conversations import check_open
from app.api.v2.people import product_of, spend_of
from app.security.rates import WRITE
from schemas.v1 import EndReply, ErrorReply, MessageReply, MessageRequest, Unprocessable
from sessions.errors import NotFound
from sessions.text import MAX_TEXT_CHARS, checked_text
from sessions.threads import MAX_NAME_CHARS

__all__ = ["TALK_ROUTES"]


@endpoint(
    "POST",
    "/sessions/{session_id:str}/messages",
    "Keep a message in a session",
    takes=MessageRequest,
    gives={
        200: MessageReply,
        400: ErrorReply,
        401: ErrorReply,
        404: ErrorReply,
        409: ErrorReply,
        413: ErrorReply,
        422: Unprocessable,
        429: ErrorReply,
        500: ErrorReply,
        503: ErrorReply,
    },
    secured="may",
)
async def keep(request: Asked, session_id: FromPath[str]) -> ASGIApp:
    """Keep a message for the session's summary, in one that the caller can prove, or a new one."""
    body = object_of(await request.body())
    text = checked_text(texts(body, {"message": MAX_TEXT_CHARS}, where="body")["message"])
    await spend_of(request, WRITE)
    place = await place_of(request, session_id, text)
    key, jotting = message_id(request), product_of(request).jotting
    await check_open(request, place.user_id, place.session_id, key)
    count = await jotting.keep(place.user_id, place.session_id, text, client_msg_id=key)
    return reply(MessageReply(session_id=place.shown, count=count))


@endpoint(
    "POST",
    "/chat/end",
    "End a session",
    gives={
        200: EndReply,
        400: ErrorReply,
        401: ErrorReply,
        422: Unprocessable,
        429: ErrorReply,
        500: ErrorReply,
        503: ErrorReply,
    },
    query={
        "session_id!": {"type": "string", "minLength": 1, "maxLength": MAX_NAME_CHARS},
        "skip_summary": {"type": "boolean", "default": False},
    },
    secured="may",
)
async def end(request: Asked) -> ASGIApp:
    """Stop what still runs in a session and return its summary."""
    query = dict(request.query_params)
    name = texts(query, {"session_id": MAX_NAME_CHARS}, where="query")["session_id"]
    skip = flag(query, "skip_summary")
    await spend_of(request, WRITE)
    place = await provable(request, name)
    product = product_of(request)
    if place is None:
        return reply(_ended("Nothing was kept under this id."))
    with suppress(NotFound):
        await product.sessions.stop(place.user_id, place.session_id)
    if skip:
        return reply(_ended("The session has ended."))
    digest = await product.digests.of(place.user_id, place.session_id)
    if digest.status == "not_found":
        return reply(_ended("Nothing was kept under this id."))
    url = f"/summaries/{place.shown}" if digest.status == "generating" else None
    return reply(_ended("The session has ended.", summary_url=url, summary=digest.text))


TALK_ROUTES: list[HTTPRouteHandler] = [keep, end]


def _ended(message: str, *, summary_url: str | None = None, summary: str | None = None) -> EndReply:
    return EndReply(status="ended", message=message, summary_url=summary_url, summary=summary)
