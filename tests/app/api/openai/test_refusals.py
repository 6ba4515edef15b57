"""What is refused, in the shape and with the statuses that OpenAI's SDKs know."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from openai import (
    APIStatusError,
    AsyncOpenAI,
    AuthenticationError,
    BadRequestError,
    NotFoundError,
    RateLimitError,
)

from tests.app.api.openai.clients import Said, ask, assistant, openai_client, user
from tests.house import House

IMAGE: Said = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}


@pytest.fixture
async def client(house: House) -> AsyncIterator[AsyncOpenAI]:
    async with openai_client(house, await house.token()) as client:
        yield client


@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("n", 2),
        ("tools", [{"type": "function", "function": {"name": "f"}}]),
        ("functions", [{"name": "f"}]),
        ("response_format", {"type": "json_object"}),
        ("logprobs", True),
        ("top_logprobs", 3),
        ("logit_bias", {"1": 5}),
        ("stop", ["\n"]),
        ("modalities", ["text", "audio"]),
        ("audio", {"voice": "alloy", "format": "wav"}),
        ("web_search_options", {}),
    ],
)
async def test_what_would_change_the_meaning_is_refused_by_its_name(
    client: AsyncOpenAI, param: str, value: object
) -> None:
    with pytest.raises(BadRequestError) as caught:
        await ask(client, user("hello"), extra_body={param: value})

    assert caught.value.param == param
    assert caught.value.code == "bad_frame"
    assert caught.value.type == "invalid_request_error"


async def test_what_would_not_change_the_meaning_is_let_pass(client: AsyncOpenAI) -> None:
    raw = await ask(
        client,
        {"role": "system", "content": "You are a pirate."},
        {"role": "developer", "content": "Answer in JSON."},
        user("hello"),
        n=1,
        temperature=0.1,
        top_p=0.5,
        seed=7,
        max_tokens=5,
        presence_penalty=1,
        logprobs=False,
        stop=[],
        tools=[],
        logit_bias={},
        response_format={"type": "text"},
        modalities=["text"],
        extra_body={"made_up": {"x": 1}},
    )

    assert raw.parse().usage.completion_tokens == 12


@pytest.mark.parametrize(
    ("messages", "param"),
    [
        ([assistant("hello")], "messages"),
        ([user("hi"), assistant("hello")], "messages"),
        ([user("  ")], "messages"),
        ([{"role": "user", "content": None}], "messages"),
        ([{"role": "system", "content": "alone"}], "messages"),
        ([{"role": "tool", "content": "x", "tool_call_id": "c"}, user("hi")], "messages[0].role"),
        ([user("hi"), {"role": "user", "content": [IMAGE]}], "messages[1].content"),
    ],
)
async def test_messages_without_something_to_answer_are_refused(
    client: AsyncOpenAI, messages: list[Said], param: str
) -> None:
    with pytest.raises(BadRequestError) as caught:
        await ask(client, *messages)

    assert caught.value.param == param


async def test_a_text_that_is_too_long_is_refused(client: AsyncOpenAI) -> None:
    with pytest.raises(BadRequestError) as caught:
        await ask(client, user("x" * 8001))

    assert caught.value.code == "text_too_long"


@pytest.mark.parametrize("model", ["gpt-4o", "ion-", "ion-zoe", "ionlua", "lua", ""])
async def test_a_model_that_is_none_is_not_found(client: AsyncOpenAI, model: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        await ask(client, user("hello"), model=model)

    assert (caught.value.param, caught.value.code) == ("model", "not_found")


async def test_models_are_found_one_by_one(client: AsyncOpenAI) -> None:
    assert (await client.models.retrieve("ion-riri")).id == "ion-riri"
    with pytest.raises(NotFoundError):
        await client.models.retrieve("gpt-4o")


async def test_a_session_that_is_not_the_callers_is_not_found(
    house: House, client: AsyncOpenAI
) -> None:
    async with house.client(await house.token()) as stranger:
        session_id = (await stranger.post("/sessions", json={})).json()["id"]
    for name in (session_id, "s_unknown"):
        with pytest.raises(NotFoundError):
            await ask(client, user("hello"), extra_headers={"X-ION-Session": name})


@pytest.mark.parametrize(
    "naming", [{"extra_headers": {"X-ION-Session": "n" * 257}}, {"user": "u" * 257}]
)
async def test_a_session_name_that_is_too_long_is_refused(
    client: AsyncOpenAI, naming: dict[str, Any]
) -> None:
    with pytest.raises(BadRequestError):
        await ask(client, user("hello"), **naming)


async def test_a_session_name_that_is_no_text_is_refused(client: AsyncOpenAI) -> None:
    with pytest.raises(BadRequestError) as caught:
        await ask(client, user("hello"), extra_body={"metadata": {"session_id": 7}})

    assert caught.value.param == "metadata"


@pytest.mark.parametrize("key", ["no-token", "a.b.c"])
async def test_a_key_that_is_no_token_of_ours_is_refused(house: House, key: str) -> None:
    async with openai_client(house, key) as stranger:
        with pytest.raises(AuthenticationError) as caught:
            await ask(stranger, user("hello"))
        with pytest.raises(AuthenticationError):
            await stranger.models.list()

    assert caught.value.code == "unauthenticated"
    assert caught.value.type == "authentication_error"


async def test_too_many_requests_say_when_to_come_back(client: AsyncOpenAI) -> None:
    error: RateLimitError | None = None
    for _ in range(40):
        try:
            await ask(client, user("hello"), extra_headers={"X-ION-Session": "s"})
        except RateLimitError as caught:
            error = caught
            break

    assert error is not None
    assert error.code == "rate_limited"
    assert error.type == "rate_limit_error"
    assert 1 <= int(error.response.headers["retry-after"]) <= 60
    assert int(error.response.headers["retry-after-ms"]) <= 60_000
    assert error.response.headers["x-should-retry"] == "true"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        b'{"model": "ion"}',
        b'{"model": "ion", "messages": []}',
        b'{"model": "ion", "messages": ["hi"]}',
        b'{"model": "ion", "messages": [{"content": "hi"}]}',
        b'{"model": "ion", "messages": [{"role": "user", "content": 7}]}',
        b'{"model": "ion", "messages": [{"role": "user", "content": [{"text": "x"}]}]}',
        b'{"model": "ion", "messages": [{"role": "user", "content": "\\ud800"}]}',
        b'{"model": 7, "messages": [{"role": "user", "content": "hi"}]}',
        b'{"model": "ion", "stream": "yes", "messages": [{"role": "user", "content": "hi"}]}',
    ],
)
async def test_a_body_that_makes_no_sense_is_refused(house: House, content: bytes) -> None:
    headers = {
        "authorization": f"Bearer {await house.token()}",
        "content-type": "application/json",
    }
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{house.url}/openai/v1/chat/completions", content=content, headers=headers
        )

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}


async def test_a_long_conversation_fits_and_an_endless_one_does_not(client: AsyncOpenAI) -> None:
    exchange = [user("x" * 4_000), assistant("y" * 4_000)]
    raw = await ask(client, *exchange * 25, user("hello"))
    with pytest.raises(APIStatusError) as caught:
        await ask(client, *exchange * 150, user("hello"))

    assert raw.parse().choices[0].message.content.startswith("w0 ")
    assert caught.value.status_code == 413


async def test_a_fault_of_ours_tells_nothing_about_it(
    house: House, client: AsyncOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise KeyError("a user's own words")

    monkeypatch.setattr(house.product.sessions, "send", broken)
    with pytest.raises(APIStatusError) as caught:
        await ask(client, user("hello"))
    with pytest.raises(APIStatusError) as streamed:
        await client.chat.completions.create(
            model="ion", messages=[{"role": "user", "content": "hello"}], stream=True
        )

    for error in (caught.value, streamed.value):
        assert (error.status_code, error.code) == (500, "internal")
        assert "words" not in error.response.text
