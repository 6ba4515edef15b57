"""Loops that run as long as the process: what one does again and again, and what ends none."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, TypeAlias

import structlog

from app.telemetry.logs import described
from sessions.clock import Clock
from sessions.deletions import Deletions
from sessions.erasure.scrubber import Scrubber
from sessions.errors import StoreError

__all__ = ["Loop", "Loops", "every", "finish_deletions", "for_ever", "leave", "sweep_expired"]

log = structlog.get_logger(__name__)
_SWEEP_EXPIRED_S = 600
_FINISH_DELETIONS_S = 60
Loop: TypeAlias = Callable[[], Awaitable[None]]
Loops: TypeAlias = Mapping[str, Loop]


async def for_ever(name: str, work: Loop) -> None:
    """Run a loop that must not end, and run it again when an error ended it."""
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - the process without this loop is half dead
            log.error("loop_failed", loop=name, **described(error))
            await asyncio.sleep(1)


async def leave(tasks: Collection[asyncio.Task[Any]], *, patience_s: float) -> None:
    """Cancel tasks that end what they began, and give them time for it."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=patience_s)


async def every(pause_s: float, work: Loop) -> None:
    """Do something now and then again after each pause; a store that is away is for next time."""
    while True:
        try:
            await work()
        except StoreError as error:
            log.warning("work_not_done", **described(error))
        await asyncio.sleep(pause_s)


async def sweep_expired(sweep: Callable[..., Awaitable[int]], clock: Clock) -> None:
    """Remove expired documents every ten minutes."""
    while True:
        try:
            await sweep(clock.now())
        except StoreError as error:
            log.warning("expired_not_swept", **described(error))
        await asyncio.sleep(_SWEEP_EXPIRED_S)


async def finish_deletions(deletions: Deletions, scrubber: Scrubber) -> None:
    """Finish deletions every minute, and have no file keep what went."""
    while True:
        try:
            # also of sessions that nobody has a receipt for, as private ones that closed
            cleared = await deletions.finish()
            if cleared and await scrubber.scrub() is not None:
                await deletions.finished(cleared)
        except StoreError as error:
            log.warning("deletions_not_finished", **described(error))
        await asyncio.sleep(_FINISH_DELETIONS_S)
