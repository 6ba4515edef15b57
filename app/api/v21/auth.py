"""POST /auth/anonymous and /auth/refresh."""

from typing import Any

from litestar import Controller, Request, post
from litestar.params import JSONBody

from app.api.v21.caller import address
from app.api.v21.parts import AccountsPart, LimitsPart
from app.security.rates import ANONYMOUS, REFRESH
from schemas.resources import RefreshRequest, TokenPair
from sessions.errors import RateLimited
from sessions.stores.limits import Limits, Rate

__all__ = ["AuthController"]


class AuthController(Controller):
    """Tokens: an anonymous user is a click away, and stays the same by refreshing."""

    path = "/auth"
    tags = ("auth",)
    security = ()

    @post("/anonymous", summary="Become an anonymous user")
    async def anonymous(
        self,
        request: Request[Any, Any, Any],
        accounts: AccountsPart,
        limits: LimitsPart,
    ) -> TokenPair:
        """Make a user and return the first tokens."""
        await _limited(limits, ANONYMOUS, address(request))
        return await accounts.anonymous()

    @post("/refresh", status_code=200, summary="Exchange a refresh token for new tokens")
    async def refresh(
        self,
        data: JSONBody[RefreshRequest],
        request: Request[Any, Any, Any],
        accounts: AccountsPart,
        limits: LimitsPart,
    ) -> TokenPair:
        """Rotate a refresh token: the old one is used up."""
        await _limited(limits, REFRESH, address(request))
        return await accounts.refresh(data.refresh_token)


async def _limited(limits: Limits, rate: Rate, who: str) -> None:
    wait_ms = await limits.take(rate, who)
    if wait_ms:
        raise RateLimited("too many requests", retry_after_ms=wait_ms)
