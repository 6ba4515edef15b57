"""The stores that the settings name: documents, and clients of the log store."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from redis.asyncio import Redis

from app.background import sweep_expired
from app.settings import Settings, SettingsError
from app.sites.documents import SITES
from push.documents import PUSH_COLLECTIONS
from sessions.archive import COLLECTIONS as SESSION_COLLECTIONS
from sessions.clock import SystemClock
from sessions.erasure.ports import FileScrub
from sessions.stores.documents import Documents
from sessions.stores.redis_client import redis_client
from sessions.tasks import Tasks

__all__ = ["COLLECTIONS", "StoredDocuments", "empty_documents", "open_client", "open_documents"]

COLLECTIONS = (*SESSION_COLLECTIONS, *PUSH_COLLECTIONS, SITES)


class StoredDocuments(Documents, FileScrub, Protocol):
    """Documents, and the files in which they lie."""


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
    mongo = MongoDocuments(client, settings.mongodb_database, COLLECTIONS)
    await mongo.open()
    stack.push_async_callback(mongo.aclose)
    return mongo


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
