"""`ion worker` as a process."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import main
from tests.servers import leashed


def ion_worker(folder: Path, **settings: str) -> "subprocess.Popen[str]":
    variables = {"ION_DATA_DIR": str(folder), "ION_LOG_LEVEL": "info"} | settings
    named = [f"{name}={value}" for name, value in variables.items()]
    command = leashed(["/usr/bin/env", *named, sys.executable, "-m", "app.cli", "worker"])
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_worker_says_that_it_works_and_ends_well(tmp_path: Path) -> None:
    with ion_worker(tmp_path / "data") as worker:
        assert worker.stdout is not None
        said = ""
        while "sends notifications" not in said and worker.poll() is None:
            said += worker.stdout.readline()
        worker.send_signal(signal.SIGTERM)
        _, errors = worker.communicate(timeout=60)

    assert "sends notifications" in said
    assert worker.returncode == 0, errors


def test_without_push_there_is_nothing_to_send(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ION_PUSH", "off")

    assert main(["worker"]) == 2

    assert "ION_PUSH=off" in capsys.readouterr().err
