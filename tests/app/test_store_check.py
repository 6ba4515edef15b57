"""Every store is asked by itself."""

from pathlib import Path

import pytest
from msgspec import structs

from app.embedded import DataDirBusyError, locked
from app.settings import Settings
from app.store_check import wrong_apart, wrong_stores
from sessions.stores.redis_client import redis_client


async def test_stores_that_answer_are_not_named(tmp_path: Path, redis_url: str) -> None:
    settings = Settings(data_dir=tmp_path, redis_url=redis_url)

    assert await wrong_stores(settings) == []


async def test_a_log_store_that_takes_no_writes_is_named(tmp_path: Path, redis_url: str) -> None:
    redis = redis_client(redis_url)
    await redis.config_set("min-replicas-to-write", 1)
    try:
        [log] = await wrong_stores(Settings(data_dir=tmp_path, redis_url=redis_url))
    finally:
        await redis.config_set("min-replicas-to-write", 0)
        await redis.aclose()

    assert log.startswith(f"ION_REDIS_URL={redis_url}: refuses")


async def test_a_data_directory_that_is_a_file_is_named_and_the_rest_is_asked(
    tmp_path: Path,
) -> None:
    (tmp_path / "data").touch()
    settings = Settings(data_dir=tmp_path / "data", redis_url="redis://127.0.0.1:1/0")

    shared, log, documents = await wrong_stores(settings)

    assert shared.startswith("ION_DATA_DIR=")
    assert log.startswith("ION_REDIS_URL=redis://127.0.0.1:1/0: can't be reached")
    assert documents.startswith("ION_DATA_DIR=")


async def test_an_address_that_its_client_does_not_take_is_named(
    tmp_path: Path, redis_url: str
) -> None:
    settings = Settings(
        data_dir=tmp_path,
        redis_url="redis://cache/0?socket_timeout=x",
        mongodb_uri="mongodb://me:hid@den@db",
    )
    log, documents = await wrong_stores(settings)

    assert log.startswith("ION_REDIS_URL")
    assert documents.startswith("ION_MONGODB_URI")
    assert "hid" not in documents
    assert "den@" not in documents


async def test_beside_a_server_stores_elsewhere_are_asked_all_the_same(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with locked(tmp_path):
        assert await wrong_apart(settings) == []
        [log] = await wrong_apart(structs.replace(settings, redis_url="redis://127.0.0.1:1/0"))

    assert log.startswith("ION_REDIS_URL=redis://127.0.0.1:1/0: can't be reached")


async def test_a_file_that_an_address_names_is_not_taken_for_the_data_directory(
    tmp_path: Path, redis_url: str
) -> None:
    uri = f"mongodb://db/?tlsCAFile={tmp_path}/nowhere"
    settings = Settings(data_dir=tmp_path, redis_url=redis_url, mongodb_uri=uri)
    [documents] = await wrong_stores(settings)

    assert documents.endswith("ION_MONGODB_URI: a file of it: No such file or directory")


async def test_a_directory_that_another_process_holds_is_left_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with locked(tmp_path), pytest.raises(DataDirBusyError):
        await wrong_stores(structs.replace(settings, redis_url="redis://127.0.0.1:1/0"))
