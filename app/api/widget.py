"""The chat for pages of others: scripts that any page may load."""

from pathlib import Path

from litestar import Router
from litestar.datastructures import CacheControlHeader
from litestar.response.base import ASGIResponse
from litestar.static_files import create_static_files_router
from litestar.types import ASGIApp

from app.api.not_modified import NotModified
from app.api.requests import CSP

__all__ = ["WIDGET", "widget_router"]

WIDGET = Path(__file__).parents[1] / "widget"
_FRESH_S = 300
_HEADERS = {
    # module scripts are fetched as CORS has it, and pages may demand that we agree
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    # what is a page among the files, as its demonstration, is in no frame
    "content-security-policy": CSP,
}


def widget_router() -> Router:
    """Return the route of its files, which have an ETag and stay fresh for five minutes."""
    return create_static_files_router(
        path="/widget",
        directories=[WIDGET],
        cache_control=CacheControlHeader(public=True, max_age=_FRESH_S),
        after_request=_shared,
        middleware=[NotModified],
    )


def _shared(response: ASGIApp) -> ASGIApp:
    if isinstance(response, ASGIResponse):
        for name, value in _HEADERS.items():
            response.headers[name] = value
    return response
