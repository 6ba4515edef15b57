"""API v2, kept for existing clients: answers whole, from the same engine and sessions as v2.1."""

from litestar import Router

from app.api.v2.bulk import BULK_ROUTES
from app.api.v2.cache import CACHE_ROUTES
from app.api.v2.conversations import CONVERSATION_ROUTES
from app.api.v2.errors import exception_handlers
from app.api.v2.health import HEALTH_ROUTES
from app.api.v2.personalized import PERSONALIZED_ROUTES
from app.api.v2.personas import PERSONA_ROUTES
from app.api.v2.process import PROCESS_ROUTES
from app.api.v2.recommend import RECOMMEND_ROUTES
from app.api.v2.turns import TURN_ROUTES

__all__ = ["v2_router"]


def v2_router() -> Router:
    """Return the routes of API v2."""
    return Router(
        path="/api/v2",
        route_handlers=[
            *HEALTH_ROUTES,
            *PROCESS_ROUTES,
            *BULK_ROUTES,
            *RECOMMEND_ROUTES,
            *PERSONALIZED_ROUTES,
            *PERSONA_ROUTES,
            *CONVERSATION_ROUTES,
            *TURN_ROUTES,
            *CACHE_ROUTES,
        ],
        exception_handlers=exception_handlers,
    )
