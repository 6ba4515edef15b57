"""GET /summaries/{id} and POST /summaries/preview."""

from time import perf_counter

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.types import ASGIApp

from app.api.endpoint import PRIVATE, Asked, endpoint, reply
from app.api.places import provable
from app.api.v1.fields import CannotProcess, object_of
from app.api.v2.people import product_of, spend_of
from app.security.rates import PROCESS, READ
from schemas.resources import Role
from schemas.v1 import (
    ErrorReply,
    Finding,
    PreviewMessage,
    PreviewReply,
    PreviewRequest,
    SummaryReply,
    Unprocessable,
)
from sessions.digests import digest_of
from sessions.errors import BadRequest
from sessions.exchanges import Exchange, paired
from sessions.text import MAX_TEXT_CHARS

__all__ = ["SUMMARY_ROUTES"]


@endpoint(
    "GET",
    "/summaries/{session_id:str}",
    "Get a session's summary",
    gives={
        200: SummaryReply,
        400: ErrorReply,
        401: ErrorReply,
        429: ErrorReply,
        500: ErrorReply,
        503: ErrorReply,
    },
    secured="may",
)
async def summary(request: Asked, session_id: FromPath[str]) -> ASGIApp:
    """Return the summary of a session that the caller can prove; no other one is found."""
    await spend_of(request, READ)
    place = await provable(request, session_id)
    if place is None:
        return reply(SummaryReply(status="not_found", summary=None), headers=PRIVATE)
    digest = await product_of(request).digests.of(place.user_id, place.session_id)
    return reply(SummaryReply(status=digest.status, summary=digest.text), headers=PRIVATE)


@endpoint(
    "POST",
    "/summaries/preview",
    "Summarise messages",
    takes=PreviewRequest,
    gives={
        200: PreviewReply,
        400: ErrorReply,
        401: ErrorReply,
        413: ErrorReply,
        422: Unprocessable,
        429: ErrorReply,
        500: ErrorReply,
    },
    secured="may",
)
async def preview(request: Asked) -> ASGIApp:
    """Return the summary that messages would have; nothing of them is kept."""
    began = perf_counter()
    messages = _messages(object_of(await request.body()))
    await spend_of(request, PROCESS)
    now = product_of(request).clock.now()
    text = await digest_of(_exchanges(messages), now)
    taken_ms = round((perf_counter() - began) * 1000, 3)
    return reply(PreviewReply(status="completed", duration_ms=taken_ms, summary=text))


SUMMARY_ROUTES: list[HTTPRouteHandler] = [summary, preview]


def _messages(body: dict[str, object]) -> tuple[str | PreviewMessage, ...]:
    given = body.get("messages")
    if given == []:
        raise BadRequest("messages: there is none")
    try:
        return msgspec.convert(body, PreviewRequest).messages
    except msgspec.ValidationError as error:
        message, _, _ = str(error).partition(" - at `$")
    kind = "value_error" if "messages" in body else "missing"
    found = given if "messages" in body else body
    text = "Field required" if kind == "missing" else message
    raise CannotProcess(Finding(type=kind, loc=("body", "messages"), msg=text, input=found))


def _exchanges(messages: tuple[str | PreviewMessage, ...]) -> tuple[Exchange, ...]:
    """Return messages as exchanges; what nobody answered is an exchange by itself."""
    told: list[tuple[Role, str]] = []
    for each in messages:
        role, text = ("user", each) if isinstance(each, str) else (each.role, each.content)
        told.append(("assistant" if role == "assistant" else "user", text[:MAX_TEXT_CHARS]))
    said = paired(told)
    return (*said.exchanges, *(Exchange(each, "") for each in said.unanswered))
