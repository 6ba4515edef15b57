"""What ends a stream that tells one turn in another protocol, over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.security.tokens import Tokens
from schemas.codes import CloseCode
from sessions.clock import SystemClock
from tests.app.api.agui.runs import agui, answer_of, events_of, user
from tests.house import House, running_house

LONG = {"scripted_tokens": 10_000, "scripted_interval_ms": 5}
OPENAI = {
    "model": "ion",
    "stream": True,
    "messages": [{"role": "user", "content": "hello"}],
}
PATHS = {"openai": ("/openai/v1/chat/completions", OPENAI), "agui": ("/agui", {})}


@pytest.fixture
async def slow(tmp_path: Path, redis_url: str) -> AsyncIterator[House]:
    async with running_house(tmp_path, redis_url, **LONG) as house:
        yield house


class Telling:
    """A stream that has begun to tell its answer."""

    def __init__(self, response: httpx.Response) -> None:
        self._pieces = response.aiter_text()
        self.body = ""

    async def begin(self) -> None:
        while "w1 " not in self.body:
            self.body += await anext(self._pieces)

    async def end(self) -> str:
        async for piece in self._pieces:
            self.body += piece
        return self.body


@asynccontextmanager
async def telling(house: House, token: str, protocol: str = "openai") -> AsyncIterator[Telling]:
    path, body = PATHS[protocol]
    headers = {"authorization": f"Bearer {token}"}
    async with (
        asyncio.timeout(30),
        httpx.AsyncClient(base_url=house.url, headers=headers) as client,
        client.stream("POST", path, json=body or agui("t", "r1", user("hello"))) as response,
    ):
        told = Telling(response)
        await told.begin()
        yield told


def failure_of(body: str) -> dict[str, Any]:
    """Return the error that ends a chat completion."""
    last = body.strip().rpartition("\n\n")[2]
    error: dict[str, Any] = json.loads(last.removeprefix("data: "))["error"]
    return error


async def test_a_process_that_leaves_ends_a_completion_with_a_failure(slow: House) -> None:
    async with telling(slow, await slow.token()) as told:
        slow.connections.close()
        error = failure_of(await told.end())

    assert (error["code"], error["type"]) == ("overloaded", "server_error")


async def test_a_process_that_leaves_ends_a_run_with_a_failure(slow: House) -> None:
    async with telling(slow, await slow.token(), "agui") as told:
        slow.connections.close()
        events = events_of(await told.end())

    assert (events[-1]["type"], events[-1]["code"]) == ("RUN_ERROR", "overloaded")


@pytest.mark.parametrize("protocol", PATHS)
async def test_a_drain_lets_the_answer_be_told_to_its_end(
    tmp_path: Path, redis_url: str, protocol: str
) -> None:
    async with (
        running_house(tmp_path, redis_url, scripted_interval_ms=20) as house,
        telling(house, await house.token(), protocol) as told,
    ):
        house.connections.drain()
        await house.product.owners.drain(deadline_s=20)
        house.connections.close()
        body = await told.end()
        while len(house.connections):
            await asyncio.sleep(0.01)

    if protocol == "agui":
        assert answer_of(events_of(body)).endswith("w11 ")
    else:
        assert body.endswith("data: [DONE]\n\n")


async def test_a_stream_is_one_of_the_users_eight_connections(slow: House) -> None:
    token = await slow.token()
    user_id = slow.product.accounts.access(token).user_id
    async with telling(slow, token) as told:
        for _ in range(8):
            slow.connections.add(user_id, Other())
        error = failure_of(await told.end())

    assert error["code"] == "quota_exceeded"


async def test_a_stream_ends_when_its_token_does(slow: House) -> None:
    tokens = Tokens(slow.product.settings.secret_key, clock=SystemClock(), access_s=2)
    async with telling(slow, tokens.issue("u1")) as told:
        error = failure_of(await told.end())

    assert error["code"] == "unauthenticated"


class Other:
    """Another connection of the user."""

    def leave(self, code: int, reason: str) -> None:
        assert code == CloseCode.RESTART

    def announce_drain(self, reconnect_in_ms: int) -> None:
        raise AssertionError("nobody drains")
