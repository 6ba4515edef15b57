"""POST /chat/completions: a request becomes a message in a session, its turn the answer."""

from contextlib import suppress
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

import msgspec
from litestar import Request, post
from litestar.datastructures import State
from litestar.params import JSONBody
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp

from app.api.openai.models import persona_of
from app.api.openai.placing import Attempt, Placing, attempt_of
from app.api.openai.request import conversation_of, session_name
from app.api.openai.teller import CompletionTeller, Remember, completion
from app.api.requests import BEGAN
from app.api.v21.caller import network
from app.api.v21.parts import CallerAccess
from app.product import Product
from app.realtime.answer_stream import AnswerStream, turn_headers
from app.realtime.turns import asked
from app.security.rates import SEND, of_network, of_session, spend
from schemas.frames import Regenerate, Send, TurnDone
from schemas.openai import ChatRequest
from sessions.clock import Clock
from sessions.errors import RateLimited, StoreUnavailable
from sessions.exchanges import Conversed, Exchange

__all__ = ["complete"]

_encode = msgspec.json.Encoder().encode


@post("/chat/completions", status_code=200)
async def complete(
    request: Request[Any, Any, Any],
    state: State,
    data: JSONBody[ChatRequest],
    access: CallerAccess,
) -> ASGIApp:
    """Answer the user's last message, at once or as a stream."""
    product: Product = state.product
    user_id = access.user_id
    persona = persona_of(data.model, product.catalogue)
    said = conversation_of(data)
    name = session_name(data, request.headers.get("x-ion-session"))
    attempt = await _attempt(request, (name, persona, said), came=_came(request, product.clock))
    placing = Placing(product.threads, product.bookmarks)
    try:
        await _spend(request, product, user_id, name)
    except RateLimited:
        await placing.refused(user_id, attempt)
        raise
    frame = await placing.place(user_id, said, name=name, persona=persona, attempt=attempt)
    remember = _remember(product, user_id, said if name is None else None)
    created = int(product.clock.now().timestamp())
    if not data.stream:
        return await _whole(product, user_id, frame, remember, created=created)
    options = data.stream_options
    with_usage = bool(options and options.include_usage)
    teller = CompletionTeller(remember, created=created, with_usage=with_usage)
    return AnswerStream(product, state.connections, access=access, frame=frame, teller=teller)


async def _spend(
    request: Request[Any, Any, Any], product: Product, user_id: str, name: str | None
) -> None:
    session_id = product.threads.session_id(user_id, name) if name else None
    more = [*of_session(user_id, session_id), *of_network(network(request))]
    await spend(product.limits, SEND, user_id, *more)


def _came(request: Request[Any, Any, Any], clock: Clock) -> datetime:
    """Return when the request came: who is asked whose token it is may have taken long."""
    began: float = request.scope[BEGAN]  # type: ignore[literal-required]
    return clock.now() - timedelta(seconds=perf_counter() - began)


async def _attempt(request: Request[Any, Any, Any], asked: object, *, came: datetime) -> Attempt:
    key = request.headers.get("idempotency-key")
    retries = request.headers.get("x-stainless-retry-count")
    return attempt_of(key, retries, await request.body(), asked=asked, came=came)


async def _whole(
    product: Product, user_id: str, frame: Send | Regenerate, remember: Remember, *, created: int
) -> ASGIResponse:
    async with asked(product.sessions, product.threads, user_id, frame) as turn:
        answer = await completion(turn, remember, created=created)
    return ASGIResponse(body=_encode(answer), headers=turn_headers(turn.ack))


def _remember(product: Product, user_id: str, said: Conversed | None) -> Remember:
    """Return what lets a session without a name be found by the conversation with its answer."""

    async def remember(done: TurnDone) -> None:
        if said is None or not done.text:
            return
        exchanges = (*said.exchanges, Exchange(said.text, done.text))
        with suppress(StoreUnavailable):
            await product.threads.remember(user_id, done.session_id, exchanges)

    return remember
