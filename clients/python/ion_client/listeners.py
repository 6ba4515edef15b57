"""Callbacks by the name of what they wait for."""

import asyncio
from collections.abc import Callable
from typing import Any

__all__ = ["Listeners"]


class Listeners:
    """Who is called for what; what a callback raises goes to the loop's exception handler."""

    def __init__(self) -> None:
        self._callbacks: list[tuple[str, Callable[[Any], None]]] = []

    def on(self, event: str, callback: Callable[[Any], None]) -> Callable[[], None]:
        """Call back for every such event; returns a function that ends this."""
        pair = (event, callback)
        self._callbacks.append(pair)
        return lambda: self._callbacks.remove(pair) if pair in self._callbacks else None

    def tell(self, event: str, value: object) -> None:
        """Call everybody who waits for an event, soon."""
        for name, callback in self._callbacks:
            if name == event:
                asyncio.get_running_loop().call_soon(callback, value)
