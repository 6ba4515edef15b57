"""Coming back to an event stream: exactly the rest, or one snapshot."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from sessions.stores.redis_client import redis_client
from tests.app.realtime.elsewhere import written_elsewhere
from tests.app.realtime.talk import SSE, after, ends, new_session, say, whole_log
from tests.event_source import EventParser, EventReader
from tests.house import running_house


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


async def test_a_reader_cut_before_its_snapshot_asks_for_it_again(
    client: httpx.AsyncClient,
) -> None:
    session_id = await new_session(client)
    reader = EventReader(client, session_id)
    await reader.read(ends("attached"))

    assert reader.last_id == ""


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


async def test_a_stream_reads_a_long_log_to_its_end(
    client: httpx.AsyncClient, redis_url: str
) -> None:
    session_id = await new_session(client)
    lease = await written_elsewhere(redis_url, session_id, 1200)
    reader = EventReader(client, session_id, last_id=f"{lease.head.epoch}:0")
    await reader.read(lambda event: event.last_id.endswith(":1200"))

    assert [each["seq"] for each in reader.of("delta")] == list(range(1, 1201))
