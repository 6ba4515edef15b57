"""What the tests of readers over HTTP do and wait for."""

import asyncio
from typing import Any

import httpx

from tests.event_source import Event, EventReader
from tests.house import House

__all__ = ["SSE", "after", "ends", "new_session", "raw_stream", "say", "whole_log"]

SSE = {"accept": "text/event-stream"}


async def new_session(client: httpx.AsyncClient) -> str:
    """Make a session; return its id."""
    made = (await client.post("/sessions", json={})).json()
    return str(made["id"])


async def say(client: httpx.AsyncClient, session_id: str, key: str) -> None:
    """Say something over HTTP."""
    body = {"client_msg_id": key, "text": "hello"}
    answer = await client.post(f"/sessions/{session_id}/messages", json=body)
    answer.raise_for_status()


def ends(kind: str) -> Any:
    """Return a condition: an event of this type."""
    return lambda event: event.type == kind


def after(seq: int) -> Any:
    """Return a condition: the event after which a reader has `seq`."""
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


async def raw_stream(
    house: House, token: str, session_id: str, *, last_id: str = ""
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a stream on a socket that is read only as far as the test reads."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port, limit=2048)
    request = (
        f"GET /api/v2.1/sessions/{session_id}/events HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {token}\r\nLast-Event-ID: {last_id}\r\n\r\n"
    )
    writer.write(request.encode())
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer
