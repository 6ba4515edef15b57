"""Access tokens: JWT, HS256, 15 minutes."""

from datetime import timedelta

import jwt
from msgspec import Struct

from sessions.clock import Clock
from sessions.errors import Unauthenticated

__all__ = ["ACCESS_S", "Access", "Tokens"]

ACCESS_S = 900
_ISSUER = "ion"


class Access(Struct, frozen=True, kw_only=True):
    """Who an access token speaks for, and until when (seconds since the epoch)."""

    user_id: str
    expires_at: int


class Tokens:
    """Issues and reads access tokens; all processes share the secret."""

    def __init__(self, secret: str, *, clock: Clock, access_s: int = ACCESS_S) -> None:
        self._secret = secret
        self._clock = clock
        self.access_s = access_s

    def issue(self, user_id: str) -> str:
        """Return a token for a user."""
        now = self._clock.now()
        claims = {
            "iss": _ISSUER,
            "sub": user_id,
            "iat": now,
            "exp": now + timedelta(seconds=self.access_s),
        }
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
        access = Access(user_id=claims["sub"], expires_at=int(claims["exp"]))
        if access.expires_at <= self._clock.now().timestamp():
            raise Unauthenticated("the token has expired")
        return access
