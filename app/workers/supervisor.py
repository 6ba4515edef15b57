"""Serving from several processes: one that owns the port and the embedded stores, and workers.

The supervisor accepts every connection and hands it to the worker with the fewest. Sharing the
listening socket instead gives most connections to one worker on Linux, and SO_REUSEPORT, fair there
until workers come and go, does not spread them at all on macOS.
"""

import asyncio
import signal
from contextlib import AsyncExitStack

from app.embedded import embedded
from app.process import run, say_taken, say_where
from app.settings import Settings
from app.telemetry.logs import logged_tasks
from app.workers.listeners import accept, listening
from app.workers.team import Team

__all__ = ["supervise"]


def supervise(settings: Settings, workers: int) -> int:
    """Serve from `workers` processes until a signal; returns the exit code."""
    return run(_supervise(settings, workers), settings)


async def _supervise(settings: Settings, workers: int) -> int:
    async with embedded(settings) as shared, AsyncExitStack() as stack:
        try:
            listeners = stack.enter_context(listening(settings.host, settings.port))
        except OSError as error:
            say_taken(settings, error)
            return 1
        tasks = logged_tasks()
        stack.push_async_callback(tasks.cancel)
        team = Team(shared, tasks, size=workers)
        _obey_signals(team)
        if await team.start():
            for listener in listeners:
                tasks.start(accept(listener, team.give), name="accept")
            say_where(settings, workers=workers)
        return await team.gone()


def _obey_signals(team: Team) -> None:
    """Leave at SIGTERM and SIGINT, restart the workers at SIGHUP."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, team.leave)
    loop.add_signal_handler(signal.SIGINT, team.leave)
    loop.add_signal_handler(signal.SIGHUP, team.roll)
