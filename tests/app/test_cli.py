"""The `ion` command, as a user runs it."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app.cli import main
from tests.product import ProductServer, running_product
from tests.servers import free_port

IN_USE = os.strerror(errno.EADDRINUSE)


def ion(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if name[:4] != "ION_"}
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        env=environment | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_config_prints_every_setting_and_no_secret(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ION_SECRET_KEY", "hidden" * 8)

    assert main(["config"]) == 0

    told = capsys.readouterr().out
    assert "ION_SECRET_KEY=********" in told
    assert "ION_PORT=8000" in told
    assert "hidden" not in told


@pytest.mark.parametrize("command", ["serve", "chat", "config", "doctor"])
def test_wrong_settings_stop_every_command_with_a_reason(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ION_PORT", "eight thousand")

    assert main([command]) == 2

    assert "ION_PORT" in capsys.readouterr().err


def test_without_a_command_the_use_is_shown() -> None:
    done = ion()

    assert done.returncode == 2
    assert "serve" in done.stderr


@pytest.mark.parametrize("command", ["serve", "key", "eval", "experiments", "policy", "site"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])

    assert ended.value.code == 0
    assert f"usage: ion {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command",
    ["--help", "config", "experiments list", "site list", "policy show", "policy log", "doctor"],
)
def test_a_command_whose_reader_has_gone_ends_quietly(tmp_path: Path, command: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name[:4] != "ION_"}
    environment.pop("PYTHONUNBUFFERED", None)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as output:
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", *command.split()],
            env=environment | {"ION_DATA_DIR": str(tmp_path), "ION_PORT": str(free_port())},
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )

    # the log of choices is empty: nothing was written that somebody should have read
    assert done.returncode == (0 if command == "policy log" else 141)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_doctor_finds_everything_well(tmp_path: Path) -> None:
    done = ion("doctor", ION_DATA_DIR=str(tmp_path / "data"), ION_PORT=str(free_port()))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "embedded Valkey" in done.stdout


def files(directory: Path) -> list[str]:
    return sorted(str(each.relative_to(directory)) for each in directory.rglob("*"))


@pytest.mark.parametrize("there", [(), ("data",), ("data", "data/lock")])
def test_doctor_makes_nothing_and_says_first_whose_settings_it_reads(
    tmp_path: Path, there: tuple[str, ...]
) -> None:
    for each in there:
        (tmp_path / each).mkdir() if each == "data" else (tmp_path / each).touch()
    port = str(free_port())
    done = ion(
        "doctor",
        ION_DATA_DIR=str(tmp_path / "data"),
        ION_PORT=port,
        ION_VAPID_SUBJECT="mailto:me@example.org",
        COLUMNS="200",
    )

    assert done.returncode == 0, done.stdout + done.stderr
    first, second = done.stdout.splitlines()[:2]
    assert "this terminal (ION_DATA_DIR, ION_PORT, ION_VAPID_SUBJECT)" in first
    assert second == f"No server answers at http://127.0.0.1:{port}."
    assert "a key that the first start makes" in done.stdout
    assert "nothing was put yet" in done.stdout
    assert files(tmp_path) == sorted(there)


def test_doctor_adds_nothing_to_what_a_server_left(tmp_path: Path) -> None:
    with running_product(tmp_path, {"ION_LLM": "scripted"}):
        pass
    before = files(tmp_path)
    done = ion("doctor", ION_DATA_DIR=str(tmp_path / "data"), ION_PORT=str(free_port()))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 wait" in done.stdout
    assert files(tmp_path) == before


def test_doctor_takes_any_number_of_workers(tmp_path: Path) -> None:
    done = ion(
        "doctor", ION_DATA_DIR=str(tmp_path / "data"), ION_PORT=str(free_port()), ION_WORKERS="3"
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 processes" in done.stdout


def test_a_number_of_workers_that_makes_no_sense_is_refused() -> None:
    done = ion("serve", "--workers", "several")

    assert done.returncode == 2
    assert "--workers: 'several' is neither auto nor a number" in done.stderr


@pytest.mark.parametrize("options", [(), ("--workers", "2")])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ION_REDIS_URL", "nonsense"),
        ("ION_MONGODB_URI", "nonsense"),
        ("ION_MONGODB_URI", "mongodb://u:pass@word@db"),
    ],
)
def test_a_store_whose_address_makes_no_sense_is_named(
    tmp_path: Path, name: str, value: str, options: tuple[str, ...]
) -> None:
    where = {"ION_DATA_DIR": str(tmp_path / "data"), "ION_PORT": str(free_port())}
    done = ion("serve", *options, **where, **{name: value})

    assert done.returncode in (1, 2)
    assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert "pass@" not in done.stderr


def test_doctor_names_what_is_wrong(tmp_path: Path) -> None:
    with running_product(tmp_path, {"ION_LLM": "scripted"}), socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        threading.Thread(target=lambda: taken.accept()[0].close()).start()
        done = ion("doctor", ION_DATA_DIR=str(tmp_path / "data"), ION_PORT=port, COLUMNS="200")

    assert done.returncode == 1
    assert "ION_PORT" in done.stdout
    assert "ION_DATA_DIR" in done.stdout


def test_doctor_beside_a_server_at_another_port_says_which_setting_to_change(
    tmp_path: Path,
) -> None:
    with running_product(tmp_path, {"ION_LLM": "scripted"}):
        port = str(free_port())
        done = ion("doctor", ION_DATA_DIR=str(tmp_path / "data"), ION_PORT=port, COLUMNS="250")

    assert done.returncode == 1
    assert f"set ION_PORT to that server's port (not {port})" in done.stdout


def test_doctor_finds_a_running_server_well(tmp_path: Path) -> None:
    with running_product(tmp_path, {"ION_LLM": "scripted"}) as product:
        done = ion(
            "doctor", ION_DATA_DIR=str(tmp_path / "data"), ION_PORT=str(product.port), COLUMNS="200"
        )

    assert done.returncode == 0, done.stdout
    assert "a server is running here" in done.stdout
    assert done.stdout.splitlines()[1] == (
        f"A server answers at http://127.0.0.1:{product.port}. "
        "Known to differ: language model scripted there, offline here."
    )
    assert "in use by the running server, and well" in done.stdout
    assert "set ION_OPERATOR_TOKEN to ask the running server" in done.stdout


def test_doctor_names_every_store_that_is_away_and_no_password(tmp_path: Path) -> None:
    done = ion(
        "doctor",
        ION_DATA_DIR=str(tmp_path / "data"),
        ION_PORT=str(free_port()),
        ION_REDIS_URL="redis://me:hidden@127.0.0.1:1/0",
        ION_MONGODB_URI="mongodb://me:hidden@127.0.0.1:2/?serverSelectionTimeoutMS=300",
        COLUMNS="200",
    )

    assert done.returncode == 1
    assert "ION_REDIS_URL=redis://********@127.0.0.1:1/0: can't be reached" in done.stdout
    assert "ION_MONGODB_URI=mongodb://********@127.0.0.1:2/" in done.stdout
    assert "hidden" not in done.stdout + done.stderr


class Models(BaseHTTPRequestHandler):
    """Lists models to those who hold the key."""

    def do_GET(self) -> None:
        known = self.headers["authorization"] == "Bearer right"
        self.send_response(200 if known and self.path == "/v1/models" else 401)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize(
    ("port", "key", "told"),
    [(None, "right", "its server answers"), (None, "wrong", "refused"), (1, "right", "reached")],
)
def test_doctor_asks_the_language_model(
    tmp_path: Path, port: int | None, key: str, told: str
) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Models) as server:
        threading.Thread(target=server.serve_forever).start()
        done = ion(
            "doctor",
            ION_DATA_DIR=str(tmp_path / "data"),
            ION_PORT=str(free_port()),
            ION_LLM="openai",
            ION_LLM_MODEL="m",
            ION_LLM_API_KEY=key,
            ION_LLM_BASE_URL=f"http://127.0.0.1:{port or server.server_port}/v1",
            COLUMNS="200",
        )
        server.shutdown()

    assert told in done.stdout
    assert done.returncode == (0 if told == "its server answers" else 1)


def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with running_product(tmp_path, {"ION_LLM": "scripted"}):
        done = ion("serve", ION_DATA_DIR=str(tmp_path / "data"), ION_PORT=str(free_port()))

    assert done.returncode == 1
    assert "ION_DATA_DIR" in done.stderr


def test_a_data_directory_that_can_not_be_made_is_named() -> None:
    done = ion("serve", ION_DATA_DIR="/proc/ion", ION_PORT=str(free_port()))

    assert done.returncode == 1
    assert "ION_DATA_DIR" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("options", [(), ("--workers", "2")])
def test_a_port_that_is_taken_is_named(tmp_path: Path, options: tuple[str, ...]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = ion("serve", *options, ION_DATA_DIR=str(tmp_path / "data"), ION_PORT=port)

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    address = f"127.0.0.1:{port}"
    assert line == f"ion: {address} can't be used ({IN_USE}); set ION_PORT or ION_HOST"


def test_a_host_that_nobody_knows_is_named(tmp_path: Path) -> None:
    done = ion(
        "serve",
        ION_DATA_DIR=str(tmp_path / "data"),
        ION_PORT=str(free_port()),
        ION_HOST="no host",
    )

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "no host" in line
    assert "ION_HOST" in line


def test_documents_that_can_not_be_reached_are_named(tmp_path: Path) -> None:
    done = ion(
        "serve",
        ION_DATA_DIR=str(tmp_path / "data"),
        ION_MONGODB_URI="mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=300",
        ION_PORT=str(free_port()),
    )

    assert done.returncode == 1
    assert "store" in done.stderr


def test_documents_that_are_damaged_are_named(tmp_path: Path) -> None:
    (tmp_path / "ion.sqlite").write_bytes(b"no database" * 1000)
    done = ion("serve", ION_DATA_DIR=str(tmp_path), ION_PORT=str(free_port()))

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"ION_DATA_DIR={tmp_path}" in line
    assert "SQLITE_NOTADB" in line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_and_its_store(tmp_path: Path, number: signal.Signals) -> None:
    server = ProductServer(tmp_path, {"ION_LLM": "scripted"})
    server.start()
    os.kill(server.pid, number)
    server.stop()

    assert "ION Mentoring is ready" in server.output()
    assert '"event": "draining"' in server.output()
    assert not _valkeys(tmp_path)


def _valkeys(directory: Path) -> list[str]:
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return [line for line in found.stdout.splitlines() if str(directory) in line]
