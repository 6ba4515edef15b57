"""The servers that tests start: they answer, keep their data and die with whoever began them."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pymongo
import pytest

from tests.servers import (
    RedisServer,
    Server,
    free_port,
    leashed,
    require_redis_server,
    running_redis,
    running_secantus,
)


def ask(server: Server, line: str) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(line.encode() + b"\r\n")
        return connection.recv(64)


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def test_a_free_port_can_be_bound() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))


def test_a_port_is_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = free_port()
    ports = iter(range(first, 65_536))
    monkeypatch.setattr(secrets, "choice", lambda _: next(ports))
    second = free_port()
    ports = iter(range(first, 65_536))
    assert first < second < free_port()


@pytest.mark.parametrize("which", ["valkey", "redis"])
def test_redis_keeps_its_data_over_a_restart(tmp_path: Path, which: str) -> None:
    binary = require_redis_server() if which == "redis" else None
    with running_redis(tmp_path / "data of redis", binary=binary) as server:
        assert ask(server, "SET name lua") == b"+OK\r\n"
        pid = server.pid
        server.stop()
        assert gone(pid)
        server.start()
        assert ask(server, "GET name").endswith(b"lua\r\n")
        pid = server.pid
    assert gone(pid)


def test_secantus_keeps_what_it_acknowledged_when_it_is_killed(tmp_path: Path) -> None:
    with running_secantus(tmp_path) as server:
        with pymongo.MongoClient[dict[str, object]](server.uri) as client:
            client.test.names.insert_one({"_id": "lua"})
        server.kill()
        server.start()
        with pymongo.MongoClient[dict[str, object]](server.uri) as client:
            assert client.test.names.find_one() == {"_id": "lua"}
        pid = server.pid
    assert gone(pid)


def test_a_paused_server_answers_when_it_goes_on(tmp_path: Path) -> None:
    with running_redis(tmp_path) as server:
        server.pause()
        with socket.create_connection(("127.0.0.1", server.port), timeout=0.05) as connection:
            connection.sendall(b"PING\r\n")
            with pytest.raises(TimeoutError):
                connection.recv(64)
            server.go_on()
            connection.settimeout(10)
            assert connection.recv(64).startswith(b"+PONG")


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    server = RedisServer(tmp_path, sys.executable)
    with pytest.raises(RuntimeError, match="did not start"):
        server.start()
    with pytest.raises(RuntimeError, match="not running"):
        _ = server.pid


def test_a_server_is_started_once(tmp_path: Path) -> None:
    with running_redis(tmp_path) as server:
        with pytest.raises(RuntimeError, match="is running"):
            server.start()
        server.kill()
        server.kill()
        server.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="the leash is the Linux kernel's")
def test_a_server_dies_with_the_run_that_started_it() -> None:
    program = (
        "import subprocess, sys\n"
        f"sys.path.insert(0, {str(Path.cwd())!r})\n"
        "from tests.servers import leashed\n"
        "child = subprocess.Popen(leashed([sys.executable, '-c', "
        "'print(1, flush=True); import time; time.sleep(60)']), stdout=subprocess.PIPE)\n"
        "child.stdout.read(1)\n"
        "print(child.pid, flush=True)\n"
        "child.wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        pid = int(run.stdout.readline())
        run.send_signal(signal.SIGKILL)
    assert gone(pid)


def test_a_leashed_command_does_not_start_for_another_parent() -> None:
    command = leashed([sys.executable, "-c", "print('started')"])
    command[command.index(str(os.getpid()))] = "0"
    assert subprocess.run(command, capture_output=True, check=False).stdout == b""


def test_without_redis_server_a_developer_skips_and_ci_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CI", "")
    with pytest.raises(pytest.skip.Exception, match="did NOT run on Redis"):
        require_redis_server()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="did NOT run on Redis"):
        require_redis_server()
