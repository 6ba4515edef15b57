"""What a store has acknowledged survives kill -9."""

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.contracts.samples import JOBS
from tests.servers import leashed, running_secantus
from tests.sessions.stores.acknowledging_writer import open_store

_ROOT = Path(__file__).parents[3]


@contextmanager
def writer(kind: str, target: str) -> Iterator[subprocess.Popen[str]]:
    program = [sys.executable, "-m", "tests.sessions.stores.acknowledging_writer"]
    with subprocess.Popen(
        leashed([*program, kind, target]), stdout=subprocess.PIPE, text=True, cwd=_ROOT
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def acknowledged_until(
    process: subprocess.Popen[str], writes: int, strike: Callable[[], None]
) -> dict[str, int]:
    """Strike after `writes` lines, end the writer; return the versions it has told of, by id."""
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(writes)]
    assert lines[-1], "the writer ended by itself"
    strike()
    process.kill()
    lines += process.stdout.readlines()
    told = [line.split() for line in lines if line.endswith("\n")]
    return {job_id: int(version) for job_id, version in told}


async def lost(kind: str, target: str, told: dict[str, int]) -> list[str]:
    store = await open_store(kind, target)
    try:
        stored = {job_id: await store.get(JOBS, job_id) for job_id in told}
    finally:
        await store.aclose()
    return [
        job_id
        for job_id, version in told.items()
        if (job := stored[job_id]) is None or job.version < version
    ]


@pytest.mark.parametrize("seed", range(4))
async def test_sqlite_loses_nothing_when_its_process_is_killed(tmp_path: Path, seed: int) -> None:
    target = str(tmp_path / "ion.db")
    with writer("sqlite", target) as process:
        writes = random.Random(seed).randrange(1, 600)
        told = acknowledged_until(process, writes, process.kill)
    assert len(told) * 2 >= writes
    assert await lost("sqlite", target, told) == []


async def test_three_processes_write_to_one_file_and_one_of_them_is_killed(tmp_path: Path) -> None:
    target = str(tmp_path / "ion.db")
    with (
        writer("sqlite", target) as killed,
        writer("sqlite", target) as one,
        writer("sqlite", target) as other,
    ):
        told = acknowledged_until(killed, 200, killed.kill)
        for process in (one, other):
            told |= acknowledged_until(process, 200, lambda: None)
    assert len({job_id.partition("-")[0] for job_id in told}) == 3
    assert await lost("sqlite", target, told) == []


async def test_another_process_reads_while_sqlite_is_written(tmp_path: Path) -> None:
    target = str(tmp_path / "ion.db")
    with writer("sqlite", target) as process:
        assert process.stdout is not None
        for _ in range(20):
            job_id, version = process.stdout.readline().split()
            assert await lost("sqlite", target, {job_id: int(version)}) == []
        assert process.poll() is None


async def test_mongodb_loses_nothing_when_its_server_is_killed(tmp_path: Path) -> None:
    with running_secantus(tmp_path) as server:
        with writer("mongo", server.uri) as process:
            writes = random.Random(7).randrange(100, 300)
            told = acknowledged_until(process, writes, server.kill)
        server.start()
        assert len(told) * 2 >= writes
        assert await lost("mongo", server.uri, told) == []
