"""Several processes that behave as one: three servers on Redis and MongoDB, and three workers."""

import asyncio
import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, suppress
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.device import Device, View
from tests.product import ProductServer, running_product
from tests.servers import require_redis_server, running_redis, running_secantus

WORKERS = 3
TALKERS = 20
TOKENS = 20
ANSWER = "".join(f"w{i} " for i in range(TOKENS))
SCRIPTED = {
    "ION_LLM": "scripted",
    "ION_SCRIPTED_TOKENS": str(TOKENS),
    "ION_SCRIPTED_INTERVAL_MS": "50",
    "ION_SECRET_KEY": "shared by all processes, long enough",
}
LOST = (OSError, ConnectionClosed, InvalidHandshake, TimeoutError)


class Cluster:
    """Processes on the same stores; `servers` are where devices may connect.

    They end with the thread that started them, so those of a restart are started by `thread`.
    `breath_s` is how long clients think between turns, at most: the stand-in for MongoDB takes
    four turns a second, and who asks for more waits for the start of each process.
    """

    breath_s = 8.0

    def __init__(self, servers: Sequence[ProductServer], thread: ThreadPoolExecutor) -> None:
        self.servers = servers
        self.thread = thread

    async def devices(self, count: int, token: str, stack: AsyncExitStack) -> list[Device]:
        """Return connected devices of one user, each on another process."""
        by_process: dict[int, Device] = {}
        for attempt in range(10 * count):
            if len(by_process) == count:
                break
            server = self.servers[attempt % len(self.servers)]
            device = Device(server.ws_url, token)
            await device.connect()
            await device.until(lambda device=device: bool(device.others))  # type: ignore[misc]
            if by_process.setdefault(self.process_of(device), device) is not device:
                await device.close()
                await asyncio.sleep(0.2)
        for device in by_process.values():
            stack.push_async_callback(device.close)
        assert len(by_process) == count
        return list(by_process.values())

    def process_of(self, device: Device) -> int:
        """Return the pid of the process that the device is connected to."""
        connection_id = device.others[-1]["connection_id"]
        for server in self.servers:
            for event in events(server):
                if event.get("connection_id") == connection_id:
                    return _worker(server, event["worker"]) if "worker" in event else server.pid
        raise AssertionError("no process has opened this connection")

    def mend(self) -> None:
        """Start what a test before this one has ended."""
        for server in self.servers:
            server.revive()

    def restart_one_by_one(self) -> None:
        """Restart every process while the others work."""
        for server in self.servers:
            os.kill(server.pid, signal.SIGTERM)
            assert ended(server) == 0
            server.kill()
            server.start()


class Workers(Cluster):
    """One supervisor and its workers."""

    breath_s = 0.0

    def mend(self) -> None:
        super().mend()
        [server] = self.servers
        until(lambda: all(_lives(_worker(server, number)) for number in range(WORKERS)))

    def restart_one_by_one(self) -> None:
        [server] = self.servers
        os.kill(server.pid, signal.SIGHUP)
        until(lambda: any(event["event"] == "restarted" for event in events(server)))


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.1)


def events(server: ProductServer) -> list[dict[str, Any]]:
    return [json.loads(line) for line in server.output().splitlines() if line.startswith("{")]


def _worker(server: ProductServer, number: int) -> int:
    ready = (event for event in events(server) if event["event"] == "worker_ready")
    return [int(event["pid"]) for event in ready if event["worker"] == number][-1]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def ended(server: ProductServer) -> int:
    """Wait for the end of the server and return its exit code."""
    return os.waitstatus_to_exitcode(os.waitpid(server.pid, 0)[1])


@pytest.fixture(scope="module", params=["servers", "workers"])
def processes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    directory = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        thread = stack.enter_context(ThreadPoolExecutor(1))
        if request.param == "workers":
            settings = SCRIPTED | {"ION_WORKERS": str(WORKERS)}
            yield Workers([stack.enter_context(running_product(directory, settings))], thread)
            return
        redis = running_redis(directory / "redis", binary=require_redis_server())
        stores = {
            "ION_REDIS_URL": stack.enter_context(redis).url,
            "ION_MONGODB_URI": stack.enter_context(running_secantus(directory / "mongo")).uri,
        }
        products = [running_product(directory / name, SCRIPTED | stores) for name in "abc"]
        yield Cluster([stack.enter_context(product) for product in products], thread)


@pytest.fixture
def cluster(processes: Cluster) -> Cluster:
    """All processes, each alive: to start them takes longer than most tests."""
    processes.mend()
    return processes


async def test_what_is_said_on_one_process_is_heard_on_all(cluster: Cluster) -> None:
    token = cluster.servers[0].anonymous()["access_token"]
    async with AsyncExitStack() as stack:
        devices = await cluster.devices(3, token, stack)
        first = await devices[0].ask("hello", "c0")
        session_id = first["session_id"]
        for device in devices[1:]:
            await device.attach(session_id)
        for number, speaker in enumerate(devices, 1):
            ack = await speaker.send(f"message {number}", f"c{number}", session_id)
            for device in devices:
                done = await device.answer(ack["turn_id"], session_id)
                assert done["text"] == ANSWER

    assert all(device.views[session_id].snapshots <= 1 for device in devices)
    assert len({device.views[session_id].seq for device in devices}) == 1


async def test_a_stop_on_another_process_stops(cluster: Cluster) -> None:
    token = cluster.servers[0].anonymous()["access_token"]
    async with AsyncExitStack() as stack:
        speaker, other = await cluster.devices(2, token, stack)
        ack = await speaker.send("hello", "c1")
        session_id, turn_id = ack["session_id"], ack["turn_id"]
        await other.attach(session_id)
        await other.until(lambda: bool(other.views[session_id].texts.get(turn_id)))
        await other.say({"type": "stop", "session_id": session_id, "turn_id": turn_id})
        ends = [await device.answer(turn_id, session_id) for device in (speaker, other)]

    assert [end["finish_reason"] for end in ends] == ["stopped", "stopped"]
    assert ends[0]["text"] == ends[1]["text"] != ANSWER


async def test_the_turn_of_a_killed_process_is_taken_over(cluster: Cluster) -> None:
    token = cluster.servers[0].anonymous()["access_token"]
    async with AsyncExitStack() as stack:
        speaker, *others = await cluster.devices(3, token, stack)
        ack = await speaker.send("hello", "c1")
        session_id, turn_id = ack["session_id"], ack["turn_id"]
        for device in others:
            await device.attach(session_id)
        view = others[0].views[session_id]
        await others[0].until(lambda: bool(view.texts.get(turn_id)))
        os.kill(cluster.process_of(speaker), signal.SIGKILL)
        await speaker.until_closed()
        speaker.ws_url = others[0].ws_url
        await _reconnect(speaker)
        restarted = lambda: _restarts(others[0].views[session_id], turn_id)  # noqa: E731
        await others[0].until(restarted, deadline_s=10)
        for device in (speaker, *others):
            await device.until(lambda device=device: _has(device, session_id, turn_id))  # type: ignore[misc]
            assert _text(device.views[session_id], turn_id) == ANSWER


async def _reconnect(device: Device) -> None:
    """Connect as clients do: again, when the first try meets a process that is just ending."""
    for _ in range(100):
        try:
            return await device.connect()
        except LOST:
            await asyncio.sleep(0.1)
    raise AssertionError("no process takes this client")


def _restarts(view: View, turn_id: str) -> bool:
    """Tell whether the turn began again, in the log or in the snapshot of a new epoch."""
    again = any(each["type"] == "turn_restarted" for each in view.frames)
    return again or len(set(view.epochs)) > 1


async def test_clients_that_keep_talking_notice_no_restart(cluster: Cluster) -> None:
    over = asyncio.Event()
    urls = [server.ws_url for server in cluster.servers]
    tokens = [cluster.servers[0].anonymous()["access_token"] for _ in range(TALKERS)]
    async with asyncio.TaskGroup() as group:
        talkers = [
            group.create_task(
                _talk(urls[number % len(urls) :] + urls, token, over, breath_s=cluster.breath_s)
            )
            for number, token in enumerate(tokens)
        ]
        await asyncio.sleep(1)
        try:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(cluster.thread, cluster.restart_one_by_one)
        finally:
            over.set()
    said = [talker.result() for talker in talkers]

    for token, (session_id, texts) in zip(tokens, said, strict=True):
        kept = _history(cluster.servers[0], token, session_id)
        assert [each["text"] for each in kept[0::2]] == texts, "a message was lost or doubled"
        assert [each["text"] for each in kept[1::2]] == [ANSWER] * len(texts)
    turns = sum(len(texts) for _, texts in said)
    print(f"{turns} turns of {TALKERS} clients while every process was restarted")
    assert turns > TALKERS


async def _talk(
    urls: Sequence[str], token: str, over: asyncio.Event, *, breath_s: float
) -> tuple[str, list[str]]:
    """Say one thing after the other until `over`; what got no answer is said again elsewhere."""
    device = Device(urls[0], token)
    session_id: str | None = None
    texts: list[str] = []
    while not over.is_set():
        texts.append(f"message {len(texts)}")
        for attempt in range(1000):
            try:
                if device.closed is not None or not device.others:
                    device.ws_url = urls[attempt % len(urls)]
                    await device.connect()
                ack = await device.send(texts[-1], f"c{len(texts)}", session_id)
                session_id = ack["session_id"]
                await device.until(_answered(device, ack))
                break
            except LOST:
                device.closed = device.closed or (1006, "lost")
                await asyncio.sleep(0.1)
        else:
            raise AssertionError("no process takes this client")
        with suppress(TimeoutError):
            async with asyncio.timeout(random.uniform(0, breath_s)):
                await over.wait()
    await device.close()
    assert session_id is not None
    failed = [each for each in device.views[session_id].frames if each["type"] == "turn_failed"]
    assert not failed
    return session_id, texts


def _begun(device: Device, ack: dict[str, Any]) -> Callable[[], bool]:
    view = device.views[ack["session_id"]]
    return lambda: bool(view.texts.get(ack["turn_id"]))


def _answered(device: Device, ack: dict[str, Any]) -> Callable[[], bool]:
    return lambda: _has(device, ack["session_id"], ack["turn_id"])


def _has(device: Device, session_id: str, turn_id: str) -> bool:
    view = device.views.get(session_id)
    return view is not None and _text(view, turn_id) is not None


def _text(view: View, turn_id: str) -> str | None:
    """Return a turn's answer as the device knows it: from the log, or from a snapshot."""
    if turn_id in view.ended:
        return str(view.ended[turn_id]["text"])
    of_turn = (each for each in view.messages.values() if each["turn_id"] == turn_id)
    return next((str(each["text"]) for each in of_turn if each["role"] == "assistant"), None)


async def test_a_drain_leaves_no_turn_behind(cluster: Cluster) -> None:
    token = cluster.servers[0].anonymous()["access_token"]
    async with AsyncExitStack() as stack:
        devices = await cluster.devices(3, token, stack)
        acks = [await each.send("hello", f"c{number}") for number, each in enumerate(devices)]
        for device, ack in zip(devices, acks, strict=True):
            await device.until(_begun(device, ack))
        for server in cluster.servers:
            os.kill(server.pid, signal.SIGTERM)
        for device, ack in zip(devices, acks, strict=True):
            done = await device.answer(ack["turn_id"], ack["session_id"])
            assert done["text"] == ANSWER
        closes = [await device.until_closed() for device in devices]
        codes = [await asyncio.to_thread(ended, server) for server in cluster.servers]

    assert [code for code, _ in closes] == [1012] * 3
    assert all(any(each["type"] == "drain" for each in device.others) for device in devices)
    assert codes == [0] * len(codes)


def _history(server: ProductServer, token: str, session_id: str) -> list[dict[str, Any]]:
    """Return all messages of a session."""
    kept: list[dict[str, Any]] = []
    before: str | None = None
    with httpx.Client(headers={"authorization": f"Bearer {token}"}, timeout=20) as client:
        while True:
            url = f"{server.url}/api/v2.1/sessions/{session_id}/messages"
            page = client.get(url, params={"limit": 100} | ({"before": before} if before else {}))
            found = page.raise_for_status().json()
            kept = found["messages"] + kept
            before = found["before"]
            if before is None:
                return kept
