"""Chat completions over real HTTP, asked for with OpenAI's own SDK."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from openai import AsyncOpenAI

from tests.app.api.openai.clients import ask, assistant, openai_client, stream, user
from tests.house import House

WORDS = "".join(f"w{number} " for number in range(12))


@pytest.fixture
async def client(house: House) -> AsyncIterator[AsyncOpenAI]:
    async with openai_client(house, await house.token()) as client:
        yield client


async def messages_of(house: House, client: AsyncOpenAI, session_id: str) -> list[dict[str, Any]]:
    async with house.client(client.api_key) as rest:
        page = (await rest.get(f"/sessions/{session_id}/messages")).raise_for_status()
    found: list[dict[str, Any]] = page.json()["messages"]
    return found


async def test_a_question_is_answered_whole(house: House, client: AsyncOpenAI) -> None:
    raw = await ask(client, user("I can't decide between two jobs"), model="ion-lua")
    answer = raw.parse()

    assert answer.choices[0].message.content == WORDS
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == "ion-lua"
    assert answer.usage.completion_tokens == 12
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + 12
    assert answer.id == f"chatcmpl-{raw.headers['x-ion-turn']}"
    kept = await messages_of(house, client, raw.headers["x-ion-session"])
    assert [each["role"] for each in kept] == ["user", "assistant"]


async def test_a_stream_begins_with_the_role_and_ends_with_reason_and_usage(
    client: AsyncOpenAI,
) -> None:
    chunks = await stream(client, user("hello"), stream_options={"include_usage": True})

    assert chunks[0].choices[0].delta.role == "assistant"
    texts = [each.choices[0].delta.content or "" for each in chunks if each.choices]
    assert "".join(texts) == WORDS
    assert {each.id for each in chunks} == {chunks[0].id}
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 12


async def test_a_stream_without_usage_asked_for_has_none(client: AsyncOpenAI) -> None:
    chunks = await stream(client, user("hello"))

    assert all(each.usage is None for each in chunks)
    assert chunks[-1].choices[0].finish_reason == "stop"
