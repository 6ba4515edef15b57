"""One vector being played: the server's steps, one after the other, until one does not fit."""

import asyncio
from collections.abc import Mapping
from typing import Any

from tests.vectors.frames import Frame, bound_in, difference, filled
from tests.vectors.line import Line

__all__ = ["Play"]

_QUIET = frozenset({"ping", "typing", "read", "attach", "detach"})
_AWAY = "the client went away"


class Unfit(Exception):
    """The client did what the vector does not say."""


class Play:
    """Plays `steps`; each waits at most `patience_s`. `problem` says what did not fit."""

    def __init__(self, steps: list[Mapping[str, Any]], *, patience_s: float = 10.0) -> None:
        self.problem = ""
        self.done = 0
        self._steps = steps
        self._patience_s = patience_s
        self._arrivals: asyncio.Queue[Line] = asyncio.Queue()
        self._signals: dict[str, asyncio.Event] = {}
        self._lines: list[Line] = []
        self._bound: dict[str, str] = {}
        self._silent = False
        self._task = asyncio.get_running_loop().create_task(self._run(), name="a vector")

    def arrive(self, line: Line) -> None:
        """A client connects; it is let in by a step."""
        self._arrivals.put_nowait(line)

    def overhear(self, frame: Frame) -> None:
        """Take in what the client said over HTTP."""
        if self._lines:
            self._lines[-1].frames.put_nowait(frame)

    def signal(self, name: str) -> None:
        """Let a step that waits for this go on."""
        self._event(name).set()

    async def result(self) -> dict[str, Any]:
        """Return how it ended, waiting for the end at most as long as for a step."""
        await asyncio.wait([self._task], timeout=self._patience_s)
        problem = self.problem or ("" if self._task.done() else self._at("is not done"))
        problem = problem or self._surplus()
        return {"ok": not problem, "problem": problem, "steps": self.done}

    def stop(self) -> None:
        """End it, and every connection."""
        self._task.cancel()
        while not self._arrivals.empty():
            self._lines.append(self._arrivals.get_nowait())
        for line in self._lines:
            line.abort()

    async def _run(self) -> None:
        for step in self._steps:
            try:
                async with asyncio.timeout(self._patience_s):
                    await self._step(step)
            except TimeoutError:
                self.problem = self._at(f"waited {self._patience_s:g} s")
            except (Unfit, KeyError) as error:
                self.problem = self._at(str(error))
            if self.problem:
                self.stop()
                return
            self.done += 1

    async def _step(self, step: Mapping[str, Any]) -> None:
        match dict(step):
            case {"accept": True}:
                await self._accept()
            case {"refuse": int(status)}:
                (await self._arrival()).refuse(status)
            case {"receive": pattern}:
                await self._receive(pattern)
            case {"send": frame}:
                self._line.say(filled(bound_in(frame, self._bound)))
            case {"close": int(code)}:
                self._line.close(code)
            case {"abort": True}:
                self._line.abort()
            case {"stall": True}:
                self._line.stall()
            case {"wait": str(name)}:
                await self._event(name).wait()
            case _:
                raise Unfit("no such step")

    async def _accept(self) -> None:
        (await self._arrival()).open()
        self._silent = True

    async def _arrival(self) -> Line:
        line = await self._arrivals.get()
        while line.gone:
            line = await self._arrivals.get()
        self._lines.append(line)
        return line

    async def _receive(self, pattern: Frame) -> None:
        while True:
            frame = await self._line.frames.get()
            if frame is None and self._silent:
                # a program that was ended while it connected: its end may come after the next one
                await self._accept()
                continue
            self._silent = False
            if frame is None:
                raise Unfit(_AWAY)
            if frame["type"] in _QUIET and frame["type"] != pattern["type"]:
                continue
            if problem := difference(pattern, frame, self._bound):
                raise Unfit(f"{problem} in {frame}")
            return

    def _surplus(self) -> str:
        """Return what the client did after the last step that it should not have."""
        while self._lines and not self._lines[-1].frames.empty():
            frame = self._lines[-1].frames.get_nowait()
            if frame is not None and frame["type"] not in _QUIET:
                return f"after the last step came {frame}"
        while not self._arrivals.empty():
            if not self._arrivals.get_nowait().gone:
                return "after the last step came another connection"
        return ""

    def _at(self, what: str) -> str:
        return f"step {self.done + 1} {self._steps[self.done]}: {what}"

    def _event(self, name: str) -> asyncio.Event:
        return self._signals.setdefault(name, asyncio.Event())

    @property
    def _line(self) -> Line:
        if not self._lines:
            raise Unfit("nobody is connected")
        return self._lines[-1]
