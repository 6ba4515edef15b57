"""A provider's keys over real HTTP: when it is asked, and what holds while it is away."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.oidc.discovery import NotPublished, Published, fetched
from app.oidc.keys import KeysUnavailable, ProviderKeys
from tests.clocks import FakeClock
from tests.fakes.oidc.provider import FakeProvider, SigningKey

_FIELDS = ("kty", "n", "e", "x", "y", "crv", "alg", "kid", "use", "d", "k", "oth")
_SENSE = ("RSA", "EC", "OKP", "oct", "P-256", "Ed25519", "RS256", "HS256", "none", "AQAB", "sig")
_ODD: st.SearchStrategy[Any] = (
    st.sampled_from(_SENSE)
    | st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=4)
    | st.just([])
    | st.just({})
)


class Home:
    """A provider, and who asks it."""

    def __init__(self, provider: FakeProvider, http: httpx.AsyncClient) -> None:
        self.provider = provider
        self.http = http
        self.clock = FakeClock()
        self.keys = ProviderKeys(provider.url, http=http, clock=self.clock)

    async def finds(self, kid: str | None) -> bool:
        return await self.keys.find(kid) is not None


@pytest.fixture
async def home() -> AsyncIterator[Home]:
    async with FakeProvider() as provider, httpx.AsyncClient() as http:
        yield Home(provider, http)


async def test_many_at_once_ask_the_provider_once(home: Home) -> None:
    kid = home.provider.key.kid
    found = await asyncio.gather(*(home.finds(kid) for _ in range(20)))
    home.clock.advance(599)
    later = await home.finds(kid)

    assert all(found)
    assert later
    # its description and its keys
    assert home.provider.asked == 2


async def test_a_new_key_is_known_at_once_and_made_up_ones_ask_once_a_minute(home: Home) -> None:
    await home.finds(home.provider.key.kid)
    home.clock.advance(61)
    new = home.provider.rotate()
    known = await home.finds(new.kid)
    made_up = [await home.finds(f"made up {at}") for at in range(50)]
    asked = home.provider.asked
    home.clock.advance(61)
    made_up.append(await home.finds("made up"))

    assert known
    assert not any(made_up)
    assert (asked, home.provider.asked) == (4, 6)


async def test_a_key_that_was_taken_back_is_good_for_ten_minutes_at_most(home: Home) -> None:
    old = home.provider.key.kid
    await home.finds(old)
    home.provider.rotate(keep=False)
    home.clock.advance(599)
    before = await home.finds(old)
    home.clock.advance(1)

    assert before
    assert not await home.finds(old)


async def test_known_keys_hold_for_a_day_while_the_provider_is_away(home: Home) -> None:
    kid = home.provider.key.kid
    await home.finds(kid)
    await home.provider.go()
    home.clock.advance(86_000)
    held = await home.finds(kid)
    with pytest.raises(KeysUnavailable) as unknown:
        await home.finds("a new one, perhaps")
    home.clock.advance(400)
    with pytest.raises(KeysUnavailable):
        await home.finds(kid)
    await home.provider.come()
    home.clock.advance(61)

    assert held
    assert unknown.value.retryable
    assert unknown.value.retry_after_ms == 60_000
    assert await home.finds(kid)


async def test_without_any_key_it_is_asked_again_after_seconds(home: Home) -> None:
    home.provider.status = 503
    for _ in range(10):
        with pytest.raises(KeysUnavailable):
            await home.finds(home.provider.key.kid)
    asked = home.provider.asked
    home.provider.status = 200
    home.clock.advance(5)

    assert asked == 1
    assert await home.finds(home.provider.key.kid)


async def test_a_key_without_a_name_is_found_while_it_is_the_only_one(home: Home) -> None:
    home.provider.keys = [home.provider.key.jwk(kid=None)]
    assert await home.finds(None)
    home.provider.keys = [SigningKey("RS256", 1).jwk(), SigningKey("ES256").jwk()]
    home.clock.advance(600)
    assert not await home.finds(None)


async def test_only_keys_that_sign_and_are_strong_enough_count(home: Home) -> None:
    good = [SigningKey(each).jwk() for each in ("RS256", "ES256", "EdDSA")]
    rsa = SigningKey("RS256", 1)
    home.provider.keys = [
        *good,
        rsa.jwk(kid="encrypts", use="enc"),
        rsa.jwk(kid="other", alg="RS512"),
        rsa.jwk(kid="odd", alg=["RS256"]),
        rsa.jwk(kid="broken", n=7),
        SigningKey("RS256", 9, bits=1024).jwk(kid="short"),
        {"kty": "oct", "k": "c2VjcmV0", "kid": "secret"},
        {"kty": "oct", "kid": "no secret"},
        rsa.jwk(kid="not signed", alg="none"),
        {"kid": "nothing"},
    ]
    published = await fetched(home.http, home.provider.url)

    assert sorted(published.keys) == ["ES256-0", "EdDSA-0", "RS256-0"]


@given(
    st.sampled_from(["RS256", "ES256", "EdDSA"]),
    st.dictionaries(st.sampled_from(_FIELDS), _ODD),
    st.sampled_from(
        ["", "soon", "Sun, 29 Nov 2026 15:50:04", "Sun, 29 Nov 2026 15:50:04 +9999999999"]
    ),
)
def test_whatever_a_provider_publishes_spoils_no_other_key(
    algorithm: str, odd: dict[str, Any], date: str
) -> None:
    good = SigningKey("EdDSA", 1).jwk()
    keys = [SigningKey(algorithm).jwk() | odd, good]

    def answer(request: httpx.Request) -> httpx.Response:
        about = {"issuer": "https://a", "jwks_uri": "https://a/keys"}
        said = {"keys": keys} if request.url.path == "/keys" else about
        return httpx.Response(200, json=said, headers={"date": date})

    async def ask() -> Published:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            return await fetched(http, "https://a")

    published = asyncio.run(ask())
    assert good["kid"] in published.keys
    assert published.at is None


async def test_what_is_wrong_with_a_provider_is_said(home: Home) -> None:
    provider, url = home.provider, home.provider.url
    told: list[str] = []

    async def ask(issuer: str = url, within_s: float = 5.0) -> None:
        with pytest.raises(NotPublished) as found:
            await fetched(home.http, issuer, within_s=within_s)
        told.append(str(found.value))

    await ask(f"{url}/realms/none")
    provider.issuer = "https://accounts.example.org"
    await ask()
    provider.issuer, provider.keys = f"{url}/", []
    await ask()
    provider.keys = ["no key"]  # type: ignore[list-item]
    await ask()
    provider.silent = True
    await ask(within_s=0.05)
    await provider.go()
    await ask()

    assert told == [
        "/realms/none/.well-known/openid-configuration answers 404",
        "it calls itself 'https://accounts.example.org'",
        "it has no key for RS256, ES256, EdDSA",
        "/keys is no such document",
        "no answer within 0.05 s",
        "it can't be reached (ConnectError)",
    ]
