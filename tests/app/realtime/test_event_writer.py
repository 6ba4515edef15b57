"""The sending end of an event stream, in virtual time."""

import asyncio
from typing import Any

import pytest

from app.realtime.event_writer import EventWriter, Stuck
from tests.virtual_time import in_virtual_time


class Client:
    """Takes what is sent, when it is not stuck."""

    def __init__(self) -> None:
        self.reads = asyncio.Event()
        self.reads.set()
        self.messages: list[dict[str, Any]] = []

    async def send(self, message: Any) -> None:
        await self.reads.wait()
        self.messages.append(message)


@in_virtual_time
async def test_the_headers_forbid_to_keep_and_to_buffer() -> None:
    client = Client()
    await EventWriter(client.send, retry_ms=700).open()

    start, first = client.messages
    assert (start["type"], start["status"]) == ("http.response.start", 200)
    assert dict(start["headers"]) == {
        b"content-type": b"text/event-stream; charset=utf-8",
        b"cache-control": b"no-store",
        b"x-accel-buffering": b"no",
    }
    assert (first["body"], first["more_body"]) == (b"retry: 700\n\n", True)


@in_virtual_time
async def test_every_chunk_puts_the_next_comment_off() -> None:
    writer = EventWriter(Client().send, comment_s=15)
    await writer.open()
    await asyncio.sleep(10)
    await writer.write(b"x")

    assert writer.silent_until == 25


@in_virtual_time
async def test_a_client_that_takes_nothing_for_the_deadline_is_stuck() -> None:
    client = Client()
    writer = EventWriter(client.send, deadline_s=40)
    await writer.open()
    client.reads.clear()
    with pytest.raises(Stuck):
        await writer.write(b"x")

    assert asyncio.get_running_loop().time() == 40


@in_virtual_time
async def test_a_client_that_reads_again_in_time_has_missed_nothing() -> None:
    client = Client()
    writer = EventWriter(client.send, deadline_s=40)
    asyncio.get_running_loop().call_later(39, client.reads.set)
    client.reads.clear()
    await writer.write(b"x")
    await writer.close(b"y")

    assert [(each["body"], each["more_body"]) for each in client.messages] == [
        (b"x", True),
        (b"y", False),
    ]
