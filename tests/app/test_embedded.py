"""The embedded stores."""

import asyncio
import os
import shutil
import signal
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from app.embedded import DataDirBusyError, embedded_valkey, locked
from sessions.stores.redis_client import redis_client
from sessions.tasks import Tasks


@pytest.fixture
def tasks() -> Tasks:
    return Tasks(lambda name, error: None)


async def test_what_was_written_is_there_at_the_next_start_but_no_lease(
    tmp_path: Path, tasks: Tasks
) -> None:
    async with embedded_valkey(tmp_path, tasks) as url:
        redis = redis_client(url)
        await redis.set("k", "v")
        await redis.set("{s1}:lease", "p0:1")
        await redis.aclose()

    async with embedded_valkey(tmp_path, tasks) as url:
        redis = redis_client(url)
        assert await redis.get("k") == b"v"
        assert await redis.get("{s1}:lease") is None
        await redis.aclose()
    await tasks.cancel()


async def test_leases_that_a_full_disk_keeps_hold_up_no_start(
    tmp_path: Path, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with embedded_valkey(tmp_path, tasks) as url:
        redis = redis_client(url)
        await redis.set("{s1}:lease", "p0:1", ex=60)
        await redis.aclose()

    async def full(*_: object) -> None:
        raise ResponseError("MISCONF Errors writing to the AOF file: No space left on device")

    monkeypatch.setattr(Redis, "delete", full)
    async with embedded_valkey(tmp_path, tasks) as url:
        redis = redis_client(url)
        assert await redis.ping()
        await redis.aclose()
    await tasks.cancel()


@pytest.mark.parametrize("emptied", [False, True])
async def test_a_server_that_dies_is_started_again(
    tmp_path: Path, tasks: Tasks, *, emptied: bool
) -> None:
    async with embedded_valkey(tmp_path, tasks) as url:
        redis = redis_client(url)
        pid = (await redis.info("server"))["process_id"]
        if emptied:
            shutil.rmtree(tmp_path / "valkey")
        os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(60):
            while True:
                try:
                    again = (await redis.info("server"))["process_id"]
                    break
                except Exception:  # noqa: BLE001 - it is just being started again
                    await asyncio.sleep(0.02)
        await redis.aclose()
    await tasks.cancel()

    assert again != pid


@pytest.mark.parametrize("spoilt", ["*.incr.aof", "*.base.rdb", "*.manifest"])
async def test_a_server_that_can_not_read_what_it_kept_begins_empty(
    tmp_path: Path, tasks: Tasks, spoilt: str
) -> None:
    async with embedded_valkey(tmp_path, tasks) as url:
        redis = redis_client(url)
        await redis.set("k", "v")
        await redis.aclose()
    [file] = (tmp_path / "valkey" / "appendonlydir").glob(spoilt)
    file.write_bytes(b"\0" * 4096)

    for value in (None, b"w"):
        async with embedded_valkey(tmp_path, tasks) as url:
            redis = redis_client(url)
            assert await redis.get("k") == value
            await redis.set("k", "w")
            await redis.aclose()
    await tasks.cancel()


async def test_a_server_that_does_not_start_says_so_at_once(
    tmp_path: Path, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "valkey" / "appendonlydir").mkdir(parents=True)
    monkeypatch.setattr("app.embedded._binary", lambda: "/bin/false")

    with pytest.raises(ChildProcessError, match=r"valkey\.log"):
        async with embedded_valkey(tmp_path, tasks):
            pass
    await tasks.cancel()


async def test_a_directory_too_deep_for_a_socket_works_all_the_same(
    tmp_path: Path, tasks: Tasks
) -> None:
    deep = tmp_path / ("deep" * 20)
    async with embedded_valkey(deep, tasks) as url:
        redis = redis_client(url)
        assert await redis.ping()
        await redis.aclose()
    await tasks.cancel()


def test_a_data_directory_has_one_process_at_a_time(tmp_path: Path) -> None:
    with (
        locked(tmp_path / "data"),
        pytest.raises(DataDirBusyError, match="ION_DATA_DIR"),
        locked(tmp_path / "data"),
    ):
        pass
    with locked(tmp_path / "data"):
        pass
