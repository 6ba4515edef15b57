"""POST /recommend/personalized, GET /recommend/history, POST /recommend/feedback."""

from datetime import UTC, datetime
from time import perf_counter

from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

from app.api.endpoint import PRIVATE, Asked, body_as, endpoint, reply
from app.api.v2.asking import key_of
from app.api.v2.people import product_of, require_user, spend_of, spend_open, user_of
from app.api.v2.queries import whole_number
from app.release import release
from app.security.rates import READ, WRITE
from schemas.v2.errors import ErrorReply
from schemas.v2.personalized import (
    Advice,
    AdvicePage,
    FeedbackReply,
    FeedbackRequest,
    Options,
    PersonalizedMetadata,
    PersonalizedReply,
    PersonalizedRequest,
    Ranked,
    Recommended,
)
from sessions.archive import AdviceDocument
from sessions.oneshot import Question
from sessions.route import Route
from sessions.text import checked_text

__all__ = ["PERSONALIZED_ROUTES"]

EXPERIMENT = "recommendation"
ALGORITHM = "ensemble"
MOST_HISTORY = 100


@endpoint(
    "POST",
    "/recommend/personalized",
    "Recommend personas to a user",
    takes=PersonalizedRequest,
    gives={
        200: PersonalizedReply,
        400: ErrorReply,
        401: ErrorReply,
        413: ErrorReply,
        429: ErrorReply,
        500: ErrorReply,
        503: ErrorReply,
    },
    secured="may",
)
async def personalized(request: Asked) -> ASGIApp:
    """Rank the personas for a query; with a token the ranking is kept for its user."""
    began = perf_counter()
    data: PersonalizedRequest = await body_as(request, PersonalizedRequest)
    question = Question(text=checked_text(data.query), key=key_of(data.context))
    product = product_of(request)
    kept: AdviceDocument | None = None
    group: str | None = None
    if user_id := await user_of(request):
        await spend_of(request, WRITE)
        route = await product.oneshot.route_for(user_id, question)
        kept = await product.advice.keep(user_id, route)
        group = await product.experiments.expose(EXPERIMENT, user_id)
    else:
        await spend_open(request)
        route = await product.oneshot.route(question)
    return reply(
        PersonalizedReply(
            recommendation=_recommended(route, data.options),
            metadata=PersonalizedMetadata(
                model_version=release(),
                processing_time_ms=round((perf_counter() - began) * 1000, 3),
                algorithm=ALGORITHM,
                ab_group=group,
                recommendation_id=kept.id if kept else None,
            ),
        )
    )


@endpoint(
    "GET",
    "/recommend/history",
    "List recommendations",
    gives={
        200: AdvicePage,
        400: ErrorReply,
        401: ErrorReply,
        429: ErrorReply,
        500: ErrorReply,
        503: ErrorReply,
    },
    query={
        "limit": {"type": "integer", "minimum": 1, "maximum": MOST_HISTORY, "default": 20},
    },
    secured="may",
)
async def history(request: Asked) -> ASGIApp:
    """Return the recommendations of the token's user; without a token nothing was kept."""
    limit = whole_number(request, "limit", default=20, most=MOST_HISTORY)
    user_id = await user_of(request)
    if user_id is None:
        return reply(AdvicePage(total=0, history=()), headers=PRIVATE)
    await spend_of(request, READ)
    found = await product_of(request).advice.history(user_id, limit=limit)
    body = AdvicePage(total=len(found), history=tuple(map(_advice, found)))
    return reply(body, headers=PRIVATE)


@endpoint(
    "POST",
    "/recommend/feedback",
    "Rate a recommendation",
    takes=FeedbackRequest,
    gives={
        200: FeedbackReply,
        400: ErrorReply,
        401: ErrorReply,
        404: ErrorReply,
        429: ErrorReply,
        500: ErrorReply,
        503: ErrorReply,
    },
    secured="must",
)
async def feedback(request: Asked) -> ASGIApp:
    """Keep what the token's user thinks of a recommendation."""
    user_id = await require_user(request)
    data: FeedbackRequest = await body_as(request, FeedbackRequest)
    await spend_of(request, WRITE)
    product = product_of(request)
    before = await product.advice.rate(user_id, data.recommendation_id, data.rating)
    await product.experiments.record("rating", user_id, data.rating, instead_of=before)
    return reply(
        FeedbackReply(
            success=True,
            recommendation_id=data.recommendation_id,
            timestamp=datetime.now(UTC),
        )
    )


PERSONALIZED_ROUTES: list[HTTPRouteHandler] = [personalized, history, feedback]


def _recommended(route: Route, options: Options) -> Recommended:
    ranked = sorted(route.scores, key=lambda one: (one != route.persona, -route.scores[one]))
    return Recommended(
        primary_persona=route.persona,
        confidence=route.confidence,
        all_scores=route.scores,
        ranked_recommendations=tuple(
            Ranked(
                persona=one,
                score=route.scores[one],
                reason=route.reasons.get(one) if options.include_explanation else None,
            )
            for one in ranked[: options.top_k]
        ),
    )


def _advice(given: AdviceDocument) -> Advice:
    return Advice(
        recommendation_id=given.id,
        primary_persona=given.persona,
        confidence=given.confidence,
        scores=given.scores,
        resonance_key=given.resonance_key,
        rating=given.rating,
        timestamp=given.at,
    )
