"""Limits as a client meets them: refused, told when to come back, and served then."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.device import Device
from tests.product import ProductServer, running_product
from tests.servers import RedisServer, running_redis

SHORT = {"ION_LLM": "scripted", "ION_SCRIPTED_TOKENS": "3", "ION_SCRIPTED_INTERVAL_MS": "1"}
LONG = {"ION_LLM": "scripted", "ION_SCRIPTED_TOKENS": "1000", "ION_SCRIPTED_INTERVAL_MS": "20"}


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def product(tmp_path: Path, redis: RedisServer) -> Iterator[ProductServer]:
    with running_product(tmp_path / "product", SHORT | {"ION_REDIS_URL": redis.url}) as server:
        yield server


@pytest.fixture
async def client(product: ProductServer) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(product) as new:
        yield new


def client_of(product: ProductServer) -> httpx.AsyncClient:
    token = product.anonymous()["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=f"{product.url}/api/v2.1", headers=headers, timeout=30)


async def new_session(client: httpx.AsyncClient) -> str:
    session_id: str = (await client.post("/sessions", json={})).raise_for_status().json()["id"]
    return session_id


async def say(client: httpx.AsyncClient, session_id: str, key: str) -> httpx.Response:
    body = {"client_msg_id": key, "text": "hello"}
    return await client.post(f"/sessions/{session_id}/messages", json=body)


async def until_refused(client: httpx.AsyncClient, session_id: str) -> list[httpx.Response]:
    """Send until the answer is 429, and return all answers."""
    answers: list[httpx.Response] = []
    while not answers or answers[-1].status_code == 202:
        answers.append(await say(client, session_id, f"c{len(answers)}"))
    return answers


async def test_a_burst_is_refused_with_headers_and_served_after_retry_after(
    client: httpx.AsyncClient,
) -> None:
    session_id = await new_session(client)
    answers = await until_refused(client, session_id)
    first, refused = answers[0], answers[-1]
    await asyncio.sleep(int(refused.headers["retry-after"]))
    again = await say(client, session_id, f"c{len(answers) - 1}")

    assert first.headers["ratelimit-policy"] == '"send";q=30;w=30, "session";q=30;w=40'
    assert first.headers["ratelimit"] == '"send";r=29;t=1, "session";r=29;t=2'
    assert first.headers["ratelimit-limit"] == "30"
    assert first.headers["ratelimit-remaining"] == "29"
    assert len(answers) > 30
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["ratelimit-remaining"] == "0"
    assert refused.headers["retry-after"] >= refused.headers["ratelimit-reset"]
    assert (again.status_code, again.json()["duplicate"]) == (202, False)


async def test_every_limited_answer_says_how_much_is_left(product: ProductServer) -> None:
    api = f"{product.url}/api/v2.1"
    async with httpx.AsyncClient(base_url=api, timeout=30) as nobody:
        made = await nobody.post("/auth/anonymous")
        body = {"refresh_token": made.json()["refresh_token"]}
        refreshed = await nobody.post("/auth/refresh", json=body)
        free = await nobody.get("/personas")

    assert made.headers["ratelimit-policy"] == '"anonymous";q=60;w=60'
    assert refreshed.headers["ratelimit-remaining"] == "9"
    assert "ratelimit" not in free.headers


async def test_without_redis_users_are_served_and_still_limited(
    redis: RedisServer, product: ProductServer, client: httpx.AsyncClient
) -> None:
    session_id = await new_session(client)
    before = await say(client, session_id, "before")
    redis.stop()
    answers = await until_refused(client, session_id)
    redis.start()

    assert before.status_code == 202
    assert len(answers) > 30
    assert answers[-1].status_code == 429
    warnings = [line for line in product.output().splitlines() if "limit_not_checked" in line]
    assert warnings
    assert len(warnings) < len(answers) / 2


async def test_over_the_days_budget_messages_are_refused_until_it_renews(tmp_path: Path) -> None:
    with running_product(tmp_path, SHORT | {"ION_TOKENS_A_DAY": "1"}) as product:
        token = product.anonymous()["access_token"]
        async with Device(product.ws_url, token) as device:
            done = await device.ask("hello", "c1")
            session_id = done["session_id"]
            frame = {"type": "send", "session_id": session_id, "text": "hello again"}
            async with asyncio.timeout(10):
                while not device.errors:
                    # the charge follows the answer
                    await device.say(frame | {"client_msg_id": f"d{len(device.acks)}"})
                    await asyncio.sleep(0.2)
            crisis = await device.ask("I want to kill myself tonight", "c3", session_id)
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(headers=headers, timeout=30) as http:
            answer = await http.post(
                f"{product.url}/api/v2.1/sessions/{session_id}/messages",
                json={"client_msg_id": "c4", "text": "hello"},
            )

    assert device.errors[0]["code"] == "quota_exceeded"
    assert device.errors[0]["retryable"]
    assert 0 < device.errors[0]["retry_after_ms"] <= 86_400_000
    assert crisis["finish_reason"] == "safety"
    assert (answer.status_code, answer.json()["code"]) == (429, "quota_exceeded")
    assert 0 < int(answer.headers["retry-after"]) <= 86_400


async def test_an_overloaded_product_says_so_before_it_accepts(tmp_path: Path) -> None:
    with running_product(tmp_path, LONG | {"ION_MAX_TURNS": "1"}) as product:
        refused: list[httpx.Response] = []
        accepted: list[Any] = []
        for number in range(12):
            async with client_of(product) as client:
                answer = await say(client, await new_session(client), f"c{number}")
                (accepted if answer.status_code == 202 else refused).append(answer)
                await asyncio.sleep(0.2)

    assert len(accepted) >= 5
    assert {(each.status_code, each.json()["code"]) for each in refused} == {(503, "overloaded")}
    assert all(int(each.headers["retry-after"]) >= 1 for each in refused)


async def test_a_network_behind_a_trusted_proxy_has_a_limit_of_its_own(tmp_path: Path) -> None:
    with running_product(tmp_path, SHORT | {"ION_TRUSTED_PROXIES": "127.0.0.1"}) as product:
        policies = []
        for address in ("192.0.2.7", "2001:db8:1:2::3"):
            async with client_of(product) as client:
                client.headers["x-forwarded-for"] = address
                answer = await say(client, await new_session(client), "c1")
                policies.append(answer.headers["ratelimit-policy"])

    assert all(policy.endswith('"address";q=600;w=30') for policy in policies)
