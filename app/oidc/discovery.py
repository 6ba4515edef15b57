"""What an identity provider publishes: the keys that it signs with."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from msgspec import Struct

__all__ = ["ALGORITHMS", "NotPublished", "Published", "fetched"]

T = TypeVar("T")
# what public keys check; a secret that both sides share is no provider's
ALGORITHMS = ("RS256", "ES256", "EdDSA")
_FEWEST_BITS = 2048
_WITHIN_S = 5.0


class NotPublished(Exception):
    """A provider's keys can't be had; the message says why, and names no address."""


class Published(Struct, frozen=True, kw_only=True):
    """Keys by their `kid`, and the time at the provider if it tells."""

    keys: Mapping[str, jwt.PyJWK]
    at: datetime | None = None


class _About(Struct, frozen=True):
    issuer: str
    jwks_uri: str


class _Listed(Struct, frozen=True):
    keys: list[dict[str, Any]]


async def fetched(
    http: httpx.AsyncClient, issuer: str, *, within_s: float = _WITHIN_S
) -> Published:
    """Ask an issuer, whose address ends with no slash, for its keys; raises NotPublished.

    All of it takes `within_s` at most. OpenID Connect Discovery 1.0, section 4.
    """
    try:
        async with asyncio.timeout(within_s):
            told = await http.get(f"{issuer}/.well-known/openid-configuration")
            about = _read(told, _About)
            _check(about, issuer)
            listed = _read(await http.get(about.jwks_uri), _Listed)
    except (TimeoutError, httpx.TimeoutException):
        raise NotPublished(f"no answer within {within_s:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotPublished(f"it can't be reached ({type(error).__name__})") from None
    keys = dict(_usable(listed.keys))
    if not keys:
        raise NotPublished(f"it has no key for {', '.join(ALGORITHMS)}")
    return Published(keys=keys, at=_time_in(told))


def _read(answer: httpx.Response, type_: type[T]) -> T:
    path = answer.url.path
    if answer.status_code != httpx.codes.OK:
        raise NotPublished(f"{path} answers {answer.status_code}")
    try:
        return msgspec.json.decode(answer.content, type=type_)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise NotPublished(f"{path} is no such document") from None


def _check(about: _About, issuer: str) -> None:
    if about.issuer.rstrip("/") != issuer:
        raise NotPublished(f"it calls itself {about.issuer!r:.200}")
    if not about.jwks_uri.startswith("https://") and issuer.startswith("https://"):
        raise NotPublished("its jwks_uri is not https://")


def _usable(listed: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, jwt.PyJWK]]:
    """Yield keys to check signatures with; one that makes no sense does not spoil the others."""
    for each in listed:
        try:
            key = jwt.PyJWK(dict(each))
        except (jwt.PyJWTError, LookupError, NotImplementedError, TypeError, ValueError):
            continue
        is_short = isinstance(key.key, RSAPublicKey) and key.key.key_size < _FEWEST_BITS
        signs = each.get("use", "sig") == "sig" and key.algorithm_name in ALGORITHMS
        if signs and not is_short:
            yield str(each.get("kid", "")), key


def _time_in(answer: httpx.Response) -> datetime | None:
    try:
        at = parsedate_to_datetime(answer.headers.get("date", ""))
    except (OverflowError, ValueError):
        return None
    return at if at.tzinfo else None
