"""POST /auth/anonymous, /auth/visitor, /auth/exchange, /auth/refresh and /auth/logout."""

from contextlib import suppress
from hashlib import sha256
from typing import Any

from litestar import Controller, Request, post
from litestar.params import JSONBody

from app.api.v21.caller import address, network, origin
from app.api.v21.parts import AccountsPart, LimitsPart, PushPart, SignInPart, SitesPart
from app.security.bearer import bearer_token
from app.security.rates import ANONYMOUS, REFRESH, SITE, VISITOR, spend
from schemas.resources import (
    Exchanged,
    ExchangeRequest,
    LogoutRequest,
    RefreshRequest,
    TokenPair,
    VisitorRequest,
)
from sessions.errors import BadRequest, NotFound

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

    @post("/visitor", summary="Become a visitor of a site's page")
    async def visitor(
        self,
        data: JSONBody[VisitorRequest],
        request: Request[Any, Any, Any],
        accounts: AccountsPart,
        sites: SitesPart,
        limits: LimitsPart,
    ) -> TokenPair:
        """Make a user whose tokens work at pages of this `Origin` alone, for ten minutes.

        The refresh token works for 30 days, at the same origin.
        """
        who = network(request) or address(request)
        page = origin(request)
        await spend(limits, VISITOR, who)
        await sites.check(data.site_key, page)
        await spend(limits, SITE, data.site_key)
        return await accounts.visitor(data.site_key, page)

    @post("/exchange", status_code=200, summary="Sign in with a site's or a provider's word")
    async def exchange(
        self,
        data: JSONBody[ExchangeRequest],
        request: Request[Any, Any, Any],
        sign_in: SignInPart,
        limits: LimitsPart,
    ) -> Exchanged:
        """Return tokens of whom an identity provider or a site speaks for.

        With `id_token` of a provider they are an app's; with `site_key` and `token` they are for
        pages of this `Origin`. With the token of an anonymous user, or of the site's visitor, all
        that they left becomes theirs, and their tokens are dead. Asked again it is the same.
        """
        await spend(limits, VISITOR, network(request) or address(request))
        current = bearer_token(request.headers.get("authorization"))
        page = origin(request)
        match bool(data.id_token), bool(data.site_key), bool(data.token):
            case True, False, False:
                return await sign_in.by_id_token(data.id_token, origin=page, current=current)
            case False, True, True:
                return await sign_in.at_site(
                    data.site_key, data.token, origin=page, current=current
                )
        raise BadRequest("give either id_token, or site_key and token")

    @post("/refresh", status_code=200, summary="Exchange a refresh token for new tokens")
    async def refresh(
        self,
        data: JSONBody[RefreshRequest],
        request: Request[Any, Any, Any],
        accounts: AccountsPart,
        limits: LimitsPart,
    ) -> TokenPair:
        """Rotate a refresh token: the old one is used up."""
        await spend(limits, REFRESH, sha256(data.refresh_token.encode()).hexdigest()[:32])
        return await accounts.refresh(data.refresh_token, origin(request))

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
