"""Kept messages and summaries of API v1: whose they are, and what they hold."""

from pathlib import Path

import httpx
import pytest

from app.security.claims import is_claim
from tests.app.api.v1.test_chat import v1
from tests.house import House, running_house

GOAL = "My goal is to run a marathon in May"


async def said(client: httpx.AsyncClient, session_id: str, text: str) -> tuple[str, int]:
    """Keep a message, and return where it is and how many there are."""
    answer = await client.post(f"/sessions/{session_id}/messages", json={"message": text})
    assert answer.status_code == 200
    return answer.json()["session_id"], answer.json()["count"]


async def test_the_id_that_is_handed_out_leads_to_the_summary(house: House) -> None:
    async with v1(house) as client:
        handed, first = await said(client, "mine", GOAL)
        same, second = await said(client, handed, "I am afraid of my knee")
        ended = (await client.post("/chat/end", params={"session_id": handed})).json()
        summary = (await client.get(f"/summaries/{handed}")).json()

    assert (handed, first, second) == (same, 1, 2)
    assert is_claim(handed)
    assert (ended["status"], ended["summary"]) == ("ended", summary["summary"])
    assert summary["status"] == "completed"
    assert "marathon" in summary["summary"]
    assert "knee" in summary["summary"]


async def test_an_id_of_the_callers_own_opens_nothing(house: House) -> None:
    async with v1(house) as client, v1(house) as stranger:
        await said(client, "mine", GOAL)
        other, count = await said(stranger, "mine", "hello")
        summary = (await stranger.get("/summaries/mine")).json()
        theirs = (await stranger.get(f"/summaries/{other}")).json()
        ended = (await stranger.post("/chat/end", params={"session_id": "mine"})).json()

    assert count == 1
    assert summary == {"status": "not_found", "summary": None}
    assert "marathon" not in theirs["summary"]
    assert (ended["status"], ended["summary"]) == ("ended", None)


async def test_a_message_that_comes_again_with_its_key_is_kept_once(house: House) -> None:
    async with v1(house, await house.token()) as client:
        client.headers["idempotency-key"] = "k1"
        counts = [(await said(client, "mine", GOAL))[1] for _ in range(2)]

    assert counts == [1, 1]


async def test_a_key_that_comes_again_with_another_message_is_refused(house: House) -> None:
    async with v1(house, await house.token()) as client:
        client.headers["idempotency-key"] = "k1"
        await said(client, "mine", GOAL)
        refused = await client.post("/sessions/mine/messages", json={"message": "hello"})

    (finding,) = refused.json()["detail"]
    assert refused.status_code == 422
    assert (finding["type"], finding["loc"]) == (
        "idempotency_key_reused",
        ["header", "idempotency-key"],
    )


async def test_an_id_that_was_never_handed_out_is_not_taken(house: House) -> None:
    made_up = "c_" + "x" * 32
    async with v1(house) as client, v1(house) as stranger:
        handed, _ = await said(client, made_up, GOAL)
        others, count = await said(stranger, made_up, "hello")
        summary = (await stranger.get(f"/summaries/{made_up}")).json()

    assert len({made_up, handed, others}) == 3
    assert count == 1
    assert summary["status"] == "not_found"


async def test_an_id_whose_session_was_deleted_is_not_taken_again(house: House) -> None:
    async with v1(house) as client:
        handed, _ = await said(client, "mine", GOAL)
        removed = await client.delete(f"/api/v2/conversations/{handed}")
        fresh, count = await said(client, handed, "hello")
        old = (await client.get(f"/summaries/{handed}")).json()

    assert removed.status_code == 200
    assert fresh != handed
    assert count == 1
    assert old["status"] == "not_found"


async def test_with_a_token_a_name_is_the_users_own(house: House) -> None:
    async with v1(house, await house.token()) as client, v1(house, await house.token()) as other:
        named = [await said(client, "mine", text) for text in (GOAL, "hello again")]
        summary = (await client.get("/summaries/mine")).json()
        others = (await other.get("/summaries/mine")).json()

    assert named == [("mine", 1), ("mine", 2)]
    assert "marathon" in summary["summary"]
    assert others["status"] == "not_found"


async def test_a_name_that_is_too_long_is_refused_and_not_cut(house: House) -> None:
    async with v1(house, await house.token()) as client:
        path = f"/sessions/{'x' * 257}/messages"
        kept = await client.post(path, json={"message": GOAL})
        summary = await client.get(f"/summaries/{'x' * 257}")

    assert (kept.status_code, summary.status_code) == (400, 400)


async def test_what_was_kept_is_in_the_users_sessions(house: House) -> None:
    token = await house.token()
    async with v1(house, token) as client, house.client(token) as rest:
        await said(client, "mine", GOAL)
        listed = (await rest.get("/sessions")).json()["sessions"]
        read = (await rest.get(f"/sessions/{listed[0]['id']}/messages")).json()["messages"]

    assert [each["text"] for each in read] == [GOAL]
    assert "running" not in listed[0]


async def test_the_summary_of_a_session_that_is_being_answered_is_on_its_way(
    tmp_path: Path, redis_url: str
) -> None:
    slow = running_house(tmp_path, redis_url, scripted_first_ms=60_000)
    async with slow as house:
        token = await house.token()
        async with v1(house, token) as client, house.client(token) as rest:
            made = (await rest.post("/sessions", json={})).json()["id"]
            send = {"client_msg_id": "c1", "text": GOAL}
            await rest.post(f"/sessions/{made}/messages", json=send)
            early = (await client.get(f"/summaries/{made}")).json()
            busy = await client.post(f"/sessions/{made}/messages", json={"message": "wait"})

    assert early == {"status": "generating", "summary": None}
    assert busy.status_code == 409


async def test_messages_can_be_summarised_without_being_kept(house: House) -> None:
    messages = [{"role": "user", "content": GOAL}, {"role": "assistant", "content": "Nice."}]
    async with v1(house) as client:
        body = (await client.post("/summaries/preview", json={"messages": messages})).json()
        plain = (await client.post("/summaries/preview", json={"messages": [GOAL]})).json()
        none = await client.post("/summaries/preview", json={"messages": []})
        wrong = await client.post("/summaries/preview", json={"messages": "x"})
        missing = await client.post("/summaries/preview", json={})

    assert body["status"] == "completed"
    assert body["summary"] == plain["summary"]
    assert "marathon" in body["summary"]
    assert (none.status_code, none.json()["status_code"]) == (400, 400)
    assert (wrong.status_code, missing.status_code) == (422, 422)


@pytest.mark.parametrize(
    ("query", "loc"), [("", ["query", "session_id"]), ("?session_id=x&skip_summary=maybe", None)]
)
async def test_an_end_without_a_session_cannot_be_processed(
    house: House, query: str, loc: list[str] | None
) -> None:
    async with v1(house) as client:
        answer = await client.post(f"/chat/end{query}")

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == (loc or ["query", "skip_summary"])
