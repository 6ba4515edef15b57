"""The port, and what its connections do about others that do not read."""

import asyncio
import socket
import sys

import pytest

from app.workers import listeners
from app.workers.listeners import listening


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends them by itself")
async def test_a_connection_that_closes_full_ends_though_nobody_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listeners, "_UNTAKEN_MS", 100)
    ended = asyncio.Event()

    class Full(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            transport.write(b"x" * 16_000_000)
            transport.close()

        def connection_lost(self, _error: Exception | None) -> None:
            ended.set()

    with listening("127.0.0.1", 0) as [listener]:
        server = await asyncio.get_running_loop().create_server(Full, sock=listener)
        with socket.create_connection(listener.getsockname()):
            async with asyncio.timeout(20):
                await ended.wait()
        server.close()
