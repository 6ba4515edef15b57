"""Access tokens: JWT, HS256, 15 minutes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import jwt
from msgspec import Struct

from app.security.pages import Page
from sessions.clock import Clock
from sessions.errors import Unauthenticated

__all__ = ["ACCESS_S", "Access", "Tokens"]

ACCESS_S = 900
# what lives longer is a key
_LONGEST_S = 2 * ACCESS_S
_ISSUER = "ion"


class Access(Struct, frozen=True, kw_only=True):
    """Who an access token speaks for, and until when (seconds since the epoch).

    One with a `page` is of use at pages of its origin alone. A `key` lives for days, in a program
    that can't refresh it.
    """

    user_id: str
    expires_at: int
    page: Page | None = None
    key: bool = False


class Tokens:
    """Issues and reads access tokens; all processes share the secret."""

    def __init__(self, secret: str, *, clock: Clock, access_s: int = ACCESS_S) -> None:
        self._secret = secret
        self._clock = clock
        self.access_s = access_s

    def issue(
        self, user_id: str, *, page: Page | None = None, lifetime_s: int | None = None
    ) -> str:
        """Return a token for a user, at a page if one is named; it lives `access_s` if not told."""
        now = self._clock.now()
        claims: dict[str, object] = {
            "iss": _ISSUER,
            "sub": user_id,
            "iat": now,
            "exp": now + timedelta(seconds=lifetime_s or self.access_s),
        }
        if page is not None:
            claims |= {"site": page.site, "origin": page.origin}
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def read(self, token: str) -> Access:
        """Return whom a token speaks for; raises Unauthenticated."""
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=["HS256"],
                issuer=_ISSUER,
                options={"require": ["sub", "exp"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            raise Unauthenticated("the token is not valid") from None
        expires_at = int(claims["exp"])
        access = Access(
            user_id=claims["sub"],
            expires_at=expires_at,
            page=_page_in(claims),
            key=expires_at - int(claims.get("iat", 0)) > _LONGEST_S,
        )
        if access.expires_at <= self._clock.now().timestamp():
            raise Unauthenticated("the token has expired")
        return access


def _page_in(claims: Mapping[str, Any]) -> Page | None:
    if "site" not in claims and "origin" not in claims:
        return None
    return Page(site=str(claims.get("site", "")), origin=str(claims.get("origin", "")))
