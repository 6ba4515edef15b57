"""Chat completions over real HTTP, asked for with OpenAI's own SDK."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from openai import APIError, AsyncOpenAI, InternalServerError, OpenAI, UnprocessableEntityError

from app.api.openai.teller import CompletionTeller
from app.security.rates import SEND
from sessions.stores.limits import Charge
from tests.app.api.openai.clients import (
    Said,
    ask,
    assistant,
    begin,
    openai_client,
    stream,
    texts,
    user,
)
from tests.house import House, running_house
from tests.llm_server import LLMServer

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


async def test_the_name_in_the_header_keeps_a_session_across_requests(
    house: House, client: AsyncOpenAI
) -> None:
    named = {"X-ION-Session": "kitchen"}
    first = await ask(client, user("I want to bake"), extra_headers=named)
    second = await ask(
        client,
        user("replayed by the client"),
        assistant("never said here"),
        user("And the oven?"),
        extra_headers=named,
    )

    session_id = first.headers["x-ion-session"]
    assert second.headers["x-ion-session"] == session_id
    kept = await messages_of(house, client, session_id)
    assert [each["text"] for each in kept if each["role"] == "user"] == [
        "I want to bake",
        "And the oven?",
    ]


@pytest.mark.parametrize(
    "naming",
    [
        {"metadata": {"session_id": "walk"}},
        {"user": "alice"},
        {"extra_headers": {"X-ION-Session": "w"}},
    ],
)
async def test_every_way_to_name_a_session_finds_it_again(
    client: AsyncOpenAI, naming: dict[str, Any]
) -> None:
    first = await ask(client, user("one"), **naming)
    again = await ask(client, user("two"), **naming)
    other = await ask(client, user("three"), extra_headers={"X-ION-Session": "elsewhere"})

    assert first.headers["x-ion-session"] == again.headers["x-ion-session"]
    assert other.headers["x-ion-session"] != first.headers["x-ion-session"]


async def test_users_with_the_same_session_name_have_sessions_of_their_own(
    client: AsyncOpenAI,
) -> None:
    metadata = {"session_id": "main"}
    sessions = {
        (await ask(client, user("hi"), user=name, metadata=metadata)).headers["x-ion-session"]
        for name in ("alice", "bob", "alice")
    }

    assert len(sessions) == 2


async def test_two_accounts_never_meet_in_a_session_of_the_same_name(house: House) -> None:
    found = []
    for _ in range(2):
        async with openai_client(house, await house.token()) as client:
            raw = await ask(client, user("hi"), user="me", extra_headers={"X-ION-Session": "same"})
            found.append(raw.headers["x-ion-session"])

    assert found[0] != found[1]


async def test_a_session_of_the_app_is_gone_on_with_by_its_id(
    house: House, client: AsyncOpenAI
) -> None:
    async with house.client(client.api_key) as rest:
        session_id = (await rest.post("/sessions", json={"title": "Work"})).json()["id"]
    raw = await ask(client, user("hi"), extra_headers={"X-ION-Session": session_id})

    assert raw.headers["x-ion-session"] == session_id


async def test_a_page_that_resends_the_conversation_goes_on_in_its_session(
    house: House, client: AsyncOpenAI
) -> None:
    first = await ask(client, user("I am Mina"))
    said = [user("I am Mina"), assistant(f"  {WORDS}\n")]
    second = await ask(client, *said, user("What is next?"))
    said += [user("What is next?"), assistant(WORDS)]
    third = await ask(client, *said, user("And then?"))

    session_id = first.headers["x-ion-session"]
    assert second.headers["x-ion-session"] == third.headers["x-ion-session"] == session_id
    kept = await messages_of(house, client, session_id)
    assert [each["text"] for each in kept if each["role"] == "user"] == [
        "I am Mina",
        "What is next?",
        "And then?",
    ]


@pytest.mark.parametrize("naming", [{}, {"extra_headers": {"X-ION-Session": "chat"}}])
async def test_the_same_request_again_is_a_fresh_answer_and_no_second_message(
    house: House, client: AsyncOpenAI, naming: dict[str, Any]
) -> None:
    await ask(client, user("I am Mina"), **naming)
    said = [user("I am Mina"), assistant(WORDS), user("What is next?")]
    answer = await ask(client, *said, **naming)
    regenerated = await ask(client, *said, **naming)
    more = await ask(client, *said, assistant(WORDS), user("And then?"), **naming)

    session_id = answer.headers["x-ion-session"]
    assert regenerated.headers["x-ion-turn"] != answer.headers["x-ion-turn"]
    assert regenerated.headers["x-ion-session"] == more.headers["x-ion-session"] == session_id
    assert regenerated.parse().choices[0].message.content == WORDS
    kept = await messages_of(house, client, session_id)
    assert [each["text"] for each in kept if each["role"] == "user"] == [
        "I am Mina",
        "What is next?",
        "And then?",
    ]
    assert len(kept) == 6
    assert len(kept[3]["siblings"]) == 2


async def test_going_on_from_an_earlier_place_is_a_session_of_its_own(
    house: House, client: AsyncOpenAI
) -> None:
    await ask(client, user("I am Mina"))
    said = [user("I am Mina"), assistant(WORDS)]
    straight = await ask(client, *said, user("What is next?"))
    edited = await ask(client, *said, user("What was before?"))

    assert edited.headers["x-ion-session"] != straight.headers["x-ion-session"]
    kept = await messages_of(house, client, edited.headers["x-ion-session"])
    assert [each["text"] for each in kept if each["role"] == "user"] == [
        "I am Mina",
        "What was before?",
    ]


async def test_a_conversation_begun_elsewhere_is_taken_into_account(
    house: House, client: AsyncOpenAI
) -> None:
    said = [
        assistant("Hello, I am a greeting."),
        user("My name is Jun."),
        assistant("Nice to meet you."),
        user("I want to move to Busan."),
        assistant("What keeps you?"),
        user("The rent."),
    ]
    raw = await ask(client, *said)
    kept = await messages_of(house, client, raw.headers["x-ion-session"])

    assert [each["text"] for each in kept[:4]] == [each["content"] for each in said[1:5]]
    assert kept[1]["answered"]["model"] == "imported"
    assert kept[-1]["text"] == WORDS
    more = await ask(client, *said, assistant(WORDS), user("Thanks"))
    assert more.headers["x-ion-session"] == raw.headers["x-ion-session"]


async def test_a_language_model_gets_what_was_said_elsewhere(
    tmp_path: Path, redis_url: str
) -> None:
    said = [user("My name is Jun."), assistant("Nice to meet you, Jun."), user("Who am I?")]
    async with (
        LLMServer(tokens=3) as model,
        running_house(tmp_path, redis_url, llm="openai", llm_base_url=model.url) as house,
        openai_client(house, await house.token()) as client,
    ):
        await ask(client, {"role": "system", "content": "You are a pirate."}, *said)
        prompt = str(model.requests[0]["messages"])

    for each in said:
        assert prompt.count(each["content"]) == 1
    assert "pirate" not in prompt


async def test_what_a_client_says_of_another_account_finds_nothing(house: House) -> None:
    said = [user("I am Mina"), assistant(WORDS), user("What is next?")]
    async with (
        openai_client(house, await house.token()) as mina,
        openai_client(house, await house.token()) as stranger,
    ):
        mine = await ask(mina, said[0])
        theirs = await ask(stranger, *said)

    assert theirs.headers["x-ion-session"] != mine.headers["x-ion-session"]


async def test_an_idempotency_key_names_one_turn(client: AsyncOpenAI) -> None:
    key = {"Idempotency-Key": "train-7"}
    first = await ask(client, user("hello"), extra_headers=key)
    again = await ask(client, user("hello"), extra_headers=key)
    chunks = await stream(client, user("hello"), extra_headers=key)

    assert again.headers["x-ion-turn"] == first.headers["x-ion-turn"]
    assert again.parse().usage == first.parse().usage
    assert again.parse().choices[0].message.content == WORDS
    assert chunks[0].id == first.parse().id


async def test_an_idempotency_key_is_for_one_request(client: AsyncOpenAI) -> None:
    key = {"Idempotency-Key": "train-7"}
    await ask(client, user("hello"), extra_headers=key)
    with pytest.raises(UnprocessableEntityError) as refused:
        await ask(client, user("goodbye"), extra_headers=key)
    with pytest.raises(UnprocessableEntityError):
        await ask(client, user("hello"), extra_headers=key | {"X-ION-Session": "kitchen"})
    at_once = [ask(client, user(text), extra_headers={"Idempotency-Key": "k2"}) for text in "ab"]
    answers = await asyncio.gather(*at_once, return_exceptions=True)

    assert refused.value.code == "idempotency_key_reused"
    assert sum(isinstance(each, UnprocessableEntityError) for each in answers) == 1


@pytest.mark.parametrize(
    "marked", [{"Idempotency-Key": "train-7"}, {"X-Stainless-Retry-Count": "1"}]
)
@pytest.mark.parametrize("named", [{}, {"X-ION-Session": "kitchen"}])
@pytest.mark.parametrize("earlier", [[], [user("I am Mina"), assistant("Hello, Mina.")]])
async def test_the_same_request_at_once_is_one_turn(
    house: House,
    client: AsyncOpenAI,
    marked: dict[str, str],
    named: dict[str, str],
    earlier: list[Said],
) -> None:
    headers = {**marked, **named}
    answers = await asyncio.gather(
        *(ask(client, *earlier, user("hello"), extra_headers=headers) for _ in range(4))
    )

    assert len({each.headers["x-ion-turn"] for each in answers}) == 1
    async with house.client(client.api_key) as rest:
        assert len((await rest.get("/sessions")).json()["sessions"]) == 1


async def test_the_same_request_at_once_goes_on_in_one_session(
    house: House, client: AsyncOpenAI
) -> None:
    first = await ask(client, user("I am Mina"))
    said = [user("I am Mina"), assistant(WORDS), user("What is next?")]
    key = {"Idempotency-Key": "train-8"}
    answers = await asyncio.gather(*(ask(client, *said, extra_headers=key) for _ in range(4)))

    assert len({each.headers["x-ion-turn"] for each in answers}) == 1
    kept = await messages_of(house, client, first.headers["x-ion-session"])
    assert len(kept) == 4


async def test_a_key_whose_turn_fails_is_another_try_each_time(
    house: House, client: AsyncOpenAI
) -> None:
    for _ in range(3):
        with pytest.raises(InternalServerError):
            await ask(
                client,
                user("FAIL_BEFORE_FIRST please"),
                extra_headers={"Idempotency-Key": "train-9"},
            )
    async with house.client(client.api_key) as rest:
        sessions = (await rest.get("/sessions")).json()["sessions"]
        page = (await rest.get(f"/sessions/{sessions[0]['id']}/messages")).json()

    assert len(sessions) == 1
    assert len(page["messages"][0]["siblings"]) == 3


async def test_a_retry_of_the_sdk_is_the_same_turn_and_a_new_request_is_not(
    client: AsyncOpenAI,
) -> None:
    first = await ask(client, user("hello"))
    retried = await ask(client, user("hello"), extra_headers={"X-Stainless-Retry-Count": "1"})
    anew = await ask(client, user("hello"))

    assert retried.headers["x-ion-turn"] == first.headers["x-ion-turn"]
    assert anew.headers["x-ion-turn"] != first.headers["x-ion-turn"]
    assert anew.headers["x-ion-session"] != first.headers["x-ion-session"]


async def test_a_retry_in_one_session_is_none_of_what_looks_alike_in_another(
    client: AsyncOpenAI,
) -> None:
    anna, ben = ({"X-ION-Session": name} for name in ("anna", "ben"))
    first = await ask(client, user("hello"), extra_headers=anna)
    # its first try was lost on the way
    retried = await ask(client, user("hello"), extra_headers=ben | {"X-Stainless-Retry-Count": "1"})

    assert retried.headers["x-ion-session"] != first.headers["x-ion-session"]


async def test_who_was_told_to_wait_is_not_told_the_answer_to_what_looks_alike(
    house: House,
) -> None:
    token = await house.token()
    user_id = house.product.accounts.access(token).user_id
    async with openai_client(house, token, max_retries=2) as client:
        first = await ask(client, user("hello"))
        while not (await house.product.limits.take(Charge(rate=SEND, who=user_id))).wait_ms:
            continue
        waited = await ask(client, user("hello"))

    assert waited.retries_taken > 0
    assert waited.headers["x-ion-turn"] != first.headers["x-ion-turn"]


async def test_a_first_try_that_its_retry_overtakes_is_the_same_turn(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads, slow, began = house.product.threads, asyncio.Event(), asyncio.Event()
    named = threads.named

    async def named_late(*args: Any, **options: Any) -> str:
        if not began.is_set():
            began.set()
            await slow.wait()
        return await named(*args, **options)

    monkeypatch.setattr(threads, "named", named_late)
    async with openai_client(house, await house.token()) as client:
        jobs = {"X-ION-Session": "jobs"}
        asking = asyncio.create_task(ask(client, user("hello"), extra_headers=jobs))
        await began.wait()
        counted = jobs | {"X-Stainless-Retry-Count": "1"}
        retried = await ask(client, user("hello"), extra_headers=counted)
        slow.set()
        first = await asking
        anew = await ask(client, user("hello"), extra_headers=jobs)

    assert first.headers["x-ion-turn"] == retried.headers["x-ion-turn"]
    assert anew.headers["x-ion-turn"] != first.headers["x-ion-turn"]


async def test_a_retry_after_a_failed_turn_is_another_try(house: House) -> None:
    async with openai_client(house, await house.token(), max_retries=1) as client:
        with pytest.raises(InternalServerError) as caught:
            await ask(client, user("FAIL_BEFORE_FIRST please"))

    assert caught.value.status_code == 503
    assert caught.value.code == "provider_unavailable"
    async with house.client(client.api_key) as rest:
        sessions = (await rest.get("/sessions")).json()["sessions"]
        page = (await rest.get(f"/sessions/{sessions[0]['id']}/messages")).json()
    assert len(sessions) == 1
    assert [each["failed"] for each in page["messages"]] == ["provider_unavailable"]
    assert len(page["messages"][0]["siblings"]) == 2


async def test_what_fails_before_the_first_word_of_a_stream_is_an_error_response(
    client: AsyncOpenAI,
) -> None:
    with pytest.raises(InternalServerError) as caught:
        await begin(client, user("FAIL_BEFORE_FIRST please"))

    assert (caught.value.status_code, caught.value.code) == (503, "provider_unavailable")
    assert caught.value.response.headers["x-should-retry"] == "true"


async def test_what_fails_in_the_middle_ends_the_stream_with_an_error(client: AsyncOpenAI) -> None:
    chunks = await begin(client, user("FAIL_AFTER_10 words"))
    pieces: list[str] = []
    with pytest.raises(APIError) as caught:
        await texts(chunks, pieces)

    assert "".join(pieces).startswith("w0 w1 ")
    assert caught.value.code == "provider_unavailable"


async def test_a_crisis_is_answered_in_words_that_clients_show(client: AsyncOpenAI) -> None:
    raw = await ask(client, user("I want to kill myself tonight"))
    answer = raw.parse().choices[0]

    assert answer.finish_reason == "stop"
    assert len(answer.message.content) > 80


async def test_a_client_that_goes_away_leaves_the_answer_in_the_session(
    tmp_path: Path, redis_url: str
) -> None:
    async with (
        running_house(tmp_path, redis_url, scripted_interval_ms=30) as house,
        openai_client(house, await house.token()) as client,
    ):
        chunks = await begin(client, user("hello"), extra_headers={"X-ION-Session": "train"})
        await anext(aiter(chunks))
        session_id = chunks.response.headers["x-ion-session"]
        assert len(house.product.sessions._logs) == 1
        await chunks.close()
        while len(kept := await messages_of(house, client, session_id)) < 2:
            await asyncio.sleep(0.02)
        while len(house.product.sessions._logs):
            await asyncio.sleep(0.02)

    assert kept[1]["text"] == WORDS


async def test_the_blocking_client_works_too(house: House) -> None:
    token = await house.token()

    asked: Said = {"model": "ion-nana", "messages": [user("hello")]}

    def talk() -> tuple[str, str, list[str]]:
        with OpenAI(base_url=f"{house.url}/openai/v1", api_key=token, max_retries=0) as client:
            whole = client.chat.completions.create(**asked)
            chunks = client.chat.completions.create(stream=True, **asked)
            text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
            ids = [model.id for model in client.models.list()]
            return whole.choices[0].message.content or "", text, ids

    whole, text, models = await asyncio.to_thread(talk)

    assert whole == text == WORDS
    assert models == ["ion", "ion-lua", "ion-elro", "ion-riri", "ion-nana"]


async def test_a_fault_in_the_middle_ends_the_stream_and_tells_nothing_about_it(
    client: AsyncOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bytes:
        raise KeyError("a user's own words")

    monkeypatch.setattr(CompletionTeller, "_end", broken)
    chunks = await begin(client, user("hello"))
    with pytest.raises(APIError) as caught:
        await texts(chunks, [])

    assert caught.value.code == "internal"
    assert "words" not in str(caught.value.body)
