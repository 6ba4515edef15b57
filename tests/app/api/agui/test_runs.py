"""AG-UI over real HTTP."""

from typing import Any

import httpx
import pytest
from ag_ui_validate.pytest_plugin import validate_agui_endpoint

from tests.app.api.agui.runs import agui, answer_of, kinds, run, user
from tests.house import House

WORDS = "".join(f"w{number} " for number in range(12))


async def messages_of(house: House, token: str, session_id: str) -> list[dict[str, Any]]:
    async with house.client(token) as rest:
        page = (await rest.get(f"/sessions/{session_id}/messages")).raise_for_status()
    found: list[dict[str, Any]] = page.json()["messages"]
    return found


async def test_a_run_is_a_turn(house: House) -> None:
    token = await house.token()
    events = await run(house, token, agui("thread-1", "run-1", user("I can't decide")))

    assert kinds(events) == [
        "RUN_STARTED",
        "CUSTOM",
        "TEXT_MESSAGE_START",
        "TEXT_MESSAGE_CONTENT",
        "TEXT_MESSAGE_END",
        "RUN_FINISHED",
    ]
    assert answer_of(events) == WORDS
    assert (events[0]["threadId"], events[0]["runId"]) == ("thread-1", "run-1")
    assert events[0]["protocolVersion"] == "1.0"
    assert events[1]["name"] == "ion.routed"
    assert len(events[1]["value"]["choices"]) == 3
    end = events[-1]
    assert end["outcome"] == {"type": "success"}
    assert end["usage"][0]["outputTokens"] == 12
    kept = await messages_of(house, token, end["result"]["session_id"])
    assert [each["text"] for each in kept] == ["I can't decide", WORDS]


async def test_a_thread_is_one_session_and_its_history_is_not_said_again(house: House) -> None:
    token = await house.token()
    first = await run(house, token, agui("t", "r1", user("one")))
    history = [
        user("one"),
        {"id": "a1", "role": "assistant", "content": answer_of(first)},
        user("two", "u2"),
    ]
    second = await run(house, token, agui("t", "r2", *history))

    session_id = first[-1]["result"]["session_id"]
    assert second[-1]["result"]["session_id"] == session_id
    kept = await messages_of(house, token, session_id)
    assert [each["text"] for each in kept if each["role"] == "user"] == ["one", "two"]


async def test_a_run_that_is_sent_again_is_the_same_turn(house: House) -> None:
    token = await house.token()
    body = agui("t", "r1", user("one"))
    first = await run(house, token, body)
    again = await run(house, token, body)

    assert _timeless(again) == _timeless(first)


@pytest.mark.parametrize("earlier", [True, False])
async def test_the_same_message_in_another_run_is_answered_again(
    house: House, earlier: bool
) -> None:
    token = await house.token()
    history: list[dict[str, Any]] = []
    if earlier:
        await run(house, token, agui("t", "r0", user("zero", "u0")))
        history = [user("zero", "u0"), {"id": "a0", "role": "assistant", "content": WORDS}]
    body = agui("t", "r2", *history, user("one"))
    first = await run(house, token, agui("t", "r1", *history, user("one")))
    again = await run(house, token, body)
    repeated = await run(house, token, body)

    assert again[-1]["result"]["turn_id"] != first[-1]["result"]["turn_id"]
    assert repeated[-1]["result"] == again[-1]["result"]
    kept = await messages_of(house, token, first[-1]["result"]["session_id"])
    assert [each["text"] for each in kept if each["role"] == "user"][-1] == "one"
    assert len(kept) == len(history) + 2


async def test_a_run_with_a_long_id_is_the_same_turn_too(house: House) -> None:
    token = await house.token()
    body = agui("t" * 200, "r" * 200, user("one"))
    first, again = [await run(house, token, body) for _ in range(2)]

    assert again[-1]["result"] == first[-1]["result"]


async def test_a_run_id_that_comes_again_with_other_words_is_refused(house: House) -> None:
    token = await house.token()
    headers = {"authorization": f"Bearer {token}"}
    first = await run(house, token, agui("t", "r1", user("one")))
    async with httpx.AsyncClient(headers=headers) as client:
        refused = await client.post(f"{house.url}/agui", json=agui("t", "r1", user("two", "u2")))
    elsewhere = await run(house, token, agui("other", "r1", user("two", "u2")))

    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    assert elsewhere[-1]["result"]["session_id"] != first[-1]["result"]["session_id"]


async def test_a_thread_may_be_a_session_of_the_app(house: House) -> None:
    token = await house.token()
    async with house.client(token) as rest:
        session_id = (await rest.post("/sessions", json={})).json()["id"]
    events = await run(house, token, agui(session_id, "r1", user("one")))

    assert events[-1]["result"]["session_id"] == session_id


async def test_threads_of_the_same_name_belong_to_their_users(house: House) -> None:
    sessions = {
        (await run(house, await house.token(), agui("t", "r1", user("one"))))[-1]["result"][
            "session_id"
        ]
        for _ in range(2)
    }

    assert len(sessions) == 2


async def test_a_run_that_says_nothing_new_tells_the_history(house: House) -> None:
    token = await house.token()
    said = await run(house, token, agui("t", "r1", user("one")))
    told = await run(house, token, agui("t", "r2"))
    nothing = await run(house, token, agui("unknown", "r1"))
    after_answer = [user("one"), {"id": "a1", "role": "assistant", "content": WORDS}]
    unmoved = await run(house, token, agui("t", "r3", *after_answer))

    assert kinds(told) == ["RUN_STARTED", "MESSAGES_SNAPSHOT", "RUN_FINISHED"]
    assert [each["content"] for each in told[1]["messages"]] == ["one", WORDS]
    answer_id = next(each["messageId"] for each in said if each["type"] == "TEXT_MESSAGE_START")
    assert told[1]["messages"][1]["id"] == answer_id
    assert nothing[1]["messages"] == []
    assert unmoved[1]["messages"] == told[1]["messages"]
    async with house.client(token) as rest:
        assert len((await rest.get("/sessions")).json()["sessions"]) == 1


async def test_a_crisis_comes_with_ways_to_reach_a_human(house: House) -> None:
    token = await house.token()
    body = agui("t", "r1", user("I want to kill myself tonight"))
    events = await run(house, token, body)
    again = await run(house, token, body)

    for each in (events, again):
        safety = next(event for event in each if event.get("name") == "ion.safety")
        assert any("findahelpline.com" in line["url"] for line in safety["value"]["resources"])
        assert each[-1]["result"]["finish_reason"] == "safety"
        assert len(answer_of(each)) > 80


@pytest.mark.parametrize("text", ["FAIL_BEFORE_FIRST", "FAIL_AFTER_10"])
async def test_a_turn_that_fails_is_a_run_that_fails(house: House, text: str) -> None:
    token = await house.token()
    body = agui("t", "r1", user(text))
    events = await run(house, token, body)
    again = await run(house, token, body)

    assert (events[-1]["type"], events[-1]["code"]) == ("RUN_ERROR", "provider_unavailable")
    assert (again[-1]["type"], again[-1]["code"]) == ("RUN_ERROR", "provider_unavailable")


async def test_tools_state_and_context_are_accepted_and_change_nothing(house: House) -> None:
    token = await house.token()
    body = agui(
        "t",
        "r1",
        user("one"),
        state={"count": 1},
        tools=[{"name": "draw", "description": "Draw", "parameters": {}}],
        context=[{"description": "place", "value": "home"}],
        forwarded_props={"any": "thing"},
    )

    assert answer_of(await run(house, token, body)) == WORDS


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"threadId": "t", "runId": "r"}, 400, "bad_frame"),
        ({"threadId": "", "runId": "r", "messages": []}, 400, "bad_frame"),
        ({"threadId": "t", "runId": "", "messages": []}, 400, "bad_frame"),
        ({"threadId": 7, "runId": "r", "messages": []}, 400, "bad_frame"),
        ({"threadId": "t" * 257, "runId": "r", "messages": []}, 400, "bad_frame"),
        ({"threadId": "t", "runId": "r", "messages": ["hi"]}, 400, "bad_frame"),
        ({"threadId": "t", "runId": "r", "messages": [{"role": "user"}]}, 400, "bad_frame"),
        ({"threadId": "t", "runId": "r", "messages": [user("")]}, 400, "bad_frame"),
        ({"threadId": "t", "runId": "r", "messages": [user("x" * 8001)]}, 413, "text_too_long"),
        ({"threadId": "s_unknown", "runId": "r", "messages": [user("hi")]}, 404, "not_found"),
        (
            {
                "threadId": "t",
                "runId": "r",
                "messages": [
                    {"id": "u", "role": "user", "content": [{"type": "image", "source": {}}]}
                ],
            },
            400,
            "bad_frame",
        ),
    ],
)
async def test_an_input_that_makes_no_sense_is_refused_before_the_run(
    house: House, body: dict[str, Any], status: int, code: str
) -> None:
    headers = {"authorization": f"Bearer {await house.token()}"}
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{house.url}/agui", json=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_validator_finds_nothing_to_say_about_the_endpoint(house: House) -> None:
    headers = {"authorization": f"Bearer {await house.token()}"}
    report = await validate_agui_endpoint(f"{house.url}/agui", headers=headers)

    assert report.event_count > 5
    assert [each for each in report.diagnostics if each.severity != "info"] == []


async def test_a_run_needs_a_token(house: House) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{house.url}/agui", json=agui("t", "r", user("hi")))

    assert answer.status_code == 401


async def test_text_parts_are_one_text(house: House) -> None:
    token = await house.token()
    parts = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    events = await run(
        house, token, agui("t", "r1", {"id": "u1", "role": "user", "content": parts})
    )
    kept = await messages_of(house, token, events[-1]["result"]["session_id"])

    assert kept[0]["text"] == "one\ntwo"


def _timeless(events: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """Return what was told but for the pieces and the times in which it was."""
    others = [each | {"timestamp": 0} for each in events if "delta" not in each]
    return [("text", answer_of(events)), *(("event", each) for each in others)]
