"""Who calls: the user of the access token, and the address."""

from typing import Any

from litestar import Request

from app.api.v21.parts import AccountsPart
from app.security.bearer import bearer_access
from app.security.networks import network_of
from app.security.pages import origin_in
from app.security.tokens import Access

__all__ = ["address", "network", "origin", "provide_access", "provide_user_id"]


async def provide_access(request: Request[Any, Any, Any], accounts: AccountsPart) -> Access:
    """Return what the caller's token says; raises Unauthenticated, OtherOrigin."""
    return await bearer_access(accounts, request.headers.get("authorization"), origin(request))


async def provide_user_id(request: Request[Any, Any, Any], accounts: AccountsPart) -> str:
    """Return the caller's user id; raises Unauthenticated, OtherOrigin."""
    access = await bearer_access(accounts, request.headers.get("authorization"), origin(request))
    return access.user_id


def origin(request: Request[Any, Any, Any]) -> str | None:
    """Return the origin of the page that calls; None when it is none."""
    return origin_in(request.headers, request.url.scheme)


def address(request: Request[Any, Any, Any]) -> str:
    """Return the caller's network address."""
    return request.client.host if request.client else "unknown"


def network(request: Request[Any, Any, Any]) -> str | None:
    """Return the network that address limits count the caller by; None for this machine."""
    return network_of(address(request))
