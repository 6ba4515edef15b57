"""POST /chat: one message, one answer."""

import re

from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

from app.api.endpoint import Asked, endpoint, reply
from app.api.tally import Tally
from app.api.v1.fields import object_of, texts
from app.api.v2.people import product_of, user_of, who_of
from app.api.v21.caller import address, network
from app.security.rates import CHAT, spend
from schemas.v1 import (
    MOST_CHARS,
    MOST_USER_CHARS,
    ChatMetadata,
    ChatReply,
    ChatRequest,
    ErrorReply,
    Rhythm,
    RoutingNote,
    ToneNote,
    Unprocessable,
)
from sessions.oneshot import OneAnswer, Question
from sessions.personas.resonance import parse_key
from sessions.text import checked_text

__all__ = ["CHAT_ROUTES", "rhythm_of"]

_SENTENCE_END = re.compile(r"[.!?…。！？\n]+")
_MARKS = re.compile(r"[^\w\s]")


@endpoint(
    "POST",
    "/chat",
    "Answer a message",
    takes=ChatRequest,
    gives={
        200: ChatReply,
        400: ErrorReply,
        401: ErrorReply,
        413: ErrorReply,
        422: Unprocessable,
        429: ErrorReply,
        500: ErrorReply,
        503: ErrorReply,
        504: ErrorReply,
    },
    secured="may",
)
async def chat(request: Asked) -> ASGIApp:
    """Answer a message by itself; `user_id` is checked, and neither kept nor told to a model."""
    product = product_of(request)
    await spend(product.limits, CHAT, network(request) or address(request))
    fields = texts(
        object_of(await request.body()),
        {"message": MOST_CHARS, "user_id": MOST_USER_CHARS},
        where="body",
    )
    text = checked_text(fields["message"])
    found = await product.oneshot.answer(
        Question(text=text), who=await who_of(request), user_id=await user_of(request)
    )
    tally: Tally = request.app.state.tally
    tally.cached += found.cached
    return reply(_reply(text, found.answer))


CHAT_ROUTES: list[HTTPRouteHandler] = [chat]


def rhythm_of(text: str, pace: str) -> Rhythm:
    """Return how a text runs, to two and four digits."""
    said = [part for part in _SENTENCE_END.split(text) if part.strip()]
    words = sum(len(part.split()) for part in said)
    return Rhythm(
        pace=pace,
        avg_length=round(words / max(1, len(said)), 2),
        punctuation_density=round(len(_MARKS.findall(text)) / max(1, len(text)), 4),
    )


def _reply(text: str, answer: OneAnswer) -> ChatReply:
    tone = answer.tone
    first, second = sorted(tone, key=lambda each: -tone[each])[:2]
    return ChatReply(
        content=answer.text,
        persona_used=answer.route.persona,
        resonance_key=answer.route.key,
        confidence=answer.route.confidence,
        metadata=ChatMetadata(
            rhythm=rhythm_of(text, parse_key(answer.route.key).pace),
            tone=ToneNote(
                primary=first,
                confidence=round(min(1.0, tone[first]), 4),
                secondary=second,
            ),
            routing=RoutingNote(
                secondary_persona=answer.route.secondary, reasoning=answer.route.reason
            ),
        ),
    )
