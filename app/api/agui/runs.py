"""POST /agui: the newest message of a thread becomes a turn, or its history is told."""

from hashlib import sha256
from typing import Any

import msgspec
from litestar import Request, post
from litestar.datastructures import State
from litestar.params import JSONBody
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp

from app.api.agui.events import Stamp
from app.api.agui.teller import RunTeller
from app.api.v21.caller import network
from app.api.v21.parts import CallerAccess
from app.product import Product
from app.realtime.answer_stream import AnswerStream
from app.security.rates import SEND, WRITE, of_network, of_session, spend
from schemas.agui import (
    AGUI_VERSION,
    MessagesSnapshot,
    Outcome,
    RunAgentInput,
    RunFinished,
    RunStarted,
    Said,
    ThreadMessage,
)
from schemas.frames import Regenerate, Send
from schemas.resources import Message, Role
from sessions.context import user_text
from sessions.errors import BadRequest, KeyReused, NotFound
from sessions.exchanges import Exchange, paired
from sessions.text import checked_text
from sessions.threads import Threads

__all__ = ["client_msg_id_of", "exchanges_of", "run", "text_of"]

_BODY_BYTES = 1 << 20
_MOST_TURNS = 50
_MOST_KEY_CHARS = 64
_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant"}


@post("/agui", status_code=200, include_in_schema=False, request_max_body_size=_BODY_BYTES)
async def run(
    request: Request[Any, Any, Any],
    state: State,
    data: JSONBody[RunAgentInput],
    access: CallerAccess,
) -> ASGIApp:
    """Answer the last message when it is the user's; otherwise tell the thread's messages."""
    product: Product = state.product
    user_id = access.user_id
    text = text_of(data)
    if text is None:
        await spend(product.limits, WRITE, user_id)
        return await _history(product, user_id, data)
    session_id = product.threads.session_id(user_id, data.thread_id)
    more = [*of_session(user_id, session_id), *of_network(network(request))]
    await spend(product.limits, SEND, user_id, *more)
    frame = await _frame(product.threads, user_id, data, text)
    teller = RunTeller(data, Stamp(product.clock))
    return AnswerStream(product, state.connections, access=access, frame=frame, teller=teller)


async def _frame(
    threads: Threads, user_id: str, asked: RunAgentInput, text: str
) -> Send | Regenerate:
    """Return what to say, or which turn to make again: a client resends what it wants anew.

    Raises KeyReused when a run of that id said something else in this thread.
    """
    session_id = await threads.named(user_id, asked.thread_id, text=text)
    client_msg_id = client_msg_id_of(asked.run_id)
    before = await threads.turn_of(session_id, client_msg_id)
    if before is not None and before.messages and user_text(before) != checked_text(text):
        raise KeyReused("a run of this id said something else in this thread")
    place = await threads.place(user_id, session_id, exchanges_of(asked), text)
    if place is not None and place.again is not None:
        return Regenerate(session_id=session_id, turn_id=place.again, client_msg_id=client_msg_id)
    return Send(client_msg_id=client_msg_id, text=text, session_id=session_id, policy="queue")


def exchanges_of(asked: RunAgentInput) -> tuple[Exchange, ...]:
    """Return what was said and answered before the last message, as far as it is text."""
    said = []
    for each in asked.messages[:-1]:
        role, content = each.get("role"), each.get("content")
        if isinstance(role, str) and isinstance(content, str) and role in _ROLES:
            said.append((_ROLES[role], content))
    return paired(said).exchanges


def text_of(asked: RunAgentInput) -> str | None:
    """Return the text of the last message, None when that is not the user's.

    Raises BadRequest for a message that is none, and for images and the like.
    """
    if not asked.messages:
        return None
    try:
        said = msgspec.convert(asked.messages[-1], Said)
    except msgspec.ValidationError as error:
        raise BadRequest(f"messages: {error}") from None
    if said.role != "user":
        return None
    if isinstance(said.content, str):
        return said.content
    parts = said.content or ()
    if any(part.type != "text" or part.text is None for part in parts):
        raise BadRequest("messages: only text is understood here")
    return "\n".join(part.text or "" for part in parts)


def client_msg_id_of(run_id: str) -> str:
    """Return what a run's message is known by, so that a run that is sent again is the same."""
    if len(run_id) <= _MOST_KEY_CHARS:
        return run_id
    return f"r-{sha256(run_id.encode()).hexdigest()[:40]}"


async def _history(product: Product, user_id: str, asked: RunAgentInput) -> ASGIResponse:
    """Return a run that says nothing new: the thread's newest messages as they are here."""
    session_id = product.threads.session_id(user_id, asked.thread_id)
    try:
        page = await product.sessions.messages(user_id, session_id, before=None, limit=_MOST_TURNS)
        messages = page.messages
    except NotFound:
        messages = ()
    stamp = Stamp(product.clock)
    ids = {"thread_id": asked.thread_id, "run_id": asked.run_id}
    events = (
        stamp(RunStarted, protocol_version=AGUI_VERSION, **ids),
        stamp(MessagesSnapshot, messages=tuple(map(_told, messages))),
        stamp(RunFinished, outcome=Outcome(type="success"), **ids),
    )
    headers = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store"}
    return ASGIResponse(body=b"".join(events), headers=headers)


def _told(message: Message) -> ThreadMessage:
    name = message.answered.persona or None if message.answered else None
    return ThreadMessage(id=message.id, role=message.role, content=message.text, name=name)
