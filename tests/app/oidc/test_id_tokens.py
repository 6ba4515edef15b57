"""Id tokens: what counts, and everything else that somebody may show."""

import hmac
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from hashlib import sha256
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jwt.utils import base64url_encode

from app.oidc.id_tokens import Identity, IdTokens, Issuer, open_id_tokens, read_issuers, subject_of
from sessions.errors import Forbidden, Unauthenticated
from tests.clocks import FakeClock
from tests.fakes.oidc.provider import FakeProvider, SigningKey

CLOCK = FakeClock()
NOW = CLOCK.now().timestamp()
KEY = SigningKey("EdDSA")

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=4), some),
    max_leaves=5,
)
_NAMES = ("iss", "sub", "aud", "exp", "iat", "nbf", "azp", "typ", "alg", "kid", "crit")
_SENSE = st.sampled_from(["https://a", "x", ["x"], ["x", "y"], NOW, "EdDSA", "JWT"])
_CLAIMS = st.dictionaries(st.sampled_from(_NAMES), _SENSE | _JSON)


def _encoded(said: object) -> str:
    return base64url_encode(json.dumps(said).encode()).decode()


_PART = (_JSON | _CLAIMS).map(_encoded)


class Desk:
    """Who reads tokens of two clients of a provider."""

    def __init__(self, provider: FakeProvider, id_tokens: IdTokens) -> None:
        self.provider = provider
        self.id_tokens = id_tokens

    async def reads(self, id_token: str) -> Identity:
        return await self.id_tokens.read(id_token)

    async def refuses(self, id_token: str) -> str:
        with pytest.raises(Unauthenticated) as found:
            await self.id_tokens.read(id_token)
        return found.value.message


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with FakeProvider(clock=CLOCK) as provider, AsyncExitStack() as stack:
        pairs = [f"{provider.url}=the-app", f"{provider.url}=the-page"]
        yield Desk(provider, await open_id_tokens(pairs, stack, clock=CLOCK))


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
async def test_a_token_of_a_trusted_issuer_names_its_user(desk: Desk, algorithm: str) -> None:
    provider = desk.provider
    provider.rotate(algorithm=algorithm)
    ana = Identity(issuer=provider.url, subject="ana")

    assert await desk.reads(provider.id_token()) == ana
    assert await desk.reads(provider.id_token(aud="the-page")) == ana
    assert await desk.reads(provider.id_token(aud=["the-page"])) == ana
    assert await desk.reads(provider.id_token(aud=["x", "the-page"], azp="the-app")) == ana
    # a phone's own client asks for a token for the server's
    assert await desk.reads(provider.id_token(azp="the-phone")) == ana
    assert await desk.reads(provider.id_token(typ="ID", headers={"typ": None})) == ana


async def test_a_slash_at_the_end_of_an_issuer_makes_no_difference(desk: Desk) -> None:
    desk.provider.issuer = f"{desk.provider.url}/"
    assert await desk.reads(desk.provider.id_token()) == Identity(
        issuer=desk.provider.url, subject="ana"
    )


async def test_clocks_may_differ_by_a_minute(desk: Desk) -> None:
    provider = desk.provider
    for iat, exp in ((NOW + 60, NOW + 3600), (NOW - 3600, NOW - 59)):
        assert (await desk.reads(provider.id_token(iat=iat, exp=exp))).subject == "ana"
    assert await desk.refuses(provider.id_token(exp=NOW - 60)) == "the id token has expired"
    for token in (provider.id_token(iat=NOW + 61), provider.id_token(nbf=NOW + 61)):
        assert "a clock is wrong" in await desk.refuses(token)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://accounts.example.org"},
        {"iss": None},
        {"aud": "another-app"},
        {"aud": ["another-app"]},
        {"aud": []},
        {"aud": {}},
        {"aud": None},
        {"aud": ["the-app", "another-app"]},
        {"aud": ["the-app", "another-app"], "azp": "another-app"},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 7},
        {"sub": None},
        {"exp": None},
        {"exp": True},
        {"exp": "soon"},
        {"exp": float("nan")},
        {"exp": -(10**400)},
        {"iat": None},
        {"iat": float("nan")},
        {"iat": 10**400},
        {"nbf": float("nan")},
        {"typ": "Bearer"},
        {"typ": "Logout"},
    ],
    ids=str,
)
async def test_any_other_claim_is_refused(desk: Desk, claims: dict[str, Any]) -> None:
    assert await desk.refuses(desk.provider.id_token(**claims))


async def test_only_the_issuers_own_signature_counts(desk: Desk) -> None:
    provider = desk.provider
    await desk.reads(provider.id_token())
    said = jwt.decode(provider.id_token(), options={"verify_signature": False})
    kid = {"kid": provider.key.kid}
    forged = [
        jwt.encode(said, "", "none", headers=kid),
        # whoever has the public key signs with it
        _hs256(said, provider.key.pem(), kid),
        jwt.encode(said, SigningKey("RS256", 7).private, "RS256", headers=kid),
        jwt.encode(said, SigningKey("ES256", 7).private, "ES256", headers=kid),
        jwt.encode(said, provider.key.private, "RS512", headers=kid),
        jwt.encode(said, provider.key.private, "RS256", headers={"kid": "another"}),
        jwt.encode(said, provider.key.private, "RS256", headers=kid | {"typ": "at+jwt"}),
        provider.id_token()[:-2],
        "",
        "a.b.c",
        "x" * 16_384,
    ]
    provider.rotate()
    for each in forged:
        assert await desk.refuses(each)
    assert provider.asked == 2


async def test_without_issuers_nobody_is_believed(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        await IdTokens({}, clock=CLOCK).read(desk.provider.id_token())


@given(st.text(max_size=80) | st.builds("{}.{}.{}".format, _PART, _PART, _PART))
def test_whatever_is_shown_is_refused_and_nothing_goes_wrong(token: str) -> None:
    with pytest.raises(Unauthenticated):
        subject_of(token, jwt.PyJWK(KEY.jwk()), ["x"], now=CLOCK.now())


@given(_JSON | _CLAIMS)
def test_whatever_an_issuer_signs_is_a_name_or_refused(said: object) -> None:
    signed = f"{_encoded({'alg': 'EdDSA'})}.{_encoded(said)}"
    token = f"{signed}.{base64url_encode(KEY.private.sign(signed.encode())).decode()}"
    with suppress(Unauthenticated):
        assert subject_of(token, jwt.PyJWK(KEY.jwk()), ["x"], now=CLOCK.now())


def test_an_issuer_that_is_named_twice_has_both_clients() -> None:
    assert read_issuers(("https://a=1", "https://b/x=1", "https://a=2")) == (
        Issuer(url="https://a", audiences=("1", "2")),
        Issuer(url="https://b/x", audiences=("1",)),
    )


def _hs256(said: dict[str, Any], secret: bytes, headers: dict[str, str]) -> str:
    """Sign as a forger does; PyJWT itself refuses to."""
    head, body, _ = jwt.encode(said, "s" * 40, "HS256", headers=headers).split(".")
    signed = f"{head}.{body}".encode()
    mark = hmac.new(secret, signed, sha256).digest()
    return f"{head}.{body}.{base64url_encode(mark).decode()}"
