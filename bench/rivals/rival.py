"""What a rival is: an environment, a server, and a conversation that hears its tokens."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Protocol

from msgspec import Struct

__all__ = ["FIRST_PROMPT", "INTERVAL_MS", "TOKENS", "Conversation", "Rival", "Served"]

TOKENS = 100
INTERVAL_MS = 20
FIRST_PROMPT = "I can't decide what to do"


class Conversation(Protocol):
    """One person talking with one server."""

    def ask(self, text: str) -> AsyncIterator[str]:
        """Say something and yield the pieces of the answer, until it is whole."""
        ...

    async def close(self) -> None:
        """Go away."""
        ...


class Served(Struct, frozen=True, kw_only=True):
    """How to start a server: its arguments, after the interpreter, and its environment."""

    arguments: list[str]
    environment: dict[str, str] = {}


class Rival(Struct, frozen=True, kw_only=True):
    """One server under measure.

    `package` is the distribution whose version is told; `folder` holds requirements.txt and app.py,
    or is None for what runs in our own environment. `serve` gets the port and a directory that is
    the server's working directory; `ready` is a path that answers 200 when it serves.
    """

    name: str
    package: str
    folder: Path | None
    serve: Callable[[int, Path], Served]
    open: Callable[[int, int], Awaitable[Conversation]]
    ready: str | None = None
