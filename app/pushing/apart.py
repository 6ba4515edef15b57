"""`ion worker`: hands over and sends notifications in a process of its own."""

import asyncio
import signal
import sys

from app.embedded import embedded
from app.process import run
from app.settings import Settings
from app.wiring import sending

__all__ = ["work"]


def work(settings: Settings) -> int:
    """Work until a signal; returns the exit code."""
    if settings.push == "off":
        sys.stderr.write("ion: ION_PUSH=off, so there is nothing to send\n")
        return 2
    return run(_work(settings), settings)


async def _work(settings: Settings) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    async with embedded(settings) as shared, sending(shared):
        sys.stdout.write("  ION Mentoring sends notifications · stop with Ctrl-C\n")
        sys.stdout.flush()
        await stop.wait()
    return 0
