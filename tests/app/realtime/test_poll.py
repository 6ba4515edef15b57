"""A session's log by long-poll, over real HTTP."""

import asyncio
from typing import Any

import httpx
import msgspec
import pytest

from schemas.events import EventPage
from sessions.stores.redis_client import redis_client
from tests.app.realtime.elsewhere import written_elsewhere
from tests.app.realtime.talk import new_session
from tests.house import House
from tests.servers import RedisServer

JSON = {"accept": "application/json"}


async def poll(client: httpx.AsyncClient, session_id: str, **params: Any) -> httpx.Response:
    return await client.get(
        f"/sessions/{session_id}/events", headers=JSON, params=params, timeout=40
    )


async def cursor_of(client: httpx.AsyncClient, session_id: str) -> dict[str, Any]:
    page = (await poll(client, session_id)).json()
    return {"epoch": page["epoch"], "after": page["seq"]}


async def waiting(house: House) -> None:
    """Wait until a poll waits."""
    while not len(house.connections):
        await asyncio.sleep(0.002)


async def test_without_a_cursor_the_snapshot_comes_at_once(client: httpx.AsyncClient) -> None:
    session_id = await new_session(client)
    answer = await poll(client, session_id)

    page = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    assert (page["recovered"], page["frames"]) == (False, [])
    assert (page["seq"], page["epoch"]) == (page["snapshot"]["seq"], page["snapshot"]["epoch"])


async def test_what_follows_the_cursor_comes_at_once_and_the_page_says_how_to_go_on(
    house: House,
) -> None:
    async with await house.device() as device, house.client(device.token) as client:
        done = await device.ask("hello", "c1")
        session_id = done["session_id"]
        view = device.views[session_id]
        for seq in range(done["seq"]):
            page = (await poll(client, session_id, epoch=view.epoch, after=seq)).json()
            assert page["recovered"]
            assert page["frames"] == view.frames[seq:]
            assert page["seq"] == done["seq"]
            assert "snapshot" not in page


async def test_a_page_is_what_its_schema_says(house: House) -> None:
    async with await house.device() as device, house.client(device.token) as client:
        done = await device.ask("hello", "c1")
        epoch = device.views[done["session_id"]].epoch
        whole = await poll(client, done["session_id"], epoch=epoch, after=0)
        snapshot = await poll(client, done["session_id"])

    pages = [msgspec.json.decode(each.content, type=EventPage) for each in (whole, snapshot)]
    assert len(pages[0].frames) == done["seq"]
    assert pages[1].snapshot is not None


async def test_the_header_is_a_cursor_too(client: httpx.AsyncClient) -> None:
    session_id = await new_session(client)
    cursor = await cursor_of(client, session_id)
    headers = JSON | {"last-event-id": f"{cursor['epoch']}:{cursor['after']}"}
    path = f"/sessions/{session_id}/events?wait=0&epoch=other&after=9"
    page = (await client.get(path, headers=headers)).json()

    assert page == {
        "epoch": cursor["epoch"],
        "seq": cursor["after"],
        "recovered": True,
        "frames": [],
    }


@pytest.mark.parametrize("wait", [0, 1])
async def test_an_answer_without_news_is_a_page_without_frames(
    client: httpx.AsyncClient, wait: int
) -> None:
    session_id = await new_session(client)
    cursor = await cursor_of(client, session_id)
    answer = await poll(client, session_id, **cursor, wait=wait)

    assert answer.status_code == 200
    assert answer.json() == {
        "epoch": cursor["epoch"],
        "seq": cursor["after"],
        "recovered": True,
        "frames": [],
    }


async def test_a_poll_that_waits_is_answered_by_the_first_news(
    house: House, client: httpx.AsyncClient
) -> None:
    session_id = await new_session(client)
    cursor = await cursor_of(client, session_id)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        answer = group.create_task(poll(client, session_id, **cursor, wait=30))
        await waiting(house)
        await client.patch(f"/sessions/{session_id}", json={"title": "Work"})

    [frame] = answer.result().json()["frames"]
    assert frame["type"] == "session_updated"
    assert answer.result().json()["seq"] == cursor["after"] + 1


async def test_news_of_another_process_reach_a_poll_that_waits(
    house: House, client: httpx.AsyncClient, redis_url: str
) -> None:
    session_id = await new_session(client)
    cursor = await cursor_of(client, session_id)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        answer = group.create_task(poll(client, session_id, **cursor, wait=30))
        await waiting(house)
        lease = await written_elsewhere(redis_url, session_id, 1)

    page = answer.result().json()
    assert (page["epoch"], page["seq"]) == (lease.head.epoch, 1)


async def test_a_page_holds_at_most_five_hundred_frames(
    client: httpx.AsyncClient, redis_url: str
) -> None:
    session_id = await new_session(client)
    lease = await written_elsewhere(redis_url, session_id, 1200)
    sizes: list[int] = []
    seqs: list[int] = []
    cursor: dict[str, Any] = {"epoch": lease.head.epoch, "after": 0}
    while sizes[-1:] != [0]:
        page = (await poll(client, session_id, **cursor, wait=0)).json()
        sizes.append(len(page["frames"]))
        seqs += [each["seq"] for each in page["frames"]]
        cursor["after"] = page["seq"]

    assert sizes == [500, 500, 200, 0]
    assert seqs == list(range(1, 1201))


async def test_a_new_epoch_while_it_waits_is_answered_by_a_snapshot(
    house: House, client: httpx.AsyncClient, redis_url: str
) -> None:
    session_id = await new_session(client)
    await written_elsewhere(redis_url, session_id, 3)
    cursor = await cursor_of(client, session_id)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        answer = group.create_task(poll(client, session_id, **cursor, wait=30))
        await waiting(house)
        redis = redis_client(redis_url)
        await redis.flushall()
        await redis.aclose()
        await client.patch(f"/sessions/{session_id}", json={"title": "Work"})

    page = answer.result().json()
    assert not page["recovered"]
    assert page["epoch"] == page["snapshot"]["epoch"] != cursor["epoch"]


@pytest.mark.parametrize(
    "cursor", [{"epoch": "other", "after": 1}, {"after": 0}, {"after": 10**18}]
)
async def test_a_cursor_that_does_not_fit_gets_a_snapshot(
    client: httpx.AsyncClient, cursor: dict[str, Any]
) -> None:
    session_id = await new_session(client)
    page = (await poll(client, session_id, **cursor, wait=30)).json()

    assert not page["recovered"]
    assert page["snapshot"]["session"]["id"] == session_id


async def test_a_session_deleted_while_a_poll_waits_is_gone(
    house: House, client: httpx.AsyncClient
) -> None:
    session_id = await new_session(client)
    cursor = await cursor_of(client, session_id)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        answer = group.create_task(poll(client, session_id, **cursor, wait=30))
        await waiting(house)
        await client.delete(f"/sessions/{session_id}")

    assert (answer.result().status_code, answer.result().json()["code"]) == (410, "gone")
    assert (await poll(client, session_id, **cursor)).status_code == 404


async def test_a_drain_answers_the_polls_that_wait_when_it_says(
    house: House, client: httpx.AsyncClient
) -> None:
    session_id = await new_session(client)
    cursor = await cursor_of(client, session_id)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        answer = group.create_task(poll(client, session_id, **cursor, wait=30))
        await waiting(house)
        [waiter] = house.connections._all()
        waiter.announce_drain(50)

    assert (answer.result().status_code, answer.result().json()["frames"]) == (200, [])
    house.connections.drain()
    async with asyncio.timeout(10):
        assert (await poll(client, session_id, **cursor, wait=30)).status_code == 200


async def test_a_restart_answers_the_polls_that_wait(
    house: House, client: httpx.AsyncClient
) -> None:
    session_id = await new_session(client)
    cursor = await cursor_of(client, session_id)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        answer = group.create_task(poll(client, session_id, **cursor, wait=30))
        await waiting(house)
        house.connections.close()

    assert answer.result().status_code == 200


async def test_the_ninth_reader_of_a_user_replaces_the_poll_that_waits_longest(
    house: House, client: httpx.AsyncClient
) -> None:
    session_id = await new_session(client)
    cursor = await cursor_of(client, session_id)
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        polls = []
        for number in range(9):
            polls.append(group.create_task(poll(client, session_id, **cursor, wait=30)))
            while len(house.connections) < min(number + 1, 8):
                await asyncio.sleep(0.002)
        replaced = (await polls[0]).json()
        house.connections.close()

    assert (replaced["status"], replaced["code"]) == (429, "quota_exceeded")
    assert [each.result().status_code for each in polls[1:]] == [200] * 8


async def test_a_client_that_goes_away_is_noticed(house: House, client: httpx.AsyncClient) -> None:
    session_id = await new_session(client)
    cursor = await cursor_of(client, session_id)
    tasks = len(house.product.tasks)
    for _ in range(3):
        task = asyncio.get_running_loop().create_task(poll(client, session_id, **cursor, wait=30))
        await waiting(house)
        task.cancel()
        async with asyncio.timeout(10):
            while len(house.connections) or len(house.product.sessions._logs):
                await asyncio.sleep(0.005)

    assert len(house.product.tasks) <= tasks


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_a_log_store_that_is_away_is_told_before_anything_is_sent(
    house: House, client: httpx.AsyncClient, redis_server: RedisServer, accept: str
) -> None:
    session_id = await new_session(client)
    redis_server.stop()
    try:
        path = f"/sessions/{session_id}/events"
        answer = await client.get(path, headers={"accept": accept}, timeout=30)
    finally:
        redis_server.start()

    assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
    assert answer.json()["retryable"]
    assert len(house.product.sessions._logs) == 0
