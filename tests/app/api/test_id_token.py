"""Signing in with a provider's id token over real HTTP, with what the anonymous user left."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError

from app.security.tokens import Tokens
from app.sites.vouching import provider_identity_of, secret_of
from sessions.clock import SystemClock
from sessions.merging.documents import IDENTITIES, IdentityDocument
from tests.app.api.street import Phone, Street
from tests.fakes.oidc.provider import FakeProvider
from tests.house import House, running_house

OPERATOR = "an operator's token, long enough"
SECRET = "s" * 40
PAGE = {"origin": "https://www.example.org"}


@pytest.fixture
async def street(tmp_path: Path, redis_url: str) -> AsyncIterator[Street]:
    async with FakeProvider() as provider:
        options: dict[str, Any] = {
            "secret_key": SECRET,
            "operator_token": OPERATOR,
            "scripted_interval_ms": 60.0,
            "oidc_issuers": (f"{provider.url}=the-app",),
        }
        async with running_house(tmp_path, redis_url, **options) as house:
            yield Street(house, provider)


async def test_who_began_without_a_name_keeps_it_all_when_they_sign_in(street: Street) -> None:
    phone = await street.phone()
    anonymous = phone.tokens
    async with connect(
        street.house.ws_url, additional_headers={"authorization": f"Bearer {phone.token}"}
    ) as socket:
        session_id = await phone.talk()
        # the answer runs meanwhile
        user = phone.tokens = await phone.sign_in("ana")
        with suppress(ConnectionClosedError):
            async for _ in socket:
                pass
        closed = socket.close_code
    shown = await phone.sessions()
    messages = await _answered(phone, session_id)
    refreshed = await phone.post("/auth/refresh", {"refresh_token": user["refresh_token"]})
    phone.tokens = anonymous
    dead = await phone.get("/sessions")
    renewed = await phone.post("/auth/refresh", {"refresh_token": anonymous["refresh_token"]})

    assert (user["http"], user["merged"], closed) == (200, "moved", 4401)
    assert user["expires_in"] == 900
    assert user["user_id"] != anonymous["user_id"]
    assert shown == [session_id]
    assert [each["role"] for each in messages] == ["user", "assistant"]
    assert (dead.status_code, renewed.status_code, refreshed.status_code) == (401, 401, 200)


async def test_asked_again_it_is_the_same_user_and_the_same_merge(street: Street) -> None:
    phone = await street.phone()
    session_id = await phone.talk()
    answers = [*await asyncio.gather(*(phone.sign_in("ana") for _ in range(3)))]
    answers.append(await phone.sign_in("ana"))
    phone.tokens = answers[-1]
    # signed in already: with the user's own token
    answers.append(await phone.sign_in("ana"))
    merges, _ = await street.house.product.merges.newest(before=None, limit=9)

    assert [each["http"] for each in answers] == [200] * 5
    assert len({each["user_id"] for each in answers}) == 1
    assert [each["merged"] for each in answers[3:]] == ["moved", "nothing"]
    assert await phone.sessions() == [session_id]
    assert len(merges) == 1


async def test_a_second_phone_adds_to_the_same_account(street: Street) -> None:
    first, second = await street.phone(), await street.phone()
    said = {await first.talk(), await second.talk("I keep bees.")}
    first.tokens = await first.sign_in("ana")
    second.tokens = await second.sign_in("ana")

    assert first.tokens["user_id"] == second.tokens["user_id"]
    assert set(await first.sessions()) == set(await second.sessions()) == said


async def test_nobody_else_at_the_same_phone_sees_what_was_said(street: Street) -> None:
    phone = await street.phone()
    session_id = await phone.talk()
    anonymous = phone.tokens
    ana = phone.tokens = await phone.sign_in("ana")
    others = []
    for left in (anonymous, ana):
        phone.tokens = left
        others.append(await phone.sign_in("ben"))
    for phone.tokens in others:
        refused = await phone.get(f"/sessions/{session_id}")
        assert await phone.sessions() == []
        assert refused.status_code == 404
    phone.tokens = ana

    assert [each["merged"] for each in others] == ["nothing", "nothing"]
    assert len({each["user_id"] for each in (ana, *others)}) == 2
    assert await phone.sessions() == [session_id]


async def test_the_same_name_elsewhere_is_somebody_else(street: Street) -> None:
    house, origin = street.house, PAGE["origin"]
    site = await house.product.sites.add("Example", (origin,))
    claims = {"sub": "ana", "aud": site.id, "exp": datetime.now(UTC) + timedelta(minutes=5)}
    word = jwt.encode(claims, secret_of(site, SECRET), algorithm="HS256")
    at_site = await street.exchange({"site_key": site.id, "token": word}, **PAGE)
    provided = await street.exchange({"id_token": street.provider.id_token("ana")})
    upper = await street.exchange({"id_token": street.provider.id_token("Ana")})

    users = {each.json()["user_id"] for each in (at_site, provided, upper)}
    assert len(users) == 3


async def test_an_erased_account_is_not_opened_again(street: Street) -> None:
    phone = await street.phone()
    session_id = await phone.talk()
    before = phone.tokens = await phone.sign_in("ana")
    async with street.house.client(phone.token) as client:
        (await client.delete("/me")).raise_for_status()
    after = phone.tokens = await (await street.phone()).sign_in("ana")

    assert after["user_id"] != before["user_id"]
    assert (await phone.get(f"/sessions/{session_id}")).status_code == 404


async def test_who_signs_in_twice_while_their_account_is_erased_is_one_user(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, other = await street.phone(), await street.phone()
    before = phone.tokens = await phone.sign_in("ana")
    async with street.house.client(phone.token) as client:
        (await client.delete("/me")).raise_for_status()
    documents = street.house.product.sign_in._documents
    identity = provider_identity_of(street.provider.url, "ana", SECRET)
    left = IdentityDocument(id=identity, user_id=before["user_id"], created_at=datetime.now(UTC))
    await documents.insert(IDENTITIES, left)
    found = documents.get
    answers: list[dict[str, Any]] = []

    async def overtaken(collection: Any, document_id: str) -> Any:
        stale = await found(collection, document_id)
        if collection is IDENTITIES:
            monkeypatch.setattr(documents, "get", found)
            answers.append(await other.sign_in("ana"))
        return stale

    monkeypatch.setattr(documents, "get", overtaken)
    answers.append(await (await street.phone()).sign_in("ana"))
    answers.append(await (await street.phone()).sign_in("ana"))

    assert [each["http"] for each in answers] == [200] * 3
    assert len({each["user_id"] for each in answers}) == 1
    assert answers[0]["user_id"] != before["user_id"]


async def test_what_is_no_app_s_own_token_is_not_merged(street: Street) -> None:
    house, word = street.house, {"id_token": street.provider.id_token("ana")}
    site = await house.product.sites.add("Example", (PAGE["origin"],))
    async with house.client() as client:
        visitor = await client.post("/auth/visitor", json={"site_key": site.id}, headers=PAGE)
    phone = await street.phone()
    clock, user_id = SystemClock(), phone.tokens["user_id"]
    key = Tokens(SECRET, clock=clock, access_s=86_400).issue(user_id)
    old = Tokens(SECRET, clock=clock).issue(user_id, lifetime_s=-1)
    refused = [
        await street.exchange(word, visitor.json()["access_token"], **PAGE),
        await street.exchange(word, key),
        await street.exchange(word, old),
        await street.exchange(word, "no token"),
    ]

    assert [each.status_code for each in refused] == [403, 403, 401, 401]
    assert (await phone.get("/sessions")).status_code == 200


async def test_a_key_to_what_became_somebody_s_is_told_to_sign_in(street: Street) -> None:
    house, phone = street.house, await street.phone()
    key = Tokens(SECRET, clock=SystemClock(), access_s=86_400).issue(phone.tokens["user_id"])
    bearer = {"authorization": f"Bearer {key}"}
    said = {"model": "ion", "messages": [{"role": "user", "content": "hello"}]}
    async with house.client(key) as program:
        before = await program.get("/sessions")
        await phone.sign_in("ana")
        answers = [
            await program.get("/sessions"),
            await program.get(f"{house.url}/openai/v1/models", headers=bearer),
            await program.post(f"{house.url}/openai/v1/chat/completions", json=said),
            await program.get(f"{house.url}/api/v2/personas"),
        ]
    async with connect(house.ws_url) as socket:
        await socket.send(json.dumps({"type": "hello", "token": key}))
        frame = json.loads(await socket.recv())
        with suppress(ConnectionClosedError):
            await socket.recv()

    assert before.status_code == 200
    assert [each.status_code for each in answers] == [401] * 4
    assert all("account_merged" in each.text for each in answers)
    assert (frame["type"], frame["code"], frame["retryable"]) == ("error", "account_merged", False)
    assert socket.close_code == 4401


async def test_a_body_has_one_word_in_it(street: Street) -> None:
    word = street.provider.id_token("ana")
    bodies = [
        {},
        {"id_token": ""},
        {"id_token": word, "site_key": "pk_1"},
        {"id_token": word, "token": "x", "site_key": "pk_1"},
        {"token": "x"},
        {"site_key": "pk_1"},
        {"id_token": "x" * 16_385},
    ]
    answers = [await street.exchange(each) for each in bodies]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (400, "bad_frame")
    ] * len(bodies)


async def test_while_the_provider_is_away_it_is_later_and_then_it_works(
    street: Street, capfd: pytest.CaptureFixture[str]
) -> None:
    provider, phone = street.provider, await street.phone()
    session_id = await phone.talk()
    provider.status = 500
    away = await phone.post("/auth/exchange", {"id_token": phone.word("ana")})
    provider.status = 200
    wrong = await phone.sign_in("ana", aud="another-app")
    # nobody waits five seconds here
    street.house.product.sign_in._id_tokens._keys[provider.url]._ask_at = 0.0
    refused = await phone.sign_in("ana", aud="another-app")
    phone.tokens = await phone.sign_in("ana")
    told = capfd.readouterr()

    assert away.status_code == wrong["http"] == 503
    assert (away.json()["code"], away.json()["retryable"]) == ("overloaded", True)
    assert 1 <= int(away.headers["retry-after"]) <= 5
    assert (refused["http"], refused["code"]) == (401, "unauthenticated")
    assert await phone.sessions() == [session_id]
    assert "eyJ" not in told.out + told.err


async def test_operators_see_by_whose_word(street: Street) -> None:
    phone = await street.phone()
    anonymous = phone.tokens["user_id"]
    await phone.talk()
    ana = await phone.sign_in("ana")
    async with street.house.client(OPERATOR) as operator:
        told = await operator.get("/operator/merges")

    [record] = told.json()["merges"]
    assert (record["visitor"], record["user_id"]) == (anonymous, ana["user_id"])
    assert (record["site"], record["origin"]) == (street.provider.url, "")
    assert "Mia" not in told.text


async def test_a_server_without_providers_says_so(house: House) -> None:
    async with house.client() as client:
        answer = await client.post("/auth/exchange", json={"id_token": "x"})

    assert answer.status_code == 403
    assert "ION_OIDC_ISSUERS" in answer.json()["detail"]


async def _answered(phone: Phone, session_id: str) -> list[dict[str, Any]]:
    async with asyncio.timeout(20):
        while True:
            page = (await phone.get(f"/sessions/{session_id}/messages")).raise_for_status()
            found: list[dict[str, Any]] = page.json()["messages"]
            if found[-1]["role"] == "assistant":
                return found
            await asyncio.sleep(0.05)
