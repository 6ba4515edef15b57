"""Slow readers of an event stream, and all that ends one, over real HTTP."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.security.tokens import Tokens
from schemas.resources import CreateSession
from sessions.clock import SystemClock
from sessions.reading import Reading
from tests.app.realtime.elsewhere import written_elsewhere
from tests.app.realtime.talk import SSE, ends, new_session, raw_stream, say, whole_log
from tests.event_source import EventParser, EventReader
from tests.house import House, running_house


async def forgotten(house: House) -> None:
    """Wait until nobody reads here."""
    async with asyncio.timeout(10):
        while len(house.product.sessions._logs) or len(house.connections):
            await asyncio.sleep(0.005)


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
        # who comes back at once, and not when they are told to, has a limit
        await asyncio.sleep(0.05)

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

    assert len(house.product.tasks) <= tasks


async def test_a_client_that_is_cut_off_while_it_does_not_read_is_noticed(
    tmp_path: Path, redis_url: str
) -> None:
    async with running_house(tmp_path, redis_url, scripted_tokens=300_000) as house:
        token = await house.token()
        async with house.client(token) as client:
            session_id = await new_session(client)
            reader, writer = await raw_stream(house, token, session_id)
            await say(client, session_id, "c1")
            await reader.readuntil(b"event: turn_started")
            await asyncio.sleep(0.2)
            writer.transport.abort()
            await client.post(f"/sessions/{session_id}/stop")
            async with asyncio.timeout(10):
                while len(house.connections):
                    await asyncio.sleep(0.005)


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
    reader, writer = await raw_stream(house, token, session_id, last_id=last_id)
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
