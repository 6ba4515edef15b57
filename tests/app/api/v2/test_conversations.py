"""Conversations of API v2 over real HTTP: several turns, each waited for."""

import asyncio
from pathlib import Path

import pytest

from app.api.v2 import turns
from app.security.claims import owner_of
from tests.app.api.v2.asking import v2
from tests.app.api.v2.test_process import WORDS
from tests.house import House, running_house


async def test_a_conversation_without_a_token_is_opened_by_its_id_alone(house: House) -> None:
    async with v2(house) as client:
        made = await client.post("/conversations", json={"user_id": "u1", "persona": "Riri"})
        path = f"/conversations/{made.json()['conversation_id']}"
        first = (await client.post(f"{path}/turns", json={"user_input": "hello"})).json()
        second = (await client.post(f"{path}/turns", json={"user_input": "and now?"})).json()
        got = (await client.get(path)).json()
        listed = (await client.get("/conversations")).json()
        closed = (await client.post(f"{path}/close")).json()
        refused = await client.post(f"{path}/turns", json={"user_input": "more"})
        removed = await client.delete(path)
        gone = await client.get(path)

    assert made.status_code == 201
    assert (first["status"], first["content"], first["persona_used"]) == ("done", WORDS, "riri")
    assert first["turn_id"] != second["turn_id"]
    assert [each["role"] for each in got["messages"]] == ["user", "assistant"] * 2
    assert got["conversation"]["session"]["id"] == got["conversation"]["conversation_id"]
    assert listed == {"conversations": [], "next": None}
    assert closed["status"] == "closed"
    assert "hello" in closed["summary"]
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "CONFLICT")
    assert refused.json()["error"]["details"] == {"reason": "closed", "retryable": False}
    assert (removed.status_code, gone.status_code) == (200, 404)


async def test_what_was_learned_without_a_token_goes_with_the_conversation(house: House) -> None:
    profiles = house.product.profiles
    async with v2(house) as client:
        made = (await client.post("/conversations", json={})).json()["conversation_id"]
        await client.post(f"/conversations/{made}/turns", json={"user_input": "plan my week"})
        user_id = owner_of(made)
        while not (await profiles.get(user_id)).turns:
            await asyncio.sleep(0.01)
        removed = await client.delete(f"/conversations/{made}")

    assert removed.status_code == 200
    assert (await profiles.get(user_id)).turns == 0


async def test_a_conversation_with_a_token_is_the_users_session(house: House) -> None:
    token = await house.token()
    async with v2(house, token) as client, v2(house) as nobody, house.client(token) as rest:
        made = (await client.post("/conversations", json={"title": "Work"})).json()
        path = f"/conversations/{made['conversation_id']}"
        await client.post(f"{path}/turns", json={"user_input": "hello"})
        listed = (await client.get("/conversations")).json()["conversations"]
        session = (await rest.get(f"/sessions/{made['conversation_id']}")).json()
        hidden = await nobody.get(path)
        refused = await nobody.post(f"{path}/turns", json={"user_input": "hello"})

    assert [each["conversation_id"] for each in listed] == [made["conversation_id"]]
    assert session["title"] == "Work"
    assert (hidden.status_code, refused.status_code) == (404, 404)


async def test_a_closed_conversation_tells_again_what_it_answered_and_takes_no_more(
    house: House,
) -> None:
    said = {"user_input": "hello", "client_msg_id": "c1"}
    async with v2(house) as client:
        made = (await client.post("/conversations", json={})).json()["conversation_id"]
        path = f"/conversations/{made}"
        first = (await client.post(f"{path}/turns", json=said)).json()
        await client.post(f"{path}/close")
        again = await client.post(f"{path}/turns", json=said)
        more = await client.post(f"{path}/turns", json=said | {"client_msg_id": "c2"})
        kept = await client.post(f"{house.url}/sessions/{made}/messages", json={"message": "hi"})

    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    assert again.json()["turn_id"] == first["turn_id"]
    assert (more.status_code, kept.status_code) == (409, 409)
    assert more.json()["error"]["details"]["retryable"] is False


async def test_a_closed_session_takes_no_text_to_process(house: House) -> None:
    named = {"user_input": "hello", "context": {"session_id": "work"}}
    async with v2(house, await house.token()) as client:
        made = (await client.post("/process", json=named)).json()["metadata"]["session_id"]
        await client.post(f"/conversations/{made}/close")
        refused = await client.post("/process", json=named)

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "CONFLICT")


async def test_a_session_that_is_made_again_after_its_deletion_is_open(house: House) -> None:
    named = {"user_input": "hello", "context": {"session_id": "work"}}
    token = await house.token()
    async with v2(house, token) as client, house.client(token) as rest:
        made = (await client.post("/process", json=named)).json()["metadata"]["session_id"]
        await client.post(f"/conversations/{made}/close")
        removed = await rest.delete(f"/sessions/{made}")
        again = (await client.post("/process", json=named)).json()["metadata"]["session_id"]
        shown = (await client.get(f"/conversations/{made}")).json()["conversation"]
        said = await client.post(f"/conversations/{made}/turns", json={"user_input": "hello"})

    assert removed.is_success
    assert made == again
    assert shown["status"] == "active"
    assert said.status_code == 200


@pytest.mark.parametrize("by_header", [True, False])
async def test_a_message_that_comes_again_is_answered_once(house: House, by_header: bool) -> None:
    headers = {"idempotency-key": "k1"} if by_header else {}
    said = {"user_input": "hello"} | ({} if by_header else {"client_msg_id": "c1"})
    async with v2(house, **headers) as client:
        made = (await client.post("/conversations", json={})).json()
        path = f"/conversations/{made['conversation_id']}"
        first, again = [(await client.post(f"{path}/turns", json=said)).json() for _ in range(2)]
        got = (await client.get(path)).json()

    assert (first["duplicate"], again["duplicate"]) == (False, True)
    assert (first["turn_id"], first["content"]) == (again["turn_id"], again["content"])
    assert len(got["messages"]) == 2


@pytest.mark.parametrize("change", [{"user_input": "goodbye"}, {"persona": "riri"}])
async def test_a_key_that_comes_again_with_another_message_is_refused(
    house: House, change: dict[str, str]
) -> None:
    said = {"user_input": "hello"}
    async with v2(house) as client:
        made = (await client.post("/conversations", json={})).json()
        path = f"/conversations/{made['conversation_id']}/turns"
        client.headers["idempotency-key"] = "k1"
        answers = [await client.post(path, json=each) for each in (said, said | change, said)]
        named = [{**said, **each, "client_msg_id": "c1"} for each in ({}, change)]
        first, repeated = [(await client.post(path, json=each)).json() for each in named]

    assert [each.status_code for each in answers] == [200, 422, 200]
    assert answers[1].json()["error"]["code"] == "IDEMPOTENCY_KEY_REUSED"
    # a repeated client_msg_id is the protocol's: it gets the same ack
    assert (repeated["duplicate"], repeated["turn_id"]) == (True, first["turn_id"])


async def test_an_answer_that_takes_long_is_found_in_the_conversation(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "DEADLINE_S", 0.05)
    slow = running_house(tmp_path, redis_url, scripted_first_ms=60_000)
    async with slow as house, v2(house) as client:
        made = (await client.post("/conversations", json={})).json()
        path = f"/conversations/{made['conversation_id']}"
        answer = await client.post(f"{path}/turns", json={"user_input": "hello"})
        got = (await client.get(answer.headers["location"].removeprefix("/api/v2"))).json()

    assert (answer.status_code, answer.json()["status"]) == (202, "running")
    assert got["conversation"]["session"]["running"] is True
    assert [each["text"] for each in got["messages"]] == ["hello"]


async def test_an_id_that_proves_nothing_opens_nothing(house: House) -> None:
    async with v2(house) as client:
        answers = [
            await client.get(f"/conversations/{conversation_id}")
            for conversation_id in ("mine", "s_123", "c_" + "x" * 32)
        ]
        unknown = await client.post("/conversations", json={"persona": "zoe"})

    assert {each.status_code for each in answers} == {404}
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "INVALID_PERSONA")


@pytest.mark.parametrize("with_token", [True, False])
async def test_what_was_said_is_kept_by_nothing_on_the_way(house: House, with_token: bool) -> None:
    async with v2(house, await house.token() if with_token else None) as client:
        made = (await client.post("/conversations", json={})).json()["conversation_id"]
        answers = [
            await client.get(path)
            for path in (
                "/conversations",
                f"/conversations/{made}",
                "/recommend/history",
                f"{house.url}/summaries/{made}",
                f"{house.url}/summaries/unknown",
            )
        ]

    assert {each.status_code for each in answers} == {200}
    assert {each.headers.get("cache-control") for each in answers} == {"no-store"}
