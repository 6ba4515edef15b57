"""POST /auth/anonymous and /auth/refresh."""

from typing import Any

from litestar import Controller, Request, post

from app.api.v21.caller import LimitsPart, address
from app.security.accounts import Accounts
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
        self, request: Request[Any, Any, Any], accounts: Accounts, limits: LimitsPart
    ) -> TokenPair:
        """Make a user and return the first tokens."""
        await _limited(limits, ANONYMOUS, address(request))
        return await accounts.anonymous()

    @post("/refresh", status_code=200, summary="Exchange a refresh token for new tokens")
    async def refresh(
        self,
        data: RefreshRequest,
        request: Request[Any, Any, Any],
        accounts: Accounts,
        limits: LimitsPart,
    ) -> TokenPair:
        """Rotate a refresh token: the old one is used up."""
        await _limited(limits, REFRESH, address(request))
        return await accounts.refresh(data.refresh_token)


async def _limited(limits: Limits, rate: Rate, who: str) -> None:
    wait_ms = await limits.take(rate, who)
    if wait_ms:
        raise RateLimited("too many requests", retry_after_ms=wait_ms)
