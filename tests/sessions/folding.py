"""A reader that shows what it is told as the Python client does."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, closing, suppress
from typing import Any

import msgspec
from ion_client import frames
from ion_client.view import View

from schemas.frames import Snapshot
from schemas.resources import UpdateSession
from tests.sessions.processes import Process

__all__ = ["Folding", "folding"]

_THE_END = "the end"
_snapshot = msgspec.json.Decoder(frames.Snapshot).decode
_frame = msgspec.json.Decoder(frames.LogFrame).decode


class Folding:
    """One user's view of a session, read anew where only a snapshot can tell what is shown."""

    def __init__(self, process: Process, session_id: str) -> None:
        self.view: View[Any] = View()
        self.snapshots = 0
        self._process = process
        self._session_id = session_id

    @property
    def messages(self) -> list[tuple[str, str]]:
        """Return the ids and texts of what is in view."""
        return [(each.id, each.text) for each in self.view.messages]

    async def read(self) -> None:
        """Read for ever."""
        while True:
            await self._read_until_torn()

    async def until(self, condition: Callable[[View[Any]], bool]) -> None:
        """Wait until the condition holds of the view."""
        async with asyncio.timeout(30):
            while not condition(self.view):
                await asyncio.sleep(0.005)

    async def hear_the_end(self) -> None:
        """Wait for the last frame of a session that has settled."""
        change = UpdateSession(title=_THE_END)
        await self._process.sessions.update("u1", self._session_id, change)
        await self.until(lambda view: view.session is not None and view.session.title == _THE_END)

    async def stored(self) -> list[tuple[str, str]]:
        """Return what a reader should see."""
        page = await self._process.sessions.messages("u1", self._session_id, before=None, limit=50)
        return [(each.id, each.text) for each in page.messages]

    async def _read_until_torn(self) -> None:
        wake = asyncio.Event()
        with closing(
            await self._process.sessions.read("u1", self._session_id, wake.set)
        ) as reading:
            self._fold(*await reading.next())
            while not self.view.torn:
                if not reading.ready:
                    await wake.wait()
                wake.clear()
                self._fold(*await reading.next())

    def _fold(self, connection_frames: Iterable[object], log_frames: Iterable[bytes]) -> None:
        for told in connection_frames:
            if isinstance(told, Snapshot):
                self.snapshots += 1
                self.view.refresh(_snapshot(msgspec.json.encode(told)))
        for data in log_frames:
            frame = _frame(data)
            if self.view.advance(frame.seq):
                self.view.apply(frame)
        list(self.view.news())  # turns that ended leave with it


@asynccontextmanager
async def folding(process: Process, session_id: str) -> AsyncIterator[Folding]:
    """Read a session in a process until the block ends."""
    reader = Folding(process, session_id)
    task = asyncio.create_task(reader.read())
    try:
        await reader.until(lambda view: view.session is not None)
        yield reader
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
