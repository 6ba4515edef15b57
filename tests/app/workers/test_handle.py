"""A worker as its supervisor sees it; here the test plays the worker's process."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from app.settings import Settings
from app.workers import handle
from app.workers.channel import CONNECTION, DRAIN, LEAVE, Report
from app.workers.handle import Worker


class Process:
    """A process that ends when the test says so."""

    pid = 1
    returncode = None

    def __init__(self) -> None:
        self.end = asyncio.Event()
        self.killed = False

    async def wait(self) -> int:
        await self.end.wait()
        return 0

    def kill(self) -> None:
        self.killed = True


class Played:
    """A worker and the far end of its channel."""

    def __init__(self, process: Any) -> None:
        ours, self.channel = socket.socketpair()
        self.process = process
        self.worker = Worker(0, process, ours)

    async def report(self, **values: Any) -> None:
        """Report, and wait until that is heard."""
        report = Report(**({"connections": 0, "received": 0, "accepting": True} | values))
        self.channel.send(msgspec.json.encode(report) + b"\n")
        await asyncio.sleep(0)
        await self.worker.ready(5)


@pytest.fixture
async def played() -> AsyncIterator[Played]:
    played = Played(Process())
    yield played
    played.process.end.set()
    await played.worker.wait()
    played.channel.close()


async def test_a_worker_is_ready_with_its_first_report(played: Played) -> None:
    assert not await played.worker.ready(0.01)
    assert not played.worker.accepting

    await played.report()

    assert played.worker.accepting


async def test_connections_on_their_way_count_as_its_burden(played: Played) -> None:
    await played.report(connections=3)
    one, two = socket.socketpair()
    with one, two:
        assert played.worker.give(one)
        assert played.worker.burden == (False, 4)


@pytest.mark.parametrize("keep", [False, True])
async def test_a_connection_is_handed_over_and_closed_here(
    played: Played, keep: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handle, "_KEEP_SENT", keep)
    await played.report()
    mine, given = socket.socketpair()
    played.worker.give(given)
    given.close()
    byte, [descriptor], _, _ = socket.recv_fds(played.channel, 1, 1)
    socket.socket(fileno=descriptor).close()
    await played.report(received=1)
    mine.settimeout(20)
    with mine:
        closed = await asyncio.to_thread(mine.recv, 1)

    assert (byte, closed) == (CONNECTION, b"")


async def test_a_worker_that_drains_takes_no_more(played: Played) -> None:
    await played.report()
    played.worker.drain()
    played.worker.leave()

    assert not played.worker.accepting
    assert played.channel.recv(10) == DRAIN + LEAVE


async def test_a_worker_with_a_full_channel_is_passed_over_and_ended(played: Played) -> None:
    await played.report()
    one, two = socket.socketpair()
    with one, two:
        while played.worker.give(one):
            pass
    played.worker.drain()

    assert played.process.killed


async def test_a_worker_that_can_not_be_started_leaves_nothing_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handle, "_COMMAND", ("/nowhere/python",))
    with pytest.raises(FileNotFoundError):
        await Worker.start(0, Settings())
    gc.collect()  # which warns of what was left open, and a warning is an error
