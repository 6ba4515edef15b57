"""The stores that the settings name: documents, and clients of the log store."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Protocol

import structlog
from msgspec import Struct
from redis.asyncio import Redis

from app.background import sweep_expired
from app.settings import Settings, SettingsError
from app.sites.documents import SITES
from push.documents import PUSH_COLLECTIONS
from sessions.archive import COLLECTIONS as SESSION_COLLECTIONS
from sessions.clock import Clock, SystemClock
from sessions.erasure.ports import FileScrub
from sessions.stores.cache import Cache
from sessions.stores.documents import Documents
from sessions.stores.local_limits import LocalLimits
from sessions.stores.redis_cache import RedisCache
from sessions.stores.redis_client import redis_client
from sessions.stores.redis_files import RedisFiles
from sessions.stores.redis_limits import RedisLimits
from sessions.stores.redis_log import RedisLog
from sessions.tasks import Tasks

__all__ = [
    "COLLECTIONS",
    "StoredDocuments",
    "Stores",
    "empty_documents",
    "open_client",
    "open_documents",
    "open_stores",
    "told_when_slow",
]

log = structlog.get_logger(__name__)
# well below a lease, or one connection that is half open would end them all
_URGENT_S = 2
_SLOW_S = 5.0
COLLECTIONS = (*SESSION_COLLECTIONS, *PUSH_COLLECTIONS, SITES)


class StoredDocuments(Documents, FileScrub, Protocol):
    """Documents, and the files in which they lie."""


class Stores(Struct, frozen=True, kw_only=True):
    """What a process stands on; `near_limits` count in this process alone.

    `counters` is the client for what is counted, `files` are where bytes of what was deleted lie.
    """

    documents: StoredDocuments
    log: RedisLog
    limits: RedisLimits
    near_limits: LocalLimits
    cache: Cache
    counters: Redis
    files: Mapping[str, FileScrub]


async def open_stores(
    settings: Settings, stack: AsyncExitStack, *, clock: Clock, tasks: Tasks
) -> Stores:
    """Open all stores that settings name until `stack` ends.

    Raises SettingsError, StoreUnavailable.
    """
    documents = await open_documents(settings, stack, sweep_in=tasks)
    redis, urgent = open_client(settings), open_client(settings, most=4, patience_s=_URGENT_S)
    caching, counters = open_client(settings, most=8), open_client(settings, most=8)
    for client in (redis, urgent, caching, counters):
        stack.push_async_callback(client.aclose)
    log = RedisLog(redis, urgent=urgent, process=f"p{token_hex(6)}", clock=clock)
    stack.push_async_callback(log.aclose)
    limits = RedisLimits(counters, clock=clock)
    stack.push_async_callback(limits.aclose)
    return Stores(
        documents=documents,
        log=log,
        limits=limits,
        near_limits=LocalLimits(clock=clock),
        cache=Cache(RedisCache(caching), clock=clock, secret=settings.secret_key.encode()),
        counters=counters,
        files={"documents": documents, "log": RedisFiles(redis)},
    )


async def open_documents(
    settings: Settings, stack: AsyncExitStack, *, sweep_in: Tasks | None = None
) -> StoredDocuments:
    """Open the documents that settings name until `stack` ends.

    What has expired is swept away `sweep_in` a server's tasks, where no store does so by itself.
    Raises SettingsError, StoreUnavailable.
    """
    if settings.embedded_documents:
        from sessions.stores.sqlite import SqliteDocuments

        sqlite = SqliteDocuments(settings.data_dir / "ion.sqlite", COLLECTIONS)
        await sqlite.open()
        stack.push_async_callback(sqlite.aclose)
        if sweep_in is not None:
            sweep_in.start(sweep_expired(sqlite.sweep, SystemClock()), name="sweep expired")
        return sqlite
    from pymongo.errors import ConfigurationError

    from sessions.stores.mongo import MongoDocuments, connect

    try:
        client = connect(settings.mongodb_uri)
    except (ConfigurationError, ValueError) as error:
        raise SettingsError(f"ION_MONGODB_URI: {error}") from None
    except OSError as error:
        raise SettingsError(f"ION_MONGODB_URI: a file of it: {error.strerror}") from None
    mongo = MongoDocuments(client, settings.mongodb_database, COLLECTIONS)
    with told_when_slow("documents"):
        await mongo.open()
    stack.push_async_callback(mongo.aclose)
    return mongo


@contextmanager
def told_when_slow(store: str, *, after_s: float = _SLOW_S) -> Iterator[None]:
    """Log `store_opens_slowly` once when what is done within takes longer than `after_s`.

    A process that waits at its start would otherwise be silent for as long.
    """
    warn = partial(log.warning, "store_opens_slowly", store=store)
    timer = asyncio.get_running_loop().call_later(after_s, warn)
    try:
        yield
    finally:
        timer.cancel()


def open_client(settings: Settings, *, most: int = 32, patience_s: float = 5) -> Redis:
    """Return a client of the log store; raises SettingsError."""
    try:
        return redis_client(settings.redis_url, most=most, patience_s=patience_s)
    except ValueError:
        raise SettingsError("ION_REDIS_URL: it is no address that a client understands") from None


@asynccontextmanager
async def empty_documents() -> AsyncIterator[Documents]:
    """Open documents that hold nothing and go when they are closed."""
    from sessions.stores.sqlite import SqliteDocuments

    with TemporaryDirectory(prefix="ion-") as folder:
        sqlite = SqliteDocuments(Path(folder) / "ion.sqlite", COLLECTIONS)
        await sqlite.open()
        try:
            yield sqlite
        finally:
            await sqlite.aclose()
