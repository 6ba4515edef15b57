"""POST /conversations/{id}/turns: say something and wait for the answer."""

from datetime import UTC, datetime

from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.types import ASGIApp

from app.api.endpoint import Asked, body_as, endpoint, reply
from app.api.places import Place
from app.api.talk import Told, talk
from app.api.v2.asking import is_keyed, message_id
from app.api.v2.conversations import REFUSALS, check_open, known
from app.api.v2.people import product_of, spend_of
from app.api.v2.personas import persona_named
from app.api.v2.process import request_id, routing_of_choices
from app.product import Product
from app.security.rates import PROCESS
from schemas.frames import Send, TurnDone
from schemas.v2.conversations import TakeTurn, TurnReply, TurnRunning
from schemas.v2.errors import ErrorReply

__all__ = ["TURN_ROUTES"]

DEADLINE_S = 30


@endpoint(
    "POST",
    "/conversations/{conversation_id:str}/turns",
    "Say something in a conversation",
    takes=TakeTurn,
    gives={
        200: TurnReply,
        202: TurnRunning,
        409: ErrorReply,
        410: ErrorReply,
        413: ErrorReply,
        422: ErrorReply,
    }
    | REFUSALS,
    secured="may",
)
async def turn(request: Asked, conversation_id: FromPath[str]) -> ASGIApp:
    """Answer in the conversation; a repeated client_msg_id or Idempotency-Key is answered once."""
    data: TakeTurn = await body_as(request, TakeTurn)
    product = product_of(request)
    persona = persona_named(product.catalogue, data.persona) if data.persona else None
    await spend_of(request, PROCESS)
    place = await known(request, conversation_id)
    await product.sessions.get(place.user_id, place.session_id)
    client_msg_id = data.client_msg_id or message_id(request)
    await check_open(request, place.user_id, place.session_id, client_msg_id)
    frame = Send(
        client_msg_id=client_msg_id,
        text=data.user_input,
        session_id=place.session_id,
        persona=persona,
        policy="queue",
    )
    keyed = data.client_msg_id is None and is_keyed(request)
    told = await talk(product, place.user_id, frame, deadline_s=DEADLINE_S, keyed=keyed)
    if told.done is None:
        return _running(request, place, told)
    return reply(_answered(request, place, told, told.done, product))


TURN_ROUTES: list[HTTPRouteHandler] = [turn]


def _running(request: Asked, place: Place, told: Told) -> ASGIApp:
    location = f"/api/v2/conversations/{place.shown}"
    body = TurnRunning(
        success=True,
        conversation_id=place.shown,
        turn_id=told.ack.turn_id,
        client_msg_id=told.ack.client_msg_id,
        duplicate=told.ack.duplicate,
        status="running",
        location=location,
        timestamp=datetime.now(UTC),
        request_id=request_id(request),
    )
    return reply(body, status=202, headers={"location": location})


def _answered(
    request: Asked, place: Place, told: Told, done: TurnDone, product: Product
) -> TurnReply:
    choices = told.routed.choices if told.routed else ()
    routing = routing_of_choices(done.persona, choices, product)
    return TurnReply(
        success=True,
        conversation_id=place.shown,
        turn_id=done.turn_id,
        client_msg_id=told.ack.client_msg_id,
        duplicate=told.ack.duplicate,
        status="done",
        content=done.text,
        persona_used=done.persona,
        resonance_key=told.routed.resonance_key if told.routed else "",
        routing=routing,
        confidence=routing.confidence,
        finish_reason=done.finish_reason,
        resources=told.safety.resources if told.safety else (),
        timestamp=datetime.now(UTC),
        request_id=request_id(request),
    )
