"""POST /auth/anonymous, /auth/refresh and /auth/logout."""

from contextlib import suppress
from hashlib import sha256
from typing import Any

from litestar import Controller, Request, post
from litestar.params import JSONBody

from app.api.v21.caller import address, network
from app.api.v21.parts import AccountsPart, LimitsPart, PushPart
from app.security.rates import ANONYMOUS, REFRESH, spend
from schemas.resources import LogoutRequest, RefreshRequest, TokenPair
from sessions.errors import NotFound

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
        await spend(limits, ANONYMOUS, network(request) or address(request))
        return await accounts.anonymous()

    @post("/refresh", status_code=200, summary="Exchange a refresh token for new tokens")
    async def refresh(
        self,
        data: JSONBody[RefreshRequest],
        accounts: AccountsPart,
        limits: LimitsPart,
    ) -> TokenPair:
        """Rotate a refresh token: the old one is used up."""
        await spend(limits, REFRESH, sha256(data.refresh_token.encode()).hexdigest()[:32])
        return await accounts.refresh(data.refresh_token)

    @post("/logout", status_code=204, summary="End a login, and tell its device nothing any more")
    async def logout(
        self,
        data: JSONBody[LogoutRequest],
        accounts: AccountsPart,
        push: PushPart,
        limits: LimitsPart,
    ) -> None:
        """Forget the device's address, then the refresh token; again it changes nothing."""
        await spend(limits, REFRESH, sha256(data.refresh_token.encode()).hexdigest()[:32])
        user_id = await accounts.owner(data.refresh_token)
        if user_id is None:
            return
        if data.installation_id:
            with suppress(NotFound):
                await push.remove(user_id, data.installation_id)
        await accounts.logout(data.refresh_token)
