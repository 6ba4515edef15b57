"""A session's log over HTTP: who may read it, where from, and in which media type."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from app.asgi import openapi_schema
from tests.app.realtime.talk import SSE, ends, new_session, say, whole_log
from tests.event_source import EventReader
from tests.house import House

KINDS = ["message", "notice", "turn_started", "routed", "delta", "turn_done"]


async def test_without_a_cursor_a_snapshot_comes_and_then_the_live_log(
    client: httpx.AsyncClient,
) -> None:
    session_id = await new_session(client)
    reader = EventReader(client, session_id)
    await reader.read(ends("snapshot"))
    await say(client, session_id, "c1")
    await reader.read(ends("turn_done"))

    assert [each.type for each in reader.events[:2]] == ["attached", "snapshot"]
    assert [each.type for each in reader.events[3:]] == [
        kind for kind in KINDS for _ in range(len(reader.of(kind)))
    ]
    assert reader.retry_ms == 2_000


async def test_the_answer_is_a_stream_that_nobody_keeps(client: httpx.AsyncClient) -> None:
    session_id = await new_session(client)
    async with client.stream("GET", f"/sessions/{session_id}/events") as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-accel-buffering"] == "no"


async def test_every_event_is_the_frame_with_its_cursor_and_type(
    client: httpx.AsyncClient,
) -> None:
    for event in await whole_log(client, await new_session(client)):
        assert event.type == event.frame["type"]
        assert event.last_id.partition(":")[2] == str(event.frame["seq"])


@pytest.mark.parametrize(
    "header", ["nonsense", "e:", ":1", "e:-1", "e:1.5", "e:x", "e:" + "9" * 40]
)
@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
async def test_a_malformed_cursor_in_the_header_is_named(
    client: httpx.AsyncClient, header: str, accept: str
) -> None:
    session_id = await new_session(client)
    headers = {"accept": accept, "last-event-id": header}
    answer = await client.get(f"/sessions/{session_id}/events", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_frame")
    assert "Last-Event-ID" in answer.json()["detail"]


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=1.5", "epoch=" + "e" * 65, "wait=31", "wait=-1"]
)
@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
async def test_a_malformed_query_is_named(
    client: httpx.AsyncClient, query: str, accept: str
) -> None:
    session_id = await new_session(client)
    answer = await client.get(f"/sessions/{session_id}/events?{query}", headers={"accept": accept})

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_frame")
    assert query.partition("=")[0] in answer.json()["detail"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "text/event-stream"),
        ("text/*", "text/event-stream"),
        ("application/json;q=0.5, text/event-stream", "text/event-stream"),
        ("application/json", "application/json"),
        ("application/json, text/plain", "application/json"),
        ("text/html", None),
    ],
)
async def test_accept_chooses_between_the_stream_and_the_page(
    client: httpx.AsyncClient, accept: str, kind: str | None
) -> None:
    session_id = await new_session(client)
    path = f"/sessions/{session_id}/events"
    async with client.stream("GET", path, headers={"accept": accept}) as answer:
        sent = answer.headers["content-type"].partition(";")[0]

    assert (answer.status_code, sent) == (
        (200, kind) if kind else (406, "application/problem+json")
    )


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
@pytest.mark.parametrize("cursor", ["", "?after=0", "?epoch=e&after=1"])
async def test_other_peoples_sessions_do_not_exist(
    house: House, client: httpx.AsyncClient, accept: str, cursor: str
) -> None:
    session_id = await new_session(client)
    async with house.client(await house.token()) as stranger:
        headers = {"accept": accept}
        real = await stranger.get(f"/sessions/{session_id}/events{cursor}", headers=headers)
        made_up = await stranger.get(f"/sessions/s_nothing/events{cursor}", headers=headers)

    assert real.status_code == made_up.status_code == 404
    assert real.json() | {"request_id": ""} == made_up.json() | {"request_id": ""}
    assert len(house.product.sessions._logs) == 0


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
@pytest.mark.parametrize("query", ["", "?token=TOKEN", "?access_token=TOKEN"])
async def test_a_token_counts_in_the_header_alone(house: House, accept: str, query: str) -> None:
    token = await house.token()
    async with house.client(token) as client:
        session_id = await new_session(client)
    async with house.client() as nobody:
        path = f"/sessions/{session_id}/events{query.replace('TOKEN', token)}"
        answer = await nobody.get(path, headers={"accept": accept})

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_a_socket_a_stream_and_polls_read_the_same_log(house: House) -> None:
    async with await house.device() as device, house.client(device.token) as client:
        session_id = await new_session(client)
        view = await device.attach(session_id)
        stream = EventReader(client, session_id)
        await stream.read(ends("snapshot"))
        polled: list[dict[str, Any]] = []
        cursor = {"epoch": view.epoch, "after": 0}
        async with asyncio.TaskGroup() as group:
            group.create_task(stream.read(ends("turn_done")))
            done = group.create_task(device.ask("hello", "c1", session_id))
            while not polled or polled[-1]["type"] != "turn_done":
                page = await _page(client, session_id, cursor)
                polled += page["frames"]
                cursor = {"epoch": page["epoch"], "after": page["seq"]}
        await done

    assert stream.view.frames == view.frames == polled
    assert stream.view.texts == view.texts


async def test_too_many_streams_say_when_to_come_back(
    house: House, client: httpx.AsyncClient
) -> None:
    session_id = await new_session(client)
    path = f"/sessions/{session_id}/events"
    for _ in range(60):
        async with client.stream("GET", path, headers=SSE) as answer:
            if answer.is_error:
                await answer.aread()
                break

    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert int(answer.headers["retry-after"]) >= 1


async def test_the_data_of_an_event_is_the_frame_byte_for_byte(
    client: httpx.AsyncClient, house: House
) -> None:
    session_id = await new_session(client)
    log = await whole_log(client, session_id)
    logs = house.product.sessions._logs
    reader = EventReader(client, session_id, last_id=log[0].last_id)
    async for event in reader.listen():
        if event.type == "turn_done":
            [watched] = logs._tails.values()
            window = list(watched._window)
            break

    sent = [each.data.encode() for each in reader.events if each.type != "attached"]
    shared = min(len(sent), len(window))
    assert shared > 3
    assert sent[-shared:] == window[-shared:]


def test_the_contract_names_both_media_types_and_every_way_to_give_a_cursor() -> None:
    document = openapi_schema()
    operation = document["paths"]["/api/v2.1/sessions/{session_id}/events"]["get"]
    content = operation["responses"]["200"]["content"]
    named = {each["name"] for each in operation["parameters"]}

    assert set(content) == {"text/event-stream", "application/json"}
    assert content["application/json"]["schema"]["$ref"].endswith("/EventPage")
    assert named == {"session_id", "Last-Event-ID", "epoch", "after", "wait"}
    assert "examples" not in document["components"]["schemas"]["EventPage"]


async def _page(
    client: httpx.AsyncClient, session_id: str, cursor: dict[str, Any]
) -> dict[str, Any]:
    headers = {"accept": "application/json"}
    answer = await client.get(
        f"/sessions/{session_id}/events", headers=headers, params=cursor, timeout=40
    )
    answer.raise_for_status()
    page: dict[str, Any] = json.loads(answer.content)
    return page
