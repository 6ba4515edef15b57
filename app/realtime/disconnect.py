"""Notices that an HTTP client went away while it is being answered."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from litestar.types import Receive

from sessions.tasks import Tasks

__all__ = ["watched"]


@asynccontextmanager
async def watched(receive: Receive, tasks: Tasks, gone: Callable[[], None]) -> AsyncIterator[None]:
    """Call `gone` if the client goes away before the block ends."""
    listener = tasks.start(_listen(receive, gone), name="disconnect listener")
    try:
        yield
    finally:
        listener.cancel()


async def _listen(receive: Receive, gone: Callable[[], None]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    gone()
