"""Id tokens, OpenID Connect Core 1.0: what an identity provider says of who is there."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Annotated, Any

import httpx
import jwt
import msgspec
from jwt.types import Options
from msgspec import Meta, Struct

from app.oidc.discovery import ALGORITHMS
from app.oidc.keys import ProviderKeys
from sessions.clock import Clock
from sessions.errors import Forbidden, Unauthenticated

__all__ = ["IdTokens", "Identity", "Issuer", "open_id_tokens", "read_issuers", "subject_of"]

# clocks of providers and servers differ by seconds, and tokens are shown at once
_LEEWAY_S = 60
_UNVERIFIED: Options = {"verify_signature": False}
_REQUIRED: Options = {
    "require": ["iss", "sub", "aud", "exp", "iat"],
    # by our own clock, below
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}


class Issuer(Struct, frozen=True, kw_only=True):
    """An identity provider by its address, without a slash at the end, and whom it may speak to."""

    url: str
    audiences: tuple[str, ...]


class Identity(Struct, frozen=True, kw_only=True):
    """Somebody, by the name that an issuer has for them."""

    issuer: str
    subject: str


class _Claims(Struct, frozen=True):
    sub: Annotated[str, Meta(min_length=1, max_length=255)]
    aud: str | list[str]
    exp: int | float
    iat: int | float
    nbf: int | float = 0
    azp: str = ""
    typ: str = "ID"


def read_issuers(pairs: Sequence[str]) -> tuple[Issuer, ...]:
    """Return the issuers of `issuer=audience` pairs as settings have them, each once."""
    found: dict[str, tuple[str, ...]] = {}
    for each in pairs:
        url, _, audience = each.partition("=")
        found[url] = (*found.get(url, ()), audience)
    return tuple(Issuer(url=url, audiences=audiences) for url, audiences in found.items())


class IdTokens:
    """Reads id tokens of the issuers that the operator trusts, and of no others."""

    def __init__(self, providers: Mapping[Issuer, ProviderKeys], *, clock: Clock) -> None:
        self._issuers = {each.url: each for each in providers}
        self._keys = {each.url: keys for each, keys in providers.items()}
        self._clock = clock

    async def read(self, id_token: str) -> Identity:
        """Return whom a token speaks for.

        Raises Unauthenticated, KeysUnavailable, Forbidden (there are no issuers).
        """
        if not self._issuers:
            raise Forbidden("no identity provider is set on this server (ION_OIDC_ISSUERS)")
        header, claims = _unverified(id_token)
        issuer = self._issuers.get(_issuer_in(claims))
        if issuer is None:
            raise Unauthenticated("the id token's issuer is none of ION_OIDC_ISSUERS")
        key = await self._keys[issuer.url].find(header.get("kid"))
        if key is None:
            raise Unauthenticated("the id token is signed with no key of its issuer")
        subject = subject_of(id_token, key, issuer.audiences, now=self._clock.now())
        return Identity(issuer=issuer.url, subject=subject)


async def open_id_tokens(pairs: Sequence[str], stack: AsyncExitStack, *, clock: Clock) -> IdTokens:
    """Return the reader of id tokens for `issuer=audience` pairs, of use until `stack` ends."""
    issuers = read_issuers(pairs)
    if not issuers:
        return IdTokens({}, clock=clock)
    http = await stack.enter_async_context(httpx.AsyncClient())
    providers = {each: ProviderKeys(each.url, http=http, clock=clock) for each in issuers}
    return IdTokens(providers, clock=clock)


def subject_of(id_token: str, key: jwt.PyJWK, audiences: Collection[str], *, now: datetime) -> str:
    """Return the issuer's name for whom a token that `key` has signed speaks for.

    Raises Unauthenticated, also for an access token.
    """
    try:
        proven = jwt.decode(
            id_token,
            key,
            algorithms=[key.algorithm_name],
            audience=list(audiences),
            options=_REQUIRED,
        )
        claims = msgspec.convert(proven, _Claims)
    except jwt.InvalidAudienceError:
        raise Unauthenticated("the id token is for none of this server's clients") from None
    except (jwt.PyJWTError, msgspec.ValidationError):
        raise Unauthenticated("the id token is not valid") from None
    _check_times(claims, now.timestamp())
    several = isinstance(claims.aud, list) and len(set(claims.aud)) > 1
    if several and claims.azp not in audiences:
        raise Unauthenticated("the id token was made for another client (azp)")
    if claims.typ.casefold() not in ("id", "jwt"):
        raise Unauthenticated("this is no id token (typ)")
    return claims.sub


def _check_times(claims: _Claims, now: float) -> None:
    # written so that NaN is refused
    if not claims.exp > now - _LEEWAY_S:
        raise Unauthenticated("the id token has expired")
    if not (claims.iat <= now + _LEEWAY_S and claims.nbf <= now + _LEEWAY_S):
        raise Unauthenticated("the id token is of the future: a clock is wrong, here or there")


def _unverified(id_token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return header and claims, which anybody may have written."""
    try:
        header = jwt.get_unverified_header(id_token)
        claims = jwt.decode(id_token, options=_UNVERIFIED)
    except jwt.PyJWTError:
        raise Unauthenticated("the id token is not valid") from None
    if header.get("alg") not in ALGORITHMS:
        raise Unauthenticated(f"the id token is signed with none of {', '.join(ALGORITHMS)}")
    # access tokens (RFC 9068) and logout tokens have names of their own
    if str(header.get("typ", "JWT")).casefold() != "jwt":
        raise Unauthenticated("this is no id token (typ)")
    return header, claims


def _issuer_in(claims: Mapping[str, Any]) -> str:
    """Return `iss` as settings have it; Google leaves the scheme out of some."""
    issuer = str(claims.get("iss", "")).rstrip("/")
    return issuer if "://" in issuer else f"https://{issuer}"
