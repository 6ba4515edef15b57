"""What happens before or after a store's methods are called: waits, errors, anything."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

__all__ = ["Barrier", "Step", "after", "before", "failing", "once", "setting", "within"]

Step = Callable[[], Awaitable[None]]


class Barrier:
    """Where a call of a store waits until it is `open`; `reached` says that one is there."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.open = asyncio.Event()

    async def stop(self) -> None:
        """Wait here."""
        self.reached.set()
        async with asyncio.timeout(30):
            await self.open.wait()


def before(port: Any, name: str, step: Step) -> None:
    """Have a coroutine function run before each call of a store's method."""
    method = getattr(port, name)

    async def call(*args: Any, **kwargs: Any) -> Any:
        await step()
        return await method(*args, **kwargs)

    setattr(port, name, call)


def after(port: Any, name: str, step: Step) -> None:
    """Have a coroutine function run after each call of a store's method."""
    method = getattr(port, name)

    async def call(*args: Any, **kwargs: Any) -> Any:
        result = await method(*args, **kwargs)
        await step()
        return result

    setattr(port, name, call)


def once(step: Step) -> Step:
    """Return a step that only its first call takes."""
    taken = False

    async def first() -> None:
        nonlocal taken
        if not taken:
            taken = True
            await step()

    return first


def within(task: str, step: Step) -> Step:
    """Return a step that only tasks whose names begin so take."""

    async def guarded() -> None:
        current = asyncio.current_task()
        if current is not None and current.get_name().startswith(task):
            await step()

    return guarded


def failing(error: Exception) -> Step:
    """Return a step that raises."""

    async def fail() -> None:
        raise error

    return fail


def setting(event: asyncio.Event) -> Step:
    """Return a step that sets an event."""

    async def step() -> None:
        event.set()

    return step
