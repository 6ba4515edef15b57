"""POST /process and /chat/multi-persona: one answer, whole."""

from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

from app.api.endpoint import Asked, body_as, endpoint, reply
from app.api.talk import Told, talk
from app.api.tally import Tally
from app.api.v2.asking import is_keyed, key_of, message_id, question_of, session_frame
from app.api.v2.conversations import check_open
from app.api.v2.errors import StillAnswering
from app.api.v2.people import product_of, spend_of, user_of, who_of
from app.product import Product
from app.security.rates import PROCESS
from schemas.frames import TurnDone
from schemas.resources import Choice
from schemas.v2.errors import ErrorReply
from schemas.v2.parts import Routing
from schemas.v2.process import (
    MultiRequest,
    Performance,
    ProcessMetadata,
    ProcessReply,
    ProcessRequest,
)
from sessions.oneshot import Answered, Together
from sessions.personas.panel import MOST_SEATS
from sessions.route import Route, resonant

__all__ = ["PROCESS_ROUTES", "answered", "request_id", "routing_of_choices"]

DEADLINE_S = 60
_GIVES: dict[int, Any] = {
    200: ProcessReply,
    400: ErrorReply,
    401: ErrorReply,
    404: ErrorReply,
    410: ErrorReply,
    413: ErrorReply,
    429: ErrorReply,
    500: ErrorReply,
    503: ErrorReply,
}


@endpoint(
    "POST",
    "/process",
    "Answer a text",
    takes=ProcessRequest,
    gives=_GIVES | {409: ErrorReply, 422: ErrorReply},
    secured="may",
)
async def process(request: Asked) -> ASGIApp:
    """Answer by one persona: without a token from the request alone, with one in a session."""
    data: ProcessRequest = await body_as(request, ProcessRequest)
    await spend_of(request, PROCESS)
    user_id = await user_of(request)
    if user_id and data.context and data.context.session_id:
        return reply(await _in_session(request, user_id, data))
    return reply(await answered(request, data, who=await who_of(request)))


@endpoint(
    "POST",
    "/chat/multi-persona",
    "Have several personas answer",
    takes=MultiRequest,
    gives=_GIVES,
    secured="may",
)
async def multi_persona(request: Asked) -> ASGIApp:
    """Answer by all personas that the text calls for, in one reply that names them."""
    data: MultiRequest = await body_as(request, MultiRequest)
    # how many take part is known only after the work has begun
    await spend_of(request, PROCESS, cost=MOST_SEATS)
    return reply(await answered(request, data, who=await who_of(request)))


PROCESS_ROUTES: list[HTTPRouteHandler] = [process, multi_persona]


async def answered(request: Asked, data: ProcessRequest, *, who: str) -> ProcessReply:
    """Answer from the request alone; raises what `OneShot.answer` does, and TextInvalid."""
    began = perf_counter()
    together: Together = None
    if isinstance(data, MultiRequest):
        together = "always" if data.force_multi else "as_needed"
    found = await product_of(request).oneshot.answer(
        question_of(data),
        who=who,
        user_id=await user_of(request),
        together=together,
        use_cache=data.use_cache,
    )
    tally: Tally = request.app.state.tally
    tally.cached += found.cached
    return _reply(request, data, found, began)


def _routing_of(route: Route) -> Routing:
    """Return a route as v2 tells it."""
    return Routing(
        primary_persona=route.persona,
        secondary_persona=route.secondary,
        confidence=route.confidence,
        scores=route.scores,
        reasoning=route.reason,
    )


def _reply(request: Asked, data: ProcessRequest, found: Answered, began: float) -> ProcessReply:
    answer = found.answer
    metadata = ProcessMetadata(
        model=answer.model,
        language=answer.language,
        finish_reason=answer.finish_reason,
        usage=answer.usage,
        contributors=answer.contributors,
        resources=answer.resources,
    )
    return ProcessReply(
        success=True,
        content=answer.text,
        persona_used=answer.route.persona,
        resonance_key=answer.route.key,
        routing=_routing_of(answer.route),
        confidence=answer.route.confidence,
        performance=_performance(began, found),
        metadata=metadata if data.include_metadata else None,
        timestamp=datetime.now(UTC),
        request_id=request_id(request),
    )


async def _in_session(request: Asked, user_id: str, data: ProcessRequest) -> ProcessReply:
    product, began = product_of(request), perf_counter()
    client_msg_id = message_id(request)
    frame = await session_frame(product, user_id, data, client_msg_id=client_msg_id)
    await check_open(request, user_id, str(frame.session_id), client_msg_id)
    key = key_of(data.resonance_key)
    keyed = is_keyed(request)
    told = await talk(product, user_id, frame, deadline_s=DEADLINE_S, key=key, keyed=keyed)
    if told.done is None:
        raise StillAnswering(told.ack, keyed=keyed)
    return _said(request, data, told, told.done, began, product)


def _said(
    request: Asked,
    data: ProcessRequest,
    told: Told,
    done: TurnDone,
    began: float,
    product: Product,
) -> ProcessReply:
    key = key_of(data.resonance_key)
    used = told.routed.resonance_key if told.routed else ""
    if key is not None:
        used = str(key)
        routing = _routing_of(resonant(done.persona, key, product.catalogue))
    else:
        choices = told.routed.choices if told.routed else ()
        routing = routing_of_choices(done.persona, choices, product)
    metadata = ProcessMetadata(
        model=done.model,
        language="",
        finish_reason=done.finish_reason,
        usage=done.usage,
        contributors=(done.persona,),
        resources=told.safety.resources if told.safety else (),
        session_id=done.session_id,
    )
    return ProcessReply(
        success=True,
        content=done.text,
        persona_used=done.persona,
        resonance_key=used,
        routing=routing,
        confidence=routing.confidence,
        performance=_performance(began),
        metadata=metadata if data.include_metadata else None,
        timestamp=datetime.now(UTC),
        request_id=request_id(request),
    )


def routing_of_choices(persona: str, choices: tuple[Choice, ...], product: Product) -> Routing:
    """Return a turn's routing; personas that are not among the choices share what is left."""
    known = {choice.persona: choice.probability for choice in choices}
    others = [one for one in product.catalogue.ids if one not in known]
    rest = max(0.0, 1 - sum(known.values())) / max(1, len(others))
    seconds = [choice.persona for choice in choices if choice.persona != persona]
    reasons = {choice.persona: choice.reason for choice in choices}
    return Routing(
        primary_persona=persona,
        secondary_persona=seconds[0] if seconds else persona,
        confidence=known.get(persona, 0.0),
        scores={one: known.get(one, round(rest, 4)) for one in product.catalogue.ids},
        reasoning=reasons.get(persona, ""),
    )


def request_id(request: Asked) -> str:
    """Return the id that the answer's X-Request-ID carries."""
    return str(request.scope.get("request_id", ""))


def _performance(began: float, found: Answered | None = None) -> Performance:
    return Performance(
        execution_time_ms=round((perf_counter() - began) * 1000, 3),
        cache_hit=found is not None and found.cached,
        cache_key=found.cache_key if found else None,
    )
