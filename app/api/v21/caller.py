"""Who calls: the user of the access token, and the address."""

from typing import Annotated, Any

from litestar import Request
from litestar.params import Dependency

from app.security.accounts import Accounts
from app.security.bearer import bearer_token
from sessions.errors import Unauthenticated
from sessions.stores.limits import Limits

__all__ = ["LimitsPart", "address", "provide_user_id"]

LimitsPart = Annotated[Limits, Dependency(skip_validation=True)]


async def provide_user_id(request: Request[Any, Any, Any], accounts: Accounts) -> str:
    """Return the caller's user id; raises Unauthenticated."""
    token = bearer_token(request.headers.get("authorization"))
    if token is None:
        raise Unauthenticated("the Authorization header carries no Bearer token")
    return accounts.access(token).user_id


def address(request: Request[Any, Any, Any]) -> str:
    """Return the caller's network address."""
    return request.client.host if request.client else "unknown"
