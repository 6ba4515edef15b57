"""The way back of a client that is told of the network, whatever hangs or is refused on it."""

import asyncio
from random import Random

from ion_client.auth import Credentials
from ion_client.connection import Connection
from ion_client.errors import Unreachable
from ion_client.frames import Codec
from ion_client.protocol import ClientProtocol
from ion_client.timing import Backoff, SystemClock

from tests.virtual_time import in_virtual_time


class _LoopClock(SystemClock):
    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()


class _Lost:
    """Credentials that are asked for over a network without answers; `asked_at` is when."""

    def __init__(self, *, refused: bool = False) -> None:
        self.asked_at: list[float] = []
        self._refused = refused

    async def token(self) -> str:
        self.asked_at.append(round(asyncio.get_running_loop().time(), 3))
        if self._refused:
            raise Unreachable
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    async def renew(self, refused: str) -> None:
        raise AssertionError(refused)


class _Longest(Random):
    def uniform(self, a: float, b: float) -> float:
        return b


def _connection(credentials: Credentials) -> Connection:
    return Connection(
        "ws://127.0.0.1:9",
        ClientProtocol(),
        credentials,
        codec=Codec("json"),
        clock=_LoopClock(),
        backoff=Backoff(_Longest()),
        on_news=lambda: None,
        on_state=lambda state: None,
    )


async def _until(seconds: float) -> None:
    await asyncio.sleep(seconds - asyncio.get_running_loop().time())


@in_virtual_time
async def test_a_try_that_hangs_ends_soon_when_told_and_the_next_one_once_before_its_time() -> None:
    lost = _Lost()
    connection = _connection(lost)
    running = asyncio.create_task(connection.run())
    await _until(5)
    connection.wake()
    await _until(40)
    running.cancel()
    # a round trip that was never measured is taken for half a second
    assert lost.asked_at == [0, 6.5, 9.7, 22.1, 34.9]


@in_virtual_time
async def test_a_try_that_was_told_of_the_network_is_not_hurried_again() -> None:
    lost = _Lost()
    connection = _connection(lost)
    running = asyncio.create_task(connection.run())
    for told_at in (5, 7, 7.5):
        await _until(told_at)
        connection.wake()
    await _until(13)
    running.cancel()
    assert lost.asked_at == [0, 6.5, 9.5, 12.7]


@in_virtual_time
async def test_pauses_begin_anew_when_told() -> None:
    lost = _Lost(refused=True)
    connection = _connection(lost)
    running = asyncio.create_task(connection.run())
    await _until(100)
    before = len(lost.asked_at)
    connection.wake()
    await _until(104)
    running.cancel()
    assert lost.asked_at[before:] == [100, 100.2, 100.6, 101.4, 103]
