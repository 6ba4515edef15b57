"""Event streams and polls of a product in a process of its own, that leaves or is killed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.event_source import Event, EventReader
from tests.product import ProductServer, running_product

JSON = {"accept": "application/json"}
SCRIPTED = {
    "ION_LLM": "scripted",
    "ION_SCRIPTED_TOKENS": "100",
    "ION_SCRIPTED_INTERVAL_MS": "20",
}


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[ProductServer]:
    """The product, whose answers take two seconds."""
    with running_product(tmp_path, SCRIPTED) as server:
        yield server


def client_of(product: ProductServer) -> httpx.AsyncClient:
    token = product.anonymous()["access_token"]
    return httpx.AsyncClient(
        base_url=f"{product.url}/api/v2.1", headers={"authorization": f"Bearer {token}"}
    )


async def asked(client: httpx.AsyncClient) -> EventReader:
    """Have a turn begun, and read it up to its first word."""
    session_id = (await client.post("/sessions", json={})).json()["id"]
    reader = EventReader(client, session_id)
    await reader.read(lambda event: event.type == "snapshot")
    body = {"client_msg_id": "c1", "text": "hello"}
    (await client.post(f"/sessions/{session_id}/messages", json=body)).raise_for_status()
    await reader.read(lambda event: event.type == "delta")
    return reader


def answered(event: Event) -> bool:
    """Tell whether the reader knows the whole answer now."""
    if event.type == "snapshot":
        return "assistant" in {each["role"] for each in event.frame["messages"]}
    return event.type == "turn_done"


async def test_a_process_that_leaves_sends_its_readers_on_and_is_not_held_up_by_them(
    product: ProductServer,
) -> None:
    async with client_of(product) as client:
        reader = await asked(client)
        idle = (await client.post("/sessions", json={})).json()["id"]
        path = f"/sessions/{idle}/events"
        page = (await client.get(path, headers=JSON)).json()
        cursor = {"epoch": page["epoch"], "after": page["seq"]}
        async with asyncio.timeout(15), asyncio.TaskGroup() as group:
            streamed = group.create_task(reader.read())
            polled = group.create_task(
                client.get(path, headers=JSON, params=cursor | {"wait": 30}, timeout=40)
            )
            await asyncio.sleep(0.2)
            group.create_task(asyncio.to_thread(product.stop))
        await streamed
        product.start()
        await reader.read(answered)

    assert reader.events[-1].type in ("turn_done", "snapshot")
    assert reader.of("drain")[0]["reconnect_in_ms"] >= 200
    assert (polled.result().status_code, polled.result().json()["frames"]) == (200, [])
    assert "Traceback" not in product.output()
    assert "without completing" not in product.output()


async def test_a_turn_outlives_the_process_and_its_reader_comes_back_to_it(
    product: ProductServer,
) -> None:
    async with client_of(product) as client:
        reader = await asked(client)
        product.kill()
        product.start()
        await reader.read(answered, deadline_s=40)

    assert reader.of("turn_done")[0]["text"] == "".join(f"w{i} " for i in range(100))
    assert [each["role"] for each in reader.view.messages.values()].count("user") == 1
    assert len(reader.of("turn_done")) == 1
