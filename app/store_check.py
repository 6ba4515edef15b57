"""Asks every store by itself, and names the setting and the address of each that is away."""

import asyncio
from contextlib import AsyncExitStack

from redis.exceptions import RedisError, ResponseError

from app.embedded import embedded
from app.health import write_probe
from app.settings import Settings, SettingsError
from app.stores import open_documents
from app.trial import on_trial
from sessions.clock import SystemClock
from sessions.errors import IonError, StoreError
from sessions.stores.redis_client import redis_client

__all__ = ["wrong_apart", "wrong_stores"]

_DEADLINE_S = 10.0
_PROBE = "ion:doctor"


async def wrong_stores(settings: Settings) -> list[str]:
    """Return one line for each store that can't be used; raises DataDirBusyError.

    Stores that would be made first are tried elsewhere, so that nothing is made.
    """
    async with AsyncExitStack() as stack:
        shared = settings
        wrong = []
        try:
            tried = stack.enter_context(on_trial(settings))
            shared = await stack.enter_async_context(embedded(tried))
        except (IonError, OSError, SettingsError) as error:
            wrong.append(f"ION_DATA_DIR={settings.data_dir}: {_reason(error)}")
        if shared.redis_url:
            wrong += await _log(settings, shared)
        return wrong + await _documents(settings, shared)


async def wrong_apart(settings: Settings) -> list[str]:
    """Return one line for each store outside of the data directory that can't be used."""
    wrong = [] if settings.embedded_log else await _log(settings, settings)
    return wrong if settings.embedded_documents else wrong + await _documents(settings, settings)


async def _log(settings: Settings, shared: Settings) -> list[str]:
    try:
        redis = redis_client(shared.redis_url)
        try:
            async with asyncio.timeout(_DEADLINE_S):
                await redis.set(_PROBE, "", px=1)
        finally:
            await redis.aclose()
    except (RedisError, OSError, TimeoutError, ValueError) as error:
        return [f"{_named(settings, 'ION_REDIS_URL', settings.embedded_log)}: {_reason(error)}"]
    return []


async def _documents(settings: Settings, shared: Settings) -> list[str]:
    try:
        async with asyncio.timeout(_DEADLINE_S), AsyncExitStack() as stack:
            await write_probe(await open_documents(shared, stack), SystemClock())
    except (IonError, OSError, SettingsError, TimeoutError) as error:
        named = _named(settings, "ION_MONGODB_URI", settings.embedded_documents)
        return [f"{named}: {_reason(error)}"]
    return []


def _named(settings: Settings, name: str, embedded_one: bool) -> str:
    """Return the setting that says where a store is, its password masked."""
    name = "ION_DATA_DIR" if embedded_one else name
    return f"{name}={settings.masked()[name]}"


def _reason(error: BaseException) -> str:
    """Return what went wrong without an error's own words, which may hold a password."""
    if isinstance(error, SettingsError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"can't be used ({error.strerror})"
    if isinstance(error, StoreError):
        return error.message
    if isinstance(error, ResponseError):
        return f"refuses what it is asked ({type(error).__name__})"
    return f"can't be reached ({type(error).__name__})"
