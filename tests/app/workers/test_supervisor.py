"""`ion serve --workers`: one that supervises, and those who work."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.serve import DRAIN_S
from tests.device import Device
from tests.product import ProductServer, running_product

SETTINGS = {"ION_LLM": "scripted", "ION_WORKERS": "2", "ION_SCRIPTED_TOKENS": "10"}


@pytest.fixture
def product(tmp_path: Path) -> Iterator[ProductServer]:
    with running_product(tmp_path, SETTINGS) as product:
        yield product


class Shared:
    """A product that tests have in common, because to start it takes longer than they do.

    `events` are those since a test began, `workers` the processes that worked then.
    """

    def __init__(self, server: ProductServer) -> None:
        until(lambda: "is ready" in server.output())
        until(lambda: not any(gone(pid) for pid in _newest(server).values()))
        self.server = server
        self.workers = _newest(server)
        self._told = len(server.output())

    @property
    def events(self) -> list[dict[str, Any]]:
        return _events(self.server.output()[self._told :])

    def of(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == name]


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductServer]:
    with running_product(tmp_path_factory.mktemp("lasting"), SETTINGS) as product:
        yield product


@pytest.fixture
def shared(lasting: ProductServer) -> Shared:
    return Shared(lasting)


def _events(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def _newest(product: ProductServer) -> dict[int, int]:
    """Return the process of each worker by its number."""
    return {event["worker"]: event["pid"] for event in events(product, "worker_ready")}


def events(product: ProductServer, name: str) -> list[dict[str, Any]]:
    return [event for event in _events(product.output()) if event["event"] == name]


def until(condition: Callable[[], object], deadline_s: float = 90) -> None:
    deadline = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


def pids(product: ProductServer) -> list[int]:
    """Return the workers that became ready, the newest of each number last."""
    return [event["pid"] for event in events(product, "worker_ready")]


def gone(pid: int) -> bool:
    """Tell whether a process has ended; one that nobody waited for counts as ended."""
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True


def ended(product: ProductServer) -> int:
    """Wait for the end and return the exit code."""
    return os.waitstatus_to_exitcode(os.waitpid(product.pid, 0)[1])


def test_the_banner_comes_once_when_all_are_ready(shared: Shared) -> None:
    before, after = shared.server.output().split("ION Mentoring is ready")
    assert before.count("worker_ready") == 2
    assert "workers: 2" in after
    assert str(shared.server.pid) in after


async def test_connections_are_spread_evenly(shared: Shared) -> None:
    token = shared.server.anonymous()["access_token"]
    devices = [Device(shared.server.ws_url, token) for _ in range(8)]
    for device in devices:
        await device.connect()
        await device.until(lambda device=device: bool(device.others))  # type: ignore[misc]
    for device in devices:
        await device.close()

    opened = [event["worker"] for event in shared.of("connection_opened")]
    # a worker tells of connections that have ended ten times a second, so one may be off
    assert min(opened.count(0), opened.count(1)) >= 3


async def test_a_worker_that_dies_is_replaced(shared: Shared) -> None:
    os.kill(shared.workers[0], signal.SIGKILL)
    until(lambda: shared.of("worker_ready"))

    [died] = shared.of("worker_died")
    assert (died["worker"], died["pid"], died["code"]) == (0, shared.workers[0], -9)
    async with Device(shared.server.ws_url, shared.server.anonymous()["access_token"]) as device:
        assert (await device.ask("hello", "c1"))["text"]


async def test_a_worker_that_an_operator_ends_is_replaced(shared: Shared) -> None:
    os.kill(shared.workers[1], signal.SIGTERM)
    until(lambda: shared.of("worker_ready"))

    assert not shared.of("worker_died")


def test_a_hangup_restarts_all_workers_one_by_one(shared: Shared) -> None:
    os.kill(shared.server.pid, signal.SIGHUP)
    until(lambda: shared.of("restarted"))

    order = [each["event"] for each in shared.events]
    kept = [each for each in order if each in ("worker_ready", "draining", "restarted")]
    assert kept == ["worker_ready", "draining"] * 2 + ["restarted"]
    assert set(_newest(shared.server)) == {0, 1}
    assert not set(_newest(shared.server).values()) & set(shared.workers.values())
    until(lambda: all(gone(pid) for pid in shared.workers.values()))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_all_and_leaves_nobody(
    product: ProductServer, tmp_path: Path, number: signal.Signals
) -> None:
    until(lambda: len(pids(product)) == 2)
    os.kill(product.pid, number)

    assert ended(product) == 0
    assert len(events(product, "draining")) == 2
    assert all(gone(pid) for pid in pids(product))
    assert not _commands_with(str(tmp_path))


def test_a_signal_to_the_whole_group_still_drains(product: ProductServer) -> None:
    """As a service manager ends a service: every process is told at once."""
    until(lambda: len(pids(product)) == 2)
    for pid in (*pids(product), product.pid):
        os.kill(pid, signal.SIGTERM)

    assert ended(product) == 0
    assert len(events(product, "draining")) == 2


async def test_a_second_signal_ends_at_once(tmp_path: Path) -> None:
    endless = SETTINGS | {"ION_SCRIPTED_TOKENS": "100000", "ION_SCRIPTED_INTERVAL_MS": "10"}
    with running_product(tmp_path, endless) as product:
        async with Device(product.ws_url, product.anonymous()["access_token"]) as device:
            ack = await device.send("hello", "c1")
            view = device.views[ack["session_id"]]
            await device.until(lambda: bool(view.texts.get(ack["turn_id"])))
            os.kill(product.pid, signal.SIGTERM)
            await device.until(lambda: any(each["type"] == "drain" for each in device.others))
            assert not device.closed
            os.kill(product.pid, signal.SIGTERM)
            began = time.monotonic()
            code = ended(product)

    assert code == 0
    assert time.monotonic() - began < DRAIN_S - 1, "the drain was waited for"


def test_workers_end_with_a_killed_supervisor(product: ProductServer, tmp_path: Path) -> None:
    until(lambda: len(pids(product)) == 2)
    product.kill()

    until(lambda: all(gone(pid) for pid in pids(product)))
    until(lambda: not _commands_with(str(tmp_path)))
    product.start()
    assert len(product.anonymous()) >= 2


def _commands_with(word: str) -> list[str]:
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return [line for line in found.stdout.splitlines() if word in line]


def test_a_port_that_is_taken_is_named_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = ProductServer(tmp_path, SETTINGS | {"ION_PORT": str(port)})
        with pytest.raises(RuntimeError, match="ION_PORT"):
            server.start()


def test_a_store_that_can_not_be_reached_is_named_once(tmp_path: Path) -> None:
    away = {"ION_MONGODB_URI": "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=300"}
    server = ProductServer(tmp_path, SETTINGS | away)
    with pytest.raises(RuntimeError, match="store"):
        server.start()

    assert len(re.findall("store can't be reached", server.output())) == 1


def test_a_request_on_its_way_is_answered_though_all_leave(product: ProductServer) -> None:
    token = product.anonymous()["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    session = httpx.post(
        f"{product.url}/api/v2.1/sessions", headers=headers, json={}, timeout=30
    ).json()
    body = b'{"client_msg_id": "c1", "text": "on my way"}'
    head = (
        f"POST /api/v2.1/sessions/{session['id']}/messages HTTP/1.1\r\nhost: localhost\r\n"
        f"authorization: Bearer {token}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\nexpect: 100-continue\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", product.port), timeout=10) as connection:
        connection.sendall(head + body[:10])
        assert connection.recv(65_536).startswith(b"HTTP/1.1 100")
        os.kill(product.pid, signal.SIGTERM)
        until(lambda: any(gone(pid) for pid in pids(product)))
        connection.sendall(body[10:])
        answer = connection.recv(65_536)

    assert answer.startswith(b"HTTP/1.1 202")
    assert ended(product) == 0


def test_a_number_of_workers_may_be_given_on_the_command_line(tmp_path: Path) -> None:
    server = ProductServer(tmp_path, SETTINGS, options=("--workers", "1"))
    server.start()
    server.stop()

    assert "is ready" in server.output()
    assert "worker_ready" not in server.output()
