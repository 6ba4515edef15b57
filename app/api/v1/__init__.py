"""API v1, kept for existing clients and deprecated: one message, one answer, at the root."""

from litestar import Router

from app.api.v1.chat import CHAT_ROUTES
from app.api.v1.errors import exception_handlers
from app.api.v1.home import HOME_ROUTES
from app.api.v1.summaries import SUMMARY_ROUTES
from app.api.v1.talks import TALK_ROUTES

__all__ = ["v1_router"]


def v1_router() -> Router:
    """Return the routes of API v1."""
    return Router(
        path="/",
        route_handlers=[*HOME_ROUTES, *CHAT_ROUTES, *TALK_ROUTES, *SUMMARY_ROUTES],
        exception_handlers=exception_handlers,
    )
