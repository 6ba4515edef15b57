"""The light client of server-sent events reads what was sent, however it is cut into chunks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.rivals.sse import events, post

STREAM = b': hello\n\nevent: token\ndata: {"a": 1}\n\nevent: end\r\ndata: x\r\ndata: y\r\n\r\n'


@asynccontextmanager
async def answering(head: bytes, body: list[bytes]) -> AsyncIterator[int]:
    """A server that gives every request the same answer; yields its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head + b"\r\n\r\n" + b"".join(body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(min_value=1, max_value=len(STREAM) - 1), max_size=8))
async def test_events_survive_any_cut_into_chunks(cuts: list[int]) -> None:
    edges = [0, *sorted(set(cuts)), len(STREAM)]
    parts = [STREAM[start:end] for start, end in pairwise(edges)]
    body = [f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts]

    async with answering(b"HTTP/1.1 200 OK", [*body, b"0\r\n\r\n"]) as port:
        found = [event async for event in events(port, "/", b"{}")]

    assert found == [("message", b""), ("token", b'{"a": 1}'), ("end", b"x\ny")]


async def test_json_comes_back() -> None:
    async with answering(b"HTTP/1.1 200 OK", [b'{"id": "1"}']) as port:
        assert await post(port, "/", {}) == {"id": "1"}


async def test_a_refusal_is_an_error() -> None:
    async with answering(b"HTTP/1.1 404 Not Found", [b"nothing here"]) as port:
        with pytest.raises(ConnectionError, match="nothing here"):
            await post(port, "/", {})
        with pytest.raises(ConnectionError, match="nothing here"):
            _ = [event async for event in events(port, "/", b"{}")]
