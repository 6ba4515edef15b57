"""The proxy breaks what it is told to break, and nothing else."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator

import pytest

from tests.proxy import FaultProxy


@pytest.fixture
async def proxy() -> AsyncIterator[FaultProxy]:
    """A proxy before a server that sends back what it gets."""
    server = await asyncio.start_server(_echo, "127.0.0.1", 0)
    async with FaultProxy("127.0.0.1", server.sockets[0].getsockname()[1]) as started:
        yield started
    server.close()


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1000):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


class Client:
    def __init__(self, proxy: FaultProxy) -> None:
        self.proxy = proxy

    async def __aenter__(self) -> "Client":
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.proxy.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.transport.abort()

    def say(self, data: bytes) -> None:
        self.writer.write(data)

    async def rest(self) -> bytes:
        """Return what comes until the connection ends, however it ends."""
        received = b""
        try:
            while data := await asyncio.wait_for(self.reader.read(1000), 5):
                received += data
        except ConnectionError:
            pass
        return received


async def test_it_forwards_and_counts(proxy: FaultProxy) -> None:
    async with Client(proxy) as client:
        client.say(b"hello")
        assert await client.reader.readexactly(5) == b"hello"
        assert (proxy.connections, proxy.open, proxy.cuts) == (1, 1, 0)

    assert (proxy.bytes_up, proxy.bytes_down) == (5, 5)


async def test_a_client_that_is_done_still_gets_the_rest(proxy: FaultProxy) -> None:
    async with Client(proxy) as client:
        client.say(b"last words")
        client.writer.write_eof()
        assert await client.rest() == b"last words"


async def test_cut_ends_all_connections_and_takes_new_ones(proxy: FaultProxy) -> None:
    async with Client(proxy) as one, Client(proxy) as two:
        for client in (one, two):
            client.say(b"x")
            await client.reader.readexactly(1)
        proxy.cut()
        assert [await one.rest(), await two.rest()] == [b"", b""]
    assert proxy.cuts == 2

    async with Client(proxy) as client:
        client.say(b"again")
        assert await client.reader.readexactly(5) == b"again"


@pytest.mark.parametrize("n_bytes", [0, 1, 7, 10])
async def test_a_cut_comes_after_exactly_so_many_bytes_and_only_once(
    proxy: FaultProxy, n_bytes: int
) -> None:
    proxy.cut_after(n_bytes)
    async with Client(proxy) as client:
        client.say(b"0123456789abc")
        assert len(await client.rest()) <= n_bytes
    assert proxy.bytes_down == n_bytes

    async with Client(proxy) as client:
        client.say(b"0123456789abc")
        assert await client.reader.readexactly(13) == b"0123456789abc"


async def test_a_refusing_port_takes_no_connection_until_told(proxy: FaultProxy) -> None:
    async with Client(proxy) as old:
        proxy.refuse()
        proxy.refuse()
        with pytest.raises(ConnectionError):
            await asyncio.open_connection("127.0.0.1", proxy.port)
        old.say(b"still here")
        assert await old.reader.readexactly(10) == b"still here"

    proxy.refuse(False)
    proxy.refuse(False)
    async with Client(proxy) as client:
        client.say(b"back")
        assert await client.reader.readexactly(4) == b"back"


async def test_a_black_hole_holds_bytes_without_a_sign(proxy: FaultProxy) -> None:
    async with Client(proxy) as client:
        proxy.blackhole()
        client.say(b"anyone?")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.reader.read(1), 0.05)

        proxy.blackhole(False)
        assert await client.reader.readexactly(7) == b"anyone?"


async def test_a_request_is_cut_after_exactly_so_many_bytes(proxy: FaultProxy) -> None:
    proxy.cut_after(4, down=False)
    async with Client(proxy) as client:
        client.say(b"0123456789abc")
        await client.rest()
    assert proxy.bytes_up == 4


async def test_a_half_open_port_accepts_and_never_answers(proxy: FaultProxy) -> None:
    async with Client(proxy) as old:
        old.say(b"x")
        await old.reader.readexactly(1)
        proxy.half_open()
        async with Client(proxy) as new:
            new.say(b"anyone?")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(new.reader.read(1), 0.05)
        old.say(b"still here")
        assert await old.reader.readexactly(10) == b"still here"

    proxy.half_open(False)
    async with Client(proxy) as client:
        client.say(b"back")
        assert await client.reader.readexactly(4) == b"back"


async def test_a_delay_is_latency_and_not_a_rate(proxy: FaultProxy) -> None:
    proxy.delay(200)
    loop = asyncio.get_running_loop()
    async with Client(proxy) as client:
        began = loop.time()
        for _ in range(10):
            client.say(b"x")
            await asyncio.sleep(0.001)
        await client.reader.readexactly(10)
        took = loop.time() - began

    assert 0.4 <= took < 2


async def test_a_target_that_is_down_ends_the_connection() -> None:
    async with FaultProxy("127.0.0.1", 9) as proxy, Client(proxy) as client:
        assert await client.rest() == b""
        assert proxy.connections == 1


async def test_a_connection_that_comes_just_before_the_end_is_closed() -> None:
    for steps in range(8):
        async with FaultProxy("127.0.0.1", 9) as proxy:
            with socket.create_connection(("127.0.0.1", proxy.port)):
                for _ in range(steps):
                    await asyncio.sleep(0)
        gc.collect()  # which warns of what was left open, and a warning is an error
