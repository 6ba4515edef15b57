"""A client of server-sent events that costs little: a request, its chunks, its events."""

import asyncio
import json
from collections.abc import AsyncIterator

__all__ = ["events", "post"]

_WITHIN_S = 120


async def events(
    port: int, path: str, body: bytes, *, content_type: str = "application/json"
) -> AsyncIterator[tuple[str, bytes]]:
    """Post and yield (event, data) until the response ends; raises ConnectionError."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(_request(path, body, content_type))
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise ConnectionError(head.decode() + (await reader.read(2000)).decode())
        rest = b""
        async for chunk in _chunks(reader):
            *whole, rest = (rest + chunk).replace(b"\r\n", b"\n").split(b"\n\n")
            for block in whole:
                yield _event(block)
    finally:
        writer.close()


async def post(port: int, path: str, body: dict[str, object]) -> dict[str, str]:
    """Post JSON and return the JSON that answers; raises ConnectionError."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(_request(path, json.dumps(body).encode(), "application/json"))
        async with asyncio.timeout(_WITHIN_S):
            head, _, answer = (await reader.read()).partition(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise ConnectionError(head.decode() + answer.decode())
        found: dict[str, str] = json.loads(answer)
        return found
    finally:
        writer.close()


def _request(path: str, body: bytes, content_type: str) -> bytes:
    lines = (
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: close",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int(await reader.readline(), 16):
        yield await reader.readexactly(size)
        await reader.readline()


def _event(block: bytes) -> tuple[str, bytes]:
    name, data = "message", []
    for line in block.split(b"\n"):
        if line.startswith(b"event: "):
            name = line[7:].decode()
        elif line.startswith(b"data: "):
            data.append(line[6:])
    return name, b"\n".join(data)
