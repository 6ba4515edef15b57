"""Scripts of a Redis, called by name over a line of their own."""

from collections.abc import Sequence
from hashlib import sha1
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from .redis_line import Command, Line

__all__ = ["Call", "Scripts"]

# name, keys, arguments
Call = tuple[str, list[str], tuple[Any, ...]]
_LUA = Path(__file__).parent / "lua"


# scripts that begin with the functions of another file
_WITH = {"append": "trim", "release": "trim"}


class _Script:
    def __init__(self, name: str) -> None:
        files = (_WITH[name], name) if name in _WITH else (name,)
        self.source = "".join((_LUA / f"{each}.lua").read_text() for each in files)
        self.sha = sha1(self.source.encode(), usedforsecurity=False).hexdigest()


class Scripts:
    """Calls of `names`, which are in `lua/NAME.lua`."""

    def __init__(self, redis: Redis, names: Sequence[str]) -> None:
        self._line = Line(redis)
        self._scripts = {name: _Script(name) for name in names}

    async def run(self, calls: Sequence[Call]) -> list[Any]:
        """Return the answers of these calls; raises RedisError, OSError."""
        rows = await self._line.ask(*map(self._command, calls))
        missed = [at for at, row in enumerate(rows) if isinstance(row, NoScriptError)]
        if missed:
            # the server is new; what it has done is not asked for again
            loads = [self._load(name) for name in {calls[at][0] for at in missed}]
            again = await self._line.ask(*loads, *(self._command(calls[at]) for at in missed))
            for at, row in zip(missed, again[len(loads) :], strict=True):
                rows[at] = row
        for row in rows:
            if isinstance(row, Exception):
                raise row
        return rows

    async def aclose(self) -> None:
        """End the calls that are on their way, and take no more; who waits is cancelled."""
        await self._line.aclose()

    def _command(self, call: Call) -> Command:
        name, keys, args = call
        return ("EVALSHA", self._scripts[name].sha, len(keys), *keys, *args)

    def _load(self, name: str) -> Command:
        return ("SCRIPT", "LOAD", self._scripts[name].source)
