"""A session's log as server-sent events, over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.asgi import openapi_schema
from app.security.tokens import Tokens
from schemas.resources import CreateSession
from sessions.clock import SystemClock
from sessions.reading import Reading
from sessions.stores.redis_client import redis_client
from tests.app.realtime.elsewhere import written_elsewhere
from tests.event_source import Event, EventParser, EventReader
from tests.house import House, running_house

SSE = {"accept": "text/event-stream"}
KINDS = ["message", "notice", "turn_started", "routed", "delta", "turn_done"]


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A user of the house."""
    async with house.client(await house.token()) as client:
        yield client


async def new_session(client: httpx.AsyncClient) -> str:
    made = (await client.post("/sessions", json={})).json()
    return str(made["id"])


async def say(client: httpx.AsyncClient, session_id: str, key: str) -> None:
    body = {"client_msg_id": key, "text": "hello"}
    answer = await client.post(f"/sessions/{session_id}/messages", json=body)
    answer.raise_for_status()


def ends(kind: str) -> Any:
    return lambda event: event.type == kind


def after(seq: int) -> Any:
    return lambda event: event.last_id.endswith(f":{seq}")


async def whole_log(client: httpx.AsyncClient, session_id: str) -> list[Event]:
    """Have one turn answered; return all events of its log."""
    reader = EventReader(client, session_id)
    await reader.read(ends("snapshot"))
    start = reader.last_id.partition(":")[0] + ":0"
    await say(client, session_id, "c1")
    await reader.read(ends("turn_done"))
    again = EventReader(client, session_id, last_id=start)
    await again.read(ends("turn_done"))
    assert again.events[0].frame["recovered"]
    return again.events[1:]


async def forgotten(house: House) -> None:
    """Wait until nobody reads here."""
    async with asyncio.timeout(10):
        while len(house.product.sessions._logs) or len(house.connections):
            await asyncio.sleep(0.005)


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


async def test_a_reader_cut_before_its_snapshot_asks_for_it_again(
    client: httpx.AsyncClient,
) -> None:
    session_id = await new_session(client)
    reader = EventReader(client, session_id)
    await reader.read(ends("attached"))

    assert reader.last_id == ""


@pytest.mark.parametrize("where", ["header", "query"])
async def test_resuming_after_any_frame_gives_exactly_the_rest(
    client: httpx.AsyncClient, where: str
) -> None:
    session_id = await new_session(client)
    log = await whole_log(client, session_id)
    epoch = log[0].last_id.partition(":")[0]
    for seq in range(len(log)):
        header = f"{epoch}:{seq}" if where == "header" else ""
        query: dict[str, Any] = {} if header else {"epoch": epoch, "after": seq}
        reader = EventReader(client, session_id, last_id=header)
        await reader.read(ends("turn_done"), **query)
        attached, *rest = reader.events
        assert (attached.frame["recovered"], attached.last_id) == (True, f"{epoch}:{seq}")
        assert rest == log[seq:]


async def test_the_header_wins_over_the_query(client: httpx.AsyncClient) -> None:
    session_id = await new_session(client)
    log = await whole_log(client, session_id)
    reader = EventReader(client, session_id, last_id=log[-2].last_id)
    await reader.read(ends("turn_done"), epoch="other", after=1)

    assert reader.events[1:] == log[-1:]


async def test_a_stream_cut_at_any_byte_resumes_without_a_gap(client: httpx.AsyncClient) -> None:
    session_id = await new_session(client)
    log = await whole_log(client, session_id)
    start = log[0].last_id.partition(":")[0] + ":0"
    raw = b""
    async with client.stream(
        "GET", f"/sessions/{session_id}/events", headers=SSE | {"last-event-id": start}
    ) as answer:
        async for data in answer.aiter_raw():
            raw += data
            if b"event: turn_done" in raw and raw.endswith(b"\n\n"):
                break

    for cut in range(len(raw) + 1):
        parser = EventParser(start)
        seen = [each for each in parser.feed(raw[:cut]) if each.type != "attached"]
        resumed = int(parser.last_id.partition(":")[2])
        assert seen + log[resumed:] == log


async def test_a_reader_that_is_cut_after_every_event_misses_nothing_of_a_running_turn(
    tmp_path: Path, redis_url: str
) -> None:
    async with (
        running_house(tmp_path, redis_url, scripted_tokens=60, scripted_interval_ms=10) as house,
        await house.device() as device,
        house.client(device.token) as client,
    ):
        session_id = await new_session(client)
        await device.attach(session_id)
        reader = EventReader(client, session_id)
        await reader.read(ends("snapshot"))
        ack = await device.send("hello", "c1", session_id)
        cuts = 0
        while not reader.view.ended:
            next_seq = (reader.view.seq or 0) + 1
            await reader.read(after(next_seq) if cuts < 30 else ends("turn_done"))
            cuts += 1
        await device.answer(ack["turn_id"], session_id)

    assert reader.view.frames == device.views[session_id].frames
    assert reader.view.snapshots == 1
    assert cuts > 5


@pytest.mark.parametrize(
    "cursor",
    [
        {"epoch": "other", "after": 1},
        {"epoch": "mine", "after": 10_000},
        {"epoch": "mine", "after": 10**18},
        {"after": 3},
        {"epoch": "mine"},
    ],
)
async def test_a_cursor_that_does_not_fit_gets_a_snapshot(
    client: httpx.AsyncClient, cursor: dict[str, Any]
) -> None:
    session_id = await new_session(client)
    log = await whole_log(client, session_id)
    if cursor.get("epoch") == "mine":
        cursor = cursor | {"epoch": log[0].last_id.partition(":")[0]}
    reader = EventReader(client, session_id)
    await reader.read(ends("snapshot"), **cursor)

    attached, snapshot = reader.events
    assert not attached.frame["recovered"]
    assert snapshot.last_id == log[-1].last_id
    assert [each["role"] for each in snapshot.frame["messages"]] == ["user", "assistant"]


async def test_a_new_epoch_comes_as_one_snapshot_into_the_open_stream(
    client: httpx.AsyncClient, redis_url: str
) -> None:
    session_id = await new_session(client)
    await whole_log(client, session_id)
    reader = EventReader(client, session_id)
    async with asyncio.timeout(20):
        async for event in reader.listen():
            if event.type == "snapshot" and reader.view.snapshots == 1:
                redis = redis_client(redis_url)
                await redis.flushall()
                await redis.aclose()
                await say(client, session_id, "c2")
            if event.type == "turn_done":
                break

    assert reader.view.snapshots == 2
    assert reader.view.epochs[0] != reader.view.epoch
    assert [each["recovered"] for each in reader.of("attached")] == [False, False]
    assert len(reader.view.messages) == 3


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


async def test_a_stream_ends_when_its_session_is_deleted(client: httpx.AsyncClient) -> None:
    session_id = await new_session(client)
    log = await whole_log(client, session_id)
    reader = EventReader(client, session_id, last_id=log[-1].last_id)
    async with asyncio.timeout(20):
        async for event in reader.listen():
            if event.type == "attached":
                await client.delete(f"/sessions/{session_id}")
    again = await client.get(f"/sessions/{session_id}/events", headers=SSE)

    [error] = reader.of("error")
    assert (error["code"], error["ref"], error["retryable"]) == ("gone", session_id, False)
    assert reader.last_id == log[-1].last_id
    assert again.status_code == 404


async def test_a_stream_ends_when_its_token_expires(house: House) -> None:
    tokens = Tokens(house.product.settings.secret_key, clock=SystemClock(), access_s=2)
    user = await house.product.accounts.anonymous()
    session = await house.product.sessions.create(user.user_id, CreateSession())
    async with house.client(tokens.issue(user.user_id)) as client:
        reader = EventReader(client, session.id)
        await reader.read()
        refused = await client.get(reader.path, headers=SSE)

    assert reader.events[-1].frame["code"] == "unauthenticated"
    assert refused.status_code == 401


async def test_a_drain_ends_the_stream_and_says_when_to_come_back(
    house: House, client: httpx.AsyncClient
) -> None:
    session_id = await new_session(client)
    reader = EventReader(client, session_id)
    async with asyncio.timeout(20):
        async for event in reader.listen():
            if event.type == "snapshot":
                house.connections.drain()

    [drain] = reader.of("drain")
    assert drain["reconnect_in_ms"] == reader.retry_ms
    assert reader.last_id.endswith(":0")


async def test_a_reader_gets_on_with_its_turn_while_the_only_process_drains(
    house: House, client: httpx.AsyncClient
) -> None:
    session_id = await new_session(client)
    reader = EventReader(client, session_id)
    await reader.read(ends("snapshot"))
    await say(client, session_id, "c1")
    house.connections.drain()
    while not reader.view.ended:
        await reader.read()

    assert reader.view.snapshots == 1


async def test_the_ninth_reader_of_a_user_replaces_the_first_on_whatever_transport(
    house: House,
) -> None:
    token = await house.token()
    async with house.client(token) as client:
        session_id = await new_session(client)
        first = EventReader(client, session_id)
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(first.read())
            devices = [await house.device(token) for _ in range(8)]
            for device in devices:
                while not first.events:
                    await asyncio.sleep(0.005)
                await device.connect()
                await device.until(lambda device=device: bool(device.others))  # type: ignore[misc]
            await reading
            second = EventReader(client, session_id)
            await second.read(ends("snapshot"))
            closed = await devices[0].until_closed()
            for device in devices:
                await device.close()

    assert first.of("error")[0]["code"] == "quota_exceeded"
    assert closed[0] == 4409


async def test_a_client_that_goes_away_is_noticed(house: House, client: httpx.AsyncClient) -> None:
    session_id = await new_session(client)
    tasks = len(house.product.tasks)
    for number in range(12):
        await EventReader(client, session_id).read(ends("snapshot" if number % 2 else "attached"))
    await forgotten(house)

    assert len(house.product.tasks) == tasks


async def test_a_client_that_is_cut_off_while_it_does_not_read_is_noticed(
    tmp_path: Path, redis_url: str
) -> None:
    async with running_house(tmp_path, redis_url, scripted_tokens=300_000) as house:
        token = await house.token()
        async with house.client(token) as client:
            session_id = await new_session(client)
            reader, writer = await _raw_stream(house, token, session_id)
            await say(client, session_id, "c1")
            await reader.readuntil(b"event: turn_started")
            await asyncio.sleep(0.2)
            writer.transport.abort()
            await client.post(f"/sessions/{session_id}/stop")
            async with asyncio.timeout(10):
                while len(house.connections):
                    await asyncio.sleep(0.005)


async def _raw_stream(
    house: House, token: str, session_id: str, *, last_id: str = ""
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a stream on a socket that is read only as far as the test reads."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port, limit=1024)
    request = (
        f"GET /api/v2.1/sessions/{session_id}/events HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {token}\r\nLast-Event-ID: {last_id}\r\n\r\n"
    )
    writer.write(request.encode())
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def test_a_slow_reader_gets_every_frame_and_nobody_waits_for_it(house: House) -> None:
    async with await house.device() as device, house.client(device.token) as client:
        session_id = await new_session(client)
        await device.attach(session_id)
        reader = EventReader(client, session_id)
        events = reader.listen()
        await anext(events)
        for number in range(5):
            await device.ask("x" * 8_000, f"c{number}", session_id)
        head = device.views[session_id].seq or 0
        before = len(reader.events)
        async with asyncio.timeout(20):
            async for event in events:
                if event.last_id.endswith(f":{head}"):
                    break
        await events.aclose()

    assert before == 1
    assert reader.view.frames == device.views[session_id].frames


async def test_a_stream_reads_a_long_log_to_its_end(
    client: httpx.AsyncClient, redis_url: str
) -> None:
    session_id = await new_session(client)
    lease = await written_elsewhere(redis_url, session_id, 1200)
    reader = EventReader(client, session_id, last_id=f"{lease.head.epoch}:0")
    await reader.read(lambda event: event.last_id.endswith(":1200"))

    assert [each["seq"] for each in reader.of("delta")] == list(range(1, 1201))


async def test_a_client_that_does_not_read_is_not_read_for(
    house: House, client: httpx.AsyncClient, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = 0
    following = Reading.next

    async def counted(reading: Reading) -> Any:
        nonlocal taken
        heads, frames = await following(reading)
        taken += len(frames)
        return heads, frames

    monkeypatch.setattr(Reading, "next", counted)
    session_id = await new_session(client)
    lease = await written_elsewhere(redis_url, session_id, 4000, padding=4000)
    token = client.headers["authorization"].removeprefix("Bearer ")
    last_id = f"{lease.head.epoch}:0"
    reader, writer = await _raw_stream(house, token, session_id, last_id=last_id)
    seen = -1
    while seen != taken:
        seen = taken
        await asyncio.sleep(0.3)
    parser, last = EventParser(last_id), f"{lease.head.epoch}:4000"
    async with asyncio.timeout(30):
        while parser.last_id != last:
            size = int(await reader.readuntil(b"\r\n"), 16)
            parser.feed(await reader.readexactly(size))
            await reader.readexactly(2)
    writer.close()

    assert seen < 4000
    assert taken == 4000


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


async def test_frames_are_never_decoded_nor_encoded_on_their_way_out(
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

    sent = [each.data.encode() for each in reader.events]
    assert sent[-len(window) :] == window


def test_the_contract_names_both_media_types_and_every_way_to_give_a_cursor() -> None:
    document = openapi_schema()
    operation = document["paths"]["/api/v2.1/sessions/{session_id}/events"]["get"]
    content = operation["responses"]["200"]["content"]
    named = {each["name"] for each in operation["parameters"]}

    assert set(content) == {"text/event-stream", "application/json"}
    assert content["application/json"]["schema"]["$ref"].endswith("/EventPage")
    assert named == {"session_id", "Last-Event-ID", "epoch", "after", "wait"}
    assert "examples" not in document["components"]["schemas"]["EventPage"]
