"""POST /recommend and /recommend/compare: who should answer a scenario, and why."""

from datetime import UTC, datetime

from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

from app.api.endpoint import Asked, body_as, endpoint, reply
from app.api.v2.asking import key_of
from app.api.v2.people import product_of, spend_open
from app.api.v2.personas import capabilities, persona_named
from schemas.v2.errors import ErrorReply
from schemas.v2.parts import KeyParts
from schemas.v2.recommend import (
    Compared,
    CompareReply,
    CompareRequest,
    RecommendReply,
    RecommendRequest,
)
from sessions.oneshot import Question
from sessions.route import Route
from sessions.text import checked_text

__all__ = ["RECOMMEND_ROUTES", "route_for"]


@endpoint(
    "POST",
    "/recommend",
    "Recommend a persona",
    takes=RecommendRequest,
    gives={
        200: RecommendReply,
        400: ErrorReply,
        401: ErrorReply,
        413: ErrorReply,
        429: ErrorReply,
        500: ErrorReply,
    },
    secured="may",
)
async def recommend(request: Asked) -> ASGIApp:
    """Recommend who should answer a scenario."""
    await spend_open(request)
    data: RecommendRequest = await body_as(request, RecommendRequest)
    route = await route_for(request, data.scenario, data.context)
    return reply(
        RecommendReply(
            recommended_persona=route.persona,
            scores=route.scores,
            capabilities=capabilities(product_of(request).catalogue, route.persona),
            reasoning=route.reason,
            timestamp=datetime.now(UTC),
        )
    )


@endpoint(
    "POST",
    "/recommend/compare",
    "Compare personas",
    takes=CompareRequest,
    gives={
        200: CompareReply,
        400: ErrorReply,
        401: ErrorReply,
        404: ErrorReply,
        413: ErrorReply,
        429: ErrorReply,
        500: ErrorReply,
    },
    secured="may",
)
async def compare(request: Asked) -> ASGIApp:
    """Compare how well personas fit a scenario; raises InvalidPersona."""
    await spend_open(request)
    data: CompareRequest = await body_as(request, CompareRequest)
    catalogue = product_of(request).catalogue
    asked = [persona_named(catalogue, each) for each in data.personas] or catalogue.ids
    route = await route_for(request, data.scenario, data.context)
    ranked = sorted(dict.fromkeys(asked), key=lambda one: -route.scores[one])
    return reply(
        CompareReply(
            recommended_persona=ranked[0],
            comparison=tuple(
                Compared(
                    persona=one,
                    score=route.scores[one],
                    reason=route.reasons.get(one),
                    capabilities=capabilities(catalogue, one),
                )
                for one in ranked
            ),
            reasoning=route.reasons.get(ranked[0], ""),
            timestamp=datetime.now(UTC),
        )
    )


RECOMMEND_ROUTES: list[HTTPRouteHandler] = [recommend, compare]


async def route_for(request: Asked, text: str, context: KeyParts | None) -> Route:
    """Return who should answer; raises TextInvalid, TextTooLong."""
    question = Question(text=checked_text(text), key=key_of(context))
    return await product_of(request).oneshot.route(question)
