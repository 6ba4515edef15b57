"""Tokens, and the bodies that ask for them."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

__all__ = [
    "ExchangeRequest",
    "Exchanged",
    "LogoutRequest",
    "MergeState",
    "RefreshRequest",
    "TokenPair",
    "VisitorRequest",
]

MergeState = Literal["nothing", "running", "moved"]


class TokenPair(Struct, frozen=True, kw_only=True):
    """An access token (JWT) and the refresh token that renews it once."""

    user_id: str
    access_token: str
    refresh_token: str
    expires_in: int
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme, not a secret


class Exchanged(TokenPair, frozen=True, kw_only=True):
    """Tokens of a user whom somebody vouched for, and what became of what they left before.

    `running`: it goes on by itself, and is theirs within seconds.
    """

    merged: MergeState


class RefreshRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /auth/refresh."""

    refresh_token: Annotated[str, Meta(max_length=256)]


class VisitorRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /auth/visitor: the public key of the site whose page asks."""

    site_key: Annotated[str, Meta(min_length=1, max_length=64)]


class ExchangeRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /auth/exchange: an identity provider's id token, or a site's key and its word.

    The word is a JWT signed with the site's secret (HS256); `sub` names the user, `aud` is the
    key, and `exp` lies within an hour.
    """

    site_key: Annotated[str, Meta(max_length=64)] = ""
    token: Annotated[str, Meta(max_length=4096)] = ""
    id_token: Annotated[str, Meta(max_length=16_384)] = ""


class LogoutRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /auth/logout; the installation is told nothing any more."""

    refresh_token: Annotated[str, Meta(max_length=256)]
    installation_id: Annotated[str, Meta(max_length=128)] = ""
