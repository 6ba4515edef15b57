"""What a site's own server says of who its visitor is: a JWT that its secret signs."""

import hmac
from datetime import datetime
from hashlib import sha256
from math import inf

import jwt

from app.sites.documents import SiteDocument
from sessions.errors import Unauthenticated

__all__ = ["identity_of", "provider_identity_of", "secret_of", "vouched"]

_MOST_NAME = 255
_LONGEST_S = 3600
_LEEWAY_S = 60


def secret_of(site: SiteDocument, secret_key: str) -> str:
    """Return the secret with which a site's server signs; whoever has it can be all its users."""
    return f"sk_{_keyed(secret_key, 'site secret', site.id, site.salt)}"


def vouched(id_token: str, site: SiteDocument, secret_key: str, *, now: datetime) -> str:
    """Return the name that a site has for its user (`sub`); raises Unauthenticated.

    HS256 with `aud` the site's key and `exp` within an hour from now.
    """
    try:
        claims = jwt.decode(
            id_token,
            secret_of(site, secret_key),
            algorithms=["HS256"],
            audience=site.id,
            options={
                "require": ["sub", "exp", "aud"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except jwt.InvalidTokenError:
        raise Unauthenticated("the id token is not one of this site's") from None
    if not 0 < _seconds(claims["exp"]) - now.timestamp() <= _LONGEST_S + _LEEWAY_S:
        raise Unauthenticated("the id token has expired, or would live for more than an hour")
    name: str = claims["sub"]
    if not 1 <= len(name) <= _MOST_NAME:
        raise Unauthenticated(f"sub: a name of 1 to {_MOST_NAME} characters")
    return name


def identity_of(site_key: str, name: str, secret_key: str) -> str:
    """Return the id under which a user of a site is known here; it does not tell the name."""
    return f"i_{_keyed(secret_key, 'identity', site_key, name)}"


def provider_identity_of(issuer: str, subject: str, secret_key: str) -> str:
    """Return the id under which an identity provider's user is known here, as `identity_of`."""
    return f"i_{_keyed(secret_key, 'provider identity', issuer, subject)}"


def _keyed(secret_key: str, *parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hmac.new(secret_key.encode(), text, sha256).hexdigest()


def _seconds(exp: object) -> float:
    try:
        return float(exp) if isinstance(exp, int | float) else 0.0
    except OverflowError:
        return inf
