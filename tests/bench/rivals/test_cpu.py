"""The CPU of a process tree counts what children and grandchildren used."""

import os
import subprocess
import sys

import pytest

from bench.rivals.cpu import tree_cpu_s

BURN = "import time\nwhile time.process_time() < 0.3: pass\nprint('done', flush=True)\ninput()"
PARENT = (
    "import subprocess, sys, threading\n"
    f"run = lambda: subprocess.run([sys.executable, '-c', {BURN!r}])\n"
    "threading.Thread(target=run).start()"
)


@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")
def test_a_child_that_another_thread_started_is_counted() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"done\n"
        running = tree_cpu_s(parent.pid)
        parent.communicate(b"\n")

    assert running >= 0.3 - 2 / os.sysconf("SC_CLK_TCK")
