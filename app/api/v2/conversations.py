"""Conversations over plain requests: start, list, get, close and delete."""

from datetime import timedelta
from typing import Any

from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.types import ASGIApp
from msgspec import structs

from app.api.endpoint import PRIVATE, Asked, body_as, endpoint, reply
from app.api.places import Place, new_place, provable
from app.api.v2.errors import Closed
from app.api.v2.people import product_of, spend_of, user_of
from app.api.v2.personas import persona_named
from app.api.v2.queries import whole_number
from app.api.v21.me import WAIT_S
from app.security.rates import READ, WRITE
from schemas.resources import CreateSession, Session, UpdateSession
from schemas.v2.conversations import (
    Conversation,
    ConversationClosed,
    ConversationList,
    ConversationPage,
    ConversationRemoved,
    StartConversation,
)
from schemas.v2.errors import ErrorReply
from sessions.bookmarks import CLOSED
from sessions.errors import NotFound
from sessions.stores.cursors import read_before

__all__ = ["CONVERSATION_ROUTES", "REFUSALS", "check_open", "known"]

MOST = 100
_KEEP_CLOSED = timedelta(days=3650)
REFUSALS: dict[int, Any] = dict.fromkeys((400, 401, 404, 429, 500, 503), ErrorReply)
_LIMIT = {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50}


@endpoint(
    "POST",
    "/conversations",
    "Start a conversation",
    takes=StartConversation,
    gives={201: Conversation, 413: ErrorReply} | REFUSALS,
    secured="may",
)
async def start(request: Asked) -> ASGIApp:
    """Start a conversation; without a token its id is all that ever opens it."""
    data: StartConversation = await body_as(request, StartConversation)
    product = product_of(request)
    persona = persona_named(product.catalogue, data.persona) if data.persona else None
    await spend_of(request, WRITE)
    if user_id := await user_of(request):
        new = CreateSession(title=data.title, persona=persona)
        session = await product.sessions.create(user_id, new)
        return reply(_shown(session, session.id), status=201)
    place = new_place()
    session_id = await product.threads.named(place.user_id, place.name, text=data.title)
    changes = UpdateSession(title=data.title, persona=persona)
    session = await product.sessions.update(place.user_id, session_id, changes)
    return reply(_shown(session, place.shown), status=201)


@endpoint(
    "GET",
    "/conversations",
    "List conversations",
    gives={200: ConversationList} | REFUSALS,
    query={"limit": _LIMIT, "before": {"type": "string", "maxLength": 128}},
    secured="may",
)
async def page(request: Asked) -> ASGIApp:
    """Return the conversations of the token's user; without a token there is nobody to ask for."""
    limit = whole_number(request, "limit", default=50, most=MOST)
    before = request.query_params.get("before")
    cursor = read_before(before) if before else None
    user_id = await user_of(request)
    if user_id is None:
        return reply(ConversationList(conversations=(), next=None), headers=PRIVATE)
    await spend_of(request, READ)
    product = product_of(request)
    found = await product.sessions.page(user_id, before=cursor, limit=limit)
    shown = [
        _shown(each, each.id, closed=await _is_closed(request, user_id, each.id))
        for each in found.sessions
    ]
    body = ConversationList(conversations=tuple(shown), next=found.next)
    return reply(body, headers=PRIVATE)


@endpoint(
    "GET",
    "/conversations/{conversation_id:str}",
    "Get a conversation",
    gives={200: ConversationPage} | REFUSALS,
    query={"limit": _LIMIT, "before": {"type": "integer", "minimum": 1, "maximum": 2**31}},
    secured="may",
)
async def one(request: Asked, conversation_id: FromPath[str]) -> ASGIApp:
    """Return a conversation and its newest messages."""
    limit = whole_number(request, "limit", default=50, most=MOST)
    before = whole_number(request, "before", default=0, most=2**31)
    await spend_of(request, READ)
    place = await known(request, conversation_id)
    sessions = product_of(request).sessions
    session = await sessions.get(place.user_id, place.session_id)
    found = await sessions.messages(
        place.user_id, place.session_id, before=before or None, limit=limit
    )
    closed = await _is_closed(request, place.user_id, place.session_id)
    body = ConversationPage(
        conversation=_shown(session, place.shown, closed=closed),
        messages=found.messages,
        before=found.before,
    )
    return reply(body, headers=PRIVATE)


@endpoint(
    "POST",
    "/conversations/{conversation_id:str}/close",
    "Close a conversation",
    gives={200: ConversationClosed} | REFUSALS,
    secured="may",
)
async def close(request: Asked, conversation_id: FromPath[str]) -> ASGIApp:
    """Stop what is being answered, take no more turns, and return the summary."""
    await spend_of(request, WRITE)
    place = await known(request, conversation_id)
    product = product_of(request)
    await product.sessions.stop(place.user_id, place.session_id)
    await product.bookmarks.put(
        place.user_id,
        CLOSED,
        place.session_id,
        session_id=place.session_id,
        keep=_KEEP_CLOSED,
    )
    digest = await product.digests.of(place.user_id, place.session_id)
    body = ConversationClosed(
        success=True, conversation_id=place.shown, status="closed", summary=digest.text
    )
    return reply(body)


@endpoint(
    "DELETE",
    "/conversations/{conversation_id:str}",
    "Delete a conversation",
    gives={200: ConversationRemoved} | REFUSALS,
    secured="may",
)
async def remove(request: Asked, conversation_id: FromPath[str]) -> ASGIApp:
    """Delete a conversation and all that was said in it, for good.

    Without a token, so is what was learned in it: its user has no other one.
    """
    await spend_of(request, WRITE)
    place, product = await known(request, conversation_id), product_of(request)
    if place.claimed:
        await product.sessions.get(place.user_id, place.session_id)
        await product.erasures.account(place.user_id, wait_s=WAIT_S)
    else:
        await product.erasures.session(place.user_id, place.session_id, wait_s=WAIT_S)
    return reply(ConversationRemoved(success=True, conversation_id=place.shown))


CONVERSATION_ROUTES: list[HTTPRouteHandler] = [start, page, one, close, remove]


async def known(request: Asked, conversation_id: str) -> Place:
    """Return the session of a conversation; raises NotFound when nothing proves it the caller's."""
    place = await provable(request, conversation_id)
    if place is None:
        raise NotFound("there is no such conversation")
    return place


async def check_open(request: Asked, user_id: str, session_id: str, client_msg_id: str) -> None:
    """Raise Closed when a conversation takes no more turns and does not have this message yet."""
    if not await _is_closed(request, user_id, session_id):
        return
    if await product_of(request).threads.turn_of(session_id, client_msg_id) is None:
        raise Closed


async def _is_closed(request: Asked, user_id: str, session_id: str) -> bool:
    """Tell whether a conversation takes no more turns."""
    return await product_of(request).bookmarks.find(user_id, CLOSED, session_id) is not None


def _shown(session: Session, shown: str, *, closed: bool = False) -> Conversation:
    return Conversation(
        conversation_id=shown,
        status="closed" if closed else "active",
        session=structs.replace(session, id=shown),
    )
